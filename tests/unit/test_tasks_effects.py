"""What is sent once is told by what it is about, not by how it is worded."""

import pytest
from fixtures.task_tools import plan

from workbench.engine.tasks.effects import effect_of
from workbench.engine.tasks.report import StepState

STEPS = plan(
    {"tool": "write", "arguments": {"booking": "A"}},
    {"tool": "send", "arguments": {"booking": "A", "text": "$1.text"}},
).steps


def key(text="hello", booking="A", about="facts", day="2025-04-17", once=("send",)):
    data = {"text": text} | ({"about": about} if about else {})
    written = StepState(number=1, step=STEPS[0], data=data)
    sending = StepState(number=2, step=STEPS[1], arguments={"booking": booking, "text": text})
    return effect_of(sending, [written, sending], once, day)


def test_another_wording_of_the_same_facts_is_the_same_e_mail():
    assert key("hello") == key("dear guest") != ""


@pytest.mark.parametrize("change", [{"booking": "B"}, {"about": "more"}, {"day": "2025-04-18"}])
def test_another_booking_another_fact_or_another_day_is_another_one(change):
    assert key(**change) != key()


def test_a_text_that_is_about_nothing_declared_counts_as_it_is_worded():
    assert key("hello", about="") != key("dear guest", about="")


def test_a_tool_that_may_do_the_same_again_has_no_key():
    assert key(once=()) == ""
