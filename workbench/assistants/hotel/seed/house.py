"""The house itself: room types, rooms, staff and prices, as the hotel's documents state them."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

Row = dict[str, Any]

ROOM_TYPES = (
    ("standard_city", "Standard City View", "standard", 1_800_000, 24, 2, 1, 500_000),
    ("superior_garden", "Superior Garden", "standard", 2_200_000, 28, 2, 1, 500_000),
    ("deluxe_city", "Deluxe City", "deluxe", 2_900_000, 32, 2, 2, 700_000),
    ("deluxe_ocean", "Deluxe Ocean View", "deluxe", 3_500_000, 34, 2, 2, 700_000),
    ("family_suite", "Family Suite", "suite", 5_200_000, 56, 2, 3, 1_200_000),
    ("paradise_suite", "Paradise Suite", "suite", 8_500_000, 90, 2, 2, 1_200_000),
)
_TYPE_KEYS = (
    "code", "name", "category", "rack_rate", "size_m2", "max_adults", "max_children", "late_fee",
)  # fmt: skip
ACCESSIBLE = ("203", "205", "303", "305")
_STAFF = (
    ("Nguyễn Thị Mai", "Front Desk Agent", "front_desk", "0"),
    ("Phạm Quốc Bảo", "Front Office Shift Leader", "front_desk", "0"),
    ("Trần Ngọc Lan", "Front Office Manager", "front_desk", "0"),
    ("Võ Minh Tuấn", "Duty Manager", "management", "9"),
    ("Đặng Thu Hương", "Executive Housekeeper", "housekeeping", "2"),
    ("Huỳnh Văn Phước", "Floor Supervisor", "housekeeping", "2"),
    ("Lý Thị Hoa", "Room Attendant", "housekeeping", "2"),
    ("Bùi Đức Thành", "Chief Engineer", "maintenance", "3"),
    ("Ngô Văn Hải", "Technician", "maintenance", "3"),
    ("Đỗ Khánh Vy", "Concierge", "concierge", "4"),
    ("Hồ Anh Dũng", "F&B Manager", "food_and_beverage", "5"),
    ("Mai Quốc Khánh", "Security Shift Leader", "security", "7"),
    ("Phan Bích Ngọc", "Guest Relations Officer", "front_desk", "0"),
    ("Lê Thu Hà", "Data Protection Officer", "management", "21"),
)
_WEEKEND = (4, 5)
_WEEKEND_SHARE, _HOLIDAY_SHARE, _QUIET_SHARE = 1.1, 1.4, 0.9
_HOLIDAYS = ((4, 30), (5, 1), (5, 2), (9, 2))
_ROUND = 10_000


def room_types() -> list[Row]:
    """Return the room types with their rack rates and late check-out fees until 15:00."""
    return [dict(zip(_TYPE_KEYS, values, strict=True)) for values in ROOM_TYPES]


def rooms() -> list[Row]:
    """Return the 120 rooms of floors 2 to 12."""
    return [
        {
            "number": number,
            "floor": floor,
            "type": code,
            "accessible": number in ACCESSIBLE,
        }
        for floor in range(2, 13)
        for number, code in _rooms_of(floor)
    ]


def _rooms_of(floor: int) -> Iterator[tuple[str, str]]:
    """Yield the rooms of a floor with their types."""
    if floor <= 4:
        types = ["standard_city"] * 4 + ["superior_garden"] + ["standard_city"] * 2
        types += ["superior_garden"] * 6
    elif floor == 5:
        types = ["superior_garden"] * 6 + ["deluxe_city"] * 6
    elif floor <= 8:
        types = ["deluxe_ocean"] * 6 + ["deluxe_city"] * 6
    elif floor <= 10:
        types = ["deluxe_ocean"] * 6 + ["family_suite"] * 4
    else:
        types = ["paradise_suite"] * (6 if floor == 11 else 7)
    for position, code in enumerate(types, start=1):
        yield f"{floor}{position:02}", code


def staff() -> list[Row]:
    """Return one member of the staff for each job."""
    return [
        {
            "id": f"EMP{number:03}",
            "name": name,
            "job": job,
            "department": department,
            "extension": extension,
        }
        for number, (name, job, department, extension) in enumerate(_STAFF, start=1)
    ]


def price_of(rack_rate: int, day: date) -> tuple[int, str]:
    """Return the price of a night and why it is that, rounded to 10,000 VND."""
    share, reason = 1.0, "rack rate"
    if (day.month, day.day) in _HOLIDAYS:
        share, reason = _HOLIDAY_SHARE, "public holiday"
    elif day.weekday() in _WEEKEND:
        share, reason = _WEEKEND_SHARE, "weekend"
    elif day.month in (9, 10, 11):
        share, reason = _QUIET_SHARE, "rainy season"
    return round(rack_rate * share / _ROUND) * _ROUND, reason


def rates(first: date, days: int) -> list[Row]:
    """Return the price of every room type for each day."""
    found = []
    for kind in room_types():
        for offset in range(days):
            day = first + timedelta(days=offset)
            price, reason = price_of(kind["rack_rate"], day)
            found.append({"type": kind["code"], "day": day, "price": price, "reason": reason})
    return found
