"""Restricting a search to some documents, a language or a section."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a passage must be; `None` restricts nothing.

    Attributes:
        document: The path of its document, or a folder of documents ending in "/".
        lang: Its language.
        section: What the headings above it begin with, such as "Fees" or "Fees > Groups".
        asked_in: The language of the question: of a document with a version in it only that one is
            searched, of others only the original; a version that `document` names is searched.
    """

    document: str | None = None
    lang: str | None = None
    section: str | None = None
    asked_in: str | None = None


FILTERS = """
    (%(document)s::text IS NULL OR %(document)s IN (p.document, p.original)
        OR (%(document)s LIKE '%%/' AND starts_with(p.document, %(document)s)))
    AND (%(lang)s::text IS NULL OR p.lang = %(lang)s)
    AND (%(section)s::text IS NULL OR starts_with(p.heading, %(section)s))
    AND (%(asked_in)s::text IS NULL OR p.lang = %(asked_in)s
        OR (p.document = p.original AND %(asked_in)s <> ALL(p.translations))
        OR (p.document <> p.original AND p.document = %(document)s))
"""
"""The condition in SQL on a table called `p`; its parameters are the fields of `Filters`."""
