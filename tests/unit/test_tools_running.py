import pytest
from fixtures.example_tools import NOW, context, double

from workbench.assistants.hotel.tools import lookup_booking
from workbench.engine.roles import NO_ROLES, Operator, Roles
from workbench.engine.tools.arguments import (
    MOST_CALLS,
    found_arguments,
    inherited_arguments,
    is_complete,
    missing_arguments,
)
from workbench.engine.tools.running import Call, ToolRunner


def runner(*permissions):
    return ToolRunner({"double": double}, context(*permissions))


def call(**arguments):
    return Call(id="c", name="double", arguments=arguments)


def test_a_tool_is_described_by_its_function():
    assert (double.name, double.description) == ("double", "Twice a number.")
    assert set(double.schema()["properties"]) == {"number", "colour"}


async def test_a_call_is_checked_and_answered():
    returned = await runner("numbers.read").run(call(number=8))
    assert (returned.text, returned.code) == ("16", None)
    assert returned.seconds >= 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ({"number": 1}, "not_found", "there is no 1"),
        ({"number": 2}, "timed_out", "no answer within 0.2 s"),
        ({"number": 3}, "unavailable", "the database cannot be used just now"),
        ({"number": 4}, "failed", "an unexpected fault; see the log"),
        ({"number": "x"}, "invalid_arguments", "number: "),
        ({}, "invalid_arguments", "number: Field required"),
        ({"number": 8, "size": 1}, "invalid_arguments", "size: "),
    ],
)
async def test_faults_become_codes_that_give_nothing_away(arguments, code, said):
    returned = await runner("numbers.read").run(call(**arguments))
    assert returned.code == code
    assert returned.message.startswith(said)
    assert "hunter2" not in returned.text and "secret" not in returned.text


async def test_an_unknown_tool_and_a_forbidden_one_are_codes():
    unknown = await runner().run(Call(id="c", name="triple"))
    assert unknown.code == "not_found"
    forbidden = await runner("other").run(call(number=8))
    assert forbidden.code == "not_allowed"
    assert runner("other").allowed() == [] and runner("numbers.read").allowed() == [double]


async def test_independent_calls_run_at_the_same_time():
    returned = await runner("numbers.read").run_all([call(number=2)] * 20)
    assert {each.code for each in returned} == {"timed_out"}
    assert max(each.seconds for each in returned) < 2


async def test_a_tool_that_does_not_declare_it_cannot_write():
    with pytest.raises(PermissionError, match="writes=True"):
        await context().write("DELETE FROM t")


def test_arguments_come_from_the_question_and_from_earlier_results():
    assert found_arguments(double, "take 7 please", NOW.date()) == [{"number": 7}]
    assert found_arguments(double, "7 or 8", NOW.date()) == [{"number": 7}, {"number": 8}]
    many = " ".join(map(str, range(1, MOST_CALLS + 3)))
    assert len(found_arguments(double, many, NOW.date())) == MOST_CALLS
    assert found_arguments(double, "7 or 7", NOW.date()) == [{"number": 7}]
    assert found_arguments(double, "none", NOW.date()) == [{}]
    earlier = [("one", {"number": 1}), ("other", {"number": 2, "x": 3})]
    assert inherited_arguments(double, {}, earlier, NOW.date()) == {"number": 2}
    none = [("one", {"number": 1, "colour": None})]
    assert inherited_arguments(double, {"number": 5}, none, NOW.date()) == {}
    assert is_complete(double, {"number": 5}) and not is_complete(double, {"colour": "red"})


def test_an_unknown_role_is_the_least_one():
    roles = Roles({"least": frozenset({"a"}), "most": frozenset({"a", "b"})})
    assert roles.operator("x", "most").may("b")
    for role in (None, "director", ""):
        operator = roles.operator("x", role)
        assert (operator.role, operator.may("a"), operator.may("b")) == ("least", True, False)
    assert NO_ROLES.operator("x", "most") == Operator("x")
    assert Operator("x").may("") and not Operator("x").may("a")


@pytest.mark.parametrize(
    ("tool", "given", "missing"),
    [
        (double, {}, ["number"]),
        (double, {"number": "many"}, ["number"]),
        (double, {"number": 5}, []),
        (lookup_booking, {}, ["booking_id / room_number / guest_name"]),
        (lookup_booking, {"guest_name": ""}, ["booking_id / room_number"]),
        (lookup_booking, {"room_number": "201"}, []),
    ],
)
def test_what_is_missing_is_named_where_only_a_validator_knows(tool, given, missing):
    assert missing_arguments(tool, given) == missing
    assert is_complete(tool, given) == (not missing)
