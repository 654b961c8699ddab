import json
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from fixtures.question_sets import question, write_folder, write_set
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import UsageError
from workbench.evaluation.datasets.checking import check_dataset
from workbench.evaluation.datasets.splitting import parse_shares, split_dataset

PARTS = ("train", "dev", "test")


def balanced(count, size=1, **other):
    """Return questions in clusters of one size; languages and answerability in turn."""
    for number in range(count):
        cluster = number // size
        kind = {"lang": ("en", "vi")[cluster % 2], "answerable": cluster % 4 < 3}
        yield question(number, cluster=f"c{cluster}", **kind, **other)


def ids(split):
    return {name: [line.question.id for line in lines] for name, lines in split.lines.items()}


@settings(max_examples=40, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 9), min_size=3, max_size=30),
    seed=st.integers(0, 99),
    shares=st.sampled_from([(60, 20, 20), (0, 25, 75), (34, 33, 33), (98, 1, 1)]),
)
def test_no_cluster_is_cut_and_no_question_is_lost(sizes, seed, shares):
    records = [
        question(100 * cluster + number, cluster=f"c{cluster}")
        for cluster, size in enumerate(sizes)
        for number in range(size)
    ]
    with tempfile.TemporaryDirectory() as scratch:
        path = write_set(Path(scratch) / "a.jsonl", *records)
        split = split_dataset(path, Path(scratch) / "out", shares, seed)
        written = {
            name: [json.loads(line) for line in file.read_text().splitlines()]
            for name, file in split.files.items()
        }
    assert list(written) == [name for name, share in zip(PARTS, shares, strict=True) if share]
    assert all(written.values())
    homes = Counter(
        cluster for part in written.values() for cluster in {q["cluster"] for q in part}
    )
    assert set(homes.values()) == {1}
    assert sorted(q["id"] for part in written.values() for q in part) == sorted(
        record["id"] for record in records
    )


def test_shares_and_strata_are_met(tmp_path):
    path = write_set(tmp_path / "a.jsonl", *balanced(200, size=2))
    split = split_dataset(path, tmp_path / "out")
    strata = {
        name: Counter((line.question.lang, line.question.answerable) for line in lines)
        for name, lines in split.lines.items()
    }
    whole = {("en", True): 100, ("vi", True): 50, ("vi", False): 50}
    for name, share in zip(PARTS, (0.6, 0.2, 0.2), strict=True):
        for stratum, count in whole.items():
            assert abs(strata[name][stratum] - share * count) <= 2


def test_the_same_seed_makes_the_same_parts_and_another_one_others(tmp_path):
    path = write_set(tmp_path / "a.jsonl", *balanced(60))
    first, again, other = (
        ids(split_dataset(path, tmp_path / name, seed=seed))
        for name, seed in (("1", 7), ("2", 7), ("3", 8))
    )
    assert first == again
    assert first != other


def test_nearly_the_same_questions_go_together_whatever_their_clusters(tmp_path):
    words = " ".join(f"w{number}" for number in range(10))
    twins = [question(100 + n, user_input=f"{words} {'x' * n}") for n in range(8)]
    path = write_set(tmp_path / "a.jsonl", *balanced(30), *twins)
    split = split_dataset(path, tmp_path / "out")
    homes = [name for name, own in ids(split).items() if any(int(i[1:]) >= 100 for i in own)]
    assert len(homes) == 1


def test_parts_pass_the_check_with_a_new_card_that_inherits(tmp_path):
    folder = write_folder(tmp_path / "hotel", dev=list(balanced(30)))
    split_dataset(folder / "hotel_dev.jsonl", tmp_path / "out")
    report = check_dataset(tmp_path / "out")
    assert report.findings == ()
    assert report.questions == 30
    card = (tmp_path / "out" / "README.md").read_text()
    assert "license: apache-2.0" in card
    assert "config_name: hotel_dev_train" in card


def test_a_card_that_is_there_gets_the_parts_and_keeps_the_rest(tmp_path):
    folder = write_folder(tmp_path / "hotel")
    path = write_set(tmp_path / "more.jsonl", *balanced(30))
    split_dataset(path, folder, (0, 50, 50))
    card = (folder / "README.md").read_text()
    assert card.endswith("# Hotel\n\nWritten for a test.\n")
    assert card.count("config_name") == 4
    assert card.count("more_dev.jsonl") == 2


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ((60, 20), "the shares 60,20 are not three"),
        ((60, 20, 30), "the shares 60,20,30 do not add up to 100"),
        ((120, -10, -10), "do not add up to 100"),
        ((float("nan"), 50, 50), "do not add up to 100"),
    ],
)
def test_wrong_shares_are_refused_and_nothing_is_written(tmp_path, shares, message):
    path = write_set(tmp_path / "a.jsonl", *balanced(30))
    with pytest.raises(UsageError, match=message):
        split_dataset(path, tmp_path / "out", shares)
    assert not (tmp_path / "out").exists()


def test_shares_are_read_as_they_are_typed():
    assert parse_shares("33.5,33.5,33") == (33.5, 33.5, 33.0)
    with pytest.raises(UsageError, match="'a,b' are no numbers"):
        parse_shares("a,b")


def test_fewer_clusters_than_parts_are_refused(tmp_path):
    path = write_set(tmp_path / "a.jsonl", *balanced(4, size=2))
    with pytest.raises(UsageError, match="2 clusters of questions for 3 parts"):
        split_dataset(path, tmp_path / "out")


def test_no_file_is_overwritten_and_no_part_is_half_made(tmp_path):
    path = write_set(tmp_path / "a.jsonl", *balanced(30))
    existing = write_set(tmp_path / "out" / "a_test.jsonl", "mine")
    with pytest.raises(UsageError, match=r"a_test.jsonl is already there"):
        split_dataset(path, tmp_path / "out")
    assert existing.read_text() == "mine\n"
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["a_test.jsonl"]


def test_a_configuration_of_the_same_name_is_not_replaced(tmp_path):
    path = write_set(tmp_path / "a.jsonl", *balanced(30))
    split_dataset(path, tmp_path / "out")
    for part in PARTS:
        (tmp_path / "out" / f"a_{part}.jsonl").unlink()
    with pytest.raises(UsageError, match="has a_dev already"):
        split_dataset(path, tmp_path / "out")
    assert not list((tmp_path / "out").glob("*.jsonl"))
