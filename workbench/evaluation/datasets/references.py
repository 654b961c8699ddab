"""Whether a question's reference can be relied on: its facts stand in the documents it names."""

from collections.abc import Iterator, Sequence

from workbench.evaluation.datasets.library import Library, Passage
from workbench.evaluation.metrics.canonical import occurs, tokens
from workbench.evaluation.metrics.facts import states_facts
from workbench.evaluation.questions import Question

NO_FACTS = "no_facts"
"""The tag of an answerable question of which no form of a right answer is known."""
Wrong = tuple[bool, str, str]
"""Whether it is an error (or a warning), the key, and what is wrong with it."""


class References:
    """Checks questions one by one and counts the facts that could be looked up.

    Args:
        library: The corpus; `None` when only the questions' own contexts can be searched.

    Attributes:
        facts: How many facts there were.
        looked_up: For how many of them there was a text to search.
    """

    def __init__(self, library: Library | None) -> None:
        self._library = library
        self.facts = 0
        self.looked_up = 0

    def check(self, question: Question) -> Iterator[Wrong]:
        """Yield what is wrong with a question's reference, facts and documents."""
        yield from _labels(question)
        yield from _forbidden(question)
        if self._library is not None:
            yield from _documents(question, self._library)
        if question.answerable and question.facts:
            yield from self._lookup(question)

    def _lookup(self, question: Question) -> Iterator[Wrong]:
        self.facts += len(question.facts)
        named, whole = self._texts(question)
        if not named and not whole:
            return
        self.looked_up += len(question.facts)
        for number, forms in enumerate(question.facts):
            if _stated(forms, named):
                continue
            key = f"reference_facts.{number}" if question.reference_facts else "reference"
            if _stated(forms, whole):
                yield False, key, "stands in the document, but not on the page that is named"
            elif question.reference_tool_calls:
                continue  # a table states it, which is not looked up here
            elif question.reference_facts:
                yield True, key, "stands neither in the contexts nor in the documents named"
            else:
                yield False, key, "counts as one fact, word for word, and stands nowhere"

    def _texts(self, question: Question) -> tuple[list[Passage], list[Passage]]:
        """Return the contexts with the places that are named, and the whole documents."""
        library = self._library
        named = [Passage(context) for context in question.reference_contexts]
        if library is None:
            return named, []
        there = [place for place in question.places if _usable(library, place[0])]
        named += [library.passage(document, page) for document, page in there]
        return named, [library.passage(document) for document, _ in there]


def _labels(question: Question) -> Iterator[Wrong]:
    """Yield what is missing or contradictory in the labels themselves."""
    only_calls = question.reference_tool_calls or NO_FACTS in question.tags
    if question.answerable and not question.facts and not only_calls:
        yield True, "reference", "is missing: an answerable question needs it, or reference_facts"
    if not question.answerable and (question.reference_facts or question.reference_documents):
        yield False, "answerable", "is false, but facts or documents are given"
    if question.answerable and question.reference.strip() and question.reference_facts:
        forbidden = question.forbidden_facts
        if not states_facts(question.reference, question.reference_facts, forbidden):
            yield False, "reference", "would itself be scored as wrong by reference_facts"


def _forbidden(question: Question) -> Iterator[Wrong]:
    reference = tokens(question.reference)
    forms = [tokens(form) for fact in question.reference_facts for form in fact]
    for number, text in enumerate(question.forbidden_facts):
        fact = tokens(text)
        if occurs(fact, reference):
            yield True, f"forbidden_facts.{number}", "stands in the reference"
        elif any(occurs(fact, form) for form in forms):
            yield True, f"forbidden_facts.{number}", "stands in a form of reference_facts"


def _documents(question: Question, library: Library) -> Iterator[Wrong]:
    for number, (document, page) in enumerate(question.places):
        key = f"reference_documents.{number}"
        if document not in library:
            yield True, f"{key}.document", f"the corpus holds no {document}"
        elif reason := library.unreadable(document):
            yield True, f"{key}.document", f"{document} {reason}"
        elif page is not None:
            pages = library.pages(document)
            if pages is None:
                yield True, f"{key}.page", f"{document} has no pages"
            elif page > pages:
                yield True, f"{key}.page", f"{document} has {pages} pages, not {page}"


def _usable(library: Library, document: str) -> bool:
    return document in library and not library.unreadable(document)


def _stated(forms: Sequence[str], passages: Sequence[Passage]) -> bool:
    return any(passage.states(tokens(form)) for form in forms for passage in passages)
