"""Whether a message states the facts that it must, and none of those that it may not.

The canonical forms of numbers, dates, times and money are those of `answer_accuracy`
(`workbench.evaluation.metrics.canonical`). The code that checks messages while they are written
belongs to the engine, which does not use them: it is not judged by itself. A code is compared as it
is written besides, since "CONF-2025-0464" is the number 464 as well.
"""

import re
from collections.abc import Sequence

from evals.messages.asked import Request, plain, without_quotations
from workbench.evaluation.metrics.canonical import occurs, tokens

CODE = re.compile(
    r"(?<![\w-])(?:[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+|(?=[A-Z0-9]*[0-9])[A-Z]{2,}[A-Z0-9]*)(?![\w-])"
)
"""A confirmation number or an offer's code: capitals with a hyphen, or with digits after them."""


def missing_facts(text: str, request: Request) -> list[str]:
    """Return the facts that a text does not state, each by its first form."""
    said = tokens(text)
    written = plain(text)
    return [
        forms[0]
        for forms in request.facts
        if not any(occurs(tokens(form), said) and _codes_stand(form, written) for form in forms)
    ]


def forbidden_facts(texts: Sequence[str], request: Request) -> list[str]:
    """Return what the texts state, outside of quotations, though a message may not."""
    said = [tokens(without_quotations(text, request)) for text in texts]
    return [form for form in request.forbidden if any(occurs(tokens(form), each) for each in said)]


def _codes_stand(form: str, written: str) -> bool:
    """Tell whether the codes of a form stand in a text, whatever their case, and nowhere longer."""
    return all(
        re.search(rf"(?<![\w-]){re.escape(code)}(?![\w-])", written, re.IGNORECASE)
        for code in CODE.findall(plain(form))
    )
