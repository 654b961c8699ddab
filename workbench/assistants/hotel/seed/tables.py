"""All tables of the hotel, made from a seed and a reference date."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from workbench.assistants.hotel.seed.house import rates, room_types, rooms, staff
from workbench.assistants.hotel.seed.people import PLANTED, make_guest
from workbench.assistants.hotel.seed.stays import (
    DAYS_AFTER,
    DAYS_BEFORE,
    Stay,
    booking,
    stays,
    total_of,
)

Row = dict[str, Any]

PLANTED_ROOM = "201"
_MORNING = time(8, 0)
_BROKEN = (
    ("404", "air conditioning: compressor replaced, 30 minutes of stable cooling to be measured"),
    ("611", "water leak in the bathroom"),
)
_REQUESTS = (
    ("305", "maintenance", "Shower head drips", "medium", "in_progress", 30),
    ("507", "housekeeping", "Two extra bath towels", "medium", "open", 15),
    ("702", "maintenance", "Air conditioning does not cool", "high", "in_progress", 45),
    ("905", "concierge", "Table for four on Saturday evening", "low", "done", 120),
)
_PAST_STAY = {
    "id": "BOOK002",
    "confirmation": "CONF-2025-001",
    "guest": PLANTED["id"],
    "type": "deluxe_ocean",
    "room": "801",
    "check_in": date(2025, 2, 1),
    "check_out": date(2025, 2, 3),
    "departure_time": None,
    "adults": 1,
    "children": 0,
    "night_rate": 3_500_000,
    "total": 7_000_000,
    "breakfast": True,
    "parking": True,
    "status": "checked_out",
    "special_requests": "Late check-in at 8 PM",
}
"""The booking of the specification's e-mail; it lies before all other stays."""


def make_tables(seed: int, today: date) -> list[tuple[str, Sequence[Mapping[str, Any]]]]:
    """Return every table with its rows, in an order in which references hold.

    Args:
        seed: The same seed and date make the same rows.
        today: The date around which guests stay; the scenario of the specification, a guest of
            room 201 who leaves at 11:30, is planted on it.
    """
    draw = random.Random(seed)  # noqa: S311 - sample data
    kinds = {kind["code"]: kind for kind in room_types()}
    house = rooms()
    guests, bookings = _people(house, kinds, today, draw)
    return [
        ("room_types", list(kinds.values())),
        ("rooms", house),
        ("guests", guests),
        ("bookings", bookings),
        ("room_status", _statuses(house, bookings, today, draw)),
        ("rates", rates(today - timedelta(days=DAYS_BEFORE), DAYS_BEFORE + DAYS_AFTER)),
        ("staff", staff()),
        ("service_requests", _requests(today)),
    ]


def _people(
    house: list[Row], kinds: Mapping[str, Row], today: date, draw: random.Random
) -> tuple[list[Row], list[Row]]:
    guests: list[Row] = [PLANTED]
    names = {str(PLANTED["name"])}
    bookings: list[Row] = [_planted_booking(kinds, today), _PAST_STAY]
    for room in house:
        for stay in stays(room["number"], kinds[room["type"]], today, draw):
            if room["number"] == PLANTED_ROOM and _meets_planted(stay, today):
                continue
            guests.append(make_guest(len(guests) + 1, draw, names))
            number = len(bookings) + 1
            bookings.append(booking(stay, guests[-1]["id"], number, today, draw))
    return guests, bookings


def _planted_booking(kinds: Mapping[str, Row], today: date) -> Row:
    kind = kinds["standard_city"]
    arrival = today - timedelta(days=2)
    total = total_of(kind, arrival, today)
    return {
        "id": "BOOK001",
        "confirmation": f"CONF-{today.year}-002",
        "guest": PLANTED["id"],
        "type": kind["code"],
        "room": PLANTED_ROOM,
        "check_in": arrival,
        "check_out": today,
        "departure_time": time(11, 30),
        "adults": 1,
        "children": 0,
        "night_rate": total // 2,
        "total": total,
        "breakfast": True,
        "parking": True,
        "status": "checked_in",
        "special_requests": "",
    }


def _meets_planted(stay: Stay, today: date) -> bool:
    return stay.check_in < today and stay.check_out > today - timedelta(days=2)


def _statuses(house: list[Row], bookings: list[Row], today: date, draw: random.Random) -> list[Row]:
    occupied = {each["room"] for each in bookings if each["status"] == "checked_in"}
    left = {
        each["room"]
        for each in bookings
        if each["status"] == "checked_out" and each["check_out"] == today
    }
    broken = dict(_BROKEN)
    return [_status(room["number"], occupied, left, broken, today, draw) for room in house]


def _status(
    number: str,
    occupied: set[str],
    left: set[str],
    broken: Mapping[str, str],
    today: date,
    draw: random.Random,
) -> Row:
    if number in occupied:
        cleaning = draw.choice(("dirty", "dirty", "clean"))
    elif number in left:
        cleaning = draw.choice(("dirty", "dirty", "in_progress"))
    else:
        cleaning = draw.choice(("inspected", "inspected", "inspected", "clean", "dirty"))
    minutes = draw.randrange(0, 110)
    return {
        "room": number,
        "occupancy": "occupied" if number in occupied else "vacant",
        "cleaning": cleaning,
        "out_of_order": number in broken and number not in occupied,
        "note": broken.get(number, "") if number not in occupied else "",
        "updated_at": datetime.combine(today, _MORNING) + timedelta(minutes=minutes),
    }


def _requests(today: date) -> list[Row]:
    begun = datetime.combine(today, _MORNING)
    return [
        {
            "room": room,
            "category": category,
            "description": description,
            "priority": priority,
            "status": status,
            "created_at": begun + timedelta(minutes=7 * position),
            "due_at": begun + timedelta(minutes=7 * position + minutes),
            "created_by": "EMP001",
        }
        for position, (room, category, description, priority, status, minutes) in enumerate(
            _REQUESTS
        )
    ]
