"""BFCL's rule for calls, on hand-made cases of every type."""

import pytest
from fixtures.bfcl_tasks import ACCEPTED, FUNCTION, OBJECT, PAIR, RIGHT, TEXT, task

from evals.tools.rule import Made, arguments_fault, fault_of, value_fault

WHOLE = {"type": "integer"}
FRACTION = {"type": "float"}
YES_NO = {"type": "boolean"}
TEXTS = {"type": "array", "items": {"type": "string"}}
WHOLES = {"type": "array", "items": {"type": "integer"}}
FRACTIONS = {"type": "array", "items": {"type": "float"}}
GRID = {"type": "array", "items": {"type": "array"}}
OBJECTS = {"type": "array", "items": {"type": "dict"}}
BOOKING = {"room": [201, 202], "guest": ["John Doe"], "wish": ["", "cot"]}


@pytest.mark.parametrize(
    ("declared", "accepted", "value"),
    [
        (TEXT, ["April 1, 2024"], "april 1 2024"),
        (TEXT, ["New York, NY"], "new york ny"),
        (TEXT, ["it's"], 'it"s'),
        (TEXT, ["", "a"], ""),
        ({"type": "any"}, ["x^2"], "X2"),
        (WHOLE, [5, 6], 6),
        (FRACTION, [5.0], 5),
        (FRACTION, [0.5], 0.5),
        (YES_NO, [True], True),
        (TEXTS, [["Ho Chi Minh", "Hue"]], ["ho-chi-minh", "HUE"]),
        (TEXTS, [["a"], ""], []),
        (WHOLES, [[1, 2], [2, 1]], [2, 1]),
        (FRACTIONS, [[1.5, 2.0]], [1.5, 2.0]),
        (PAIR, [[3, 4]], [3, 4]),
        (GRID, [[[1, 2], [3, 4]]], [[1, 2], [3, 4]]),
        (OBJECT, [BOOKING], {"room": 202, "guest": "john doe"}),
        (OBJECT, ["", BOOKING], {"room": 201, "guest": "John Doe", "wish": "Cot"}),
        (OBJECTS, [[BOOKING, BOOKING]], [{"room": 201, "guest": "John-Doe"}] * 2),
        (WHOLE, ["n"], "n"),  # a variable stands where a number is declared
        (OBJECT, ["config"], "config"),
    ],
)
def test_an_accepted_value_of_every_type_is_right(declared, accepted, value):
    assert value_fault(declared, accepted, value) is None


@pytest.mark.parametrize(
    ("declared", "accepted", "value", "fault"),
    [
        (TEXT, ["April 1"], "April 2", "wrong value"),
        (TEXT, ["5"], 5, "wrong type"),
        (TEXT, ["(a)"], "a", "wrong value"),
        (WHOLE, [5], 6, "wrong value"),
        (WHOLE, [5], 5.0, "wrong type"),
        (WHOLE, [5], "5", "wrong type"),
        (WHOLE, [1], True, "wrong type"),
        (FRACTION, [0.5], "0.5", "wrong type"),
        (FRACTION, [0.5], 0.51, "wrong value"),
        (YES_NO, [True], False, "wrong value"),
        (YES_NO, [True], "true", "wrong type"),
        (YES_NO, [True], 1, "wrong type"),
        (TEXTS, [["a", "b"]], ["b", "a"], "wrong value"),
        (TEXTS, [["a"]], "a", "wrong type"),
        (TEXTS, [["a"]], [], "wrong value"),
        (WHOLES, [[1, 2]], [1, "2"], "wrong type"),
        (FRACTIONS, [[1.0, 2.0]], [1, 2], "wrong type"),
        (PAIR, [[3, 4]], [4, 3], "wrong value"),
        (GRID, [[[1, 2]]], [[2, 1]], "wrong value"),
        (OBJECT, [BOOKING], {"room": 203, "guest": "John Doe"}, "wrong value"),
        (OBJECT, [BOOKING], {"room": 201}, "wrong value"),
        (OBJECT, [BOOKING], {"room": 201, "guest": "John Doe", "day": 1}, "wrong value"),
        (OBJECTS, [[BOOKING]], [], "wrong value"),
        (OBJECTS, [[BOOKING]], [{"room": 201}], "wrong value"),
        (OBJECT, [BOOKING], "room 201", "wrong type"),
        (WHOLE, ["n"], 3, "wrong value"),
    ],
)
def test_any_other_value_is_wrong(declared, accepted, value, fault):
    assert value_fault(declared, accepted, value) == fault


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"room": 201, "currency": "vnd"}, None),
        ({"room": 201, "currency": "VND", "nights": 1}, None),
        ({"currency": "VND"}, "missing argument"),
        ({"room": 201}, "missing argument"),
        ({"room": 201, "currency": "VND", "tax": 1}, "unexpected argument"),
        ({"room": 202, "currency": "VND"}, "wrong value"),
    ],
)
def test_an_argument_may_be_left_out_only_where_that_is_accepted(given, fault):
    assert arguments_fault(FUNCTION, ACCEPTED, given) == fault


@pytest.mark.parametrize(
    ("wanted", "calls", "fault"),
    [
        ("hotel.price", [RIGHT], None),
        ("hotel.price", [], "no call"),
        ("hotel.price", [RIGHT, RIGHT], "several calls"),
        ("hotel.price", [Made("hotel_price", RIGHT.arguments)], "wrong function"),
        ("", [], None),
        ("", [RIGHT], "needless call"),
    ],
)
def test_exactly_the_wanted_call_is_right_and_none_where_none_is_wanted(wanted, calls, fault):
    assert fault_of(task(wanted), calls) == fault
