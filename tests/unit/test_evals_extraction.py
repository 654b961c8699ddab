import json
from collections import Counter
from pathlib import Path

import pytest

from evals.routing.extraction import (
    figures,
    lenient,
    load_rows,
    main,
    pairs_of,
    score_all,
    singular,
    strict,
    summary,
)
from workbench.engine.extraction import load_vocabulary
from workbench.errors import UsageError

HOTEL = load_vocabulary(Path("workbench/assistants/hotel/extraction.yaml"))
ROWS = (
    ("two towels to 305", None, {"room_number": "305", "items": [["towel", 2]]}),
    ("hello", "201", {"room_number": "201"}),
    ("taxi at 7 pm", None, {"service": "boat", "time": "19:00"}),
)


@pytest.fixture
def rows_file(tmp_path):
    path = tmp_path / "dev.jsonl"
    lines = []
    for number, (text, room, entities) in enumerate(ROWS):
        kept = dict(entities)
        if "items" in kept:
            kept["items"] = [{"item": name, "quantity": count} for name, count in kept["items"]]
        fields = {"now": "2025-01-17T10:00", "room": room, "entities": kept}
        record = {"id": f"r{number}", "text": text, "lang": "en", "labels": [], "fields": fields}
        lines.append(json.dumps(record))
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_precision_and_recall_count_pairs_and_a_wrong_value_counts_against_both(rows_file):
    told = summary(load_rows(rows_file), HOTEL)
    assert told["all"]["precision"]["value"] == pytest.approx(4 / 5)
    assert told["all"]["recall"]["value"] == pytest.approx(4 / 5)
    assert told["by_key"]["service"]["f1"]["value"] == 0
    assert told["by_key"]["time"]["f1"]["value"] == 1
    assert told["rows_right"] == {"count": 2, "n": 3}


def test_the_interval_holds_the_figure_and_is_the_same_each_time(rows_file):
    scored = score_all(load_rows(rows_file), HOTEL)
    first, second = figures(scored), figures(scored)
    assert first == second
    assert first["f1"]["low"] <= first["f1"]["value"] <= first["f1"]["high"]


def test_items_are_compared_one_by_one_with_their_quantity_in_any_order():
    ice = {"item": "ice", "quantity": None}
    one = pairs_of({"items": [{"item": "Towels", "quantity": 2}, ice]})
    other = pairs_of({"items": [ice, {"item": "towel", "quantity": 3}]})
    assert sum(strict(one, other).values()) == 1


def test_the_lenient_figure_takes_an_items_last_word_with_the_same_quantity():
    expected = pairs_of({"items": [{"item": "chicken burger", "quantity": 2}]})
    same = pairs_of({"items": [{"item": "burger", "quantity": 2}]})
    fewer = pairs_of({"items": [{"item": "burger", "quantity": 1}]})
    assert strict(expected, same) == Counter()
    assert sum(lenient(expected, same).values()) == 1
    assert sum(lenient(expected, fewer).values()) == 0


def test_a_pair_read_twice_is_right_once():
    expected = pairs_of({"items": [{"item": "towel", "quantity": 1}]})
    read = pairs_of({"items": [{"item": "towel", "quantity": 1}] * 2})
    assert sum(strict(expected, read).values()) == 1
    assert sum(lenient(expected, read).values()) == 1


@pytest.mark.parametrize(
    ("name", "one"),
    [("Towels", "towel"), ("wine glasses", "wine glass"), ("bus", "bus"), ("batteries", "battery"),
     ("toothbrushes", "toothbrush"), ("ice", "ice"), ("", "")],
)  # fmt: skip
def test_an_items_name_is_compared_in_the_singular(name, one):
    assert singular(name) == one


def test_a_set_of_nothing_is_scored(tmp_path):
    path = tmp_path / "dev.jsonl"
    path.write_text("", encoding="utf-8")
    assert summary(load_rows(path), HOTEL)["all"]["n"] == 0


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"id": "a", "text": "b", "lang": "en"}',
     '{"id": "a", "text": "b", "lang": "en", "fields": {"now": "soon", "entities": {}}}'],
)  # fmt: skip
def test_a_line_that_is_no_message_is_named(tmp_path, line):
    path = tmp_path / "dev.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(UsageError, match="line 1"):
        load_rows(path)


def test_the_command_shows_failures_of_a_development_part(rows_file, capsys):
    main([str(rows_file), "--failures", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert [one["id"] for one in told["failures"]] == ["r2"]
    assert told["failures"][0]["missing"] == [["service", '"boat"']]


def test_the_command_hides_failures_of_a_test_part(rows_file, tmp_path):
    path = tmp_path / "extraction_test.jsonl"
    path.write_text(rows_file.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(SystemExit, match="test part"):
        main([str(path), "--failures"])
