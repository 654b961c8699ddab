"""The number of the room that a message speaks of."""

import re

from workbench.engine.extraction.correcting import is_correction
from workbench.engine.extraction.found import Found
from workbench.engine.extraction.message import Message, Pattern

_ROOM_WORD = (
    r"rooms?|rm\.?|suite|phòng(?:\s+số)?|phong(?:\s+so)?|p\.?|"
    r"kamar(?:\s+(?:no(?:mor)?\.?))?|room\s+(?:no\.?|number|num)"
)
_LINK = r"(?:\s*(?:number|no\.?|num|nr|is|it's|số|nomor|là|again|of|#|:|-))*\s*"
_NAMED = Pattern(
    rf"(?<![\w])(?:{_ROOM_WORD}){_LINK}(?P<room>\d{{3,4}})(?![\w%°]|[.,/:]\d|\s*(?:usd|vnd|k\b|"
    rf"people|người))"
)
_SPELT = Pattern(
    r"(?<![\w.,:/$-])(?P<floor>1\s+[0-2](?=[\s-]+[^\d\W0])|1[0-2]|[1-9])[\s-]+(?:(?:oh|o|zero|0|"
    r"không|linh|lẻ|nol|kosong|khong)[\s-]+(?P<unit>[1-9])|"
    r"(?P<ten>1[\s-]+(?:oh|o|zero|0|không|nol|kosong)|10))(?![\w%:/]|[.,]\d)"
)
_DIGITS = Pattern(
    rf"(?<!\w)(?:{_ROOM_WORD}){_LINK}(?P<digits>\d(?:[\s-]+\d){{2,3}})(?![\w%:/]|[.,]\d)"
)
_THOUSAND = Pattern(
    rf"(?<!\w)(?:{_ROOM_WORD}){_LINK}1\s*(?:nghìn|ngàn|ribu)\s+(?P<rest>\d{{3}})(?!\d)"
)
_NOT_BEFORE = Pattern(
    r"(?:(?<!\w)(?:floor|level|channel|kênh|flight|chuyến|gate|bus|line|ext\.?|extension|"
    r"máy\s+lẻ|tầng|lầu|lantai|saluran|"
    r"year|năm|code|mã|pin|password|locker|tủ|page|highway|no\.|terminal|seat|toyota|model|wifi|"
    r"about|around|at|khoảng|"
    r"over|only|total|kelas|row|building|block|số\s+nhà|bàn|table|meja))\s*$|[$€£₫+.,:/@-]$"
)
_NOT_AFTER = Pattern(
    r"^(?:[\w%°/:$€£-]|[.,]\d|\s*(?:vnd|đồng|đ\b|k\b|nghìn|ngàn|tr\b|triệu|ribu|rb|usd|dollars?|"
    r"euros?|degrees?|độ|"
    r"people|guests|pax|người|khách|orang|steps|metres?|meters?|m\b|km|kg|g\b|gram|ml|minutes?|"
    r"mins?|phút|menit|hours?|"
    r"volts?|v\b|w\b|watts?|thread|pages|points|điểm|poin|times|lần|cái|chai|lon|ly|towels?|"
    r"bottles?|hangers?|cans?|"
    r"street|đường|jalan|years?|nights?|days?|percent|calo\w*|reviews?|photos?|pieces?))"
)
_OTHERS = Pattern(
    r"(?<!\w)(?:next\s+door|neighbou?rs?|people|guests?|noise|noisy|party|music|children|kids|"
    r"upstairs|above|below|opposite|"
    r"across|bên\s+cạnh|kế\s+bên|sát\s+vách|đối\s+diện|hàng\s+xóm|tầng\s+trên|ồn\s+ào|sebelah|"
    r"tetangga|bising|"
    r"berisik|friends?|friend's|brother|sister|parents|bạn\s+(?:tôi|mình|em|anh)|colleague|visit|"
    r"visiting)(?!\w)"
    r"[^.!?;]{0,20}$"
)
_OWN = Pattern(
    r"(?<!\w)(?:i'?m|im|i\s+am|we'?re|we\s+are|my|our|this\s+is|here|from|guest\s+in|"
    r"staying\s+in|(?:em|mình|tôi|anh|chị|con)\s+ở|"
    r"phòng\s+(?:em|mình|tôi|anh|chị)|saya\s+di|kamar\s+saya|kami\s+di)(?!\w)[^.!?;,]{0,16}$"
)
_MOVE = Pattern(r"(?<!\w)(?:move|moved|switch|change|đổi|chuyển|dời|pindah)(?!\w)[^.!?]{0,40}$")


def room_numbers(message: Message, pattern: str) -> list[Found[str]]:
    """Return the rooms that a message names, in their order.

    Args:
        message: The message, without its telephone numbers, codes and money.
        pattern: The regular expression of the house's numbers; after a word for a room others
            count too.
    """
    found = [Found(match["room"], *match.span("room")) for match in _NAMED.finditer(message)]
    found += [_thousand(match) for match in _THOUSAND.finditer(message)]
    rest = message.without((one.begin, one.end) for one in found)
    found += [
        Found(re.sub(r"\D", "", match["digits"]), *match.span("digits"))
        for match in _DIGITS.finditer(rest)
    ]
    rest = rest.without((one.begin, one.end) for one in found)
    spelt = [_spelt(match) for match in _SPELT.finditer(rest)]
    found += [one for one in spelt if re.fullmatch(pattern, one.value)]
    rest = rest.without((one.begin, one.end) for one in found)
    for match in re.finditer(rf"(?<![\w])(?:{pattern})", rest.plain):
        if _is_bare_room(rest, match):
            found.append(Found(match.group(), *match.span()))
    return sorted(found, key=lambda one: one.begin)


def own_rooms(message: Message, found: list[Found[str]]) -> list[Found[str]]:
    """Return the rooms that are the writer's: not the noisy neighbours', the named one's first."""
    own = [one for one in found if _OWN.search(message, 0, one.begin)]
    if own and not _MOVE.search(message, 0, own[0].begin):
        last = found[-1]
        corrected = last not in own and is_correction(message, own[-1].end, last.begin)
        return [*own, last] if corrected else own
    return [one for one in found if not _OTHERS.search(message, 0, one.begin)]


def _is_bare_room(message: Message, match: re.Match[str]) -> bool:
    before = _NOT_BEFORE.search(message, 0, match.start())
    return not before and not _NOT_AFTER.search(message, match.end())


def _thousand(match: re.Match[str]) -> Found[str]:
    return Found(f"1{match['rest']}", *match.span("rest"))


def _spelt(match: re.Match[str]) -> Found[str]:
    floor = re.sub(r"\D", "", match["floor"])
    return Found(f"{floor}{'0' + match['unit'] if match['unit'] else '10'}", *match.span())
