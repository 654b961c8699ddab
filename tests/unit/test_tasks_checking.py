"""What a plan must be before anything of it runs."""

import pytest
from fixtures.task_tools import EVERYTHING, TODAY, TOOLS, bounds, plan

from workbench.engine.tasks.checking import check_literals, check_size, check_steps
from workbench.engine.tasks.plan import PlanError

LOOK = {"tool": "look", "arguments": {"room": "7"}}
FIND = {"tool": "find", "arguments": {"booking": "A"}}


def when(of, operator="is_true", value=None):
    return {**LOOK, "conditions": [{"of": of, "operator": operator, "value": value}]}


def test_a_plan_of_known_tools_and_earlier_results_is_taken():
    check_steps(
        plan(
            {"tool": "find", "arguments": {"booking": "$given.letter"}},
            {"tool": "look", "arguments": {"room": "$1.room"}},
            when("$2.beds", "at_least", 2),
            when("$2.room", "equals", "$1.room"),
        ),
        bounds(letter="A"),
    )


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([{"tool": "burn"}], "unknown tool 'burn'"),
        ([{"tool": "look", "arguments": {"room": "$2.room"}}, FIND], r"refers to \$2.room"),
        ([{"tool": "look", "arguments": {"room": "$1.room"}}], "does not come before it"),
        (
            [
                {"tool": "look", "arguments": {"room": "$2.room"}},
                {"tool": "find", "arguments": {"booking": "$1.room"}},
            ],
            "does not come before it",
        ),
        ([FIND, {"tool": "look", "arguments": {"room": "$1.guest"}}], "gives no 'guest'"),
        ([{"tool": "look", "arguments": {"room": "$0.room"}}], "which is nothing"),
        ([{"tool": "look", "arguments": {"room": "$x.room"}}], "which is nothing"),
        ([{"tool": "look", "arguments": {"room": "$given.room"}}], "was not given"),
        ([{"tool": "look", "arguments": {}}], "look: room is not known"),
        ([{"tool": "look", "arguments": {"room": "7", "floor": "2"}}], "floor is no argument"),
        ([{"tool": "look", "arguments": {"room": 7}}], "room: Input should be a valid string"),
        ([{"tool": "send", "arguments": {"booking": "A", "text": "x"}}], "text: String should"),
        (
            [FIND, {"tool": "send", "arguments": {"booking": "A", "text": "Room $1.room!"}}],
            "reference within the text of text",
        ),
        ([when("$1.ready")], "does not come before it"),
        ([LOOK, when("ready")], "not about an earlier result"),
        ([LOOK, when("$given.letter")], "not about an earlier result"),
        ([LOOK, when("$1.ready", "equals")], "equals needs a value"),
        ([LOOK, when("$1.ready", "is_true", "yes")], "is_true takes no value"),
        ([LOOK, when("$1.ready", "equals", "$2.room")], "does not come before it"),
    ],
)
def test_a_wrong_plan_is_refused_in_one_line(steps, message):
    with pytest.raises(PlanError, match=message) as refused:
        check_steps(plan(*steps), bounds(letter="A"))
    assert "\n" not in refused.value.one_line()


def test_a_tool_that_the_role_may_not_use_is_refused_wherever_it_stands():
    allowed = [one for one in EVERYTHING if one != "send"]
    for steps in ([FIND, {"tool": "send", "arguments": {"booking": "A", "text": "abc"}}],):
        with pytest.raises(PlanError, match="send, which your role may not use"):
            check_steps(plan(*steps), bounds(*allowed))


def test_a_plan_has_one_to_eight_steps():
    check_size(plan(*[LOOK] * 8))
    for steps, message in (([], "has no step"), ([LOOK] * 9, "has 9 steps, at most 8")):
        with pytest.raises(PlanError, match=message):
            check_size(plan(*steps))


def test_a_room_that_nobody_named_is_refused():
    planned = plan(FIND, LOOK, {"tool": "look", "arguments": {"room": "$1.room"}})
    check_literals(planned, TOOLS, "look at 7 please", TODAY)
    with pytest.raises(PlanError, match="room '7', which was not named"):
        check_literals(planned, TOOLS, "look at 8 please", TODAY)
