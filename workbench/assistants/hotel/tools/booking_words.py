"""A booking in words: what was asked about it, or all that the role may see."""

import re
from collections.abc import Callable
from typing import Any

from workbench.assistants.hotel.wording import clock, day, nights, vnd
from workbench.engine.text import fold

Row = dict[str, Any]
_STATUS = {
    "en": {"confirmed": "confirmed", "checked_in": "checked in", "checked_out": "checked out",
           "cancelled": "cancelled", "no_show": "a no-show"},
    "vi": {"confirmed": "đã xác nhận", "checked_in": "đang ở", "checked_out": "đã trả phòng",
           "cancelled": "đã hủy", "no_show": "không đến"},
}  # fmt: skip
_WORDS = {
    "en": {"core": "Booking {id} ({confirmation}): {title} {name}, {where} ({type}), "
                   "check-in {arrives}, check-out {leaves}, {length}; status: {status}.",
           "room": "room", "no room": "no room", "no room yet": "no room yet", "at": "at"},
    "vi": {"core": "Đặt phòng {id} ({confirmation}): khách {name}, {where} ({type}), "
                   "nhận phòng {arrives}, trả phòng {leaves}, {length}; tình trạng: {status}.",
           "room": "phòng", "no room": "không có phòng", "no room yet": "chưa có phòng",
           "at": "lúc"},
}  # fmt: skip
_LOYALTY = {"silver": "Bạc (Silver)", "gold": "Vàng (Gold)", "platinum": "Bạch kim (Platinum)"}
_LANGUAGES = {"en": ("English", "tiếng Anh"), "vi": ("Vietnamese", "tiếng Việt")}
_ALWAYS_TOLD = re.compile(
    r"\b(?:who|whose|(?:what|which|guest'?s?|full|get) (?:is the |the )?name|"
    r"name(?=\W*$| of\b| on\b| for\b)|"
    r"which room|what room|(?:has|have|got|given) (?:a|any) room|room number|where is|where are|"
    r"when|(?:what|which) (?:days?|dates?)|date of|dates|"
    r"arriv(?:es?|ing|al|ed)|leav(?:es?|ing)|depart(?:s|ing|ure|ed)?|due|until|till|"
    r"check(?:s|ed|ing)?[\s-]*(?:in|out)|go(?:es|ing)? home|"
    r"how long|how many (?:nights|days)|number of nights|(?:is|are|still|does|do|will)\b.{0,40} "
    r"stay(?:s|ing)?|"
    r"status|(?:is|are|was|been|got|still|it|already|did)\b.{0,40}(?:cancell?ed|confirmed|valid|"
    r"active)|did .{0,40}cancel|room type|(?:what|which) (?:type|kind|category)|type of room|"
    r"ai|khach nao|"
    r"ten (?:gi|la gi|khach(?! san)|cua|nguoi)|ho ten|"
    r"phong nao|phong may|phong so may|phong gi|so phong|o dau|"
    r"khi nao|bao gio|luc nao|may gio|hom nao|thu may|ngay (?:nao|may|den|toi|di|o|"
    r"nhan|tra|check|roi|bao nhieu)|den (?:ngay|luc|gio|hom|chua|hom nay|het)|toi (?:ngay|luc)|"
    r"tra phong|nhan phong|(?:da|sap|dang|se) (?:den|toi|di|o|roi)|con o|roi di|"
    r"(?:may|bao nhieu) (?:dem|ngay)|o bao lau|(?:da|bi|co|duoc) (?:huy|xac nhan)|"
    r"(?:toi|den|huy|xac nhan)(?: phong| noi)? (?:chua|roi)|con hieu luc|tinh trang|trang thai|"
    r"(?:hang|loai) (?:phong|gi|nao))\b"
)
"""Phrases that ask for what is always told, in folded text; single words would not do: "toi" is "I"
as well as "until", and to "check a booking" is to see all of it."""
_GONE = ("cancelled", "no_show")


def say_booking(one: Row, lang: str, question: str, *, whole: bool) -> str:
    """Return a booking in sentences.

    Its room, dates and state are always told; the rest where the question speaks of it, or where it
    asks for nothing in particular.

    Args:
        one: The row of the booking with its guest and type.
        lang: "vi"; English for all others.
        question: What was asked; empty for all that there is.
        whole: Whether the role may see more than name, room, dates and state.
    """
    told = [_core(one, "vi" if lang == "vi" else "en")]
    if whole:
        folded = fold(question)
        asked = [name for name, (words, _) in _PARTS.items() if words.search(folded)]
        if not asked and not _ALWAYS_TOLD.search(folded):
            asked = [name for name in _PARTS if name not in _ON_DEMAND]
            told += [text for name in asked if (text := _PARTS[name][1](one, lang, False))]
        else:
            told += [text for name in asked if (text := _PARTS[name][1](one, lang, True))]
    return " ".join(told)


def _core(one: Row, lang: str) -> str:
    """Return whose booking it is, its room, its dates and its state."""
    words = _WORDS[lang]
    none = words["no room"] if one["status"] in _GONE else words["no room yet"]
    at = one["departure_time"]
    return words["core"].format(
        **{**one, "status": _STATUS[lang][one["status"]]},
        where=f"{words['room']} {one['room']}" if one["room"] else none,
        arrives=day(one["check_in"], lang),
        leaves=day(one["check_out"], lang) + (f" {words['at']} {clock(at)}" if at else ""),
        length=_length(one, lang),
    )


def _length(one: Row, lang: str) -> str:
    return nights((one["check_out"] - one["check_in"]).days, lang)


def _total(one: Row, lang: str, asked: bool) -> str:
    word = "Tổng" if lang == "vi" else "Total"
    return f"{word} {vnd(one['total'], lang)}."


def _party(one: Row, lang: str, asked: bool) -> str:
    if lang == "vi":
        return f"{one['adults']} người lớn, {one['children']} trẻ em."
    adults = "1 adult" if one["adults"] == 1 else f"{one['adults']} adults"
    children = {0: "no children", 1: "1 child"}.get(one["children"], f"{one['children']} children")
    return f"{adults}, {children}."


def _included(column: str, en: str, vi: str) -> Callable[[Row, str, bool], str]:
    def say(one: Row, lang: str, asked: bool) -> str:
        if lang == "vi":
            return f"{vi}: {'đã bao gồm' if one[column] else 'không bao gồm'}."
        return f"{en} is {'included' if one[column] else 'not included'}."

    return say


def _loyalty(one: Row, lang: str, asked: bool) -> str:
    if one["loyalty"] == "none":
        if not asked:
            return ""
        return "Khách không phải hội viên." if lang == "vi" else "The guest is not a member."
    if lang == "vi":
        return f"Hội viên hạng {_LOYALTY[one['loyalty']]}."
    return f"Member: {one['loyalty'].capitalize()}."


def _wishes(one: Row, lang: str, asked: bool) -> str:
    if one["special_requests"]:
        word = "Yêu cầu đặc biệt" if lang == "vi" else "Special requests"
        return f"{word}: {one['special_requests']}."
    if not asked:
        return ""
    if lang == "vi":
        return "Không có yêu cầu đặc biệt nào được ghi."
    return "No special requests are noted."


def _email(one: Row, lang: str, asked: bool) -> str:
    return f"E-mail: {one['email']}."


def _phone(one: Row, lang: str, asked: bool) -> str:
    return f"Điện thoại: {one['phone']}." if lang == "vi" else f"Telephone: {one['phone']}."


def _hour(one: Row, lang: str, asked: bool) -> str:
    if one["departure_time"]:
        return ""  # stands in the first sentence
    return "Chưa ghi giờ trả phòng." if lang == "vi" else "No hour of leaving is noted."


def _language(one: Row, lang: str, asked: bool) -> str:
    english, vietnamese = _LANGUAGES.get(one["language"], (one["language"], one["language"]))
    return f"Ngôn ngữ: {vietnamese}." if lang == "vi" else f"Language: {english}."


Say = Callable[[Row, str, bool], str]
"""Takes a booking, the language, and whether just this was asked; may return nothing."""
_PARTS: dict[str, tuple[re.Pattern[str], Say]] = {
    "total": (re.compile(
        r"\b(?:total\w*|cost\w*|price\w*|pay\w*|paid|amount|bill|how much|worth|tong|tien|gia|"
        r"bao nhieu tien|thanh toan)\b"), _total),
    "breakfast": (re.compile(r"\b(?:breakfasts?|bua sang|an sang|diem tam)\b"),
                  _included("breakfast", "Breakfast", "Bữa sáng")),
    "parking": (re.compile(r"\b(?:park\w*|dau xe|do xe|gui xe|giu xe)\b"),
                _included("parking", "Parking", "Chỗ đậu xe")),
    "party": (re.compile(
        r"\b(?:adults?|child\w*|kids?|people|persons?|party|how many guests|nguoi lon|tre em|"
        r"tre con|"
        r"may nguoi|bao nhieu nguoi|may khach)\b"), _party),
    "loyalty": (re.compile(
        r"\b(?:member\w*|loyalty|gold|silver|platinum|circle|level|hoi vien|thanh vien|hang vang|"
        r"hang bac|bach kim)\b"), _loyalty),
    "wishes": (re.compile(
        r"\b(?:requests?|requested|ask(?:ed|s)?|wish\w*|want\w*|special\w*|notes?|noted|prefer\w*|"
        r"allerg\w*|vegetarian|vegan|diet\w*|cots?|pillows?|cake|remarks?|yeu cau|dan|ghi chu|"
        r"luu y|"
        r"nhan gi|xin gi|nho gi|di ung|an chay|do chay|noi|nguyen vong|xin them|"
        r"xin noi)\b"), _wishes),
    "hour": (re.compile(
        r"\b(?:(?:what|which) (?:time|hour)|at what|check-?out time|when (?:does|do|will|is|"
        r"has) .{0,40}"
        r"(?:check out|leav\w*|depart\w*)|may gio|gio nao|gio tra)\b"), _hour),
    "language": (re.compile(r"\b(?:language|speaks?|ngon ngu|noi tieng)\b"), _language),
    "email": (re.compile(
        r"\b(?:e-?mails?(?: address)?|mail address|contact\w*|dia chi (?:thu|mail)|"
                         r"lien he|lien lac)\b"), _email),
    "phone": (re.compile(
        r"\b(?:phone|telephone|mobile|contact\w*|dien thoai|sdt|so dt|lien he|"
        r"lien lac)\b"), _phone),
}  # fmt: skip
"""By name: the words that ask for a part, in folded text, and what says it."""
_ON_DEMAND = ("hour", "language")
"""Parts that are not worth telling unasked."""
