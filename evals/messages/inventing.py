"""What a message states that nothing it may rely on gives: the scorer's own rules.

Verbatim quotations of given values and the fixed sentences of the kind are left out first. Then
each of these has to stand in what is known (the booking, the given values, the letterhead):

- values: numbers, dates, times, amounts, percentages, in canonical form;
- number words ("two", "hai đêm"), as the word or as its number;
- codes, e-mail addresses and web addresses, as they are written;
- names: words with a capital inside a sentence, of the body; labels before a colon are no names;
- benefits: things that a guest would count on (`benefits` in `fixed.yaml`), in either language.

A name that begins a sentence and stands alone there is not found, nor is a promise in words that
the list of benefits does not hold: hand reading has to.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from evals.messages.asked import Request, fixed_texts, plain, without_fixed, without_quotations
from evals.messages.stating import CODE
from workbench.evaluation.metrics.canonical import Token, tokens

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_ADDRESS = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:https?://|www\.)[^\s<>\"]+"
    r"|(?<![\w@.])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|vn|net|org|example)(?:/[^\s<>\"]*)?",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^\W*(?P<label>[^\W\d_][^:.!?]{0,60}):(?=\s|$)")
_LONGEST_LABEL = 5
_ENDS = '.!?:;…"“”«(•'


@dataclass(frozen=True)
class Invention:
    """Something that a message states without ground.

    Attributes:
        kind: "value", "number_word", "code", "address", "name" or "benefit".
        text: As it is written.
    """

    kind: str
    text: str


def inventions(subject: str, body: str, request: Request) -> list[Invention]:
    """Return what a message states that nothing it may rely on gives."""
    known = plain(" ; ".join([*request.known, *request.given.values()]))
    texts = [_own(text, request) for text in (subject, body)]
    found = [
        invention
        for text in texts
        for invention in (
            *_values(text, known),
            *_number_words(text, known, request.lang),
            *_codes(text, known),
            *_addresses(text, known),
            *_benefits(text, known, request.lang),
        )
    ]
    found += _names(body, known, request)
    return list(dict.fromkeys(found))


def _own(text: str, request: Request) -> str:
    """Return what of a text is neither fixed nor quoted."""
    return without_quotations(without_fixed(text, request), request)


def _values(text: str, known: str) -> Iterator[Invention]:
    given = [token for token in tokens(known) if not token.is_word]
    for token in tokens(text):
        if not token.is_word and not any(one.states(token) for one in given):
            yield Invention("value", token.text)


def _number_words(text: str, known: str, lang: str) -> Iterator[Invention]:
    words: Mapping[str, float] = fixed_texts()["number_words"].get(lang, {})
    folded = known.casefold()
    numbers = tokens(known)
    for match in re.finditer(rf"(?<![\w-])(?:{_any(words)})(?![\w-])", text.casefold()):
        if lang == "vi" and not _counts(text.casefold(), match.end()):
            continue
        word = match.group()
        if not _stands(word, folded) and not _has_number(numbers, words[word]):
            yield Invention("number_word", word)


def _counts(text: str, position: int) -> bool:
    """Tell whether a Vietnamese number word is followed by what it counts."""
    return bool(re.match(rf"\s+(?:{_any(fixed_texts()['units'])})(?!\w)", text[position:]))


def _has_number(numbers: Sequence[Token], value: float) -> bool:
    wanted = Token("", frozenset([("number", Decimal(str(value)))]))
    return any(number.states(wanted) for number in numbers)


def _codes(text: str, known: str) -> Iterator[Invention]:
    for code in CODE.findall(text):
        if not _stands(code, known):
            yield Invention("code", code)


def _addresses(text: str, known: str) -> Iterator[Invention]:
    for address in _ADDRESS.findall(text):
        if address.rstrip(".,;)") not in known:
            yield Invention("address", address)


def _benefits(text: str, known: str, lang: str) -> Iterator[Invention]:
    harmless = fixed_texts()["harmless"]
    said = re.sub(rf"(?<!\w)(?:{_any(harmless)})(?!\w)", " ", text.casefold())
    folded = known.casefold()
    for words in fixed_texts()["benefits"]:
        stated = [word for word in words if _stands(word, said)]
        if stated and not any(_stands(word, folded) for word in words):
            yield Invention("benefit", stated[0])


def _names(body: str, known: str, request: Request) -> list[Invention]:
    fixed = fixed_texts()
    usual = {word.casefold() for words in fixed["capitals"].values() for word in words}
    allowed = {part for word in _WORD.findall(known) for part in _parts(word)} | usual
    titles = frozenset(fixed["titles"].get(request.lang, ()))
    found = []
    for line in body.splitlines():
        text = _without_label(_own(line, request))
        strange = [
            match.group()
            for match in _WORD.finditer(text)
            if match.group()[0].isupper()
            and not _begins_sentence(text, match.start(), titles)
            and not _parts(match.group()) <= allowed
        ]
        found += [Invention("name", word) for word in strange]
    return found


def _parts(word: str) -> set[str]:
    return {word.casefold(), *re.split(r"['’-]", word.casefold())}


def _without_label(line: str) -> str:
    match = _LABEL.match(line)
    if match and len(match["label"].split()) <= _LONGEST_LABEL:
        return line[match.end() :]
    return line


def _begins_sentence(text: str, position: int, titles: frozenset[str]) -> bool:
    """Tell whether the word there begins a line or a sentence; one after a title does not."""
    before = text[:position].rstrip(" \t*_-–—'‘’>")
    if not before:
        return True
    last = before.rstrip(".").split()[-1].casefold() if before.rstrip(".").split() else ""
    return last not in titles and before[-1] in _ENDS


def _stands(word: str, text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) is not None


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
