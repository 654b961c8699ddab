"""Times of day in one form."""

import pytest

from workbench.engine.clock import to_24_hours, unify_times


@pytest.mark.parametrize(
    ("written", "unified"),
    [
        ("until 3 PM", "until 15h"),
        ("until 3p.m.", "until 15h"),
        ("at 3.30 pm", "at 15h30"),
        ("12 am and 12 pm", "0h and 12h"),
        ("from 08:00-09:30", "from 8h-9h30"),
        ("noon to midnight", "12h to 0h"),
        ("đến 15 giờ", "đến 15h"),
        ("15h30", "15h30"),
        ("3 giờ chiều", "15h"),
        ("8 giờ 15 tối", "20h15"),
        ("11 giờ đêm, 12 giờ đêm, 2 giờ đêm", "23h, 0h, 2h"),
        ("8 giờ sáng", "8h"),
        ("1 giờ trưa", "13h"),
        ("5-6 pm", "17h-18h"),
        ("from 2 to 4 PM", "from 14h to 16h"),
        ("10 to 2 pm", "10h to 14h"),
        ("until 24:00, 12 noon", "until 0h, 12h"),
        ("3 giờ tối thiểu, 2 giờ tối đa", "3h tối thiểu, 2h tối đa"),
        ("8 gio toi den", "8h toi den"),
        ("24 giờ 50% tiền", "24h 50% tiền"),
    ],
)
def test_a_time_has_one_form(written, unified):
    assert unify_times(written) == unified


@pytest.mark.parametrize(
    "text",
    [
        "24 hours",
        "2.5 kg",
        "700,000 VND",
        "15:30:20",
        "75:10",
        "13 PMs",
        "3 homes",
        "1.15 h",
        "am 3",
    ],
)
def test_what_is_no_time_stays(text):
    assert unify_times(text) == text


def test_a_question_is_read_with_24_hours():
    assert to_24_hours("until 3 PM, or 5-6:30 pm?") == "until 15:00, or 17:00-18:30?"
    assert to_24_hours("đến 15 giờ, 3:75 pm") == "đến 15 giờ, 3:75 pm"
