"""What is told of a booking, by what was asked about it."""

from datetime import date, time

import pytest

from workbench.assistants.hotel.tools.booking_words import say_booking

BOOKING = {
    "id": "BOOK001", "confirmation": "CONF-2025-001", "room": "201", "type": "Deluxe City",
    "check_in": date(2025, 4, 16), "check_out": date(2025, 4, 18), "departure_time": time(11, 30),
    "adults": 2, "children": 0, "total": 5_800_000, "breakfast": True, "parking": False,
    "status": "checked_in", "special_requests": "", "title": "Mr.", "name": "John Doe",
    "email": "john.doe@email.com", "phone": "+1 555", "loyalty": "gold", "language": "en",
}  # fmt: skip


def said(question, lang="en", **changed):
    return say_booking({**BOOKING, **changed}, lang, question, whole=True)


@pytest.mark.parametrize(
    ("lang", "question"),
    [
        ("en", "Check booking BOOK001"),
        ("en", "check 711 and open CONF-2025-001"),
        ("en", "find a reservation under the name john doe"),
        ("vi", "Tôi cần xem đặt phòng BOOK001"),
        ("vi", "Cho tôi xem booking BOOK001 ngay"),
        ("vi", "Tôi hôm nay cần BOOK001"),
        ("vi", "Tra mã xác nhận CONF-2025-001"),
        ("vi", "Tìm booking tên John Doe"),
    ],
)
def test_who_asks_for_a_whole_booking_is_told_all_of_it(lang, question):
    assert "john.doe@email.com" in said(question, lang)


@pytest.mark.parametrize(
    ("lang", "question"),
    [
        ("en", "When does BOOK001 check out?"),
        ("en", "Is he checked in?"),
        ("en", "room 201, name?"),
        ("en", "the dates of BOOK001"),
        ("en", "Has BOOK001 been cancelled?"),
        ("vi", "BOOK001 ở tới ngày nào?"),
        ("vi", "Khách tới chưa?"),
        ("vi", "BOOK001 hủy chưa?"),
        ("vi", "Hôm nay ai vào 201?"),
        ("vi", "ngày nhận phòng của BOOK001"),
    ],
)
def test_who_asks_for_one_thing_is_told_no_more(lang, question):
    assert "@" not in said(question, lang)


def test_the_first_sentence_is_whole_in_both_languages():
    assert said("when does he leave?") == (
        "Booking BOOK001 (CONF-2025-001): Mr. John Doe, room 201 (Deluxe City), check-in "
        "16 April 2025, check-out 18 April 2025 at 11:30, 2 nights; status: checked in."
    )
    assert said("khi nào đi?", "vi", room=None, departure_time=None, status="cancelled") == (
        "Đặt phòng BOOK001 (CONF-2025-001): khách John Doe, không có phòng (Deluxe City), nhận "
        "phòng 16/04/2025, trả phòng 18/04/2025, 2 đêm; tình trạng: đã hủy."
    )
    assert "no room yet (Deluxe City)" in said("", room=None, status="confirmed")
