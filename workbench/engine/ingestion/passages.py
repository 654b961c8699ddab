"""Cuts sections into passages of the size that the answering prompt can afford.

Prompt length is the time to the first token, so few passages can be read: most sections fit whole
into one passage, since a rule cut from its exceptions misleads a small model.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from workbench.engine.ingestion.sections import Reading, Section
from workbench.engine.ingestion.units import Unit, join_units, split_units, unwrap

LONGEST = 900
"""No passage is longer, in characters, but for the header of a wide table."""
TINY = 160
"""Sections shorter than this are merged with a neighbour under the same parent heading."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A passage before it has an id and a vector.

    Attributes:
        text: What is stored and quoted.
        heading: The headings above it, joined by " > "; `None` for a PDF.
        page: The page of a PDF, from 1.
        context: The headings above it, for the encoder.
    """

    text: str
    heading: str | None
    page: int | None
    context: str

    def embedded_text(self, title: str) -> str:
        """Return what is embedded: the title and the headings stand above the text."""
        return "\n".join(part for part in (title, self.context, self.text) if part)


def cut_passages(reading: Reading) -> list[Cut]:
    """Return a document's passages in reading order."""
    whole = [_unwrapped(section) for section in reading.sections]
    return [cut for section in merge_tiny(whole) for cut in _cut_section(section)]


def _unwrapped(section: Section) -> Section:
    # a PDF's lines were joined by its reader, which knows the width of the page
    text = section.text if section.page is not None else unwrap(section.text)
    return Section(section.heading, text, section.page)


def merge_tiny(sections: Iterable[Section]) -> list[Section]:
    """Join neighbouring sections under the same parent while one of them is tiny.

    The headings of joined sections stand in the text, and the parent's is left above it.
    """
    merged: list[Section] = []
    for section in sections:
        joined = _joined(merged[-1], section) if merged else None
        if joined is None:
            merged.append(section)
        else:
            merged[-1] = joined
    return merged


def _joined(left: Section, right: Section) -> Section | None:
    siblings = left.page is None and right.page is None and bool(right.heading)
    parent = right.heading[:-1]
    already = left.heading == parent and left.text.startswith("**")
    if not siblings or not (already or (left.heading and left.heading[:-1] == parent)):
        return None
    if min(len(left.text), len(right.text)) >= TINY:
        return None
    head = left.text if already else f"**{left.heading[-1]}**\n{left.text}"
    text = f"{head}\n\n**{right.heading[-1]}**\n{right.text}"
    return Section(parent, text) if len(text) <= LONGEST else None


def _cut_section(section: Section) -> list[Cut]:
    context = " > ".join(section.heading)
    heading = context if section.page is None else None
    groups = pack(split_units(section.text, LONGEST), LONGEST)
    return [Cut(join_units(group), heading, section.page, context) for group in groups]


def pack(units: list[Unit], longest: int) -> list[list[Unit]]:
    """Group units in order into pieces of about equal length, none above `longest`."""
    total = sum(len(unit.gap) + len(unit.text) for unit in units)
    goal = total / math.ceil(total / longest) if total else longest
    groups: list[list[Unit]] = []
    done = 0
    for unit in units:
        current = groups[-1] if groups else []
        size = len(join_units(current)) if current else 0
        fits = size + len(unit.gap) + len(unit.text) <= longest
        if current and fits and done < goal * len(groups):
            current.append(unit)
        else:
            groups.append([unit])
        done += len(unit.gap) + len(unit.text)
    return groups
