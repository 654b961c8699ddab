"""How urgent a request says that it is.

"High" may be the chair's and "emergency" the light's, so that such a word counts only where it
speaks of the request: beside "priority" or "ticket", after "make it" or "mức", or between commas.
"""

import re
from collections.abc import Iterator
from datetime import date

from workbench.engine.text import fold

_BEGIN = r"(?:^|[,;.!?(]|\s[-–])\s*"
_END = r"(?=\s*(?:$|[,;:.!?)]|[-–]\s|(?:please|pls|thanks)\b))"
_MAKE_IT = r"\b(?:as|(?:make|mark|marked|set|rate)\s+it(?:\s+(?:as|to))?)\s+(?:an?\s+)?"
_NEXT = r"(?=\s*(?:$|[,;:.!?)]|(?:please|pls|for|in|at|to|with|and)\b))"
_DEPARTMENT = r"(?:(?:\w+[\s-]service|front[\s-]desk|housekeeping|maintenance|concierge)\s+)?"
_TICKET = rf"(?=\s+{_DEPARTMENT}(?:requests?|tickets?|jobs?|tasks?|orders?)\b)"
_PLACE = r"(?=\s*(?:$|[,;:.!?)]|[-–]\s|(?:in|at|on|for|here|now|please|because|since|so|and)\b))"
_DEGREE = r"(?:muc(?:\s+do)?(?:\s+uu\s+tien)?|uu\s+tien(?:\s+muc)?)(?:\s+la)?"
_AFTER = (
    r"(?:phieu|yeu\s+cau|viec|truong\s+hop|tinh\s+huong|rat|dang|la|can|phai|xu\s+ly|bao\s+tri"
    r"|ky\s+thuat|sua|len|goi\s+xe)\s+"
)
_FOLDING = r"(?<!giuong )(?<!ghe )(?<!ban )(?<!du )(?<!xe )"
_TO_FOLD = r"(?!\s+(?:chan|khan|quan|ao|do|ga|drap|giay|doi|lai|nhau|khach|nhan\s+vien)\b)"


def _level(english: str, vietnamese: str) -> tuple[str, ...]:
    """Return the patterns of a degree; what they capture is said of the priority alone."""
    return (
        rf"\b((?:{english})[\s-]+priority)\b",
        rf"\b(priority(?:\s+(?:is|level|of|to))?\s*[:=]?\s*(?:{english}))\b(?!-)",
        rf"({_MAKE_IT}(?:{english})){_NEXT}",
        rf"{_BEGIN}((?:an?\s+)?(?:{english})){_END}",
        rf"\b({english}){_TICKET}",
        rf"\b({_DEGREE}\s*(?:{vietnamese}))\b",
        rf"{_BEGIN}({vietnamese}){_END}",
    )


_PRIORITIES = {
    "critical": (
        *_level("critical", "khan cap|nguy cap"),
        r"\b(?:(?:it'?s|is|as|have|had|got)\s+an\s+)emergency\b" + _PLACE,
        rf"(?<!not an )(?<!no )(?<!of )\bemergency{_PLACE}",
        rf"\bemergency{_TICKET}",
        rf"\b{_AFTER}(khan cap)\b",
        r"\bnguy cap\b",
        rf"(?:{_BEGIN}|\b(?:goi|xe|{_AFTER})\s*)cap cuu\b",
    ),
    "low": (
        *_level("low", "thap"),
        r"\bno rush\b",
        r"\b((?:(?:it'?s|(?:this|it) is) )?(?:not|non)[\s-]+(?:so |very |that )?urgent)\b",
        r"\b(?:khong|chua)(?: can| qua)? gap\b",
        r"\bkhi nao ranh\b",
    ),
    "medium": _level("medium|normal|average|regular", "trung binh|binh thuong|vua|thuong"),
    "high": (
        *_level("high", "cao"),
        r"\b((?:(?:it'?s|(?:this|it) is) )?(?:an? )?urgent)\b",
        r"\b(?:urgently|urgency|asap|immediately|right away)\b",
        rf"{_FOLDING}\bgap\b{_TO_FOLD}",
        r"\b(?:uu tien|lien ngay|ngay lap tuc)\b",
    ),
}
_PATTERNS = {
    name: tuple(re.compile(one) for one in patterns) for name, patterns in _PRIORITIES.items()
}
_BEFORE = re.compile(r"\s*(?:[,(–-]\s*)?(?:\b(?:as|with|at|of)\s+)?(?:\ban?\s+)?$")
_AFTERWARDS = re.compile(r"(?:\s*\([a-z]+\))?\s*\)?[!.]*")


def request_priority(text: str, today: date) -> list[str]:
    """Return how urgent a request is said to be; none where it does not say."""
    folded = _folded(text)
    for name, patterns in _PATTERNS.items():
        if any(pattern.search(folded) for pattern in patterns):
            return [name]
    return []


def without_priority(text: str) -> str:
    """Return a text without the words that only say how urgent it is."""
    kept, done = [], 0
    for start, end in sorted(_spans(_folded(text))):
        kept += [text[done:start], " "] if start >= done else []
        done = max(done, end)
    return "".join([*kept, text[done:]])


def _spans(text: str) -> Iterator[tuple[int, int]]:
    for patterns in _PATTERNS.values():
        for pattern in patterns:
            for match in pattern.finditer(text) if pattern.groups else ():
                before = _BEFORE.search(text[: match.start(1)])
                after = _AFTERWARDS.match(text, match.end(1))
                assert before and after
                yield before.start(), after.end()


def _folded(text: str) -> str:
    """Return a text folded letter by letter; "gặp" (to meet) is not "gấp" (urgent)."""
    plain = text.casefold().replace("gặp", "...")
    folded = fold(plain)
    return folded if len(folded) == len(text) else plain
