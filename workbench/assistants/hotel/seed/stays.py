"""Bookings: every room's stays around the reference date, none of which overlap."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from workbench.assistants.hotel.seed.house import price_of

Row = dict[str, Any]

DAYS_BEFORE, DAYS_AFTER = 21, 30
_GAPS = (0, 0, 0, 1, 1, 2, 3)
_NIGHTS = (1, 2, 2, 3, 3, 4, 5, 7)
_REQUESTS = (
    "", "", "", "", "", "", "High floor", "Baby cot", "Late arrival around 22:00",
    "Feather-free pillows", "Quiet room away from the lift", "Airport transfer, 4 seats",
    "Vegetarian breakfast", "Birthday cake on arrival",
)  # fmt: skip
_CANCELLED_SHARE, _NO_SHOW_SHARE = 0.06, 0.02
_EARLY_SHARE = 0.4
_DEPARTURES = (None, None, None, time(9, 0), time(10, 30), time(13, 0), time(15, 0))


@dataclass(frozen=True, slots=True)
class Stay:
    """A room and the nights that somebody has it."""

    room: str
    kind: Row
    check_in: date
    check_out: date


def stays(room: str, kind: Row, today: date, draw: random.Random) -> Iterator[Stay]:
    """Yield a room's stays, one after another."""
    day = today - timedelta(days=DAYS_BEFORE - draw.randrange(6))
    while day < today + timedelta(days=DAYS_AFTER):
        day += timedelta(days=draw.choice(_GAPS) + (2 if day > today else 0))
        end = day + timedelta(days=draw.choice(_NIGHTS))
        yield Stay(room, kind, day, end)
        day = end


def total_of(kind: Row, check_in: date, check_out: date) -> int:
    """Return the price of all nights, in VND."""
    nights = (check_out - check_in).days
    days = (check_in + timedelta(days=offset) for offset in range(nights))
    return sum(price_of(kind["rack_rate"], day)[0] for day in days)


def booking(stay: Stay, guest: str, number: int, today: date, draw: random.Random) -> Row:
    """Return the booking of a stay; what has not begun may be cancelled and then has no room."""
    status = _status(stay, today, draw)
    total = total_of(stay.kind, stay.check_in, stay.check_out)
    return {
        "id": f"BOOK{number:03}",
        "confirmation": f"CONF-{today.year}-{number + 100:03}",
        "guest": guest,
        "type": stay.kind["code"],
        "room": None if status in ("cancelled", "no_show") else stay.room,
        "check_in": stay.check_in,
        "check_out": stay.check_out,
        "departure_time": draw.choice(_DEPARTURES),
        "adults": draw.randint(1, stay.kind["max_adults"]),
        "children": draw.choice((0, 0, 0, min(1, stay.kind["max_children"]))),
        "night_rate": total // (stay.check_out - stay.check_in).days,
        "total": total,
        "breakfast": draw.random() < 0.8,
        "parking": draw.random() < 0.3,
        "status": status,
        "special_requests": draw.choice(_REQUESTS),
    }


def _status(stay: Stay, today: date, draw: random.Random) -> str:
    early = draw.random() < _EARLY_SHARE
    lost = draw.random()
    if stay.check_out < today or (stay.check_out == today and early):
        return "checked_out"
    if stay.check_in < today or (stay.check_in == today and early):
        return "checked_in"
    if lost < _CANCELLED_SHARE:
        return "cancelled"
    return "no_show" if stay.check_in == today and lost > 1 - _NO_SHOW_SHARE else "confirmed"
