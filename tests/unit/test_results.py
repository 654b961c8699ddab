import json

import pytest

from workbench.errors import UsageError
from workbench.evaluation.metrics.score import Score, scored
from workbench.evaluation.results import (
    Results,
    currencies_of,
    make_item,
    read_pooled,
    read_results,
    write_results,
)
from workbench.evaluation.stored import assemble, mean_score
from workbench.store.runs import StoredItem, StoredRun, StoredScore


def record(identifier, **more):
    return {"id": identifier, "outcome": "answered", "answer": "Yes.", "cluster": "c", **more}


def results(name="r1", ids=("b", "a")):
    items = {each: make_item(record(each), {"mrr": scored(0.5)}) for each in sorted(ids)}
    return Results(name, "answers", {"model": "m"}, items, asked=tuple(ids))


def test_a_result_file_is_read_as_it_was_written(tmp_path):
    path = tmp_path / "new" / "run.jsonl"
    write_results(path, results())
    back = read_results(path)
    assert (back.run, back.suite, back.fingerprint) == ("r1", "answers", {"model": "m"})
    assert back.asked == ("b", "a")
    assert list(back.items) == ["b", "a"]
    assert back.items["a"] == results().items["a"]


def test_critical_items_tags_and_reasons_survive(tmp_path):
    item = make_item(
        record("x", critical=True, tags=["fire"]), {"mrr": Score("judge_parse", None, "no JSON")}
    )
    write_results(tmp_path / "r.jsonl", Results("r", "s", {}, {"x": item}))
    back = read_results(tmp_path / "r.jsonl").items["x"]
    assert (back.critical, back.tags) == (True, ("fire",))
    assert back.metrics["mrr"] == Score("judge_parse", None, "no JSON")


def test_a_file_that_is_there_is_not_changed(tmp_path):
    path = tmp_path / "run.jsonl"
    path.write_text("mine")
    with pytest.raises(UsageError, match="already there"):
        write_results(path, results())
    assert path.read_text() == "mine"
    assert [each.name for each in tmp_path.iterdir()] == ["run.jsonl"]


def test_bad_files_are_said_in_one_line(tmp_path):
    with pytest.raises(UsageError, match="cannot read"):
        read_results(tmp_path / "none.jsonl")
    for content in ("", "{}\n", "[1]\n", "no json\n"):
        path = tmp_path / "run.jsonl"
        path.write_text(content, encoding="utf-8")
        with pytest.raises(UsageError, match="is no result file"):
            read_results(path)


def lines(*records):
    head = {"run": "r", "suite": "s", "fingerprint": {}}
    return [json.dumps(each) for each in (head, *records)]


def scored_line(identifier, value, status="scored", metric="answer_accuracy"):
    return record(identifier, metrics={metric: {"status": status, "value": value}})


def test_a_last_line_that_was_cut_off_is_left_out(tmp_path):
    path = tmp_path / "run.jsonl"
    whole = "\n".join(lines(scored_line("a", 1), scored_line("đ", 0)))
    for cut in (whole[:-20], whole + "\n" + '{"id": "\u0111'):
        path.write_bytes(cut.encode()[:-1])  # half of a character
        assert set(read_results(path).items) == ({"a"} if cut == whole[:-20] else {"a", "đ"})


def test_a_whole_last_line_counts_without_its_end(tmp_path):
    path = tmp_path / "run.jsonl"
    path.write_text("\n".join(lines(scored_line("a", 1), scored_line("b", 0))))
    assert set(read_results(path).items) == {"a", "b"}


def test_a_broken_line_in_the_middle_is_an_error_with_its_number(tmp_path):
    path = tmp_path / "run.jsonl"
    head, first, last = lines(scored_line("a", 1), scored_line("b", 0))
    for text in (f"{head}\n{first[:-9]}\n{last}\n", f"{head}\n{first[:-9]}\n"):
        path.write_text(text)
        with pytest.raises(UsageError, match=r"is no result file \(line 2: "):
            read_results(path)


@pytest.mark.parametrize(
    ("item", "message"),
    [
        (scored_line("a", float("nan")), "line 2: NaN is no number"),
        (scored_line("a", 10**400), "answer_accuracy has the value 1000"),
        (scored_line("a", "1"), "answer_accuracy is scored, but its value is '1'"),
        (scored_line("a", True), "answer_accuracy is scored, but its value is True"),
        (scored_line("a", None), "answer_accuracy is scored, but its value is None"),
        (scored_line("a", 5), "answer_accuracy has the value 5, which is not from 0 to 1"),
        (scored_line("a", -3, metric="mrr"), "mrr has the value -3, which is not from 0 to 1"),
        (scored_line("a", 0.3, "system_error"), "is system_error, but has the value 0.3"),
        (scored_line("a", None, "fine"), "answer_accuracy has the unknown status 'fine'"),
        (scored_line("a", None, ["x"]), "answer_accuracy has the unknown status"),
        (record("a"), "line 2, item 'a': 'metrics' is missing"),
        (record("a", metrics=[]), "'metrics' is \\[\\], not an object"),
        (record("a", metrics={"mrr": 1}), "'mrr' is 1, not an object"),
        (record("a", metrics={}, tags=[1]), "'tags' holds 1, not a text"),
        (record("a", metrics={}, critical="no"), "'critical' is 'no', not true or false"),
        (record("a", metrics={}, repeats=[1]), "'repeats' holds 1, not an object"),
        (record(7, metrics={}), "line 2: 'id' is 7, not a text"),
        (record("a\x1b[2J", metrics=1), r"item 'a\\x1b\[2J'"),
        (record("\ud800", metrics={}), "line 2: it holds half a character"),
        ([], "line 2: \\[\\] is no object"),
    ],
)
@pytest.mark.parametrize("end", ["", "\n"])
def test_what_no_item_can_be_is_one_line_that_names_the_place(tmp_path, item, message, end):
    path = tmp_path / "run.jsonl"
    path.write_text("\n".join(lines(item)) + end)
    with pytest.raises(UsageError, match=message) as refused:
        read_results(path)
    line = refused.value.one_line()
    assert str(path) in line and line.isprintable()


@pytest.mark.parametrize(
    "change",
    [
        {"run": 1},
        {"suite": None},
        {"fingerprint": []},
        {"fingerprint": {"suite_definition": [1]}},
        {"fingerprint": {"suite_definition": {"metrics": [1]}}},
        {"fingerprint": {"metric_versions": {"mrr": 1.5}}},
        {"asked": [1]},
        {"asked": "a"},
    ],
)
def test_a_head_that_says_nothing_is_one_line(tmp_path, change):
    path = tmp_path / "run.jsonl"
    head = {"run": "r", "suite": "s", "fingerprint": {}} | change
    path.write_text(json.dumps(head) + "\n")
    with pytest.raises(UsageError, match=r"is no result file \(line 1: "):
        read_results(path)


def test_shares_may_be_rounded_and_amounts_may_be_large(tmp_path):
    path = tmp_path / "run.jsonl"
    line = record("a", metrics={})
    values = {"mrr": 1.0000000000000002, "prompt_tokens": 12_000, "own": 7.5}
    line["metrics"] = {name: {"status": "scored", "value": each} for name, each in values.items()}
    path.write_text("\n".join(lines(line)) + "\n")
    found = {name: score.value for name, score in read_results(path).items["a"].metrics.items()}
    assert found == {"mrr": 1.0, "prompt_tokens": 12_000.0, "own": 7.5}


def test_the_currencies_of_costs_survive(tmp_path):
    item = make_item(record("a", cost={"amount": 1.0, "currency": "EUR"}), {"cost": scored(1.0)})
    run = Results("r", "s", {}, {"a": item}, currencies=("VND",))
    write_results(tmp_path / "run.jsonl", run)
    assert currencies_of(read_results(tmp_path / "run.jsonl")) == ("EUR", "VND")
    assert currencies_of(read_pooled(tmp_path)) == ("EUR", "VND")


def test_a_folder_is_one_run_over_several_sets(tmp_path):
    write_results(tmp_path / "en.jsonl", results("r1"))
    write_results(tmp_path / "vi.jsonl", results("r2"))
    pooled = read_pooled(tmp_path)
    assert sorted(pooled.items) == ["en/a", "en/b", "vi/a", "vi/b"]
    assert pooled.items["en/a"].cluster == "en/c"
    assert pooled.fingerprint == {"model": "m"}


def stored(repeats=2, asked=("a",)):
    return StoredRun(
        id="r", suite="s", variant="v", fingerprint={}, asked=list(asked), repeats=repeats
    )


def tried(repeat, outcome="answered", item="a"):
    return StoredItem(
        item_id=item, repeat=repeat, outcome=outcome, record=record(item, outcome=outcome)
    )


def score(repeat, value, status="scored"):
    return StoredScore(item_id="a", repeat=repeat, metric="mrr", status=status, value=value)


def test_repeats_are_averaged_within_their_item():
    run = assemble(stored(), [tried(0), tried(1)], [score(0, 1.0), score(1, 0.0)])
    assert run.items["a"].metrics["mrr"] == scored(0.5)
    assert len(run.items["a"].record["repeats"]) == 2
    json.dumps(run.items["a"].record)


def test_an_item_with_a_repeat_missing_or_failed_is_not_whole():
    missing = assemble(stored(), [tried(0)], [score(0, 1.0)])
    assert not missing.items["a"].answered
    assert missing.items["a"].metrics["mrr"] == Score("system_error", None, "a repeat is missing")
    failed = assemble(
        stored(), [tried(0), tried(1, "failed")], [score(0, 1.0), score(1, None, "system_error")]
    )
    assert not failed.items["a"].answered
    assert failed.items["a"].metrics["mrr"].status == "system_error"


def test_a_repeat_that_is_not_scored_leaves_the_item_unscored():
    assert mean_score([scored(1.0), Score("judge_parse")]).status == "judge_parse"
    assert mean_score([scored(1.0), None]).status == "system_error"
    assert mean_score([Score("not_applicable")] * 2).status == "not_applicable"


def test_items_come_in_the_order_in_which_they_were_asked():
    run = assemble(
        stored(repeats=1, asked=("b", "a", "c")), [tried(0), tried(0, item="b")], [score(0, 1.0)]
    )
    assert list(run.items) == ["b", "a"]
    assert run.asked == ("b", "a", "c")
