import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from fixtures.question_sets import CARD, question, write_folder, write_set

from workbench.errors import UsageError
from workbench.evaluation.datasets.card import fix_hashes, read_card
from workbench.evaluation.datasets.looks import (
    LOG,
    append_look,
    count_looks,
    ensure_look,
    is_known_test_part,
    is_test_part,
    look_at,
    read_looks,
)

ROOT = Path(__file__).parents[2]
SAID = {
    "run": "answers-1",
    "suite": "answers",
    "model": "m",
    "prompt": "p@1",
    "commit": "abc",
    "n": 2,
}


@pytest.fixture
def part(tmp_path):
    return write_folder(tmp_path / "datasets" / "hotel") / "hotel_test.jsonl"


@pytest.fixture
def log(tmp_path):
    return tmp_path / LOG


def test_looks_are_counted_by_the_content_that_was_looked_at(part, log, tmp_path):
    look = look_at(part, tmp_path, **SAID)
    assert look.dataset == "datasets/hotel/hotel_test.jsonl"
    assert look.sha256 == hashlib.sha256(part.read_bytes()).hexdigest()
    assert count_looks(look.sha256, log) == 0
    append_look(log, look)
    append_look(log, look_at(part, tmp_path, **{**SAID, "run": "answers-2"}))
    write_set(part, question(5))
    other = look_at(part, tmp_path, **SAID)
    append_look(log, other)
    assert count_looks(look.sha256, log) == 2
    assert count_looks(other.sha256, log) == 1
    assert [each.run for each in read_looks(log)] == ["answers-1", "answers-2", "answers-1"]


def test_a_part_outside_the_workspace_is_named_without_its_folder(part, tmp_path):
    assert look_at(part, tmp_path / "datasets" / "none", **SAID).dataset == "hotel_test.jsonl"


def test_no_line_is_lost_when_several_write_at_once(part, log):
    code = f"""
import sys
from pathlib import Path
from workbench.evaluation.datasets.looks import append_look, look_at
for number in range(60):
    look = look_at(Path({str(part)!r}), Path({str(log.parents[1])!r}), suite="answers",
                   run=f"{{sys.argv[1]}}-{{number}}", model="m" * 3000, prompt="", commit="", n=1)
    append_look(Path({str(log)!r}), look)
"""
    writers = [
        subprocess.Popen([sys.executable, "-c", code, name], cwd=ROOT) for name in ("a", "b", "c")
    ]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    runs = [look.run for look in read_looks(log)]
    assert sorted(runs) == sorted(f"{name}-{number}" for name in "abc" for number in range(60))
    assert [run for run in runs if run[0] == "b"] == [f"b-{number}" for number in range(60)]


def test_a_last_line_that_was_left_open_is_closed_first(part, log, tmp_path):
    append_look(log, look_at(part, tmp_path, **SAID))
    log.write_bytes(log.read_bytes().rstrip(b"\n"))
    append_look(log, look_at(part, tmp_path, **SAID))
    assert len(read_looks(log)) == 2


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{oops", "looks.jsonl, line 2: "),
        (json.dumps({"date": "yesterday"}), "line 2: key 'date'"),
    ],
)
def test_a_line_that_is_none_is_named(part, log, tmp_path, line, message):
    append_look(log, look_at(part, tmp_path, **SAID))
    with log.open("a") as file:
        file.write(f"{line}\n")
    with pytest.raises(UsageError) as refused:
        count_looks("0" * 64, log)
    assert message in refused.value.one_line()


@pytest.mark.parametrize(
    ("name", "test"),
    [
        ("first_test", True),
        ("test", True),
        ("hotel-Test.v2", True),
        ("first_dev", False),
        ("latest", False),
        ("contest_dev", False),
    ],
)
def test_a_test_part_is_told_by_its_name(tmp_path, name, test):
    assert is_test_part(tmp_path / f"{name}.jsonl") is test


@pytest.mark.parametrize("path", ["held_out.jsonl", "held_*.jsonl"])
def test_a_test_part_is_told_by_its_card(tmp_path, path):
    write_set(tmp_path / "held_out.jsonl", question(1))
    (tmp_path / "README.md").write_text(CARD.replace("hotel_test.jsonl", f'"{path}"'))
    assert is_test_part(tmp_path / "held_out.jsonl")
    assert not is_test_part(tmp_path / "hotel_dev.jsonl")


@pytest.mark.parametrize("known_by", ["log", "card"])
def test_a_copy_of_a_test_part_under_another_name_is_one(part, log, tmp_path, known_by):
    copy = write_set(tmp_path / "mine.jsonl", part.read_text().strip())
    assert not is_known_test_part(copy, tmp_path)
    if known_by == "log":
        log.parent.mkdir()
        log.write_text("{oops\n")  # what cannot be read hides nothing else
        append_look(log, look_at(part, tmp_path, **SAID))
    else:
        fix_hashes(read_card(part.parent))
    assert is_known_test_part(copy, tmp_path)
    write_set(copy, question(7))
    assert not is_known_test_part(copy, tmp_path)


def test_a_link_to_a_test_part_is_one(part, tmp_path):
    link = tmp_path / "mine.jsonl"
    link.symlink_to(part)
    assert is_known_test_part(link, tmp_path)


def test_a_run_looks_once_however_often_it_is_continued(part, log, tmp_path):
    for run in ("answers-1", "answers-1", "answers-2"):
        ensure_look(log, look_at(part, tmp_path, **{**SAID, "run": run}))
    assert [look.run for look in read_looks(log)] == ["answers-1", "answers-2"]


def test_a_log_that_cannot_be_read_or_written_is_one_line(part, log, tmp_path):
    look = look_at(part, tmp_path, **SAID)
    log.mkdir(parents=True)
    with pytest.raises(UsageError, match="cannot read"):
        ensure_look(log, look)
    log.rmdir()
    log.symlink_to(tmp_path / "none" / "looks.jsonl")
    with pytest.raises(UsageError, match="cannot write"):
        ensure_look(log, look)
