"""No letter leaves about a room that is not ready, whatever was planned."""

import pytest
from fixtures import task_tools
from fixtures.task_tools import DECLARED, RULE, Run, bounds, plan

from workbench.engine.tasks.checking import check_steps
from workbench.engine.tasks.declared import Declarations
from workbench.engine.tasks.plan import Plan
from workbench.engine.tasks.rules import concerns, with_rules

SEND_A = {"tool": "send", "arguments": {"booking": "A", "text": "hello"}}
SEND_B = {"tool": "send", "arguments": {"booking": "B", "text": "hello"}}
LOOK_7 = {"tool": "look", "arguments": {"room": "7"}}
LOOK_8 = {"tool": "look", "arguments": {"room": "8"}}
IF_7 = {"conditions": [{"of": "$1.ready", "operator": "is_true"}]}


@pytest.fixture(autouse=True)
def house(monkeypatch):
    house = task_tools.House()
    monkeypatch.setattr(task_tools, "HOUSE", house)
    return house


def tools(planned):
    return [step.tool for step in planned.steps]


def test_the_look_ups_of_a_rule_are_put_before_what_it_guards():
    ruled = with_rules(plan(SEND_A), DECLARED, "x", {})
    assert tools(ruled) == ["find", "look", "send"]
    assert ruled.steps[0].arguments == {"booking": "A"}
    assert ruled.steps[1].arguments == {"room": "$1.room"}
    assert [str(one) for one in ruled.steps[2].conditions] == ["$2.ready is true"]
    check_steps(ruled, bounds())


def test_later_references_follow_the_steps_that_were_put_before_them():
    planned = plan(
        {"tool": "find", "arguments": {"booking": "A"}},
        {"tool": "send", "arguments": {"booking": "$1.booking", "text": "hello"}},
        {"tool": "look", "arguments": {"room": "$1.room"}},
        {**LOOK_7, "conditions": [{"of": "$3.beds", "operator": "equals", "value": "$3.beds"}]},
    )
    ruled = with_rules(planned, DECLARED, "x", {})
    assert tools(ruled) == ["find", "find", "look", "send", "look", "look"]
    assert ruled.steps[1].arguments == {"booking": "$1.booking"}
    assert ruled.steps[2].arguments == {"room": "$2.room"}
    assert ruled.steps[3].arguments["booking"] == "$1.booking"
    assert ruled.steps[4].arguments == {"room": "$1.room"}
    assert str(ruled.steps[5].conditions[0]) == "$5.beds equals $5.beds"
    check_steps(ruled, bounds())


def test_a_condition_is_added_where_the_look_up_is_there_already():
    ruled = with_rules(plan(LOOK_7, SEND_A), DECLARED, "x", {})
    assert tools(ruled) == ["look", "send"]
    assert str(ruled.steps[1].conditions[0]) == "$1.ready is true"
    assert with_rules(ruled, DECLARED, "x", {}) == ruled


@pytest.mark.parametrize(
    "steps",
    [
        [SEND_B],
        [SEND_B, LOOK_8],
        [LOOK_8, SEND_B],
        [LOOK_7, SEND_B],
        [LOOK_7, {**SEND_B, **IF_7}],
        [LOOK_7, LOOK_8, {**SEND_B, **IF_7}],
        [LOOK_7, SEND_A, SEND_B],
        [LOOK_7, {**SEND_B, **IF_7, "otherwise": "skip"}, SEND_B],
        [LOOK_8, {**SEND_B, "conditions": [{"of": "$1.ready", "operator": "is_false"}]}],
    ],
)
@pytest.mark.parametrize("shown", [True, False])
async def test_no_plan_sends_to_the_guest_of_a_room_that_is_not_ready(steps, shown, house):
    planned = with_rules(plan(*steps), DECLARED, "x", {}) if shown else plan(*steps)
    states = await Run()(planned)
    assert ("B", "hello") not in house.sent
    assert {"stopped", "skipped"} & {state.status for state in states}


async def test_the_guest_of_a_room_that_is_ready_gets_one(house):
    for steps in ([SEND_A], [LOOK_7, SEND_A], [SEND_A, LOOK_8]):
        house.sent.clear()
        await Run()(with_rules(plan(*steps), DECLARED, "x", {}))
        assert house.sent == {("A", "hello"): 1}


async def test_a_room_that_becomes_dirty_meanwhile_stops_the_letter(house, monkeypatch):
    seen = []
    look = house.note

    def note(name):
        look(name)
        seen.append(name)
        house.ready["7"] = seen.count("look") == 1

    monkeypatch.setattr(house, "note", note)
    [_, _, sent] = await Run()(with_rules(plan(SEND_A), DECLARED, "x", {}))
    assert (sent.status, sent.rule) == ("stopped", "ready first")
    assert house.sent == {}


@pytest.mark.parametrize("code", ["not_found", "not_allowed", "unavailable"])
async def test_a_rule_that_cannot_be_looked_up_stops_the_letter(code, house):
    house.faults["find"] = [code] * 3
    [state] = await Run()(plan(SEND_A))
    assert (state.status, house.sent) == ("stopped", {})


def exempting(**more):
    rule = {
        **RULE,
        "exempt": [{"tool": "find", "argument": "booking", "values": ["A"]}],
        "words": "ready|clean",
        **more,
    }
    gives = {**DECLARED.gives, "find": ("text", "room")}
    return Declarations.model_validate({"gives": gives, "rules": [rule]})


def of(letter, **changed):
    send = {"tool": "send", "arguments": {"booking": "A", "text": "$1.text", **changed}}
    return plan({"tool": "find", "arguments": {"booking": letter}}, send)


@pytest.mark.parametrize(
    ("planned", "instruction", "guarded"),
    [
        (of("A"), "send it", False),
        (of("A"), "is it CLEAN? then send it", True),
        (of("B"), "send it", True),
        (of("$given.letter"), "send it", True),
        (of("A", text="Your room is waiting"), "send it", True),
        (of("A", text="$2.text"), "send it", True),
        (plan(SEND_A), "send it", True),
    ],
)
def test_only_what_a_declared_text_says_is_exempt(planned: Plan, instruction, guarded):
    declared = exempting()
    [rule] = declared.rules
    assert concerns(rule, planned, planned.steps[-1], declared, instruction) is guarded


def test_what_the_text_was_asked_for_with_is_no_part_of_the_text():
    declared = exempting()
    [rule] = declared.rules
    echoing = declared.model_copy(
        update={"gives": {**declared.gives, "find": ("booking", "text", "room")}}
    )
    planned = of("A")
    assert not concerns(rule, planned, planned.steps[-1], echoing, "send it")
