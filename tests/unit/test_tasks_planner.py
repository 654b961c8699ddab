"""What the model is asked for a plan, under which schema, and what of its reply is taken."""

import json

import pytest
from fixtures.task_tools import DECLARED, TODAY, TOOLS, bounds, plan

from workbench.assistants import get_assistant
from workbench.assistants.task_files import load_task_files
from workbench.engine.tasks.checking import Bounds, check_literals
from workbench.engine.tasks.declared import Rule
from workbench.engine.tasks.plan import PlanError
from workbench.engine.tasks.planner import Planner
from workbench.engine.tasks.prompting import (
    CANNOT,
    MAX_TOKENS,
    planning_messages,
    planning_schema,
    read_plan,
)
from workbench.engine.tasks.rules import with_rules

LOOK = {"tool": "look", "arguments": {"room": "7"}, "condition": None}
jsonschema = pytest.importorskip("jsonschema")


def reply(*steps, recipe="none"):
    return json.dumps({"recipe": recipe, "steps": list(steps)})


def allowed(record, given=(), named=None):
    """Tell whether the schema that the server holds lets a reply pass."""
    schema = planning_schema(bounds(**dict(given)), (), named or {"room": ["7"]})
    return jsonschema.Draft202012Validator(schema).is_valid(record)


def planned(*steps, recipe="none"):
    return {"recipe": recipe, "steps": list(steps)}


async def asked(*replies):
    """Return the chats of a planner whose model gives these replies, and what came of it."""
    chats, left = [], list(replies)

    async def ask(messages, schema, most):
        chats.append((messages, schema, most))
        return left.pop(0)

    try:
        return chats, await Planner(bounds(), ask, TODAY).plan("how is room 7", {"room": ["7"]})
    except PlanError as error:
        return chats, error


def test_the_schema_wants_a_step_or_says_that_there_is_no_tool():
    assert allowed(planned(LOOK))
    assert not allowed(planned())
    assert allowed(planned(recipe=CANNOT)) and not allowed(planned(LOOK, recipe=CANNOT))
    assert not allowed(planned(*[LOOK] * 9))


@pytest.mark.parametrize(
    ("room", "good"),
    [("7", True), ("$1.room", True), ("$given.letter", True), ("8", False), ("$1.guest", False),
     ("$given.other", False), ("room 7", False)],
)  # fmt: skip
def test_what_names_something_is_named_or_given_by_a_step(room, good):
    step = {**LOOK, "arguments": {"room": room}}
    assert allowed(planned(step), {"letter": "A"}) is good


def test_a_condition_is_about_a_name_that_some_step_gives():
    for of, good in (("$1.ready", True), ("$1.cleanliness", False), ("ready", False)):
        condition = {"of": of, "operator": "is_true", "value": None, "otherwise": "stop"}
        assert allowed(planned({**LOOK, "condition": condition})) is good


async def test_the_longest_plan_is_not_cut_off():
    condition = {"of": "$1.ready", "operator": "is_true", "value": None, "otherwise": "stop"}
    longest = {"tool": "send", "arguments": {"booking": "$given.letter", "text": "$1.text"}}
    written = reply(*[{**longest, "condition": condition}] * 8)
    assert len(written) / 3 < MAX_TOKENS  # a token of JSON has three characters and more
    [(_, _, most)], made = await asked(reply(LOOK))
    assert most == MAX_TOKENS and made.by == "model"


async def test_a_wrong_plan_is_asked_for_once_more_with_what_would_be_right():
    wrong = {**LOOK, "condition": {"of": "$1.x", "operator": "is_true", "value": None}}
    chats, made = await asked(reply(LOOK, wrong), reply(LOOK))
    assert "it gives: room, ready, beds" in chats[1][0][1][1]
    assert made.by == "model" and len(chats) == 2
    chats, error = await asked("{", "{")
    assert "no plan that can be read" in error.message and len(chats) == 2


async def test_a_model_that_knows_no_tool_is_not_asked_again():
    chats, error = await asked(reply(recipe=CANNOT))
    assert "no tool does what the instruction asks" in error.message and len(chats) == 1
    with pytest.raises(PlanError, match="no tool does"):
        read_plan(reply(recipe=CANNOT))


def test_only_the_operator_lets_something_be_sent_again(tmp_path):
    declared, tools = load_task_files(get_assistant("hotel", tmp_path), tmp_path)
    sending = {"booking_id": "BOOK374", "subject": "Welcome", "body": "Come on up.", "again": "x"}
    with pytest.raises(PlanError, match="may not set again"):
        check_literals(plan({"tool": "send_email", "arguments": sending}), tools, "BOOK374", TODAY)
    may = Bounds(tools=tools, may=lambda _: True, declared=declared, given={})
    assert "again" not in json.dumps(planning_schema(may, (), {}))
    assert "again" not in str(planning_messages("x", may, (), TODAY)[0])


def rule(**more):
    return Rule.model_validate(
        {
            "name": "its own room",
            "before": "look",
            "needs": [{"tool": "find", "arguments": {"booking": "$call.booking"}}],
            "condition": {"of": "$1.room", "operator": "equals", "value": "$given.room"},
            **more,
        }
    )


def test_a_rule_about_a_value_that_was_not_given_falls_away():
    assert rule().guards({}, {"room": "7"}) and not rule().guards({}, {})


def test_a_rule_of_some_calls_guards_those_whose_argument_is_open():
    one = rule(when={"kind": "a"})
    given = {"room": "7"}
    assert one.guards({"kind": "a"}, given) and one.guards({"kind": "$1.kind"}, given)
    assert not one.guards({"kind": "b"}, given) and not one.guards({}, given)


def test_a_look_up_that_is_there_is_not_made_again_for_a_rule():
    find = {"tool": "find", "arguments": {"booking": "A"}}
    send = {"tool": "send", "arguments": {"booking": "A", "text": "hello"}}
    ruled = with_rules(plan(find, send), DECLARED, "x", {})
    assert [step.tool for step in ruled.steps] == ["find", "look", "send"]
    assert ruled.steps[1].arguments == {"room": "$1.room"} and set(TOOLS) == {
        "look",
        "find",
        "send",
    }
