"""How long: minutes of a service, and nights of a stay."""

import re

from workbench.engine.extraction.found import Found
from workbench.engine.extraction.message import Message, Pattern

_COUNT = r"(?P<count>\d{1,3}(?:[.,]\d)?|an|a|nửa|half\s+an?|setengah)"
_DURATION = Pattern(
    rf"(?<![\w.,:$])(?:(?P<lead>\d)\s+setengah\s+jam|(?P<and>\d|an?)\s+and\s+a\s+half\s+hours?|"
    rf"{_COUNT}[\s-]*(?:full\s+|whole\s+)?"
    r"(?P<unit>hours?|hrs?|hr|minutes?|mins?|min|tiếng|giờ\s+đồng\s+hồ|phút|p(?=\s+(?:massage|"
    r"thôi))|jam|menit)"
    r"(?:\s+(?P<half>and\s+a\s+half|rưỡi|rưởi|setengah)|\s*(?:and\s+)?(?P<rest>[1-5]\d)\s*"
    r"(?:minutes?|mins?|phút|menit|p)?(?!\d|\s*(?:người|people|orang|k\b)))?)"
    r"(?:\s+đồng\s+hồ)?(?!\w)(?!\s*(?:\d{1,2}(?:[.:]\d\d)?\s+(?:pagi|siang|sore|malam)))"
)
_NO_DURATION_BEFORE = Pattern(
    r"(?<!\w)(?:in|by|within|every|last|past|after|been|waiting|waited|wait|for\s+over|"
    r"more\s+than|over|already|"
    r"late|delayed?|takes?|took|flight(?:\s+(?:is|of|takes))?|away|next|than|under|less\s+than|"
    r"each|per|"
    r"chờ|đợi|trong(?:\s+vòng)?|suốt|hơn|đã|mất|gần|sau|trước|mỗi|bay|trễ|delay|cả|được|"
    r"menunggu|nunggu|tunggu|sudah|udah|selama\s+ini|tiap|setiap|setelah|dalam|lebih\s+dari|"
    r"telat|jam|pukul)"
    r"\s+(?:for\s+|about\s+|almost\s+|like\s+|nearly\s+|over\s+|around\s+|the\s+|last\s+|"
    r"khoảng\s+|hơn\s+|"
    r"gần\s+|cả\s+|được\s+|tới\s+|another\s+|hampir\s+|lebih\s+dari\s+)*$"
)
_WAITED = Pattern(r"(?<!\w)(?:wait\w*|đợi|chờ|menunggu|nunggu|tunggu|delay\w*)(?!\w)[^.!?;]{0,30}$")
_NO_DURATION_AFTER = Pattern(
    r"^\s*(?:ago|late|earlier|flight|drive|delay|wait|away|later|nữa|trước|rồi|qua|lagi|"
    r"yang\s+lalu|"
    r"bay|from\s+now|before|prior|notice|each\s+way|trước\s+khi|sau\s+khi|lalu)(?!\w)"
)
_NIGHTS = Pattern(
    r"(?<![\w.,/])(?:(?P<more>one|1|a|an|another|an\s+extra|1\s+more|\d{1,2})\s*(?:-\s*)?"
    r"(?:(?:more|extra|additional|further|other)\s+)*nights?|"
    r"(?P<vi>\d{1,2})\s*(?:đêm)(?!\s*(?:qua|nay|nhạc|liền|hôm|vừa|trước))|"
    r"\d{1,2}\s*(?:ngày|n|d|hari)\s*(?P<days>\d{1,2})\s*(?:đêm|đ|n|malam)|"
    r"(?P<nd>\d{1,2})n\d{1,2}[dđ]|"
    r"(?P<id>\d{1,2})\s*malam|(?P<one>semalam)(?=\s+lagi))(?!\w)"
)
_RATE_BEFORE = Pattern(
    r"(?:(?<!\w)(?:per|each|every|mỗi|per\s+1|/|a|last|past|this|that|some|all|whole|"
    r"for\s+the\s+last|giá|một\s+giá|"
    r"suốt|cả|tiap|setiap|jam|pukul|pkl|setengah)|/|second|third|first)\s*$"
)
_RATE_AFTER = Pattern(
    r"^\s*(?:(?:thì\s+)?(?:giá\s+)?(?:là\s+)?(?:bao\s+nhiêu|nhiêu|mấy\s+tiền)|giá|berapa|"
    r"in\s+a\s+row|ago|"
    r"now\b|running|market|tour|club|rate|price|shift|bus|train|safari|liền|liên\s+tiếp|rồi)"
)
_MORE = re.compile(r"more|extra|addit")
_PRICED = Pattern(r"¤|giá|bao\s+nhiêu|nhiêu\s+tiền|berapa|how\s+much|price|rate|cost")
_WANTED = Pattern(
    r"(?<!\w)(?:thêm|another|extra|gia\s+hạn|extend|stay|ở|perpanjang|tambah|menginap)(?!\w)"
)
_NEAR = 25
"""Characters around a night in which a price, or the wish to stay, is looked for."""


def durations(message: Message) -> list[Found[int]]:
    """Return how long a service is wanted, in minutes; waits and flights are left out."""
    found = []
    for match in _DURATION.finditer(message):
        refused = _NO_DURATION_BEFORE.search(message, max(0, match.start() - 40), match.start())
        refused = refused or _WAITED.search(message, 0, match.start())
        if not refused and not _NO_DURATION_AFTER.search(message, match.end()):
            found.append(Found(_minutes(match), *match.span()))
    return found


def length_places(message: Message) -> list[tuple[int, int]]:
    """Return where lengths of time stand, those that are no service's too."""
    return [match.span() for match in _DURATION.finditer(message)]


def _minutes(match: re.Match[str]) -> int:
    groups = match.groupdict()
    if groups["lead"]:
        return int(groups["lead"]) * 60 + 30
    if groups["and"]:
        return (int(groups["and"]) if groups["and"].isdigit() else 1) * 60 + 30
    hours = groups["unit"].startswith(("h", "t", "g", "j"))
    written = groups["count"].replace(",", ".")
    count = float(written) if written[0].isdigit() else 1.0 if written in ("a", "an") else 0.5
    total = count * 60 if hours else count
    total += 30 if groups["half"] else int(groups["rest"] or 0)
    return int(total)


def nights(message: Message) -> list[Found[int]]:
    """Return the nights of a stay or its extension; a price per night gives none."""
    found = []
    for match in _NIGHTS.finditer(message):
        groups = {name: said for name, said in match.groupdict().items() if said}
        if not groups or _is_rate(message, match, groups):
            continue
        said = next(iter(groups.values()))
        found.append(Found(int(said) if said.isdigit() else 1, *match.span()))
    return found


def _is_rate(message: Message, match: re.Match[str], groups: dict[str, str]) -> bool:
    """Tell whether "a night" is what a price is for, or nights that are past."""
    if groups.get("more") in ("a", "an") and "more" not in match.group():
        return True
    first = max(0, match.start() - _NEAR)
    before = _RATE_BEFORE.search(message, first, match.start())
    one = next(iter(groups.values())) == "1" and not _MORE.search(match.group())
    priced = one and _PRICED.search(message, first, match.end() + _NEAR)
    wanted = _WANTED.search(message, first, match.end())
    return before or _RATE_AFTER.search(message, match.end()) or (priced and not wanted)
