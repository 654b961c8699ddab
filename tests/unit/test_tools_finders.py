from datetime import date, time

import pytest

from workbench.assistants.hotel.finders import booking_ids, room_numbers, room_type_codes, times
from workbench.engine.tools.finders import find_dates

TODAY = date(2025, 4, 17)  # a Thursday


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rate for tonight", ["2025-04-17"]),
        ("the day after tomorrow", ["2025-04-19"]),
        ("tomorrow or the day after tomorrow", ["2025-04-19", "2025-04-18"]),
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


def test_bookings_types_and_times_are_found():
    assert booking_ids("book-001 or conf2025-014", TODAY) == ["BOOK001", "CONF-2025-014"]
    assert booking_ids("I booked 300 rooms", TODAY) == []
    assert room_type_codes("a deluxe ocean view or Superior", TODAY) == [
        "deluxe_ocean",
        "superior_garden",
    ]
    assert room_type_codes("phòng hướng biển", TODAY) == ["deluxe_ocean"]
    assert times("leaving at 3 PM", TODAY) == [time(15)]
    assert times("trả phòng lúc 15 giờ 30", TODAY) == [time(15, 30)]
    assert times("from 9 to 5", TODAY) == []
