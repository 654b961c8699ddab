"""Whether the HTML body of a message is the same message, and holds no markup of anybody else's."""

import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser

from evals.messages.asked import Request, plain
from evals.messages.stating import missing_facts

TAGS = frozenset(
    re.findall(
        "[a-z1-4]+",
        "html head meta title style body main section div span p br hr h1 h2 h3 h4 strong b em i u "
        "small ul ol li dl dt dd table thead tbody tr th td blockquote header footer",
    )
)
"""The tags that a message of the hotel may use: none loads, links, runs or asks anything."""
_LOADING = frozenset(["href", "src", "action", "srcset", "background"])
_BARE_AND = re.compile(r"&(?!(?:[a-zA-Z][a-zA-Z0-9]*|#[0-9]+|#[xX][0-9a-fA-F]+);)")


def markup_faults(body: str, html_body: str, request: Request) -> list[str]:
    """Return what is wrong with an HTML body, one line each.

    Wrong are tags other than `TAGS`, attributes that act or link, a bare "&", a given value that is
    not shown as it is in the plain body, and a fact that only the plain body states.
    """
    reader = _Reader()
    reader.feed(html_body)
    reader.close()
    shown = plain(reader.text)
    faults = list(reader.faults)
    if _BARE_AND.search(html_body):
        faults.append("a bare &")
    plain_body = plain(body)
    for value in request.given.values():
        if plain(value) in plain_body and plain(value) not in shown:
            faults.append(f"not shown as it was given: {value}")
    absent = set(missing_facts(body, request))
    lost = [fact for fact in missing_facts(reader.text, request) if fact not in absent]
    return faults + [f"missing: {fact}" for fact in lost]


class _Reader(HTMLParser):
    """Collects the text that a reader sees, and what should not be there."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self._texts: list[str] = []

    @property
    def text(self) -> str:
        return " ".join(self._texts)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.faults.append(f"the tag <{tag}>")
        self._check(dict(attrs))

    def handle_data(self, data: str) -> None:
        self._texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.faults.append("a comment")

    def unknown_decl(self, data: str) -> None:
        self.faults.append("a declaration")

    def handle_pi(self, data: str) -> None:
        self.faults.append("an instruction")

    def _check(self, attributes: Mapping[str, str | None]) -> None:
        for name, value in attributes.items():
            acts = name.startswith("on") or name in _LOADING
            if acts or "url(" in (value or "").casefold():
                self.faults.append(f"the attribute {name}")
