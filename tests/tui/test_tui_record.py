"""What the client keeps of a turn, and the figures it shows of it."""

import pytest
from scripted import SOURCES, make_turn

from workbench.engine.events import (
    AnswerFinished,
    GuardApplied,
    QueryRewritten,
    RetrievalFinished,
    RetrievalStarted,
    Token,
    ToolCalled,
)
from workbench.engine.turn import Cost, Timings, Usage
from workbench.tui.record import TurnRecord
from workbench.tui.status_line import figures, fit, price, tokens_per_second
from workbench.tui.turn_view import ending


def test_events_become_notes_until_there_is_text():
    record = TurnRecord("?")
    record.start()
    steps = [
        (QueryRewritten(question="?", query="late fee", method="m"), "searching for: late fee"),
        (RetrievalStarted(query="?"), "searching the documents"),
        (RetrievalFinished(passages=SOURCES[:1], seconds=0.1), "reading 1 passage"),
        (RetrievalFinished(passages=SOURCES, seconds=0.1), "reading 2 passages"),
        (GuardApplied(guard="g", reason="r"), "reading 2 passages"),
        (ToolCalled(call_id="1", name="rates", arguments={}), "using rates"),
        (Token(text="So"), ""),
    ]
    for event, note in steps:
        record.apply(event)
        assert record.note == note
    record.apply(AnswerFinished(turn=make_turn("?", "So it is.")))
    assert (record.state, record.answer) == ("finished", "So it is.")


@pytest.mark.parametrize(
    ("outcome", "state", "text"),
    [
        ("answered", "finished", ""),
        ("refused", "finished", "○ not in the documents"),
        ("blocked", "finished", "○ blocked by a guard"),
        ("asked_back", "finished", "○ needs an answer from you"),
        ("cancelled", "stopped", "■ stopped · the answer so far is kept"),
        ("failed", "failed", "✗ it broke\nctrl+r asks again"),
    ],
)
def test_a_stored_turn_ends_as_it_did(outcome, state, text):
    error = "it broke" if outcome == "failed" else ""
    record = TurnRecord.of(make_turn("?", outcome=outcome, error=error))
    assert record.state == state
    assert ending(record).plain == text


def test_a_turn_that_was_not_stored_says_so():
    record = TurnRecord.of(make_turn("?", error="(not stored: no disk)"))
    assert ending(record).plain == "(not stored: no disk)"


def test_the_speed_counts_tokens_after_the_first():
    turn = make_turn(
        "?", usage=Usage(prompt=1, completion=21), timings=Timings(first_token=1, total=3)
    )
    assert tokens_per_second(turn) == 10
    assert tokens_per_second(make_turn("?", timings=Timings())) is None
    assert tokens_per_second(make_turn("?", usage=Usage(completion=1))) is None


def test_an_unknown_cost_is_never_zero():
    assert price(Cost()) == "cost unknown"
    assert price(Cost(amount=0.0, priced=False)) == "cost unknown"
    assert price(Cost(amount=0.00125, priced=True, currency="EUR")) == "0.0013 EUR"


def test_figures_name_what_they_are():
    assert [text for _, text in figures(make_turn("?"))] == [
        "first token 480 ms",
        "10.0 tok/s",
        "412 (310 cached) in, 58 out",
        "cost unknown",
        "search 31 ms",
    ]
    turn = make_turn("?", usage=Usage(), timings=Timings(first_token=12.34))
    assert [text for _, text in figures(turn)] == ["first token 12.3 s", "cost unknown"]


def test_what_matters_least_is_left_out_first():
    parts = [(1, "model"), (6, "prompt"), (2, "first"), (7, "search")]
    assert fit(parts, 100, " · ") == ["model", "prompt", "first", "search"]
    assert fit(parts, 25, " · ") == ["model", "prompt", "first"]
    assert fit(parts, 9, " · ") == ["model"]
    assert fit(parts, 0, " · ") == []
