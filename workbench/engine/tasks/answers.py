"""Yes and no in the words of an instruction, in English, Vietnamese and Indonesian."""

import re
from dataclasses import dataclass

from workbench.engine.text import fold

_NO = (
    r"(?:not|no|never|without|\w+n.t|dont|khong|chua|chang|khoi|khoan|jangan|tidak|belum|"
    r"dung(?!\s+(?:la|roi|vay|the|nhu)\b))"
)
_NOT = re.compile(rf"(?<!\w){_NO}(?!\w)")
_REFRAINS = re.compile(rf"(?<!\w){_NO}(?:\s+(?!forget|quen|fail|hesitate)\w+){{0,3}}\s*$")
_QUESTION_TAG = re.compile(r"\s+(?:hay\s+)?(?:da\s+)?(?:chua|khong)(?:\s+\w{1,4}){0,2}\s*$")
_DONE = re.compile(
    r"(?:(?:it|that|this|the \w+)(?:.s| is| has been| was)? )?(?:done|logged|noted|created|"
    r"registered|recorded|filed|raised|made)|(?:yeu cau )?(?:da )?(?:ghi|tao|lap)(?: nhan)?"
    r"(?: xong| roi)?"
)
"""A condition that only says that the step before it is done."""
_SAME = frozenset(("so", "vay", "the"))
_SHORT_WORDS = (
    "it its that this they everything all yes is isn't are aren't be been looks look well fine good"
    " ok okay in order the case right alright true positive not no"
    " moi thu tat ca deu on duoc roi dung co nhu ma la chua khong chi neu con xong nao"
    " ya sudah belum tidak"
)
_SHORT = frozenset(_SHORT_WORDS.split())
"""Words of a condition that says nothing but yes or no to what was asked before."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a condition says to what was asked before: "yes", "no", or the "same" as was asked."""

    says: str

    def to(self, so: bool) -> bool:
        """Return whether a state must be so that was asked for as `so`."""
        return so if self.says == "same" else self.says == "yes"


def answer_in(text: str) -> Answer | None:
    """Return the yes or no that a condition says; `None` where it says something else."""
    words = re.findall(r"[\w'’]+", fold(text).replace("’", "'"))
    if not words or any(one not in _SHORT and one not in _SAME for one in words):
        return None
    if _SAME & set(words):
        return Answer("same")
    return Answer("no" if is_negated(text) else "yes")


def is_negated(text: str) -> bool:
    """Tell whether a text has a word of negation; "đúng" is none though it folds like "đừng"."""
    return _NOT.search(fold(re.sub("đúng", "", text, flags=re.I))) is not None


def refrains(text: str) -> bool:
    """Tell whether what stands before a wish forbids it: "do not", "no more", "đừng"."""
    return _REFRAINS.search(fold(text)) is not None


def only_says_done(text: str) -> bool:
    """Tell whether a condition only says that the step before it is done."""
    return _DONE.fullmatch(fold(text)) is not None


def without_tag(text: str) -> str:
    """Return a text without "chưa" or "không" at its end, which only make it a question."""
    tag = _QUESTION_TAG.search(fold(text))
    return text[: tag.start()] if tag and len(fold(text)) == len(text) else text
