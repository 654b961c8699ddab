"""The body of a message as HTML; whatever it holds is text."""

from collections.abc import Sequence
from html import escape
from itertools import groupby

_ITEM = "- "


def as_html(lines: Sequence[str]) -> str:
    """Return lines as paragraphs and lists; everything in them is escaped."""
    parts = []
    for empty, block in groupby(lines, key=lambda line: not line):
        if not empty:
            parts += [_block(listed, list(run)) for listed, run in groupby(block, _is_item)]
    return "\n".join(parts)


def as_document(subject: str, html_body: str, lang: str) -> str:
    """Return a whole HTML document around a body that is HTML already."""
    return (
        f'<!doctype html>\n<html lang="{escape(lang)}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(subject)}</title>\n</head>\n<body>\n{html_body}\n</body>\n</html>\n"
    )


def _is_item(line: str) -> bool:
    return line.startswith(_ITEM)


def _block(listed: bool, lines: Sequence[str]) -> str:
    if listed:
        items = "\n".join(f"<li>{escape(line.removeprefix(_ITEM))}</li>" for line in lines)
        return f"<ul>\n{items}\n</ul>"
    return f"<p>{'<br>'.join(escape(line) for line in lines)}</p>"
