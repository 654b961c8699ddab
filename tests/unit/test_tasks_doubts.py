"""Which instructions plan a write, and which are too doubtful for one; the model is scripted."""

import json

import pytest
from fixtures.task_tools import TODAY

from workbench.assistants import get_assistant
from workbench.assistants.task_files import load_task_files
from workbench.engine.tasks.checking import Bounds
from workbench.engine.tasks.doubts import doubt_about, without_writes
from workbench.engine.tasks.plan import Plan, PlanError, Step
from workbench.engine.tasks.planner import Planner
from workbench.engine.tasks.recipes import found_values, known_values
from workbench.engine.tasks.telling import summary, told_not_planned

EAGER = {
    "steps": [
        {"tool": "send_email", "arguments": {"booking_id": "BOOK374", "subject": "a", "body": "b"}}
    ]
}


@pytest.fixture(scope="module")
def hotel(tmp_path_factory):
    workspace = tmp_path_factory.mktemp("hotel")
    return load_task_files(get_assistant("hotel", workspace), workspace)


@pytest.fixture
def make_plan(hotel):
    declared, tools = hotel

    async def make_plan(instruction, **given):
        found = found_values(tools, instruction, TODAY)
        known = {**known_values(given, found), "today": TODAY.isoformat()}

        async def route(_):
            return {}

        async def ask(*_):
            return json.dumps(EAGER)

        bounds = Bounds(tools=tools, may=lambda _: True, declared=declared, given=known)
        return (await Planner(bounds, ask, TODAY, route).plan(instruction, found)).plan

    return make_plan


@pytest.fixture
def writes(hotel, make_plan):
    _, tools = hotel

    async def writes(instruction, **given):
        try:
            plan = await make_plan(instruction, **given)
        except PlanError:
            return []
        return [step.tool for step in plan.steps if tools[step.tool].writes]

    return writes


FORBIDDEN = [
    "Check if room 413 is ready; no need to send the check-in e-mail",
    "Kiểm tra phòng 413 sẵn sàng chưa, không cần gửi mail nhận phòng",
    "kiem tra phong 413 san sang chua, khong can gui mail nhan phong",
    "Check that room 413 is ready and draft the check-in e-mail, I will send it myself",
    "Room 410 is no longer clean, so cancel the check-in e-mail",
    "How do I send a check-in e-mail for room 1007 when it is ready?",
    "Room 413 is ready, but hold off on the check-in e-mail",
    "Check if room 413 is ready and refrain from sending the check-in e-mail",
    "Check if room 413 is ready and avoid sending the check-in e-mail",
    "If room 413 is ready, skip the check-in e-mail",
    "Check if room 413 is ready, then stop the check-in e-mail",
    "Room 413 is not ready: recall the check-in e-mail",
    "Remind me to send the check-in e-mail when room 413 is ready",
    "Room 413 is ready. Has the check-in e-mail been sent?",
    "Phòng 413 sạch rồi nhưng khoan gửi mail nhận phòng",
    "Phòng 413 sạch rồi, khỏi gửi mail nhận phòng",
    "phong 413 sach roi, khoi gui mail nhan phong",
    "Phòng 413 chưa sạch, hủy mail nhận phòng",
    "Mail nhận phòng đã gửi chưa? Phòng 413 sẵn sàng",
    "Cancel the towels request for room 413",
    "Remove the note about towels for room 413",
    "Stop logging requests for towels for room 413",
    "Avoid logging a request for towels for room 413",
    "Hủy yêu cầu khăn tắm phòng 413",
    "huy yeu cau khan tam phong 413",
    "Why did you log a request for towels for room 413?",
    "E-mail BOOK374 saying: log a request for towels for room 413",
    "Log a request for towels for room 305 not 306",
    "Check if BOOK780's room is ready, then send the check-in e-mail to BOOK710",
    "Send the booking confirmation of BOOK002 to BOOK003",
    "Send the booking confirmation of BOOK374 to someone@example.com",
    "Wait until 3 PM, then send the check-in e-mail if room 413 is ready",
    "If room 413 is ready, send the check-in e-mail tomorrow",
    "Check if room 413 is ready tomorrow and send the check-in e-mail",
    "Check if room 413 is ready without sending the check-in e-mail",
    "Check if room 413 is ready; the check-in e-mail can wait",
    "Check whether room 413 is ready so that I can send the check-in e-mail",
    "What would happen if I sent the check-in e-mail for room 413 when it is ready?",
    "I do not want the check-in e-mail to be sent to BOOK374",
    "Check if room 413 is ready and ask me before sending the check-in e-mail",
    "Check room 413 but leave the check-in e-mail to me",
]


@pytest.mark.parametrize("instruction", FORBIDDEN)
async def test_what_is_not_clearly_ordered_is_not_written(writes, instruction):
    assert await writes(instruction) == []


HARMLESS = [
    ("Check if room 413 is clean and ready, then send the check-in e-mail", ["send_email"]),
    ("Only send the check-in e-mail for BOOK374 if room 413 is ready", ["send_email"]),
    ("Don't send the check-in e-mail for BOOK374 unless room 413 is ready", ["send_email"]),
    ("Gửi e-mail nhận phòng cho khách BOOK374 nếu phòng đã dọn sạch", ["send_email"]),
    ("Kiểm tra phòng 410 đã sẵn sàng chưa rồi gửi email nhận phòng cho khách", ["send_email"]),
    ("Could you send the booking confirmation for BOOK374?", ["send_email"]),
    ("Gửi xác nhận đặt phòng cho BOOK374", ["send_email"]),
    ("Log a request for towels for room 305", ["create_service_request"]),
    ("Log a repair for room 305: the shower is not working", ["create_service_request"]),
    ("Log a request for towels for rooms 305 and 306", ["create_service_request"] * 2),
    (
        "Check room 410. If it is not ready, have housekeeping clean it",
        ["create_service_request"],
    ),
    ("Phòng 204 chưa sạch thì tạo yêu cầu cho buồng phòng dọn gấp", ["create_service_request"]),
]


@pytest.mark.parametrize(("instruction", "expected"), HARMLESS)
async def test_what_is_clearly_ordered_is_planned(writes, instruction, expected):
    assert await writes(instruction) == expected


@pytest.mark.parametrize(
    ("instruction", "condition"),
    [
        ("Phòng 413 chưa sạch thì gửi mail nhận phòng cho khách", "not_equals clean"),
        ("Send the check-in e-mail for BOOK374 if its room is ready but not if it is cancelled",
         "not_equals cancelled"),
    ],
)  # fmt: skip
async def test_a_negated_condition_is_not_taken_as_the_plain_one(
    hotel, make_plan, instruction, condition
):
    _, tools = hotel
    try:
        plan = await make_plan(instruction)
    except PlanError:
        return
    sends = [one for one in plan.steps if tools[one.tool].writes]
    said = [f"{one.operator} {one.value}" for step in sends for one in step.conditions]
    assert not sends or condition in said


async def test_the_address_that_was_given_is_no_doubt(writes):
    instruction = "Send the booking confirmation of BOOK374 to john@example.com"
    assert await writes(instruction) == []
    assert await writes(instruction, guest_email="john@example.com") == ["send_email"]


async def test_the_plan_tells_what_was_left_out_and_why(make_plan):
    plan = await make_plan("Check room 413, then remind me to send the check-in e-mail")
    assert [step.tool for step in plan.steps] == ["get_room_status", "lookup_booking"]
    assert plan.doubts == ("remind",)
    told = told_not_planned(plan, "en")
    assert told.startswith('Nothing is sent or created: "remind" makes it doubtful')
    assert summary([], "en", plan.left_out, plan.doubts) == told
    assert "chưa rõ ràng" in told_not_planned(plan, "vi")


def test_what_uses_a_write_goes_with_it(hotel):
    declared, tools = hotel
    plan = Plan(
        steps=(
            Step(tool="create_service_request", arguments={"room_number": "305"}),
            Step(tool="lookup_booking", arguments={"room_number": "305"}),
            Step(tool="write_request_email", arguments={"request_id": "$1.request_id"}),
            Step(tool="get_room_status", arguments={"room_number": "$2.room_number"}),
        )
    )
    left = without_writes(plan, "stop", tools, declared)
    assert [one.tool for one in left.steps] == ["lookup_booking", "get_room_status"]
    assert left.steps[1].arguments == {"room_number": "$1.room_number"}


@pytest.mark.parametrize(
    "instruction",
    [
        "Anh Huy phòng 305 yêu cầu thêm khăn, ghi nhận giúp em",
        "Log a repair for room 305: the shower does not stop dripping",
        "The lady in 207 has no hot water. Log it with maintenance",
        "Phòng 305 có mùi khói, ghi yêu cầu kỹ thuật",
        "If the booking is not cancelled, send the check-in e-mail to BOOK374",
        "Don't forget to send the check-in e-mail to BOOK374",
        "Have housekeeping clean room 410 and e-mail BOOK345",
        "Who arrives in room 413 today? Send the guest the check-in e-mail if the room is ready",
    ],
)
def test_what_only_looks_like_a_doubt_is_none(instruction):
    assert doubt_about(instruction, {}) == ""
