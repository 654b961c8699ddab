"""Markdown by headings: each section with the path of headings above it.

LlamaIndex's `MarkdownNodeParser` leaves a section's own heading out of its path and its title
inside the text; here both stand in the path, so that the text alone is what gets quoted.
"""

import re

from workbench.engine.ingestion.sections import Reading, Section

_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
_FENCE = re.compile(r"^\s*(```|~~~)")
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_PAGE = re.compile(r"^<!--\s*page (\d+)\s*-->\s*$")
_FRONT_TITLE = re.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)


def read_markdown(text: str) -> Reading:
    """Split Markdown at its headings; front matter gives the title or nothing.

    A line `<!-- page 3 -->`, as in the translation of a PDF, tells the page of what follows.
    """
    front = _FRONT_MATTER.match(text)
    named = _FRONT_TITLE.search(front.group()) if front else None
    sections, first = _split(text[front.end() :] if front else text)
    title = named.group(1) if named else first
    pages = max((section.page or 0 for section in sections), default=0) or None
    return Reading(title, tuple(_without_title(section, title) for section in sections), pages)


def _split(text: str) -> tuple[list[Section], str]:
    """Return the sections that hold text, and the first heading of the top level."""
    sections: list[Section] = []
    path: list[tuple[int, str]] = []
    lines: list[str] = []
    title = ""
    page: int | None = None
    fenced = False

    def close() -> None:
        body = "\n".join(lines).strip()
        if body:
            sections.append(Section(tuple(name for _, name in path), body, page))
        lines.clear()

    for line in text.splitlines():
        fenced ^= bool(_FENCE.match(line))
        if not fenced and (mark := _PAGE.match(line)):
            close()
            page = int(mark.group(1))
            continue
        heading = None if fenced else _HEADING.match(line)
        if heading is None:
            lines.append(line)
            continue
        close()
        level, name = len(heading.group(1)), heading.group(2)
        path = [(above, other) for above, other in path if above < level]
        path.append((level, name))
        title = title or (name if level == 1 else "")
    close()
    return sections, title


def _without_title(section: Section, title: str) -> Section:
    if section.heading[:1] == (title,):
        return Section(section.heading[1:], section.text, section.page)
    return section
