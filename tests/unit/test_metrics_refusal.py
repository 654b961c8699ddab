import json
from collections import Counter
from pathlib import Path

import pytest

from workbench.evaluation.metrics.refusal import is_refusal

EXAMPLES = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "refusals.jsonl").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["text"][:50])
def test_the_rule_agrees_with_the_reading_by_hand(example):
    assert is_refusal(example["text"]) == example["refusal"]


def test_each_language_has_examples_of_both_kinds():
    kinds = Counter((example["lang"], example["refusal"]) for example in EXAMPLES)
    assert set(kinds.values()) == {25}
    assert len(kinds) == 6


def test_an_apology_does_not_refuse_by_itself():
    assert not is_refusal("I'm sorry, but the fee is 500,000 VND.")


def test_a_condition_is_no_refusal():
    assert not is_refusal("If the answer is not known, call extension 9.")


def test_a_refusal_may_name_whom_to_ask():
    assert is_refusal("I don't know; however, please contact the front desk.")


def test_nothing_is_no_refusal():
    assert not is_refusal("")
    assert not is_refusal("Sorry.")
