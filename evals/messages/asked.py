"""The requests of a golden set of messages, and what a message made from each may rely on."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from workbench.errors import UsageError
from workbench.evaluation.questions import Question, load_questions
from workbench.yaml_text import read_yaml

FIXED = Path(__file__).with_name("fixed.yaml")
CALL = "generate"
"""The call in which a line names the message that it asks for."""


@dataclass(frozen=True)
class Request:
    """One message that is asked for.

    Attributes:
        id: Its id in the set.
        lang: The language of the message.
        kind: Which message.
        booking: The booking that it is about; `None` for none.
        given: The values that the operator adds, by fact.
        tone: The tone; `None` for the kind's own.
        facts: For each fact that the message must state, the forms in which it may.
        forbidden: What it may not say outside of a quotation of a given value.
        known: All that it may rely on, a text each: the booking, the given values, the letterhead
            and the kind's defaults (`fixed.yaml`).
        tags: Kinds of requests.
    """

    id: str
    lang: str
    kind: str
    booking: str | None
    given: Mapping[str, str]
    tone: str | None
    facts: tuple[tuple[str, ...], ...]
    forbidden: tuple[str, ...]
    known: tuple[str, ...]
    tags: tuple[str, ...]


def load_requests(path: Path) -> list[Request]:
    """Read a golden set of messages.

    Raises:
        UsageError: The file cannot be read, or a line asks for no message.
    """
    return [_request(question, path) for question in load_questions(path)]


def plain(text: str) -> str:
    """Return a text as NFC with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def without_quotations(text: str, request: Request) -> str:
    """Return a text in which each verbatim quotation of a given value is a mark.

    What the operator handed over to be quoted is not the message's own statement, whatever it
    says. Values of less than three words are no quotations: a price or a code stays.
    """
    values = [value for value in request.given.values() if len(value.split()) > 2]
    return _marked(plain(text), values, "¤")


def without_fixed(text: str, request: Request) -> str:
    """Return a text in which each fixed sentence of its kind and language is a mark and a stop."""
    fixed = fixed_texts()
    sentences = [*fixed["kinds"][request.kind][request.lang], *fixed["sentences"][request.lang]]
    return _marked(plain(text), sentences, "¤.")


def _marked(text: str, passages: Iterable[str], mark: str) -> str:
    for passage in sorted(passages, key=len, reverse=True):
        pattern = r"\s+".join(re.escape(word) for word in plain(passage).split())
        text = re.sub(pattern, f" {mark} ", text, flags=re.IGNORECASE)
    return text


def _request(question: Question, path: Path) -> Request:
    calls = [call for call in question.reference_tool_calls if call.name == CALL]
    if len(calls) != 1:
        raise UsageError(
            f"{path}: {question.id!r} asks for no message", f"name one in a call {CALL!r}"
        )
    asked = calls[0].args
    given = {name: str(value) for name, value in asked["given"].items() if value is not None}
    return Request(
        id=question.id,
        lang=question.lang,
        kind=asked["kind"],
        booking=asked["booking"],
        given=given,
        tone=asked["tone"],
        facts=tuple(tuple(forms) for forms in question.reference_facts),
        forbidden=tuple(question.forbidden_facts),
        known=(*question.reference_contexts, *_fixed(asked["kind"], given)),
        tags=tuple(question.tags),
    )


def _fixed(kind: str, given: Mapping[str, str]) -> tuple[str, ...]:
    """Return what holds whatever is asked; a default that is given otherwise no longer does."""
    fixed = fixed_texts()
    defaults = fixed["defaults"].get(kind, {})
    left = [text for name, text in defaults.items() if name not in given]
    return (*fixed["letterhead"], *left)


@cache
def fixed_texts() -> Mapping[str, Any]:
    """Return the content of `fixed.yaml`."""
    content = read_yaml(FIXED.read_text(encoding="utf-8"))
    return json.loads(json.dumps(content))  # type: ignore[no-any-return]  # plain types, text keys
