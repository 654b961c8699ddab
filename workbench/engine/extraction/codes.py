"""Codes of bookings and telephone numbers."""

import re

from workbench.engine.extraction.found import Found
from workbench.engine.extraction.message import Message, Pattern

_CODE = r"(?=[a-z-]*\d)(?P<code>[a-z0-9]+(?:-[a-z0-9]+)*)"
_CUED = Pattern(
    r"(?<!\w)(?:booking|bookings|confirmation|conf\.?|confirm|reservation|resa|res\.?|reference|"
    r"ref\.?|"
    r"itinerary|voucher|bkg|pnr|đặt\s+phòng|mã(?:\s+(?:đặt\s+phòng|đặt\s+chỗ|booking|xác\s+nhận|số|"
    r"đặt|code))*|số\s+đặt\s+phòng|xác\s+nhận|kode(?:\s+(?:booking|reservasi|pemesanan|"
    r"konfirmasi))?|"
    r"reservasi|pemesanan|nomor\s+(?:booking|reservasi|pemesanan))"
    r"(?:\s*(?:number|no\.?|nr\.?|num|code|ref|reference|id|is|was|conf|confirmation|số|là|mã|"
    r"nomor|"
    r"kode|adalah|saya|của\s+(?:tôi|mình|em|anh|chị)|:|#|=|-|\())*\s*"
    rf"(?<![\w-]){_CODE}(?![\w-]*[.,:/]\d)(?![\w-])"
)
_NO_CODE = re.compile(r"\d{1,3}(?:st|nd|rd|th|pm|am|h|k|tr|ng|pax|p)?|\d+(?:am|pm|h\d*|k|tr\d*)")
_PHONE = re.compile(
    r"(?<![\w.,/-])(?P<whole>\(?\+\s?\(?\d{1,3}\)?(?:[\s.()-]{0,2}\d){6,13}"
    r"|00\d(?:[\s.()-]{0,2}\d){8,13}"
    r"|\(?0\d{1,3}\)?(?:[\s.-]?\d){6,9})(?![\w/]|[.,-]\d)"
)
_PHONE_CUE = Pattern(
    r"(?<!\w)(?:call|phone|tel|mobile|cell|whatsapp|whatapp|wa|viber|zalo|line|text|sms|reach|"
    r"number|"
    r"gọi|số|sđt|sdt|đt|dt|điện\s+thoại|liên\s+hệ|hp|telp|telepon|nomor|hubungi|hotline)"
    r"[^.!?\d]{0,25}(?P<number>[1-9]\d(?:[\s.-]?\d){5,12})(?![\w/]|[.,-]\d)"
)
_FEWEST, _MOST = 8, 15


def booking_codes(message: Message, prefixes: tuple[str, ...]) -> list[Found[str]]:
    """Return the codes of bookings, as they are written.

    Args:
        message: The message.
        prefixes: What the house's codes begin with, in lower case; others need a word before them
            that says what they are.
    """
    found: list[Found[str]] = []
    if prefixes:
        house = "|".join(sorted(map(re.escape, prefixes), key=len, reverse=True))
        own = re.compile(rf"(?<![\w-])(?:{house})-?\d+(?:-?[a-z0-9]+)*(?![\w-])")
        found += [_code(message, *one.span()) for one in own.finditer(message.plain)]
    rest = message.without((one.begin, one.end) for one in found)
    for match in _CUED.finditer(rest):
        if not _NO_CODE.fullmatch(match["code"]) and len(match["code"]) > 3:
            found.append(_code(message, *match.span("code")))
    return sorted(found, key=lambda one: one.begin)


def _code(message: Message, begin: int, end: int) -> Found[str]:
    return Found(message.written(begin, end), begin, end)


def phone_numbers(message: Message) -> list[Found[str]]:
    """Return the telephone numbers: their digits, with the "+" of an international one."""
    found = [_phone(message, *match.span("whole")) for match in _PHONE.finditer(message.plain)]
    rest = message.without((one.begin, one.end) for one in found)
    found += [_phone(message, *match.span("number")) for match in _PHONE_CUE.finditer(rest)]
    kept = [one for one in found if _FEWEST <= len(one.value.lstrip("+")) <= _MOST]
    return sorted(kept, key=lambda one: one.begin)


def _phone(message: Message, begin: int, end: int) -> Found[str]:
    written = message.plain[begin:end]
    digits = re.sub(r"\D", "", written)
    return Found(f"+{digits}" if "+" in written else digits, begin, end)
