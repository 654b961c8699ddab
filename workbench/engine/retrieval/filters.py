"""Restricting a search to some documents, a language or a section."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a passage must be; `None` restricts nothing.

    Attributes:
        document: The path of its document, or a folder of documents ending in "/".
        lang: Its language.
        section: What the headings above it begin with, such as "Fees" or "Fees > Groups".
    """

    document: str | None = None
    lang: str | None = None
    section: str | None = None
