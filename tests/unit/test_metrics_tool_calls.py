import pytest

from workbench.evaluation.metrics.tool_calls import (
    Call,
    tool_argument_accuracy,
    tool_name_accuracy,
)


def calls(*given):
    return [Call(name, arguments) for name, arguments in given]


def test_the_order_of_calls_is_free():
    first, second = ("rooms", {"floor": 1}), ("price", {"room": 7})
    assert tool_argument_accuracy(calls(first, second), calls(second, first)) == 1.0


def test_no_call_expected_and_none_made_is_right():
    assert tool_name_accuracy([], []) == tool_argument_accuracy([], []) == 1.0


@pytest.mark.parametrize(
    ("expected", "made"),
    [
        ([("rooms", {})], []),
        ([], [("rooms", {})]),
        ([("rooms", {})], [("prices", {})]),
        ([("rooms", {})], [("rooms", {}), ("rooms", {})]),
        ([("rooms", {}), ("rooms", {})], [("rooms", {})]),
        ([("rooms", {})], [("rooms", {}), ("prices", {})]),
    ],
)
def test_a_missing_an_extra_a_repeated_or_another_call_is_wrong(expected, made):
    assert tool_name_accuracy(calls(*expected), calls(*made)) == 0.0
    assert tool_argument_accuracy(calls(*expected), calls(*made)) == 0.0


@pytest.mark.parametrize(
    ("expected", "made"),
    [
        (1, "1"),
        (1, 1.0),
        ("1", 1.0),
        ("1.50", 1.5),
        (-2, "-2"),
        (1e3, 1000),
        (True, "True"),
        ("phòng", "pho\u0300ng "),
        ({"a": [1, "2"], "b": None}, {"a": ["1", 2.0]}),
        ([{"x": 1, "y": 2}], [{"y": 2, "x": 1}]),
        (0.1, "0.1"),
    ],
)
def test_values_are_compared_and_not_their_writing(expected, made):
    given = calls(("tool", {"x": expected})), calls(("tool", {"x": made}))
    assert tool_argument_accuracy(*given) == 1.0


@pytest.mark.parametrize(
    ("expected", "made"),
    [
        (1, 2),
        (1, True),
        (0, False),
        (7, "007"),
        ("Deluxe", "deluxe"),
        ([1, 2], [2, 1]),
        ([1], 1),
        ({"a": 1}, {"a": 1, "b": 2}),
        ("", 0),
        ("1,5", 1.5),
    ],
)
def test_other_values_are_wrong(expected, made):
    given = calls(("tool", {"x": expected})), calls(("tool", {"x": made}))
    assert tool_name_accuracy(*given) == 1.0
    assert tool_argument_accuracy(*given) == 0.0


def test_an_extra_or_missing_argument_is_wrong_and_null_is_not_given():
    expected = calls(("tool", {"x": 1}))
    assert tool_argument_accuracy(expected, calls(("tool", {"x": 1, "y": 2}))) == 0.0
    assert tool_argument_accuracy(expected, calls(("tool", {}))) == 0.0
    assert tool_argument_accuracy(expected, calls(("tool", {"x": 1, "y": None}))) == 1.0


def test_swapped_arguments_of_two_calls_are_wrong_though_the_names_are_right():
    expected = calls(("book", {"room": 1, "day": 2}), ("book", {"room": 3, "day": 4}))
    made = calls(("book", {"room": 1, "day": 4}), ("book", {"room": 3, "day": 2}))
    assert tool_name_accuracy(expected, made) == 1.0
    assert tool_argument_accuracy(expected, made) == 0.0


def test_a_time_of_day_is_one_with_and_without_its_seconds():
    given, made = calls(("leave", {"at": "17:00"})), calls(("leave", {"at": "17:00:00"}))
    assert tool_argument_accuracy(given, made) == 1.0
    assert tool_argument_accuracy(given, calls(("leave", {"at": "17:00:30"}))) == 0.0
    assert tool_argument_accuracy(given, calls(("leave", {"at": "17:01:00"}))) == 0.0
