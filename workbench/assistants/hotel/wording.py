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
