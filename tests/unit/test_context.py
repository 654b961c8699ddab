from dataclasses import dataclass

from workbench.engine.context import fit_passages


@dataclass
class Passage:
    text: str


def test_the_best_passage_is_always_read():
    long = Passage("x" * 500)
    assert fit_passages([long], 100) == [long]


def test_a_passage_too_long_gives_way_to_a_shorter_one():
    first, second, third = Passage("a" * 60), Passage("b" * 60), Passage("c" * 30)
    assert fit_passages([first, second, third], 100) == [first, third]


def test_nothing_found_is_nothing_read():
    assert fit_passages([], 100) == []
