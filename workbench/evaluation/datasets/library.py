"""The documents of a corpus, for looking up what a question set says of them."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from workbench.engine.ingestion.corpus import Document, load_corpus
from workbench.engine.ingestion.sections import Reading
from workbench.errors import IndexingError
from workbench.evaluation.metrics import canonical
from workbench.evaluation.metrics.canonical import Token, occurs, tokens


class Passage:
    """A text in which facts are looked up; its tokens are indexed by what they say."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._places: defaultdict[canonical.Reading, list[int]] = defaultdict(list)
        for position, token in enumerate(self._tokens):
            for reading in token.exact | token.implied:
                self._places[reading].append(position)

    def states(self, form: Sequence[Token]) -> bool:
        """Tell whether the tokens of a form stand in the text one after the other."""
        starts = {place for reading in form[0].exact for place in self._places.get(reading, ())}
        return any(occurs(form, self._tokens[start : start + len(form)]) for start in starts)


class Library:
    """The documents of a corpus; each is read when it is first asked for.

    Args:
        corpus: A folder or a JSONL file.

    Raises:
        IndexingError: There is no such corpus.
    """

    def __init__(self, corpus: Path) -> None:
        entries = load_corpus(corpus)
        self._documents = {each.path: each for each in entries if isinstance(each, Document)}
        self._readings: dict[str, Reading] = {}
        self._passages: dict[tuple[str, int | None], Passage] = {}

    def __contains__(self, document: str) -> bool:
        """Tell whether the corpus holds a document of this path or id."""
        return document in self._documents

    def unreadable(self, document: str) -> str:
        """Return why a document that is there cannot be read; empty when it can."""
        try:
            self._read(document)
        except IndexingError as error:
            return error.message
        return ""

    def pages(self, document: str) -> int | None:
        """Return the number of pages of a PDF; `None` for other documents."""
        return self._read(document).pages

    def passage(self, document: str, page: int | None = None) -> Passage:
        """Return a document's text with its title and headings, or that of one page."""
        place = (document, page)
        if place not in self._passages:
            reading = self._read(document)
            texts = [
                f"{' / '.join(section.heading)}\n{section.text}"
                for section in reading.sections
                if page is None or section.page == page
            ]
            self._passages[place] = Passage("\n".join([reading.title, *texts]))
        return self._passages[place]

    def _read(self, document: str) -> Reading:
        if document not in self._readings:
            self._readings[document] = self._documents[document].read()
        return self._readings[document]
