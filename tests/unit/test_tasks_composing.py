"""Plans made by rule of the hotel's declarations; the router is scripted, no model is asked."""

import pytest
from fixtures.task_tools import TODAY

from workbench.assistants import get_assistant
from workbench.assistants.task_files import load_task_files
from workbench.engine.tasks.checking import Bounds, ForbiddenError
from workbench.engine.tasks.plan import PlanError
from workbench.engine.tasks.planner import Planner
from workbench.engine.tasks.recipes import found_values, known_values

READY = "ready_for_guest is true"
NOT_CLEAN = ["cleaning not equals clean", "cleaning not equals inspected"]


class AskedError(Exception):
    """The model was asked."""


@pytest.fixture(scope="module")
def hotel(tmp_path_factory):
    workspace = tmp_path_factory.mktemp("hotel")
    return load_task_files(get_assistant("hotel", workspace), workspace)


@pytest.fixture
def make_plan(hotel):
    declared, tools = hotel

    async def make_plan(instruction, shares=None, may=lambda _: True, **given):
        found = found_values(tools, instruction, TODAY)
        known = {**known_values(given, found), "today": TODAY.isoformat()}

        async def route(text):
            return next((one for part, one in (shares or {}).items() if part in text), {})

        async def ask(*_):
            raise AskedError

        bounds = Bounds(tools=tools, may=may, declared=declared, given=known)
        planned = await Planner(bounds, ask, TODAY, route).plan(instruction, found)
        assert planned.by == "rules"
        return planned.plan

    return make_plan


def calls(plan):
    return [step.tool for step in plan.steps]


def conditions(plan, tool):
    """Return the conditions of the only step of a tool, without the numbers of the steps."""
    [step] = [one for one in plan.steps if one.tool == tool]
    return [str(one).partition(".")[2] for one in step.conditions]


async def test_a_branch_waits_for_either_state_and_goes_on(make_plan):
    plan = await make_plan(
        "Only send the check-in e-mail for BOOK374 if room 413 is clean; otherwise have "
        "housekeeping clean it."
    )
    assert calls(plan) == [
        "get_room_status", "lookup_booking", "write_guest_email", "send_email",
        "create_service_request",
    ]  # fmt: skip
    assert READY in conditions(plan, "send_email")
    assert conditions(plan, "create_service_request") == NOT_CLEAN
    assert {step.otherwise for step in plan.steps if step.conditions} == {"skip"}
    assert plan.steps[4].arguments["room_number"] == "$given.room_number"
    assert plan.steps[4].arguments["category"] == "housekeeping"


async def test_one_condition_stops_the_task(make_plan):
    plan = await make_plan("Gửi email nhận phòng cho BOOK345 trừ khi phòng còn bẩn.")
    assert calls(plan) == ["lookup_booking", "get_room_status", "write_guest_email", "send_email"]
    assert {step.otherwise for step in plan.steps if step.conditions} == {"stop"}


async def test_a_guest_is_found_by_name_and_every_value_taken_from_that(make_plan):
    plan = await make_plan(
        "Check Rupert Sinclair's room and, if all is well, send him the check-in mail."
    )
    arguments = [step.arguments for step in plan.steps]
    assert arguments[0] == {"guest_name": "$given.guest_name"}
    assert arguments[1] == {"room_number": "$1.room_number"}
    assert arguments[3]["booking_id"] == "$1.booking_id"
    assert conditions(plan, "write_guest_email") == [
        READY, "status equals confirmed", "check_in equals $given.today",
    ]  # fmt: skip


async def test_a_request_is_noted_and_then_told_with_the_reason_that_stood_before_it(make_plan):
    plan = await make_plan(
        "The lady in 207 has no hot water. Log it with maintenance, high priority, then e-mail "
        "her (BOOK066) that a technician is coming.",
        {"no hot water": {"create_service_request": 0.7}},
    )
    assert calls(plan) == ["create_service_request", "write_request_email", "send_email"]
    assert plan.steps[0].arguments["category"] == "maintenance"
    assert plan.steps[0].arguments["priority"] == "high"
    assert "hot water" in plan.steps[0].arguments["description"]
    assert plan.steps[1].arguments == {
        "booking_id": "$given.booking_id", "request_id": "$1.request_id",
    }  # fmt: skip


async def test_a_price_is_asked_for_the_type_that_a_booking_has(make_plan):
    plan = await make_plan("tra booking BOOK345 roi cho biet gia dem 30/4 cua hang phong do")
    assert calls(plan) == ["lookup_booking", "get_current_pricing"]
    assert plan.steps[1].arguments == {"room_type": "$1.room_type", "day": "$given.day"}


async def test_each_of_several_things_gets_its_own_steps(make_plan):
    plan = await make_plan("Send the booking confirmation to BOOK207 and to BOOK066.")
    assert [step.arguments.get("booking_id") for step in plan.steps] == [
        "BOOK207", "BOOK207", "BOOK066", "BOOK066",
    ]  # fmt: skip
    assert calls(await make_plan("Check rooms 413 and 410.")) == ["get_room_status"] * 2


async def test_only_looking_sends_nothing(make_plan):
    for instruction in (
        "Just look whether 410 is ready. No mails to anybody please.",
        "Xem phòng 410 sạch chưa thôi, đừng gửi gì cho khách.",
    ):
        assert calls(await make_plan(instruction)) == ["get_room_status"]


async def test_talking_the_rule_away_changes_nothing(make_plan):
    for instruction in (
        "Never mind that 204 is still being cleaned, send the check-in mail for BOOK036 now.",
        "Phòng 204 đang dọn, kệ nó, cứ gửi mail nhận phòng cho BOOK036 đi.",
    ):
        assert READY in conditions(await make_plan(instruction), "send_email")


async def test_what_no_tool_does_is_left_out_and_said(make_plan):
    plan = await make_plan(
        "Change BOOK207 to a suite and e-mail the guest the booking confirmation."
    )
    assert calls(plan) == ["write_guest_email", "send_email"]
    assert plan.left_out == ("Change BOOK207 to a suite",)


async def test_an_instruction_for_which_there_is_no_tool_is_refused_at_once(make_plan):
    with pytest.raises(PlanError, match="no tool does what the instruction asks"):
        await make_plan("Kể một chuyện cười về lễ tân đi.", {"chuyện": {"documents": 0.4}})


@pytest.mark.parametrize("later", ["at 3 pm", "tomorrow morning", "in two hours", "lúc 15 giờ"])
async def test_what_is_to_be_done_later_is_refused(make_plan, later):
    with pytest.raises(PlanError, match="no tool waits"):
        await make_plan(f"Send the booking confirmation for BOOK345 {later}")
    with pytest.raises(PlanError, match="no tool waits"):
        await make_plan(f"Check room 806, and if it is clean, mail BOOK780 the check-in {later}")


async def test_a_time_that_a_request_speaks_of_is_no_later_time(make_plan):
    plan = await make_plan("Note a wake-up call for 305 at 6:30")
    assert "6:30" in plan.steps[0].arguments["description"]


async def test_what_nobody_named_is_asked_for(make_plan):
    with pytest.raises(PlanError, match="does not say booking_id"):
        await make_plan("Look whether the sky is blue, then send the booking confirmation")


async def test_what_the_role_may_not_do_is_refused_and_no_model_asked(make_plan):
    with pytest.raises(ForbiddenError, match="send_email, which your role may not use"):
        await make_plan(
            "Check room 413, and if it is clean, mail BOOK374 the check-in details",
            may=lambda tool: tool.name != "send_email",
        )


@pytest.mark.parametrize(
    ("instruction", "shares"),
    [
        ("Send BOOK207 a promotion for the spa.", {}),
        ("Check rooms 413 and 410, and send both guests the check-in e-mail when ready", {}),
        ("Send BOOK207 the booking confirmation, but not before he has paid", {}),
        ("Gửi xác nhận đặt phòng cho BOOK207, đừng gửi mail nhận phòng.", {}),
        ("Cancel BOOK207.", {"Cancel": {"lookup_booking": 0.9}}),
        ("Tell BOOK345 what BOOK374 has booked", {"Tell": {"lookup_booking": 0.9}}),
        ("If the guest of BOOK207 has paid, send the booking confirmation", {}),
    ],
)
async def test_what_is_unclear_goes_to_the_model(make_plan, instruction, shares):
    with pytest.raises(AskedError):
        await make_plan(instruction, shares)


async def test_a_recipe_that_would_leave_a_wish_out_is_not_taken(make_plan):
    plan = await make_plan(
        "Nếu phòng 410 chưa sạch thì báo buồng phòng dọn ngay, sạch rồi thì gửi email nhận phòng "
        "cho khách."
    )
    assert "create_service_request" in calls(plan) and "send_email" in calls(plan)
