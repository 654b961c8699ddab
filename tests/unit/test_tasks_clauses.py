"""What an instruction's clauses ask for, and on what conditions, in three languages."""

import pytest

from workbench.engine.tasks.clauses import UnclearError, read_clauses
from workbench.engine.tasks.declared import Declarations

DECLARED = Declarations.model_validate(
    {
        "wishes": {
            "post": "post|posting|mail|dang|kirim",
            "paint": "paint|painting|have someone paint|son|cat",
            "look": "check the wall|kiem tra tuong|periksa dinding",
        },
        "states": [
            {
                "words": "dry|kho|kering",
                "not_words": "wet|uot|basah",
                "tool": "look",
                "holds": [{"of": "$1.dry", "operator": "is_true"}],
                "fails": [{"of": "$1.dry", "operator": "is_false"}],
            },
            {
                "words": "white|trang|putih",
                "tool": "look",
                "holds": [{"of": "$1.colour", "operator": "equals", "value": "white"}],
                "fails": [{"of": "$1.colour", "operator": "not_equals", "value": "white"}],
            },
        ],
        "rules": [
            {
                "name": "dry first",
                "before": "post",
                "needs": [{"tool": "look"}],
                "condition": {"of": "$1.dry", "operator": "is_true"},
            }
        ],
    }
)
DRY, WHITE = (state.words for state in DECLARED.states)


def read(instruction):
    """Return the tool of each clause that asks for something, with its conditions."""
    return [
        (one.tool, {each.state.words: each.so for each in one.when})
        for one in read_clauses(instruction, DECLARED)
        if one.tool and not one.looks
    ]


@pytest.mark.parametrize(
    "instruction",
    [
        "If it is dry, paint it.",
        "When the wall is dry paint it.",
        "Paint it if the wall is dry.",
        "Paint it only when it is no longer wet.",
        "Paint it unless it is wet.",
        "Is the wall dry? If so, paint it.",
        "Check the wall and, if all is well, paint it.",
        "Paint it as soon as you have seen that the wall is dry.",
        "If the wall is wet, don't paint it; otherwise paint it.",
        "Nếu tường đã khô thì sơn đi.",
        "Tường khô rồi thì sơn.",
        "tuong kho chua? kho roi thi son",
        "Kiểm tra tường, ổn thì sơn.",
        "Sơn đi, trừ khi tường còn ướt.",
        "Nếu đúng là tường khô thì sơn.",
        "Kalau dindingnya kering, cat saja.",
        "Cat dindingnya jika sudah tidak basah.",
        "Jika kering maka cat.",
    ],
)
def test_what_is_asked_for_waits_for_its_condition(instruction):
    assert read(instruction) == [("paint", {DRY: True})]


@pytest.mark.parametrize(
    "instruction",
    [
        "If it is dry, paint it, otherwise mail the owner.",
        "If it is dry paint it. If it is not, mail the owner.",
        "If it is dry, paint it; if it is wet, mail the owner.",
        "Is it dry? If so, paint it. If not, mail the owner.",
        "Tường khô thì sơn, còn ướt thì đăng lên.",
        "Tường khô chưa? Khô rồi thì sơn, nếu chưa thì đăng lên.",
        "Kalau kering, cat; kalau basah, kirim.",
    ],
)
def test_the_other_case_waits_for_the_opposite(instruction):
    assert read(instruction) == [("paint", {DRY: True}), ("post", {DRY: False})]


@pytest.mark.parametrize(
    ("instruction", "tools"),
    [
        ("Paint it, then mail the owner", ["paint", "post"]),
        ("Paint it before posting it", ["paint", "post"]),
        ("Before posting it, paint it", ["paint", "post"]),
        ("Mail the owner after painting it", ["paint", "post"]),
        ("Sơn xong sau đó đăng lên", ["paint", "post"]),
        ("Trước khi đăng lên, sơn nó", ["paint", "post"]),
        ("Cat dulu, kemudian kirim", ["paint", "post"]),
        ("Paint it and mail the owner once it is done", ["paint", "post"]),
    ],
)
def test_the_words_tell_the_order(instruction, tools):
    assert [tool for tool, _ in read(instruction)] == tools


def test_what_a_rule_guards_waits_for_what_is_looked_at_before_it():
    assert read("Check that it is dry, then post it") == [("post", {DRY: True})]
    assert read("Check that it is dry, then paint it") == [("paint", {})]
    assert read("It is wet. Post it") == [("post", {})]


def test_a_condition_of_two_states_is_kept_whole_where_they_differ():
    assert read("If it is white and wet, paint it") == [("paint", {WHITE: True, DRY: False})]


def test_of_two_states_the_first_implies_the_second():
    assert read("If it is dry and white, paint it") == [("paint", {DRY: True})]


@pytest.mark.parametrize(
    "instruction",
    ["Never mind that it is wet, paint it", "Even if it is wet, paint it", "Dù cho ướt, sơn đi"],
)
def test_a_concession_is_no_condition(instruction):
    assert read(instruction) == [("paint", {})]


@pytest.mark.parametrize(
    "instruction",
    [
        "Don't post it",
        "Do not post anything",
        "No mail to anybody",
        "Đừng đăng gì cả",
        "Jangan kirim",
    ],
)
def test_what_is_forbidden_is_not_asked_for(instruction):
    assert read(instruction) == []


@pytest.mark.parametrize(
    "instruction",
    [
        "If the owner has paid, paint it",
        "If so, paint it",
        "Paint it unless the boss objects",
        "Post it. Don't post it",
        "If it is white and wet, paint it, otherwise post it",
        "Post it, if it is dry, paint it",
        "Before Monday, paint it",
        "Otherwise paint it",
    ],
)
def test_a_condition_that_no_state_tells_is_unclear(instruction):
    with pytest.raises(UnclearError):
        read(instruction)
