"""Guests: names of several nations, with made-up addresses that nobody has."""

import random
import unicodedata
from typing import Any

Row = dict[str, Any]

_VIETNAMESE_FAMILY = (
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô",
    "Dương", "Lý",
)  # fmt: skip
_VIETNAMESE_GIVEN = {
    "Mr.": (
        "Minh Anh", "Quốc Huy", "Đức Long", "Gia Bảo", "Hữu Nghĩa", "Thanh Tùng", "Văn Khoa",
        "Hoàng Nam", "Tuấn Kiệt", "Xuân Phúc", "Trung Hiếu", "Công Danh", "Nhật Quang", "Bảo Khánh",
        "Việt Cường", "Anh Khôi", "Đình Phong", "Tấn Lộc", "Hải Đăng", "Thái Sơn",
    ),
    "Ms.": (
        "Thu Trang", "Ngọc Hân", "Bảo Châu", "Phương Linh", "Hồng Nhung", "Thanh Thảo",
        "Kim Ngân", "Diệu Linh", "Mỹ Duyên", "Khánh An", "Bích Phượng", "Cẩm Tú", "Hoài Thương",
        "Lan Chi", "Minh Thư", "Như Quỳnh", "Quỳnh Giao", "Thùy Dương", "Tường Vi", "Yến Nhi",
    ),
}  # fmt: skip
_OTHERS = (
    ("United Kingdom", ("Oliver", "George", "Harry", "Alfie", "Rupert", "Callum"),
     ("Emily", "Sophie", "Grace", "Imogen", "Poppy", "Harriet"),
     ("Whitfield", "Barlow", "Hughes", "Pemberton", "Ashworth", "Holloway", "Sinclair", "Tate")),
    ("United States", ("Michael", "David", "Ethan", "Logan", "Tyler", "Marcus"),
     ("Jessica", "Ashley", "Megan", "Brooke", "Savannah", "Denise"),
     ("Harrison", "Coleman", "Ramirez", "Bennett", "Foster", "Delgado", "McCoy", "Whitaker")),
    ("Australia", ("Jack", "Lachlan", "Noah", "Angus", "Riley", "Darcy"),
     ("Chloe", "Mia", "Isla", "Matilda", "Zara", "Tahlia"),
     ("Kearney", "Thornton", "Maddox", "Byrne", "Lawson", "Quigley", "Sheridan", "Walsh")),
    ("Germany", ("Jonas", "Felix", "Lukas", "Moritz", "Tobias", "Stefan"),
     ("Hannah", "Lena", "Marie", "Greta", "Katrin", "Silke"),
     ("Schreiber", "Vogel", "Brandt", "Keller", "Winkler", "Lorenz", "Engel", "Busch")),
    ("South Korea", ("Min-jun", "Seo-jun", "Ji-ho", "Do-yun", "Hyun-woo", "Tae-yang"),
     ("Seo-yeon", "Ha-eun", "Ji-woo", "Soo-ah", "Ye-jin", "Min-seo"),
     ("Kim", "Park", "Choi", "Jung", "Kang", "Yoon", "Shin", "Hwang")),
    ("Indonesia", ("Budi", "Rizky", "Agus", "Fajar", "Bayu", "Hendra"),
     ("Dewi", "Putri", "Sari", "Ayu", "Ratna", "Wulan"),
     ("Santoso", "Wijaya", "Pratama", "Hartono", "Nugroho", "Saputra", "Kusuma", "Lestari")),
)  # fmt: skip
_LOYALTY = ("none",) * 13 + ("silver",) * 4 + ("gold",) * 2 + ("platinum",)
_VIETNAMESE_SHARE = 0.5
_INCOGNITO_SHARE = 0.01
_TRIES = 3

PLANTED = {
    "id": "GUEST001",
    "title": "Mr.",
    "name": "John Doe",
    "nationality": "United States",
    "language": "en",
    "email": "john.doe@email.com",
    "phone": "+1 555 0100",
    "loyalty": "none",
    "incognito": False,
}
"""The guest of the examples in the hotel's specification."""


def make_guest(number: int, draw: random.Random, known: set[str]) -> Row:
    """Return one guest; few have the name of another.

    Args:
        number: Of the guest.
        draw: The same draws make the same guest.
        known: The names of the others; gets the new one.
    """
    for _ in range(_TRIES):
        title, name, nationality, language = _person(draw)
        if name not in known:
            break
    known.add(name)
    return {
        "id": f"GUEST{number:03}",
        "title": title,
        "name": name,
        "nationality": nationality,
        "language": language,
        "email": f"{_ascii(name)}.{number}@example.com",
        "phone": f"+84 900 {number:06}",
        "loyalty": draw.choice(_LOYALTY),
        "incognito": draw.random() < _INCOGNITO_SHARE,
    }


def _person(draw: random.Random) -> tuple[str, str, str, str]:
    """Return a title, a name, a nation and a language."""
    title = draw.choice(("Mr.", "Ms."))
    if draw.random() < _VIETNAMESE_SHARE:
        nationality, language = "Vietnam", "vi"
        name = f"{draw.choice(_VIETNAMESE_FAMILY)} {draw.choice(_VIETNAMESE_GIVEN[title])}"
    else:
        language = "en"
        nationality, men, women, families = draw.choice(_OTHERS)
        name = f"{draw.choice(men if title == 'Mr.' else women)} {draw.choice(families)}"
    return title, name, nationality, language


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    return ".".join(letters.casefold().split())
