"""Checking a message: every fact that it needs is there, and nothing that nobody gave.

The exact lines of the template, with the facts in them, must stand in the message word for word and
in their order. All else is prose, and prose states nothing of its own: no number, amount, date,
time, percentage, code or address but the only one of its kind among the facts; no name but a whole
given one; no benefit, promise or order; and no word that is neither general nor one of the facts.
Somebody's own words among the facts (an incident, a guest's wish) are shown where the template
shows them, and give nothing.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from workbench.engine.messages.facts import Fact
from workbench.engine.messages.grounds import grounds_of, strange_names, strange_words
from workbench.engine.messages.sheet import CLOSING, OPENING, Prose, Sheet
from workbench.engine.messages.values import Value, find_values
from workbench.engine.messages.vocabulary import found_phrases, found_promises, vocabulary

FaultKind = Literal[
    "missing", "changed", "value", "name", "benefit", "claim", "word", "mark-up", "length",
    "withheld",
]  # fmt: skip
LONGEST = 320
"""Characters of an opening or a closing: about three sentences."""
_PLAIN = re.compile(r"[^\w\s.,;:!?…'’\"“”()%/–—-]|_|\*|\s[-–]\s*$")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a message.

    Attributes:
        kind: A fact is missing; a line of the template was changed; a value, a name, a benefit,
            a claim (such as a promise, or a request for money or data) or a word that nobody gave;
            mark-up; too long, too much, or empty; or a value that was withheld from the model.
        what: The piece in question.
    """

    kind: FaultKind
    what: str

    @property
    def text(self) -> str:
        """It in one line."""
        return f"{self.kind}: {self.what}"


def check_message(subject: str, body: str, sheet: Sheet) -> list[Fault]:
    """Return the faults of a whole message; a right one has none.

    Args:
        subject: Its subject.
        body: Its body as plain text.
        sheet: What it should hold.
    """
    faults = [] if subject == sheet.subject else [Fault("changed", subject)]
    lost, prose = _compare([line for line in body.splitlines() if line.strip()], sheet)
    faults += [Fault("changed", line) for line in lost]
    faults += [Fault("missing", name) for name in sheet.needs if not _states(sheet, name, body)]
    slots = sum(line in (OPENING, CLOSING) for line in sheet.lines)
    faults += [Fault("length", line) for line in prose[slots:]]
    return faults + [fault for line in prose for fault in check_prose(line, sheet)]


def check_parts(prose: Prose, sheet: Sheet) -> list[Fault]:
    """Return the faults of prose before it is put into a message."""
    return [fault for part in (prose.opening, prose.closing) for fault in check_prose(part, sheet)]


def check_prose(text: str, sheet: Sheet) -> list[Fault]:
    """Return what a piece of prose states and nobody gave."""
    grounds, listed = grounds_of(sheet), vocabulary(sheet.lang)
    faults = [] if 0 < len(text.strip()) <= LONGEST else [Fault("length", text[:60])]
    faults += [Fault("mark-up", mark) for mark in dict.fromkeys(_PLAIN.findall(text))]
    values = find_values(text)
    faults += [Fault("value", one.text) for one in values if not _is_clear(one, grounds.facts)]
    said = listed.phrases.sub(" ; ", text)  # no rule reaches over it
    faults += [Fault("benefit", one) for one in _ungranted(listed.benefits, said, grounds.texts)]
    faults += [Fault("claim", one) for one in _ungranted(listed.claims, said, grounds.texts)]
    faults += [Fault("claim", one) for one in _misplaced_apologies(text, sheet)]
    granted = {one for each in grounds.texts for one in found_promises(each, sheet.lang)}
    promises = [one for one in found_promises(said, sheet.lang) if one not in granted]
    faults += [Fault("claim", one) for one in promises]
    rest = _without(said, values)
    faults += [Fault("name", name) for name in strange_names(rest, grounds)]
    return faults + [Fault("word", word) for word in strange_words(rest, grounds)]


def _misplaced_apologies(text: str, sheet: Sheet) -> list[str]:
    """Return the words of regret in prose of a message that is no apology by its template."""
    apologies = vocabulary(sheet.lang).apologies
    template = "\n".join((sheet.subject, sheet.plain.opening, sheet.plain.closing))
    return [] if apologies.search(template) else found_phrases(apologies, text)


def _ungranted(pattern: re.Pattern[str], text: str, granting: Iterable[str]) -> list[str]:
    granted = {phrase for each in granting for phrase in found_phrases(pattern, each)}
    return [phrase for phrase in found_phrases(pattern, text) if phrase not in granted]


def _compare(lines: Sequence[str], sheet: Sheet) -> tuple[list[str], list[str]]:
    """Return the exact lines that are not there in their order, and the lines that are prose."""
    prose = list(lines)
    lost = []
    start = 0
    for exact in sheet.exact:
        if exact in prose[start:]:
            start = prose.index(exact, start)
            del prose[start]
        else:
            lost.append(exact)
    return lost, prose


def _states(sheet: Sheet, name: str, body: str) -> bool:
    """Tell whether a message states a fact, not as a part of a longer word or number."""
    text = re.escape(sheet.facts[name].text)
    pattern = rf"(?<![\w.,-]){text}(?![\w-]|[.,]\d)"
    return re.search(pattern, f"{sheet.subject}\n{body}") is not None


def _is_clear(value: Value, given: Sequence[Fact]) -> bool:
    """Tell whether a value is a fact, and the only one of its kind.

    Of two given dates prose may take the wrong one ("we expect you" on the day of departure).
    """
    known = {each for fact in given for each in find_values(fact.text) if each.kind == value.kind}
    return len(known) == 1 and value.is_given(known)


def _without(text: str, values: Iterable[Value]) -> str:
    """Return a text without its values, which are judged as such: "2 February" is no name."""
    for value in values:
        text = text.replace(value.text, " 0 ")
    return text
