"""What a request for a room says: who does it, and what is wanted."""

import re
from datetime import date

from workbench.assistants.hotel.finders import room_numbers, room_places
from workbench.assistants.hotel.tools.priority_words import without_priority
from workbench.engine.text import fold

_DEPARTMENTS = (
    ("room_service", r"room[\s-]*service|phuc vu phong|goi mon|dich vu phong(?! \d)"),
    ("housekeeping", r"housekeep\w*|buong phong|tap vu|maid|to buong|don phong"),
    ("maintenance", r"maintenance|technicians?|engineer\w*|bao tri|ky thuat|repair\w*|sua chua"),
    ("concierge", r"concierge|hanh ly vien"),
    ("front_desk", r"front[\s-]*(?:desk|office)|reception\w*|le tan|tien sanh"),
)
_THINGS = (
    (
        "maintenance",
        r"leak\w*|drip\w*|broken|broke|hot water|does(?: not|n'?t) (?:work|cool|switch|heat|turn|"
        r"close|lock|drain)|"
        r"not working|won'?t|stuck|sticks|blocked|clogged|fix|fixed|air[\s-]*con\w*|ac|aircon|"
        r"heating|bulbs?|"
        r"sockets?|toilets?|showers?|taps?|lock|wi-?fi|tv|television|remote|safe|kettle|hong|hu|ro "
        r"ri|ro nuoc|bi ro|"
        r"nghet|ket|may lanh|dieu hoa|bong den|o dien|bon cau|voi (?:sen|nuoc|rua|bi)|bon rua|tivi|"
        r"mat nuoc|may suoi|khong len|khong mat|mui khet",
    ),
    (
        "room_service",
        r"sandwich\w*|soups?|beers?|dinner|breakfast|lunch|pizza|coffee and|wine|noodle\w*|pho|"
        r"mi ga|com|banh mi|nuoc cam|bua toi|bua trua|to pho|mon an|order .* (?:food|meal)|club",
    ),
    (
        "concierge",
        r"taxi|flowers?|tickets? for|tours?|table (?:at|for)|reserve|cake|luggage|bags?|bicycles?|"
        r"cars?|"
        r"transfer|hoa(?! don)|ve tau|dat ban|hanh ly|xe dap|banh sinh nhat|thue xe",
    ),
    (
        "housekeeping",
        r"towels?|trays?|pillows?|blankets?|sheets?|linen|hangers?|soap|shampoo|water|slippers?|"
        r"bathrobes?|"
        r"iron|cot|crib|clean\w*|turn-?down|toothbrush\w*|hair[\s-]*dryer|mats?|capsules|fans?|"
        r"minibar|"
        r"khan|goi(?! (?:bao|taxi|mon|xe|ky|nguoi|dien|le|cho|dum|giup))|chan|ga|moc ao|xa bong|"
        r"dep|ban ui|noi (?:em|tre)|cai noi|don (?:phong|dep)|nuoc|do ui|giat\w*|laundry|may say|"
        r"ban chai|tham|quat",
    ),
    (
        "front_desk",
        r"keys?|key ?cards?|parcel|wake-?up|newspaper|the khoa|buu kien|bao thuc|bao "
        "giay",
    ),
)
_BEFORE_ROOM = re.compile(
    r"\s*(?:\b(?:for|to|in|at|from|of|on|cho|tai|o|len|"
    r"cua)\s+)?(?:\b(?:the\s+)?(?:guest\w*\s+(?:of|in)\s+)?"
    r"(?:rooms?|rm\.?|phong(?:\s+so)?|p\.|khach(?:\s+phong)?)\s*)?#?\s*$"
)
_ABOUT_DEPARTMENT = re.compile(
    r"\b(?:(?:for|to|with|by|cho|nho|bao|goi|nhan|toi)\s+)?(?:the\s+)?"
    r"(?:housekeeping|maintenance|concierge|room[\s-]*service|front[\s-]*desk|"
    r"(?:bo phan\s+|to\s+)?(?:buong phong|bao tri|ky thuat|le tan))\b"
)
_COMMAND = re.compile(
    r"^\W*(?:(?:please|kindly|pls|can you|could you|would you|hey|hi|lam on|xin|giup|nho|em|anh|"
    r"chi)\W+)*"
    r"(?:(?:log|note(?:\s+down)?|put\s+(?:in|down)|create|add|enter|register|open|record|report|"
    r"make|file|write\s+down|"
    r"ghi(?:\s+(?:nhan|lai))?|tao|mo|lap|them|dang\s+ky|nhap|bao)\s+)?"
    r"(?:(?:me|it|this|giup|ho|gium|dum|an?|one|the|mot|new)\s+)*"
    r"(?:(?:job|ticket|request|order|task|phieu|yeu cau|viec|note)\b(?:\s+(?:dich vu|bao tri|"
    r"for|of|to))?)?\s*[:,-]*\s*"
)
_TAIL = re.compile(
    r"\W*\b(?:please|pls|thanks|thank you|giup (?:minh|em|anh|chi|toi)|nhe|nha|a|"
    r"di|voi)\W*$"
)
_LONGEST, _FEWEST = 200, 3


def request_category(text: str, today: date) -> list[str]:
    """Return the department that does what is wanted: the one that is named, else by the thing."""
    folded = fold(text)
    for known in (_DEPARTMENTS, _THINGS):
        found = [
            (match.start(), name)
            for name, words in known
            if (match := re.search(rf"\b(?:{words})\b", folded))
        ]
        if found and known is _DEPARTMENTS:
            return [min(found)[1]]
        if found:
            return [found[0][1]]
    return []


def request_description(text: str, today: date) -> list[str]:
    """Return what is wanted, in the words of the request, without its room, urgency and command."""
    if not room_numbers(text, today):
        return []
    rest = _cut(_ABOUT_DEPARTMENT, without_priority(text))
    rest = _without_rooms(rest)
    for pattern in (_COMMAND, _TAIL):
        rest = _cut(pattern, rest)
    said = re.sub(r"\s+", " ", rest).strip(" \t,.:;-–!()")
    said = re.sub(r"\s+([,.;:!])", r"\1", said)
    return [said[:_LONGEST]] if len(said) >= _FEWEST else []


def _without_rooms(text: str) -> str:
    """Return a text without its rooms; other numbers stay: an hour, "220 volt"."""
    rest = text
    for start, end in reversed(room_places(text)):
        before = _BEFORE_ROOM.search(fold(rest[:start]))
        lost = len(before.group()) if before else 0
        rest = f"{rest[: start - lost]} {rest[end:]}"
    return rest


def _cut(pattern: re.Pattern[str], text: str) -> str:
    """Return a text without what a pattern finds in its folded form."""
    folded = fold(text)
    if len(folded) != len(text):
        return pattern.sub(" ", text)
    kept, done = [], 0
    for match in pattern.finditer(folded):
        kept += [text[done : match.start()], " "]
        done = match.end()
    return "".join([*kept, text[done:]])
