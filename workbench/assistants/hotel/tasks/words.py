"""Which e-mail to a guest an instruction speaks of."""

import re
from datetime import date

from workbench.engine.text import fold

_KINDS = (
    (
        "booking_confirmation",
        r"(?:booking|reservation)\s+confirmation|"
        r"confirmation\s+of\s+(?:the|his|her|their|a)\s+(?:booking|reservation)|"
        r"confirm\w*\s+(?:(?:the|his|her|their)\s+)?(?:booking|reservation)|"
        r"xac\s+nhan\s+(?:dat\s+(?:phong|cho)|booking)",
    ),
    (
        "checkin_confirmation",
        r"check-?\s?in(?!\s+instructions?)|(?<!huong dan )nhan\s+phong|"
        r"(?:arrival|welcome|room(?:\s+is)?[\s-]+ready|ready)\s+(?:e-?)?(?:mail|message|note)|"
        r"(?:that|the)\s+(?:(?:the|his|her|their)\s+)?room\s+is\s+ready|bao\s+phong\s+(?:da\s+)?san\s+sang",
    ),
)


def email_kinds(text: str, today: date) -> list[str]:
    """Return the kind of e-mail that a text speaks of; none where it is none or of two."""
    folded = fold(text)
    found = [kind for kind, words in _KINDS if re.search(rf"\b(?:{words})", folded)]
    return found if len(found) == 1 else []
