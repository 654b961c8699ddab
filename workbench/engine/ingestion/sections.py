"""What reading a document yields, whatever its format."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of text under one heading or on one page.

    Attributes:
        heading: The headings above it, outermost first; the document's title is not among them.
        text: Its text; paragraphs are separated by blank lines, table rows begin with "|".
        page: The page of a PDF, from 1; `None` for other formats.
    """

    heading: tuple[str, ...]
    text: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as text.

    Attributes:
        title: Its title, empty when it has none.
        sections: Its sections in reading order.
        pages: The number of pages of a PDF; `None` for other formats.
    """

    title: str
    sections: tuple[Section, ...]
    pages: int | None = None
