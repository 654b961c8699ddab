"""Amounts, dates and times as the hotel writes them, in English and Vietnamese."""

from datetime import date, datetime, time

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def vnd(amount: int, lang: str) -> str:
    """Return an amount with its currency: 1,800,000 VND; in Vietnamese 1.800.000 VND."""
    written = f"{amount:,}"
    return f"{written.replace(',', '.') if lang == 'vi' else written} VND"


def day(value: date, lang: str) -> str:
    """Return a date: 17 March 2025; in Vietnamese 17/03/2025."""
    if lang == "vi":
        return f"{value:%d/%m/%Y}"
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def clock(value: time | datetime) -> str:
    """Return a time of day: 11:30."""
    return f"{value:%H:%M}"


def nights(count: int, lang: str) -> str:
    """Return a number of nights: 1 night, 2 nights; in Vietnamese 2 đêm."""
    if lang == "vi":
        return f"{count} đêm"
    return f"{count} night" if count == 1 else f"{count} nights"


def no_room(number: str, lang: str) -> str:
    """Return that there is no such room."""
    return f"không có phòng {number}" if lang == "vi" else f"there is no room {number}"


def no_room_type(code: str, lang: str) -> str:
    """Return that there is no such type of room."""
    return f"không có loại phòng {code!r}" if lang == "vi" else f"there is no room type {code!r}"


def no_day(written: str, lang: str) -> str:
    """Return that no calendar has a day."""
    return f"không có ngày {written}" if lang == "vi" else f"there is no day {written}"


def no_booking(lang: str) -> str:
    """Return that there is no such booking, or none that the role may see."""
    if lang == "vi":
        return "không có đặt phòng nào như vậy mà vai trò của bạn được xem"
    return "there is no such booking that your role may see"
