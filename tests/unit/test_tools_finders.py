from datetime import date

import pytest

from workbench.assistants.hotel.finders import (
    booking_ids,
    guest_names,
    leaving_hours,
    other_nights,
    room_numbers,
    room_type_codes,
)
from workbench.assistants.hotel.tools.prices import get_current_pricing
from workbench.assistants.hotel.tools.priority_words import request_priority
from workbench.assistants.hotel.tools.request_words import request_category, request_description
from workbench.engine.tools.arguments import found_arguments, is_complete
from workbench.engine.tools.dates import unreal_days
from workbench.engine.tools.finders import find_dates, find_nights
from workbench.engine.tools.people import spell_names

TODAY = date(2025, 4, 17)  # a Thursday


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rate for tonight", ["2025-04-17"]),
        ("the day after tomorrow", ["2025-04-19"]),
        ("tomorrow or the day after tomorrow", ["2025-04-18", "2025-04-19"]),
        ("giá ngày mai", ["2025-04-18"]),
        ("hôm nay", ["2025-04-17"]),
        ("besok pagi", ["2025-04-18"]),
        ("on Saturday", ["2025-04-19"]),
        ("this Thursday", ["2025-04-17"]),
        ("thứ bảy này", ["2025-04-19"]),
        ("2025-05-10", ["2025-05-10"]),
        ("ngày 30/4", ["2025-04-30"]),
        ("30/04/2026", ["2026-04-30"]),
        ("on 21 April", ["2025-04-21"]),
        ("May 2nd, 2025", ["2025-05-02"]),
        ("ngày 2 tháng 9", ["2025-09-02"]),
        ("31/2", []),
        ("room 201 for 2 nights", []),
        ("may I ask", []),
        ("on 2 January", ["2025-01-02"]),
        ("on 29 December", ["2024-12-29"]),
        ("next Friday", ["2025-04-25"]),
        ("Friday next week", ["2025-04-25"]),
        ("thứ Sáu tuần sau", ["2025-04-25"]),
        ("thu sau tuan sau", ["2025-04-25"]),
        ("thứ sáu tới", ["2025-04-18"]),
        ("thu hai tram nghin", []),
        ("thu 100k, thứ 7 này", ["2025-04-19"]),
        ("Saturday 3 May", ["2025-05-03"]),
        ("next Tuesday, the 22nd", ["2025-04-22"]),
        ("on the 3rd", ["2025-05-03"]),
        ("on the 3rd floor", []),
        ("ngày 22", ["2025-04-22"]),
        ("mùng 1 tháng 5", ["2025-05-01"]),
        ("18, 19 and 20 April", ["2025-04-18", "2025-04-19", "2025-04-20"]),
        ("the first of May", ["2025-05-01"]),
        ("the last night of April", ["2025-04-30"]),
        ("giá mai", ["2025-04-18"]),
        ("chị Mai hỏi giá", []),
        ("đêm mốt", ["2025-04-19"]),
        ("một đêm", []),
        ("toi mai", ["2025-04-18"]),
        ("this weekend", ["2025-04-19", "2025-04-20"]),
        ("last weekend", ["2025-04-12", "2025-04-13"]),
        ("cuối tuần trước", ["2025-04-12", "2025-04-13"]),
        ("Is the gym open 24/7?", []),
        ("we ask for 24/7 support", []),
        ("mở cửa cả ngày 24/7", []),
        ("giá ngày 24/7", ["2025-07-24"]),
        ("from 20/7 to 24/7", ["2025-07-20", "2025-07-24"]),
        ("May 2 guests come?", []),
        ("guests may first check in", []),
        ("the first may leave", []),
        ("on May 2 guests arrive", ["2025-05-02"]),
        ("a deluxe may 2", ["2025-05-02"]),
        ("thang máy 2 hỏng", []),
        ("thang may 2 hong", []),
        ("ngày 31 tháng 2", []),
        ("thứ hai tuần trước", ["2025-04-07"]),
        ("thu hai tuan truoc", ["2025-04-07"]),
        ("Monday last week", ["2025-04-07"]),
        ("last Monday", ["2025-04-14"]),
        ("thứ hai tuần này", ["2025-04-14"]),
        ("thứ sáu tuần này", ["2025-04-18"]),
        ("tuần này thứ sáu", ["2025-04-18"]),
        ("thứ hai tuần sau", ["2025-04-21"]),
        ("tuần sau thứ sáu", ["2025-04-25"]),
    ],
)
def test_dates_are_found_in_three_languages(text, found):
    assert [each.isoformat() for each in find_dates(text, TODAY)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Is room 201 clean?", ["201"]),
        ("Rooms 305 and 1102", ["305", "1102"]),
        ("phòng 801 đã dọn chưa", ["801"]),
        ("phong so 801", ["801"]),
        ("512 ready?", ["512"]),
        ("room 99999", []),
        ("a fee of 500,000 VND", []),
        ("300 VND", []),
        ("at 10:30", []),
        ("BOOK210 and CONF-2025-301", []),
        ("room 999", ["999"]),
        ("within 45 minutes", []),
    ],
)
def test_room_numbers_are_found(text, found):
    assert room_numbers(text, TODAY) == found


@pytest.mark.parametrize(
    ("text", "nights"),
    [
        ("in on 3 May, out on 5 May", ["2025-05-03", "2025-05-04"]),
        ("nhận 3/5 trả 5/5", ["2025-05-03", "2025-05-04"]),
        ("from the 3rd to the 5th of May", ["2025-05-03", "2025-05-04"]),
        ("nights of 18 to 20 April", ["2025-04-18", "2025-04-19", "2025-04-20"]),
        ("three nights from 6 May", ["2025-05-06", "2025-05-07", "2025-05-08"]),
        ("hai đêm từ ngày mai", ["2025-04-18", "2025-04-19"]),
        ("hai đêm 18 và 19/4", ["2025-04-18", "2025-04-19"]),
        ("29 or 30 April", ["2025-04-29", "2025-04-30"]),
        ("cuối tuần này", ["2025-04-18", "2025-04-19"]),
        ("on Saturday", ["2025-04-19"]),
        ("how much", []),
    ],
)
def test_the_nights_of_a_stay_are_counted_to_the_day_of_leaving(text, nights):
    assert [each.isoformat() for each in find_nights(text, TODAY)] == nights


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("31/2", ["31/2"]),
        ("from 31/4 to 2/5, April 31st", ["31/4", "April 31st"]),
        ("ngày 31 tháng 2", ["31 tháng 2"]),
        ("on 5/25", ["5/25"]),
        ("15/13/2025 or 2025-02-30", ["15/13/2025", "2025-02-30"]),
        ("30/4, 50/50, 24/24, 24/7 and 1/2", []),
        ("máy 32, room 31 may be free", []),
    ],
)
def test_a_day_that_no_calendar_has_is_named_as_it_is_written(text, named):
    assert unreal_days(text, TODAY) == named


def test_a_day_that_no_calendar_has_is_never_taken_for_tonight():
    assert other_nights("a suite on 31/2 for 2 nights", TODAY) == ["31/2"]
    assert other_nights("tonight and 31/4", TODAY) == [None, "31/4"]
    calls = found_arguments(get_current_pricing, "giá Deluxe City 30/4 và 31/4", TODAY)
    assert [each["day"] for each in calls] == [date(2025, 4, 30), "31/4"]
    assert all(is_complete(get_current_pricing, each) for each in calls)


@pytest.mark.parametrize("day", ["17/04/2025", "next Friday"])
def test_another_way_to_write_a_day_is_refused_and_not_called_unreal(day):
    assert not is_complete(get_current_pricing, {"room_type": "suite", "day": day})


def test_tonight_goes_without_saying():
    assert other_nights("a suite tonight", TODAY) == []
    assert other_nights("tonight and tomorrow", TODAY) == [None, date(2025, 4, 18)]


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("leaving at 3 PM", ["15:00"]),
        ("trả phòng lúc 15 giờ 30", ["15:30"]),
        ("half past six in the evening", ["18:30"]),
        ("stays until two", ["14:00"]),
        ("leaves at quarter past one", ["13:15"]),
        ("ở tới bốn rưỡi chiều", ["16:30"]),
        ("tra phong luc 14h30", ["14:30"]),
        ("trả lúc 14g15", ["14:15"]),
        ("two more hours after noon", ["14:00"]),
        ("xin thêm hai tiếng", ["14:00"]),
        ("leaves at three instead of noon", ["15:00"]),
        ("his flight leaves at 21:10, he wants the room until 5 pm", ["17:00"]),
        ("at 9 in the morning", ["09:00"]),
        ("from 9 am to 5 pm", []),
        ("for 2 nights", []),
        ("until 2 guests", []),
    ],
)
def test_the_hour_of_leaving_is_found(text, hours):
    assert [f"{each:%H:%M}" for each in leaving_hours(text, TODAY)] == hours


def test_bookings_and_types_are_found():
    assert booking_ids("book-001 or conf2025-014", TODAY) == ["BOOK001", "CONF-2025-014"]
    assert booking_ids("I booked 300 rooms", TODAY) == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("a deluxe ocean view or Superior", ["deluxe_ocean", "superior_garden"]),
        ("phòng hướng biển", ["deluxe_ocean"]),
        ("phong gia dinh", ["family_suite"]),
        ("hang deluxe", ["deluxe"]),
        ("all suites", ["suite"]),
        ("the standard category", ["standard"]),
        ("the cheapest room", ["standard_city"]),
        ("suite 1104", []),
        ("suite 30/4", ["suite"]),
        ("the standard check-out time", []),
        ("giờ trả phòng tiêu chuẩn", []),
    ],
)
def test_types_and_whole_categories_are_found(text, codes):
    assert room_type_codes(text, TODAY) == codes


KNOWN = ["Grace Tate", "Nguyễn Thu Trang", "Yoon Ji-ho", "Jonas Keller", "Lê An Chi", "Võ An Chi"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("which room has grace tate", ["Grace Tate"]),
        ("khach nguyen thu trang o dau", ["Nguyễn Thu Trang"]),
        ("Nguyễn Thư Trang ở đâu?", ["Nguyễn Thư Trang"]),
        ("when does ji-ho yoon leave", ["Yoon Ji-ho"]),
        ("where is Mr Keller", ["Jonas Keller"]),
        ("is Daniel Okafor's booking there?", ["Daniel Okafor"]),
        ("Tìm đặt phòng của Lê Thị Bích Ngọc", ["Lê Thị Bích Ngọc"]),
        ("a booking under the name carlos mendoza", ["carlos mendoza"]),
        ("Is a Deluxe City free?", []),
        ("Sky Bar ở tầng nào?", []),
    ],
)
def test_names_of_guests_are_found(text, names):
    assert guest_names(spell_names(text, KNOWN), TODAY) == names


def test_a_title_with_a_name_that_two_share_names_nobody_known():
    assert spell_names("chị An Chi", KNOWN) == "chị An Chi"


@pytest.mark.parametrize(
    ("text", "category", "priority", "description"),
    [
        ("Put in a low request for housekeeping: 606 needs three hangers",
         ["housekeeping"], ["low"], ["needs three hangers"]),
        ("Vòi sen phòng 607 bị rò", ["maintenance"], [], ["Vòi sen bị rò"]),
        ("goi mon cho 804: hai to mi ga, uu tien cao", ["room_service"], ["high"],
         ["goi mon: hai to mi ga"]),
        ("Taxi for 611, urgent", ["concierge"], ["high"], ["Taxi"]),
        ("Housekeeping for 305, not urgent: two towels", ["housekeeping"], ["low"],
         ["two towels"]),
        ("404 cần bác sĩ, khẩn cấp!", ["housekeeping"], ["critical"], ["cần bác sĩ"]),
        ("Emergency in 404: smoke", [], ["critical"], ["Emergency: smoke"]),
        ("something", [], [], []),
    ],
)  # fmt: skip
def test_a_request_is_read_from_its_words(text, category, priority, description):
    assert request_category(text, TODAY) == category
    assert request_priority(text, TODAY) == priority
    assert request_description(text, TODAY) == description


@pytest.mark.parametrize(
    ("text", "priority", "description"),
    [
        ("High chair for room 305", [], ["High chair"]),
        ("A high chair for 305, low priority", ["low"], ["high chair"]),
        ("Low-fat milk for 402", [], ["Low-fat milk"]),
        ("Regular coffee for 305", [], ["Regular coffee"]),
        ("The AC of 305 is stuck on high", [], ["AC is stuck on high"]),
        ("Emergency light in 404 is broken", [], ["Emergency light is broken"]),
        ("Đèn khẩn cấp phòng 404 hỏng", [], ["Đèn khẩn cấp hỏng"]),
        ("Phòng 305 cần một giường gấp", [], ["cần một giường gấp"]),
        ("Khách phòng 404 muốn gặp quản lý", [], ["muốn gặp quản lý"]),
        ("305 cần khăn gấp", ["high"], ["cần khăn gấp"]),
    ],
)
def test_a_word_that_describes_a_thing_is_no_priority(text, priority, description):
    assert request_priority(text, TODAY) == priority
    assert request_description(text, TODAY) == description


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ("Wake-up call for 305 at 0630", "Wake-up call at 0630"),
        ("Room 305 needs a 220 volt adapter", "needs a 220 volt adapter"),
        ("Key for 305 of BOOK219", "Key of BOOK219"),
    ],
)
def test_only_a_rooms_number_is_left_out_of_what_is_wanted(text, description):
    assert request_description(text, TODAY) == [description]


@pytest.mark.parametrize("text", ["from 1 May to 20 May", "20 nights from 1 May"])
def test_a_stay_too_long_to_be_spelt_out_is_its_first_night(text):
    assert find_nights(text, date(2025, 4, 17)) == [date(2025, 5, 1)]


def test_nights_beyond_the_calendar_break_nothing():
    assert find_nights("3 nights from 31/12/9999", date(2025, 4, 17)) == [date(9999, 12, 31)]


def test_a_name_ends_at_a_sentence_and_is_no_guess_between_two_people():
    told = "Which room has Keller? Anna wants towels"
    assert spell_names(told, ("Anna Keller",)) == told
    assert spell_names("Anna 402 Keller", ("Anna Keller",)) == "Anna 402 Keller"
    assert spell_names("phong cua Tran Ha", ("Trần Hà", "Trần Hạ")) == "phong cua Tran Ha"
