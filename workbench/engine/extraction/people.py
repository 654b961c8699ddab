"""How many people a message speaks of as its group."""

import re

from workbench.engine.extraction.found import Found
from workbench.engine.extraction.message import Message, Pattern

_ADULT = (
    r"adults?|grown[\s-]?ups?|ladies|men|women|girls|guys|friends|couples?|seniors?|"
    r"người\s+lớn|nl|lớn|(?:orang\s+)?dewasa"
)
_CHILD = (
    r"kids?|child|children|childs|babies|baby|toddlers?|infants?|teens?|teenagers?|"
    r"trẻ\s+(?:em|con|nhỏ)|em\s+bé|bé|nhóc|con\s+nít|cháu|te|nhỏ|con\s+nhỏ|anak(?:-anak)?|balita|"
    r"bayi"
)
_SUM = Pattern(
    rf"(?<![\w.,:])(?P<first>\d{{1,2}}|an?|one)\s*(?:(?P<adults>{_ADULT})|(?P<kids>{_CHILD}))(?!\w)"
    rf"\s*(?:\([^)]*\)\s*)?(?:,|\+|and|&|with|plus|và|với|dan|sama|n|cùng)*\s*"
    rf"(?:(?P<second>\d{{1,2}}|an?|one)\s*(?:{_CHILD}|{_ADULT})(?!\w))"
    rf"(?:\s*(?:,|\+|and|&|plus|và|dan)*\s*(?P<third>\d{{1,2}}|an?|one)\s*(?:{_CHILD}|"
    rf"{_ADULT})(?!\w))?"
)
_COUNTED = Pattern(
    r"(?<![\w.,:$/])(?P<n>\d{1,3})\s*(?:-\s*)?(?:of\s+(?:us|them)|people|peoples|ppl|persons?|"
    r"pers|pax|guests?|"
    r"adults?|ladies|girls|guys|friends|travell?ers|heads|diners|of\s+my\s+family|"
    r"người(?:\s+lớn)?|nguoi|ng(?![\w])|khách|đứa|thành\s+viên|mạng|vị|vợ\s+chồng|mẹ\s+con|"
    r"cha\s+con|bố\s+con|"
    r"chị\s+em|anh\s+em|bạn|orang|org|tamu|dewasa|peserta)(?!\w)"
)
_GROUP = Pattern(
    r"(?<!\w)(?:(?:party|group|family|table|team)\s+(?:of|for)|we\s+are|we're|were\s+now|"
    r"we\s+will\s+be|we'll\s+be|"
    r"there\s+(?:are|will\s+be|is)|us|(?:bàn|cho|nhóm|đoàn|gia\s+đình|nhà|tụi\s+(?:em|mình)|"
    r"bọn\s+(?:em|mình)|"
    r"meja\s+(?:untuk|buat)|untuk|buat|rombongan|kami|total|tổng(?:\s+cộng)?))\s+(?:now\s+|"
    r"just\s+|only\s+|"
    r"actually\s+|all\s+|tất\s+cả\s+|có\s+|gồm\s+)*(?P<n>\d{1,2})(?:\s+now)?(?!\w)"
    r"(?!\s*(?:st|nd|rd|th|am|pm|:|h\b|giờ|g\b|%|°|degrees|minutes?|mins?|hours?|nights?|days?|"
    r"weeks?|months?|"
    r"years?|towels?|rooms?|beds?|suitcases?|bags?|cars?|bikes?|motorbikes?|scooters?|pieces|"
    r"items|phòng|đêm|ngày|"
    r"tiếng|phút|tuần|cái|chiếc|vali|xe|phần|suất|chai|ly|giường|vé|malam|hari|jam|menit|kamar|"
    r"mobil|motor|"
    r"tas|koper|buah|porsi|k\b|tr\b|triệu)(?!\w))(?![.,:/-]\d)"
)
_FOR = Pattern(
    r"(?<!\w)for\s+(?:the\s+|us\s+|all\s+|about\s+|around\s+|"
    r"up\s+to\s+)*(?P<n>\d{1,2})(?![\w%°$:/]|[.,-]\d)"
    r"(?!\s*(?:-\s*)?(?:am|pm|o'?clock|minutes?|mins?|min|hours?|hrs?|hr|h\b|more|extra|nights?|"
    r"days?|weeks?|months?|"
    r"years?|dollars?|usd|euros?|towels?|rooms?|beds?|suitcases?|bags?|cars?|bikes?|motorbikes?|"
    r"scooters?|"
    r"bicycles?|kayaks?|items?|pieces?|times?|shirts?|stars?|in\s+the\s+(?:morning|afternoon|"
    r"evening)|tomorrow\s+"
    r"(?:morning|afternoon|evening)|tonight)(?!\w))"
    r"(?=\s*(?:$|[.,;!?)§¤/-]|(?:at|on|in|by|from|around|about|under|next|near|outside|inside|"
    r"before|after|this|please|pls|plz|"
    r"with|and|if|possible|who|to|tmr|thanks|thank|instead|not|but|now|is|ok|lunch|dinner|"
    r"breakfast|the|today|nhé|nha|ạ|lúc|ở|tối|"
    r"mai|as|or|would|we|of)(?!\w)))"
)
_TOGETHER = {"berdua": 2, "bertiga": 3, "berempat": 4, "berlima": 5, "berenam": 6, "bertujuh": 7,
             "berdelapan": 8, "bersembilan": 9, "bersepuluh": 10}  # fmt: skip
_WORDS = Pattern(
    rf"(?<!\w)(?:(?P<together>{'|'.join(_TOGETHER)})|(?P<two>both\s+of\s+us|us\s+both|"
    r"cả\s+2(?=\s+(?:đứa|người|vợ|chúng|tụi))|hai\s+vợ\s+chồng)|"
    r"(?P<alone>(?:just|only)\s+(?:for\s+)?(?:me|myself)|by\s+myself|on\s+my\s+own|me\s+alone|"
    r"travell?ing\s+(?:solo|alone)|"
    r"solo(?:\s+travell?er)?|for\s+myself|1\s+mình|một\s+mình|mỗi\s+(?:mình\s+)?(?:em|mình|tôi|"
    r"anh|chị)|"
    r"sendiri(?:an)?|saya\s+sendiri|seorang\s+diri))(?!\w)"
)
_ME = r"me|i|myself|us\s+two|tôi|mình|em|anh|chị|tớ|con|toi|minh|saya|aku|gue"
_OTHER = (
    r"(?:my\s+|our\s+|his\s+|her\s+|a\s+)?(?:(?P<n{0}>\d{{1,2}})\s+)?(?:\w+\s+){{0,1}}?"
    r"(?P<who{0}>wife|husband|hubby|partner|girlfriend|boyfriend|gf|bf|fianc[eé]e?|son|daughter|"
    r"sons|daughters|"
    r"kid|kids|child|children|baby|mother|mom|mum|father|dad|sister|brother|friend|friends|"
    r"colleague|colleagues|"
    r"boss|grandma|grandmother|grandpa|grandfather|aunt|uncle|cousin|nephew|niece|"
    r"vợ|chồng|con\s+(?:trai|gái|nhỏ)|bạn\s+(?:trai|gái|thân)|mẹ|má|ba|bố|em\s+(?:trai|gái)|"
    r"bạn|istri|suami|pacar|anak|teman|ibu|ayah|adik|kakak)(?:\s+(?:tôi|mình|em|anh|chị|saya|aku|"
    r"ku))?"
)
_AND = r"\s*(?:,?\s*and|&|\+|n|plus|with|và|với|cùng|dan|sama|bersama|dengan)\s+"
_OR_COMMA = (
    r"\s*(?:,\s*(?:and|và|dan)?|and|&|\+|n|plus|with|và|với|cùng|dan|sama|bersama|dengan)\s+"
)
_LISTED = (
    Pattern(
        rf"(?<!\w)(?:{_ME})(?!\w){_AND}{_OTHER.format(1)}(?:{_OR_COMMA}{_OTHER.format(2)})?"
        rf"(?:{_OR_COMMA}{_OTHER.format(3)})?(?!\w)"
    ),
    Pattern(
        rf"(?<!\w){_OTHER.format(1)}(?:{_OR_COMMA}{_OTHER.format(2)})?"
        rf"(?:{_OR_COMMA}{_OTHER.format(3)})?{_AND}(?:{_ME})(?!\w)"
    ),
)
_PLURALS = ("sons", "daughters", "kids", "children", "friends", "colleagues")
_COUPLE = Pattern(r"(?<!\w)(?:vợ\s+chồng)\s+(?:tôi|mình|em|anh|chị)(?!\w)")
_NOT_GROUP_BEFORE = Pattern(
    r"(?<!\w)(?:age|aged|is|are|tuổi|another|extra|more|thêm|những|the\s+other|tầng|phòng|room|"
    r"every|mỗi)\s+$"
)
_NOT_GROUP_AFTER = Pattern(
    r"^\s*(?:tuổi|years?|yo\b|y\.o|ồn|shouting|fighting|were|was|nói\s+chuyện|max|tối\s+đa|"
    r"in\s+the\s+(?:next|room\s+next))"
)


def party_sizes(message: Message) -> list[Found[int]]:
    """Return the sizes of groups that a message names; ages and luggage are none.

    Args:
        message: The message, without its days, times, lengths and money.
    """
    found: list[Found[int]] = [_sum(match) for match in _SUM.finditer(message)]
    rest = message.without((one.begin, one.end) for one in found)
    for pattern in (_COUNTED, _GROUP, _FOR):
        read = [
            Found(
                int(match["n"]) * (2 if match.group().endswith("couples") else 1), *match.span("n")
            )
            for match in pattern.finditer(rest)
            if _is_group(rest, match)
        ]
        found += read
        rest = rest.without((one.begin, one.end) for one in read)
    if not found:
        found = _in_words(rest)
    return sorted(found, key=lambda one: one.begin)


def _is_group(message: Message, match: re.Match[str]) -> bool:
    if not 0 < int(match["n"]) < 500:
        return False
    before = _NOT_GROUP_BEFORE.search(message, max(0, match.start() - 20), match.start())
    return not before and not _NOT_GROUP_AFTER.search(message, match.end())


def _sum(match: re.Match[str]) -> Found[int]:
    said = (match["first"], match["second"], match["third"])
    total = sum(int(each) if each.isdigit() else 1 for each in said if each)
    return Found(total, *match.span())


def _in_words(message: Message) -> list[Found[int]]:
    found = []
    for match in _WORDS.finditer(message):
        size = _TOGETHER.get(match["together"] or "", 2 if match["two"] else 1)
        found.append(Found(size, *match.span()))
    if found:
        return found
    for pattern in _LISTED:
        for match in pattern.finditer(message):
            listed = _listed(match)
            if listed:
                return [Found(listed, *match.span())]
    return [Found(2, *match.span()) for match in _COUPLE.finditer(message)]


def _listed(match: re.Match[str]) -> int | None:
    """Return how many people a list of them has; `None` where it does not say."""
    size = 1
    for at in (1, 2, 3):
        who, count = match[f"who{at}"], match[f"n{at}"]
        if not who:
            continue
        if who in _PLURALS and not count:
            return None
        size += int(count) if count else 1
    return size
