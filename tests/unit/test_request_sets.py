"""The sets of guests' messages: what their card says of them is so."""

import hashlib
import json
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "datasets" / "hotel_requests"
FILES = sorted(path.name for path in FOLDER.glob("*.jsonl"))
CATEGORIES = {
    "housekeeping", "maintenance", "concierge", "room_service", "front_desk", "complaints",
}  # fmt: skip
PRIORITIES = {"low", "medium", "high", "critical"}


def rows(name):
    return [json.loads(line) for line in (FOLDER / name).read_text("utf-8").splitlines()]


def words(text):
    return set(re.findall(r"\w+", text.lower()))


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_what_its_hash_is_of(name):
    stated = dict(re.findall(r"`(\S+\.jsonl)`: (\w{64})", (FOLDER / "about.md").read_text("utf-8")))
    assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == stated[name]


@pytest.mark.parametrize("name", ["train.jsonl", "dev.jsonl", "test.jsonl"])
def test_each_label_has_its_subcategory_and_priority(name):
    for row in rows(name):
        labels, fields = set(row["labels"]), row["fields"]
        assert labels <= CATEGORIES, row["id"]
        assert set(fields["subcategory"]) == set(fields["priority"]) == labels, row["id"]
        assert set(fields["priority"].values()) <= PRIORITIES, row["id"]


@pytest.mark.parametrize("name", FILES)
def test_ids_and_texts_are_there_once(name):
    found = rows(name)
    assert len({row["id"] for row in found}) == len({row["text"] for row in found}) == len(found)


@pytest.mark.parametrize(
    ("seen", "scored"),
    [("train", "test"), ("dev", "test"), ("extraction_dev", "extraction_test")],
)
def test_no_scored_message_repeats_one_that_may_be_seen(seen, scored):
    known = [words(row["text"]) for row in rows(f"{seen}.jsonl")]
    for row in rows(f"{scored}.jsonl"):
        own = words(row["text"])
        assert all(len(own & one) <= 0.7 * len(own | one) for one in known if own | one), row["id"]
