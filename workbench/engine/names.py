"""Names in a question: passages that hold none of them are about somebody or something else."""

import difflib
import re
from collections.abc import Iterable

from workbench.engine.text import fold, sentences

_WORD = re.compile(r"[^\W\d_]{3,}")
_CLOSE = 0.8
"""Below this likeness two spellings are two names; "Maastrich" and "Maastricht" have 0.95."""
_STEM = 4
"""So many first letters tell a name from others, whatever its ending ("China", "Chinese")."""


def names_in(question: str) -> list[str]:
    """Return the words that begin with a capital letter within what is asked.

    What is told besides ("I am flying in from Seoul. How long does the driver wait?") need not
    occur anywhere. A question in capitals throughout, or in headline style, tells nothing of names.
    """
    asked = [part for part in sentences(question, clauses=False) if part.endswith("?")]
    question = asked[-1] if asked else question
    found = list(_WORD.finditer(question))
    inside = [match.group() for match in found if not _opens_a_sentence(question, match.start())]
    capital = [word for word in inside if word[0].isupper()]
    return capital if len(capital) * 2 <= len(inside) or len(inside) <= _STEM else []


def mentions_any(names: Iterable[str], texts: Iterable[str]) -> bool:
    """Tell whether one of the names occurs in one of the texts, in whatever form or spelling."""
    words = {word for text in texts for word in _WORD.findall(fold(text))}
    return any(_occurs(fold(name), words) for name in names)


def _occurs(name: str, words: set[str]) -> bool:
    if name in words:
        return True
    stem = name[: max(_STEM, len(name) - 2)]
    if len(name) >= _STEM and any(word.startswith(stem) for word in words):
        return True
    return bool(difflib.get_close_matches(name, words, n=1, cutoff=_CLOSE))


def _opens_a_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \"'“‘(¿")
    return not before or before[-1] in ".?!:\n"
