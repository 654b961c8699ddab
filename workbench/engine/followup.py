"""Understanding a question that leans on the one before it, without a model call.

"and until 6 PM?" cannot be searched for alone. It is recognised by how it begins, or by being short
with a word that points back. Where it only names another time, the previous query is asked again
with that time; otherwise both are searched for together. That costs nothing, where a rewrite by the
model would cost seconds on a CPU.
"""

import re
from dataclasses import dataclass

from workbench.engine.bands import asked_minute
from workbench.engine.clock import find_times

_STARTS = {
    "en": r"and|but|or|also|what about|how about|what if|then|so|same|why|until|for|otherwise",
    "vi": r"còn|thế|vậy|và|nếu|nhưng|hoặc|thì|con|the|vay|va|neu|tại sao|vì sao|đến",
    "id": r"dan|tapi|tetapi|atau|kalau|bagaimana (?:kalau|dengan)|lalu|terus|jadi|kenapa|mengapa",
}
_POINTERS = {
    "en": r"it|its|that|this|those|these|they|them|there|he|she|him|her|one|ones|same",
    "vi": r"đó|này|ấy|kia|nó|họ|vậy|thế|trên|do|nay|no",
    "id": r"itu|ini|tersebut|dia|mereka|nya|situ",
}
_BEFORE_A_TIME = re.compile(
    r"\b(?:until|till|by|at|after|before|from|đến|tới|lúc|sau|trước|từ|den|toi|luc|truoc|tu"
    r"|sampai|hingga|setelah|sebelum|jam|pukul)\s+$",
    re.I,
)
_UP_TO = re.compile(r"until|till|by|at|đến|tới|lúc|den|toi|luc|sampai|hingga|jam|pukul", re.I)
_FILLERS = re.compile(
    r"\b(?:and|but|or|so|then|what|how|about|if|it|is|that|s|còn|con|thế|the|vậy|vay|và|nếu|neu|thì|thi|sao"
    r"|mà|dan|kalau|bagaimana|dengan)\b",
    re.I,
)
_SHORT_WORDS = 9
_VERY_SHORT_WORDS = 3


def needs_history(question: str, lang: str) -> bool:
    """Tell whether a question cannot be understood without the one before it.

    Args:
        question: The question as typed.
        lang: Its language; an unknown one is treated as English.
    """
    words = re.findall(r"\w+", question.casefold())
    text = " ".join(words)
    if len(words) <= _VERY_SHORT_WORDS:
        return True
    starts = _STARTS.get(lang, _STARTS["en"])
    if len(words) <= _SHORT_WORDS and re.match(rf"(?:{starts})\b", text):
        return True
    pointers = _POINTERS.get(lang, _POINTERS["en"])
    return len(words) <= _SHORT_WORDS and re.search(rf"\b(?:{pointers})\b", text) is not None


@dataclass(frozen=True, slots=True)
class Standalone:
    """What a follow-up asks, in words that need no history.

    Attributes:
        query: What is searched for.
        whole: Whether it is a full question, so that the model needs no history either.
    """

    query: str
    whole: bool


def standalone_query(question: str, previous_query: str) -> Standalone:
    """Return the previous query at another time, or else followed by the question."""
    asked_again = _at_another_time(question, previous_query)
    if asked_again is not None:
        return Standalone(asked_again, whole=True)
    return Standalone(f"{previous_query} {question}".strip(), whole=False)


def _at_another_time(question: str, previous_query: str) -> str | None:
    """Return the previous query with the time of a question that names nothing but a time."""
    asked, before = find_times(question), find_times(previous_query)
    if len(asked) != 1 or len(before) != 1:
        return None
    if asked_minute(question) is None or asked_minute(previous_query) is None:
        return None  # a span or a length of time
    start, end = asked[0]
    word = _BEFORE_A_TIME.search(question[:start])
    others = question[: word.start() if word else start] + question[end:]
    if re.search(r"\w", _FILLERS.sub("", others)):
        return None
    old_start, old_end = before[0]
    old_word = _BEFORE_A_TIME.search(previous_query[:old_start])
    if old_word and not word and not _UP_TO.match(old_word.group()):
        return None  # "open from 9 AM?", "and midnight?"
    if word and old_word:
        old_start, start = old_word.start(), word.start()
    return previous_query[:old_start] + question[start:end] + previous_query[old_end:]
