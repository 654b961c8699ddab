import json

import pytest

from workbench.errors import UsageError
from workbench.evaluation.metrics.score import Score, scored
from workbench.evaluation.results import (
    Results,
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
