"""HTML by headings: turned into Markdown, tables and lists included, then read as such."""

import re
from typing import Any

from workbench.engine.ingestion.markdown import read_markdown
from workbench.engine.ingestion.sections import Reading

_UNSEEN = ["script", "style", "noscript", "template", "nav", "svg", "iframe"]
_BLOCKS = ["p", "div", "section", "article", "ul", "ol", "pre", "blockquote", "dl", "main"]
_HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]


def read_html(content: bytes) -> Reading:
    """Read a page; its encoding is the one that it declares, or the one detected."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(content, "html.parser")
    title = " ".join(soup.title.get_text().split()) if soup.title else ""
    for element in soup(["head", *_UNSEEN]):
        element.decompose()
    _collapse_space(soup)
    for table in soup.find_all("table"):
        table.replace_with(f"\n\n{_table_rows(table)}\n\n")
    for heading in soup.find_all(_HEADINGS):
        marks = "#" * int(heading.name[1])
        heading.replace_with(f"\n\n{marks} {' '.join(heading.get_text().split())}\n\n")
    _mark_blocks(soup)
    reading = read_markdown(re.sub(r"\n[ \n]*\n", "\n\n", soup.get_text()))
    return Reading(reading.title or title, reading.sections)


def _collapse_space(soup: Any) -> None:
    for string in soup.find_all(string=True):
        if type(string).__name__ != "NavigableString":
            string.extract()  # comments and declarations
        elif string.find_parent("pre") is None:
            string.replace_with(re.sub(r"\s+", " ", string))


def _mark_blocks(soup: Any) -> None:
    for item in soup.find_all(["li", "dt", "dd"]):
        item.insert(0, "\n- ")
    for line_break in soup.find_all("br"):
        line_break.replace_with("\n")
    for block in soup.find_all(_BLOCKS):
        block.insert(0, "\n\n")
        block.append("\n\n")


def _table_rows(table: Any) -> str:
    """Return a table as Markdown; its first row is taken as the header."""
    rows = []
    for row in table.find_all("tr"):
        cells = [
            " ".join(cell.get_text(" ").split()).replace("|", "/") for cell in row(["th", "td"])
        ]
        rows.append(f"| {' | '.join(cells)} |")
        if len(rows) == 1:
            rows.append("|" + "---|" * len(cells))
    return "\n".join(rows)
