"""Finding out that something is to be done later, which no tool does: nothing waits."""

import re
from collections.abc import Iterable

from workbench.engine.tasks.plan import PlanError
from workbench.engine.text import fold

_TIME = (
    r"(?:at|by)\s+(?:\d{1,2}(?::\d\d)?\s*(?:am|pm|h)?|noon)|tomorrow(?:\s+\w+)?|tonight|"
    r"later(?:\s+today)?|in\s+(?:an|\w+)\s+(?:minutes?|hours?)|next\s+\w+|"
    r"(?:vao\s+)?luc\s+\d{1,2}\s*(?:gio|h|:\d\d)?(?:\s+\w+)?|(?:sang|trua|chieu|toi)\s+(?:nay|mai)|"
    r"ngay\s+mai|\d+\s+(?:phut|tieng|gio)\s+nua|besok|nanti"
)
_LATER = re.compile(rf"^(?P<first>{_TIME})\b|(?<!arriving )(?<!den )(?<!toi )\b(?P<last>{_TIME})$")
"""A time at the beginning or the end of a clause, in small letters without diacritics."""

_ANY = re.compile(rf"\b(?:{_TIME})\b")


def names_time(text: str) -> bool:
    """Tell whether a text has a time of the kind that `check_time` refuses, anywhere in it."""
    return _ANY.search(fold(text)) is not None


def check_time(text: str, arguments: Iterable[object]) -> None:
    """Refuse what is to be done later.

    Args:
        text: The clause that asks for something to be done.
        arguments: What is given to the tool; a time among them is the tool's own.

    Raises:
        PlanError: The clause begins or ends with a time of its own.
    """
    found = _LATER.search(fold(text).strip(" .,!"))
    later = (found["first"] or found["last"]) if found else ""
    if later and not any(later in fold(str(one)) for one in arguments):
        raise PlanError(f"no tool waits, as {later!r} asks for", "ask for it at that time")
