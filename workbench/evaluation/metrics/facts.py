"""Whether an answer states the reference's facts.

An answer is right when every fact occurs in one of its forms (see `canonical` for what counts as
the same form), no forbidden fact occurs, and it has at most 120 words. Citation marks are removed
first. A refusal is wrong.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from workbench.evaluation.metrics.canonical import occurs, tokens, without_citations
from workbench.evaluation.metrics.refusal import is_refusal

LONGEST = 120
"""Words of the longest answer that counts as right."""


def states_facts(
    answer: str, facts: Sequence[Sequence[str]], forbidden: Iterable[str] = ()
) -> bool:
    """Tell whether an answer is right.

    Args:
        answer: The answer's text.
        facts: For each fact, the forms in which it may be stated; at least one fact.
        forbidden: What a right answer does not say.
    """
    text = without_citations(answer)
    if len(text.split()) > LONGEST or is_refusal(text):
        return False
    said = tokens(text)
    right = all(any(occurs(tokens(form), said) for form in forms) for forms in facts)
    return right and not any(occurs(tokens(form), said) for form in forbidden)


def token_f1(answer: str, reference: str) -> float:
    """Return the harmonic mean of precision and recall over words.

    As for SQuAD (Rajpurkar et al., 2016), but without dropping English articles, since the
    languages differ: words are NFC, case folded, and counted as often as they stand there.
    """
    said, wanted = (_words(without_citations(text)) for text in (answer, reference))
    shared = (said & wanted).total()
    if not shared:
        return 0.0
    return 2 * shared / (said.total() + wanted.total())


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", unicodedata.normalize("NFC", text).casefold()))
