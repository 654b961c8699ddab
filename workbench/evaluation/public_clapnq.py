"""CLAPNQ (Rosenthal et al., 2024): long answers from one passage, and unanswerable questions.

The set was made of those Natural Questions that have a long answer and no short one, so there is no
short form that a right answer must hold; its authors score the words shared with the human answers
(ROUGE-L and the like), and for the unanswerable half whether it was refused. Here

- the reference is the first human answer, for `answer_f1` and for judges;
- the one fact of a question is that the answer gets specific in the right way: its forms are the
  names and values (numbers of two digits or more, dates, money, percentages) that stand in every
  human answer and in the passage, and not in the question or the passage's title. That units which
  several people chose are the ones that matter is the idea of the pyramid method (Nenkova and
  Passonneau, NAACL 2004). One of them is enough: `answer_accuracy` asks for less than a person
  would, and compares systems rather than telling how many answers are right;
- answers to which that rule finds no form, such as definitions and reasons, get no reference:
  accuracy and F1 do not apply to them, while retrieval and refusals are measured. They are tagged
  "no_facts".

The passage of an unanswerable question is part of the corpus; that it does not hold the answer does
not rule out that another passage does.
"""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from workbench.evaluation.metrics.canonical import Token, occurs, tokens

_SENTENCE = re.compile(r"(?<=[^\W_A-Z][.!?])\s+|(?<=\s[.!?])\s+|\n+")
_WORD = re.compile(r"\S+")
_NAME = re.compile(r"[^\W\d_][\w'’.-]*")
_DIGITS = re.compile(r"\d{2}")


def read_clapnq(data: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the passages with their questions, in the form of `public_sets`.

    Args:
        data: The folder of public data.
    """
    passages: dict[str, dict[str, Any]] = {}
    for part in ("answerable", "unanswerable"):
        lines = (data / "clapnq_dev" / f"{part}.jsonl").read_text("utf-8").splitlines()
        for record in map(json.loads, lines):
            [passage] = record["passages"]
            own = passages.setdefault(
                passage["text"],
                {"title": passage["title"], "context": passage["text"], "qas": []},
            )
            own["qas"].append(_question(record, passage, answerable=part == "answerable"))
    for number, passage in enumerate(passages.values()):
        yield f"clapnq/{number:03}", passage


def _question(
    record: dict[str, Any], passage: dict[str, Any], *, answerable: bool
) -> dict[str, Any]:
    question = record["input"].replace("\u200b", "").strip()
    answers = [each["answer"] for each in record["output"] if each["answer"]] if answerable else []
    forms = specifics(answers, passage["text"], question)
    return {
        "id": str(record["id"]),
        "question": question,
        "answers": [{"text": form} for form in forms],
        "reference": answers[0].strip() if forms else "",
        "is_impossible": not answerable,
        "tags": ["no_facts"] if answerable and not forms else [],
    }


def specifics(answers: Sequence[str], passage: str, known: str) -> list[str]:
    """Return the names and values that all answers and the passage state, and `known` does not.

    Args:
        answers: What people answered.
        passage: What they answered from.
        known: The question, which anybody could repeat.
    """
    if not answers:
        return []
    stated = [tokens(text) for text in (*answers[1:], passage)]
    said = tokens(known)
    forms = dict.fromkeys([*_names(answers[0], passage), *_values(answers[0])])
    return [
        form
        for form in forms
        if (wanted := tokens(form))
        and all(occurs(wanted, text) for text in stated)
        and not _within(wanted, said)
    ]


def _within(wanted: Sequence[Token], text: Sequence[Token]) -> bool:
    """Tell whether every token of a form stands somewhere in a text."""
    return all(any(token.states(each) for token in text) for each in wanted)


def _names(answer: str, passage: str) -> list[str]:
    """Return the runs of capitalised words.

    A word that begins a sentence is part of one only where the passage never writes it small, and
    none on its own. The last two words of a longer name are a name too, as a title may come first.
    """
    small = set(_WORD.findall(passage))
    names: list[list[str]] = []
    for sentence in _SENTENCE.split(answer):
        words = _WORD.findall(sentence)
        start = int(bool(words) and words[0].lower() in small)
        runs = _runs(words[start:])
        alone = not start and runs and runs[0] == [_core(words[0])]
        names += runs[1:] if alone else runs
    shortened = [run[-2:] for run in names if len(run) > 2]
    return list(dict.fromkeys(" ".join(run) for run in [*names, *shortened]))


def _runs(words: Sequence[str]) -> list[list[str]]:
    """Return the words that belong together: capitalised, and with no mark between them."""
    runs: list[list[str]] = [[]]
    for word in words:
        core = _core(word)
        if core:
            runs[-1].append(core)
        if not core or word.rstrip(".") != core:
            runs.append([])
    return [run for run in runs if run]


def _core(word: str) -> str:
    """Return a capitalised word without what is around it; nothing for other words."""
    match = _NAME.match(word)
    core = re.sub(r"['’]s$", "", match.group()).rstrip(".'’-") if match else ""
    initial = len(core) == 1 and word == f"{core}."
    return core if core[:1].isupper() and (len(core) > 1 or initial) else ""


def _values(answer: str) -> list[str]:
    return [
        token.text for token in tokens(answer) if not token.is_word and _DIGITS.search(token.text)
    ]
