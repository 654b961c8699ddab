import asyncio
import json

import pytest

from workbench.engine.events import AnswerFinished, Token, TurnFailed, TurnStarted
from workbench.engine.turn import ModelInfo, Source, Timings, Turn
from workbench.errors import ModelServerError, UsageError
from workbench.evaluation.comparison import compare
from workbench.evaluation.questions import Question
from workbench.evaluation.results import (
    Results,
    append_item,
    create_results,
    drop_torn_line,
    make_item,
    read_results,
)
from workbench.evaluation.runner import run_questions
from workbench.evaluation.summary import summarise

FEE = Source(
    number=1,
    document="fees.md",
    chunk_id="c1",
    score=0.5,
    score_kind="rrf",
    quote="300,000 VND",
    text="Late check-out costs 300,000 VND.",
)


def question(identifier: str, **keys) -> Question:
    given = {"user_input": f"{identifier}?", "cluster": identifier, **keys}
    return Question.model_validate({"id": identifier, **given})


QUESTIONS = [
    question(
        "right",
        reference="It is 300,000 VND",
        reference_facts=[["300,000 VND"]],
        reference_documents=[{"document": "fees.md"}],
    ),
    question("wrong", reference_facts=[["500,000 VND"]], reference_documents=[{"document": "x"}]),
    question("none", answerable=False),
]


def turn(text: str, outcome: str = "answered") -> Turn:
    refused = outcome == "refused"
    return Turn(
        id="m",
        session="s",
        assistant="hotel",
        lang="en",
        question="?",
        answer=text,
        outcome=outcome,
        sources=() if refused else (FEE,),
        retrieved=(FEE,),
        timings=Timings(queue=0.0, retrieval=0.1, first_token=0.5, total=1.5),
        model=ModelInfo(name="m"),
        prompt="answer@1",
    )


class Scripted:
    """A conversation that answers from a script, and notes what happened to it."""

    def __init__(self, script, log):
        self._script = script
        self._log = log

    async def ask(self, text):
        self._log.append(text)
        yield TurnStarted(turn_id="m", session="s", question=text)
        reply = self._script(text)
        if asyncio.iscoroutine(reply):
            try:
                reply = await reply
            finally:
                self._log.append(f"end {text}")
        if isinstance(reply, Exception):
            raise reply
        yield Token(text=reply.answer)
        if reply.outcome == "failed":
            yield TurnFailed(turn=reply, message="went away")
        else:
            yield AnswerFinished(turn=reply)


def fees(text: str) -> Turn:
    if text == "none?":
        return turn("I could not find that in the documents.", "refused")
    return turn("It costs 300,000 VND [1].")


async def run(questions, script, concurrency=1):
    """Run the questions; return the items, what was asked, and the progress lines."""
    log, items, lines = [], [], []

    async def open_conversation():
        return Scripted(script, log)

    await run_questions(questions, open_conversation, items.append, lines.append, concurrency)
    return items, log, lines


def figures(items, asked=QUESTIONS):
    results = Results("r", "answers", {}, {item.id: item for item in items})
    return summarise(results, [q.id for q in asked])


async def test_every_metric_of_every_item_has_a_status():
    items, log, lines = await run(QUESTIONS, fees)
    assert log == ["right?", "wrong?", "none?"]
    summary = figures(items)
    means = {name: metric["mean"] for name, metric in summary["metrics"].items()}
    assert means == {
        "answer_accuracy": 0.5,
        "answer_f1": pytest.approx(8 / 10),
        "refusal_recall": 1.0,
        "false_refusal": 0.0,
        "hit_at_5": 0.5,
        "mrr": 0.5,
        "ndcg_at_5": 0.5,
        "citation_precision": 1.0,
        "first_token_s": 0.5,
        "latency_total_s": 1.5,
        "cost": None,
    }
    assert summary["n"] == 3
    assert summary["complete"]
    assert summary["outcomes"] == {"answered": 2, "refused": 1}
    assert summary["metrics"]["answer_accuracy"]["n"] == 2
    assert summary["metrics"]["first_token_s"]["p95"] == 0.5
    assert lines[-1].startswith("3/3  right 1/2, refused rightly 1/1, wrongly 0/2, failed 0")
    json.dumps(summary, allow_nan=False)


async def test_a_refusal_is_read_from_the_text_not_from_the_outcome():
    items, _, _ = await run(QUESTIONS, lambda text: turn("I don't know."))
    metrics = figures(items)["metrics"]
    assert (metrics["refusal_recall"]["mean"], metrics["false_refusal"]["mean"]) == (1.0, 1.0)


@pytest.mark.parametrize("fault", [ModelServerError("it is gone", "wait"), turn("It co", "failed")])
async def test_a_failed_turn_is_a_system_error_and_the_others_are_asked(fault):
    items, _, _ = await run(QUESTIONS, lambda text: fault if text == "right?" else fees(text))
    failed = items[0]
    assert failed.metrics["answer_accuracy"].status == "system_error"
    assert failed.metrics["refusal_recall"].status == "not_applicable"
    summary = figures(items)
    assert not summary["complete"]
    assert summary["metrics"]["answer_accuracy"]["coverage"] == 0.5
    assert summary["metrics"]["answer_accuracy"]["mean"] == 0.0
    assert len(items) == 3


async def test_history_is_asked_first_in_the_same_conversation():
    _, log, _ = await run([question("q", history=["hello", "and then"])], fees)
    assert log == ["hello", "and then", "q?"]


async def test_no_more_questions_are_under_way_than_allowed():
    under_way = peak = 0

    async def slow():
        nonlocal under_way, peak
        under_way += 1
        peak = max(peak, under_way)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        under_way -= 1
        return turn("x")

    questions = [question(str(n)) for n in range(10)]
    items, _, _ = await run(questions, lambda _: slow(), concurrency=3)
    assert peak == 3
    assert sorted(item.id for item in items) == sorted(q.id for q in questions)


async def test_an_interruption_stops_the_open_question_and_keeps_the_finished():
    log, items = [], []
    hanging = asyncio.Event()

    async def hang():
        hanging.set()
        await asyncio.Event().wait()

    async def open_conversation():
        return Scripted(lambda text: fees(text) if text == "right?" else hang(), log)

    run = run_questions(QUESTIONS, open_conversation, items.append, lambda _: None)
    task = asyncio.create_task(run)
    await hanging.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [item.id for item in items] == ["right"]
    assert log == ["right?", "wrong?", "end wrong?"]


async def test_a_file_that_cannot_be_written_ends_the_run():
    def full(_):
        raise OSError(28, "No space left on device")

    async def open_conversation():
        return Scripted(fees, [])

    with pytest.raises(OSError, match="No space"):
        await run_questions(QUESTIONS, open_conversation, full, lambda _: None, 2)


def test_a_result_file_is_read_as_it_was_written(tmp_path):
    path = tmp_path / "new" / "run.jsonl"
    create_results(path, Results("r1", "answers", {"model": "m"}))
    append_item(path, make_item(QUESTIONS[0], None, "the server is gone"))
    append_item(path, make_item(QUESTIONS[0], fees("right?")))
    append_item(path, make_item(QUESTIONS[2], fees("none?")))
    results = read_results(path)
    assert (results.run, results.suite, results.fingerprint) == ("r1", "answers", {"model": "m"})
    assert list(results.items) == ["right", "none"]
    item = results.items["right"]
    assert item.metrics == make_item(QUESTIONS[0], fees("right?")).metrics
    assert item.record["sources"][0]["quote"] == "300,000 VND"
    assert item.record["retrieved"][0]["document"] == "fees.md"


def test_a_line_cut_off_in_writing_is_dropped(tmp_path):
    path = tmp_path / "run.jsonl"
    create_results(path, Results("r1", "answers", {}))
    append_item(path, make_item(QUESTIONS[0], fees("right?")))
    whole = path.read_bytes()
    path.write_bytes(whole + '{"id": "wrong", "answer": "đ'.encode()[:-1])
    assert list(read_results(path).items) == ["right"]
    drop_torn_line(path)
    assert path.read_bytes() == whole


def test_bad_files_are_said_in_one_line(tmp_path):
    path = tmp_path / "run.jsonl"
    create_results(path, Results("r1", "answers", {}))
    with pytest.raises(UsageError, match="already there"):
        create_results(path, Results("r2", "answers", {}))
    with pytest.raises(UsageError, match="cannot read"):
        read_results(tmp_path / "none.jsonl")
    for content in ("", "{}\n", "[1]\n", "no json\n"):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(UsageError, match="is no result file"):
            read_results(path)


def results_of(name, script, **fingerprint):
    items = {q.id: make_item(q, script(q.user_input)) for q in QUESTIONS}
    return Results(name, "answers", fingerprint, items)


def test_a_comparison_is_paired_by_item():
    first = results_of("a", lambda text: turn("It costs 500,000 VND [1]."), model="x", n=1)
    second = results_of("b", fees, model="y", n=1)
    del second.items["wrong"]
    compared = compare(first, second)
    assert (compared["n"], compared["only_a"], compared["only_b"]) == (2, 1, 0)
    accuracy = compared["metrics"]["answer_accuracy"]
    assert (accuracy["mean_a"], accuracy["mean_b"], accuracy["difference"]) == (0.0, 1.0, 1.0)
    assert (accuracy["lost"], accuracy["gained"], accuracy["p"]) == (0, 1, 1.0)
    assert compared["metrics"]["latency_total_s"]["difference"] == 0.0
    assert "p" not in compared["metrics"]["latency_total_s"]
    assert compared["metrics"]["cost"]["difference"] is None
    assert compared["differs"] == {"model": ["x", "y"]}


def test_an_item_that_failed_in_one_run_is_unpaired():
    second = results_of("b", lambda text: turn("", "failed") if text == "right?" else fees(text))
    accuracy = compare(results_of("a", fees), second)["metrics"]["answer_accuracy"]
    assert (accuracy["n"], accuracy["unpaired"]) == (1, 1)


def test_runs_of_other_questions_are_not_compared():
    other = Results("b", "answers", {}, {"z": make_item(question("z"), fees("z?"))})
    with pytest.raises(UsageError, match="share no item"):
        compare(results_of("a", fees), other)
