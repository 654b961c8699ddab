"""How plans run: order, conditions, faults, and going on after a kill."""

import pytest
from fixtures import task_tools
from fixtures.task_tools import WITHOUT_RULES, KilledError, Run, plan

from workbench.engine.tasks.telling import summary, task_status

LOOK = {"tool": "look", "arguments": {"room": "7"}}
LOOK_8 = {"tool": "look", "arguments": {"room": "8"}}
FIND = {"tool": "find", "arguments": {"booking": "A"}}
SEND = {"tool": "send", "arguments": {"booking": "A", "text": "hello"}}


@pytest.fixture(autouse=True)
def house(monkeypatch):
    house = task_tools.House()
    monkeypatch.setattr(task_tools, "HOUSE", house)
    return house


@pytest.fixture
def run():
    return Run(WITHOUT_RULES)


def statuses(states):
    return [state.status for state in states]


def when(step, of, operator, value=None, **more):
    return {**step, "conditions": [{"of": of, "operator": operator, "value": value}], **more}


async def test_results_become_arguments(run):
    states = await run(plan(FIND, {"tool": "look", "arguments": {"room": "$1.room"}}))
    assert states[1].arguments == {"room": "7"}
    assert states[1].data["ready"] is True
    assert task_status(states) == "completed"


async def test_a_value_that_looks_like_a_reference_stays_a_value(run):
    given = {"letter": "$1.room"}
    states = await run(
        plan(LOOK, {"tool": "find", "arguments": {"booking": "$given.letter"}}), given
    )
    assert states[1].arguments == {"booking": "$1.room"}


async def test_independent_steps_run_at_once_and_writing_ones_in_their_place(run):
    await run(plan(LOOK, FIND, SEND, LOOK))
    moments = [change for change in run.changes if change[1] != "planned"]
    assert [number for number, status in moments[:2]] == [1, 2]
    assert {status for _, status in moments[:2]} == {"running"}
    assert moments[4:] == [(3, "running"), (3, "completed"), (4, "running"), (4, "completed")]


@pytest.mark.parametrize(
    ("operator", "value", "holds"),
    [
        ("is_true", None, True), ("is_false", None, False), ("equals", "TRUE", True),
        ("not_equals", "true", False),
    ],
)  # fmt: skip
async def test_a_condition_decides_whether_a_step_runs(run, operator, value, holds):
    states = await run(plan(LOOK, when(FIND, "$1.ready", operator, value)))
    assert states[1].status == ("completed" if holds else "stopped")


@pytest.mark.parametrize(
    ("operator", "value", "holds"),
    [
        ("at_least", 2, True), ("at_least", "2.5", False), ("at_most", 2, True),
        ("at_most", 1, False), ("at_least", "many", False), ("equals", "2", True),
    ],
)  # fmt: skip
async def test_numbers_are_compared_as_numbers(run, operator, value, holds):
    states = await run(plan(LOOK, when(FIND, "$1.beds", operator, value)))
    assert states[1].status == ("completed" if holds else "stopped")


async def test_a_condition_on_what_is_not_known_never_holds(run):
    for operator in ("equals", "not_equals", "is_true", "is_false", "at_least"):
        value = None if operator.startswith("is") else "x"
        states = await run(plan(LOOK, when(FIND, "$1.colour", operator, value)))
        assert states[1].status == "stopped", operator


async def test_stop_ends_the_task_and_skip_leaves_out_what_depends_on_it(run):
    stopped = await run(plan(LOOK_8, when(FIND, "$1.ready", "is_true"), SEND))
    assert statuses(stopped) == ["completed", "stopped", "not_run"]
    assert task_status(stopped) == "stopped"
    skipped = await run(
        plan(
            LOOK_8,
            when(FIND, "$1.ready", "is_true", otherwise="skip"),
            {"tool": "look", "arguments": {"room": "$2.room"}},
            LOOK,
        )
    )
    assert statuses(skipped) == ["completed", "skipped", "skipped", "completed"]
    assert task_status(skipped) == "completed"


@pytest.mark.parametrize("code", ["timed_out", "unavailable"])
async def test_a_tool_that_fails_twice_and_then_works_is_tried_again(run, house, code):
    house.faults["look"] = [code, code]
    [state] = await run(plan(LOOK))
    assert (state.status, state.attempts) == ("completed", 3)
    assert run.pauses == [0.5, 1.0]


async def test_after_three_attempts_a_fault_ends_the_task(run, house):
    house.faults["look"] = ["unavailable"] * 9
    states = await run(plan(LOOK, {"tool": "find", "arguments": {"booking": "$1.room"}}))
    assert statuses(states) == ["failed", "not_run"]
    assert house.called == ["look"] * 3
    said = summary(states, "en")
    assert said == "Step 1 (look) failed after 3 attempts: as planned. Not done: look, find."


@pytest.mark.parametrize(
    "code", ["not_found", "not_allowed", "invalid_arguments", "declined", "failed"]
)
async def test_other_faults_are_not_tried_again(run, house, code):
    house.faults["look"] = [code]
    [state] = await run(plan(LOOK))
    assert (state.status, state.attempts, state.code) == ("failed", 1, code)
    assert run.pauses == []


async def test_a_result_that_lacks_what_is_referred_to_fails_the_step(run):
    unknown = {"tool": "find", "arguments": {"booking": "Z"}}
    states = await run(plan(unknown, {"tool": "look", "arguments": {"room": "$1.room"}}))
    assert statuses(states) == ["completed", "failed"]
    assert "$1.room is not known" in states[1].text


async def test_after_its_time_no_step_is_begun(house):
    run = Run(WITHOUT_RULES)
    run._executor._seconds = -1.0
    states = await run(plan(LOOK, {"tool": "look", "arguments": {"room": "$1.room"}}))
    assert statuses(states) == ["failed", "not_run"] and house.called == []


async def broken_off(house, at, *steps):
    """Run a plan that is killed at a moment; return what was completed before it."""
    kept = []
    run = Run(WITHOUT_RULES, killed_at=at)
    told = run._executor._changed

    async def changed(state):
        await told(state)
        if state.status == "completed":
            kept.append(state)

    run._executor._changed = changed
    with pytest.raises(KilledError):
        await run(plan(*steps))
    house.called.clear()
    return kept


async def test_what_was_done_before_a_kill_is_not_done_again(run, house):
    later = {"tool": "look", "arguments": {"room": "$1.room"}}
    kept = await broken_off(house, (3, "running"), FIND, SEND, later)
    states = await run(plan(FIND, SEND, later), kept=kept)
    assert statuses(states) == ["completed"] * 3
    assert house.called == ["look"] and house.sent == {("A", "hello"): 1}
    assert [state.kept for state in states] == [True, True, False]


async def test_what_a_condition_looks_at_is_looked_up_anew_after_a_kill(run, house):
    sending = when(SEND, "$1.ready", "is_true")
    kept = await broken_off(house, (2, "running"), LOOK, sending)
    house.ready["7"] = False
    states = await run(plan(LOOK, sending), kept=kept)
    assert statuses(states) == ["completed", "stopped"] and house.sent == {}


async def test_what_was_sent_stays_sent_though_the_room_is_dirty_now(run, house):
    sending = when(SEND, "$1.ready", "is_true")
    kept = await broken_off(house, (3, "running"), LOOK, sending, FIND)
    house.ready["7"] = False
    states = await run(plan(LOOK, sending, FIND), kept=kept)
    assert statuses(states) == ["completed"] * 3 and house.sent == {("A", "hello"): 1}
    assert "Sent." in summary(states, "en")


async def test_the_summary_is_in_the_language_of_the_instruction(run):
    states = await run(plan(LOOK_8, when(FIND, "$1.ready", "is_true")))
    assert summary(states, "en").endswith(
        "Stopped at step 2 (find): it had to hold that ready is true. Not done: find."
    )
    assert "Đã dừng ở bước 2" in summary(states, "vi")
    assert "Berhenti pada langkah 2" in summary(states, "id")
