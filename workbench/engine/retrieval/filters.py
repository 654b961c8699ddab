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


FILTERS = """
    (%(document)s::text IS NULL OR p.document = %(document)s
        OR (%(document)s LIKE '%%/' AND starts_with(p.document, %(document)s)))
    AND (%(lang)s::text IS NULL OR p.lang = %(lang)s)
    AND (%(section)s::text IS NULL OR starts_with(p.heading, %(section)s))
"""
"""The condition in SQL on a table called `p`; its parameters are the fields of `Filters`."""
