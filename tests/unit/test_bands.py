"""Spans of time: which of them hold the time that a question names."""

import pytest

from workbench.engine.bands import asked_minute, read_bands, speaks_of

FEES = [
    "- Leaving: up to 13:00; Fee: free",
    "- Leaving: after 13:00, up to 15:00; Fee: 500,000 VND",
    "- Leaving: after 15:00 until 18:00; Fee: 50%",
    "- Leaving: after 18:00; Fee: one night",
]


@pytest.mark.parametrize(
    ("text", "held", "not_held"),
    [
        ("after 13:00 until 15:00", ["13:01", "15:00"], ["13:00", "15:01"]),
        ("after 13:00, up to 15:00", ["14:00"], ["12:00", "16:00"]),
        ("open 06:00-10:30", ["06:00", "10:30"], ["05:59", "11:00"]),
        ("between 7 PM and 9 PM", ["21:00"], ["22:00"]),
        ("từ 6 giờ đến 10 giờ", ["08:00"], ["11:00"]),
        ("before 08:00", ["07:59"], ["08:00"]),
        ("trước 8 giờ", ["07:59"], ["08:00"]),
        ("after 6 PM", ["18:01"], ["18:00"]),
        ("from 11:00", ["11:00", "23:00"], ["10:59"]),
        ("not later than 15:00", ["14:00"], ["15:01"]),
        ("open until midnight", ["23:00"], []),
        ("tu 22 gio", ["23:00"], ["21:00"]),
        ("night rate 22:00–06:00", ["23:00", "05:00"], ["12:00"]),
    ],
)
def test_a_band_holds_its_times_alone(text, held, not_held):
    bands = read_bands(text)
    for time in held:
        assert any(band.holds(asked_minute(time)) for band in bands), time
    for time in not_held:
        assert not any(band.holds(asked_minute(time)) for band in bands), time


@pytest.mark.parametrize(
    ("question", "minute"),
    [
        ("What does it cost until 3 PM?", 900),
        ("and after 18:00?", 1080.5),
        ("trước 8 giờ sáng thì sao?", 479.5),
        ("Leave at 1:20 PM?", 800),
        ("Is breakfast from 6 AM to 10 AM?", None),
        ("Giặt nhanh trong 4 giờ giá bao nhiêu?", None),
        ("Huỷ bánh sinh nhật trước 12 giờ mất bao nhiêu?", None),
        ("phong tap co mo 24h khong", None),
        ("Is there a pool?", None),
    ],
)
def test_the_time_that_a_question_names(question, minute):
    assert asked_minute(question) == minute


@pytest.mark.parametrize(
    ("question", "row"),
    [("until 1 PM", 0), ("1:20 PM", 1), ("until 15:00", 1), ("16:00", 2), ("after 18:00", 3)],
)
def test_one_band_of_a_fee_table_speaks_of_a_time(question, row):
    told = [speaks_of(fee, asked_minute(question)) for fee in FEES]
    assert told == [number == row for number in range(len(FEES))]


def test_a_time_itself_is_spoken_of_and_a_text_without_times_tells_nothing():
    assert speaks_of("The gong sounds at 15:00.", 900) is True
    assert speaks_of("One who leaves at 14:55 pays the same.", 900) is False
    assert speaks_of("The fee includes VAT.", 900) is None


def test_a_text_with_a_span_may_name_another_time_as_well():
    assert speaks_of("A gong at 05:00; open 07:00-11:00", 300) is True
    assert speaks_of("after 13:00 until 15:00", 780) is False
