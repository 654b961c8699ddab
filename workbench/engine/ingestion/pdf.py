"""PDF by pages: running headers removed, wrapped lines joined, numbered headings recognised."""

import io
import itertools
import logging
import re
from collections import Counter

from workbench.engine.ingestion.sections import Reading, Section
from workbench.errors import IndexingError

_HEADING = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2})*\.?|[A-Z]\.|Item \d+[A-C]?\.)\s+\S.{2,70}$")
_ITEM = re.compile(r"^(?:\d{1,3}[.)]|[-•*–▪●]|\([a-z0-9]{1,3}\))\s")
_LINE_FULL = 0.75
"""A line at least so long, relative to the page's long lines, goes on in the next one."""


def read_pdf(content: bytes) -> Reading:
    """Read the pages of a PDF that hold text.

    Raises:
        IndexingError: It is encrypted, or broken.
    """
    pages, title = _extract(content)
    running = _running_lines(pages)
    sections: list[Section] = []
    for number, lines in enumerate(pages, start=1):
        kept = [line for line in lines if _shape(line) not in running]
        heading = sections[-1].heading if sections else ()
        sections += _page_sections(kept, number, heading)
    return Reading(title, tuple(sections), len(pages))


def _extract(content: bytes) -> tuple[list[list[str]], str]:
    """Return the lines of each page, and the title that the file declares."""
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    encrypted = b"/Encrypt" in content
    try:
        reader = PdfReader(io.BytesIO(content))
        pages = [
            [" ".join(line.split()) for line in page.extract_text().splitlines() if line.strip()]
            for page in reader.pages
        ]
        title = str((reader.metadata and reader.metadata.title) or "").strip()
    except Exception as error:  # a broken file raises anything, from KeyError to RecursionError
        reason = "is encrypted" if encrypted else "is not a readable PDF"
        raise IndexingError(reason) from error
    return pages, title


def _shape(line: str) -> str:
    """Return a line with its numbers blanked, by which page headers and footers are alike."""
    return re.sub(r"\d+", "0", line)


def _running_lines(pages: list[list[str]]) -> set[str]:
    """Return the shapes of first and last lines that recur on most pages."""
    if len(pages) < 3:
        return set()
    edges = Counter(shape for lines in pages for shape in {_shape(x) for x in _edges(lines)})
    return {shape for shape, count in edges.items() if count > len(pages) / 2}


def _edges(lines: list[str]) -> list[str]:
    return lines[:2] + lines[-2:]


def _page_sections(lines: list[str], page: int, heading: tuple[str, ...]) -> list[Section]:
    """Cut a page at its numbered headings; text before the first belongs to the page before."""
    sections: list[Section] = []
    body: list[str] = []
    for position, line in enumerate(lines):
        if _is_heading(lines, position):
            sections.append(Section(heading, _join_wrapped(body), page))
            heading, body = (line,), []
        body.append(line)
    sections.append(Section(heading, _join_wrapped(body), page))
    return [section for section in sections if section.text]


def _is_heading(lines: list[str], position: int) -> bool:
    line = lines[position]
    ended = position == 0 or lines[position - 1].endswith((".", "!", "?", ":"))
    wordy = sum(map(str.isalpha, line)) > len(line) / 2
    return bool(_HEADING.match(line)) and ended and wordy and not line.endswith((".", ",", ";"))


def _join_wrapped(lines: list[str]) -> str:
    if not lines:
        return ""
    long_line = sorted(map(len, lines))[int(len(lines) * 0.9)]
    joined = [lines[0]]
    for before, line in itertools.pairwise(lines):
        full = len(before) >= _LINE_FULL * long_line and not _is_figures(before)
        if full and not _ITEM.match(line) and not _is_figures(line):
            joined[-1] += f" {line}"
        else:
            joined.append(line)
    return "\n".join(joined)


def _is_figures(line: str) -> bool:
    """Tell whether a line is a row of figures, which is never joined to another."""
    return sum(map(str.isdigit, line)) > 0.2 * len(line)
