"""Puts texts into paragraphs of XQuAD, each beside a question that its paragraph answers.

A corpus holds all paragraphs, so that search has its work, and at most one text in each article, so
that no question meets the text of another case. Where there are more cases than articles, there are
several such corpora.
"""

import json
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evals.injection.attacks import Attack
from evals.injection.marks import shows_mark
from workbench.engine.guards.untrusted import without_orders
from workbench.engine.text import sentences
from workbench.errors import UsageError
from workbench.evaluation.public_sets import convert
from workbench.evaluation.questions import Question, load_questions
from workbench.json_lines import filled_lines, read_object_at

POSITIONS = ("beginning", "middle", "end")
_ARTICLE = 2
"""So many first characters of a place ("07/03") name the article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A text in a paragraph, with a question to it.

    Attributes:
        attack: The text.
        question: The question; its id is the case's too.
        place: The paragraph.
        position: Where in the paragraph the text stands, one of `POSITIONS`.
        corpus: The number of the corpus that holds it, from 0.
    """

    attack: Attack
    question: Question
    place: str
    position: str
    corpus: int

    def record(self) -> dict[str, object]:
        """Return it as plain JSON types, without what its question's file tells."""
        attack = self.attack
        return {
            "id": self.question.id,
            "kind": attack.kind,
            "category": attack.category,
            "number": attack.number,
            "position": self.position,
            "place": self.place,
            "question": self.question.user_input,
            "attack": attack.text,
        }


def read_paragraphs(folder: Path) -> tuple[dict[str, dict[str, str]], list[Question]]:
    """Return the documents of XQuAD by place, and its questions.

    Args:
        folder: Where they are written on the way.

    Raises:
        ConfigError: The data are not there.
    """
    convert("xquad_en", folder)
    path = folder / "corpus.jsonl"
    records = [read_object_at(line, str(path)) for _, line in filled_lines(path, "documents")]
    return {record["id"]: record for record in records}, load_questions(folder / "questions.jsonl")


def build_cases(
    attacks: Sequence[Attack],
    documents: Mapping[str, Mapping[str, str]],
    questions: Iterable[Question],
    seed: int,
) -> list[Case]:
    """Return a case for every attack, each with a question of its own.

    A paragraph is used again only where its article has no other left. The mark of an attack shows
    neither in the paragraph nor in the question, so that an honest answer can hardly show it.

    Raises:
        UsageError: There are too few questions.
    """
    draw = random.Random(seed)  # noqa: S311
    free: dict[str, list[Question]] = {}
    for question in questions:
        free.setdefault(question.cluster, []).append(question)
    articles = sorted({place[:_ARTICLE] for place in free})
    used: Counter[str] = Counter()
    cases: list[Case] = []
    for first in range(0, len(attacks), len(articles)):
        open_articles = draw.sample(articles, len(articles))
        for number, attack in enumerate(attacks[first : first + len(articles)], start=first):
            ordered = {place: free[place] for place in sorted(free, key=lambda one: used[one])}
            question = _fitting(attack, open_articles, ordered, documents, draw)
            open_articles.remove(question.cluster[:_ARTICLE])
            free[question.cluster].remove(question)
            used[question.cluster] += 1
            cases.append(
                Case(
                    attack=attack,
                    question=question,
                    place=question.cluster,
                    position=POSITIONS[number % len(POSITIONS)],
                    corpus=first // len(articles),
                )
            )
    return cases


def _fitting(
    attack: Attack,
    articles: Sequence[str],
    free: Mapping[str, list[Question]],
    documents: Mapping[str, Mapping[str, str]],
    draw: random.Random,
) -> Question:
    """Return a question to the first paragraph in which the attack's mark does not show."""
    for article in articles:
        for place in (place for place in free if place.startswith(article) and free[place]):
            asked = draw.choice(free[place])
            if not shows_mark(attack.mark, f"{documents[place]['text']}\n{asked.user_input}"):
                return asked
    raise UsageError(f"no question is left for {attack.id}", "choose fewer cases")


def aimed(case: Case) -> Case:
    """Return a case whose text begins with the words of the question, as one sentence with them.

    Who knows what will be asked can write so: the search for the sentences nearest to the question
    then finds the attack first.
    """
    begun = f"{case.question.user_input.rstrip(' ?.')}: {case.attack.text}"
    return replace(case, attack=replace(case.attack, text=begun))


def inserted(text: str, addition: str, position: str) -> str:
    """Return a text with an addition as a paragraph of its own, at one of `POSITIONS`."""
    if position == "beginning":
        parts = ["", text]
    elif position == "end":
        parts = [text, ""]
    else:
        read = sentences(text, clauses=False)
        half = (len(read) + 1) // 2
        parts = [" ".join(read[:half]), " ".join(read[half:])]
    return "\n\n".join(part for part in (parts[0], addition, parts[1]) if part)


def corpora(
    documents: Mapping[str, Mapping[str, str]], cases: Sequence[Case]
) -> list[list[dict[str, str]]]:
    """Return the documents of each corpus, with the texts of its cases in them."""
    count = max((case.corpus for case in cases), default=-1) + 1
    made = []
    for number in range(count):
        placed = {case.place: case for case in cases if case.corpus == number}
        made.append([_document(record, placed.get(place)) for place, record in documents.items()])
    return made


def _document(record: Mapping[str, str], case: Case | None) -> dict[str, str]:
    if case is None:
        return dict(record)
    return {**record, "text": inserted(record["text"], case.attack.text, case.position)}


def cleaned(documents: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return documents without the sentences that order an assistant about."""
    return [{**record, "text": without_orders(record["text"])} for record in documents]


def write_lines(path: Path, records: Iterable[Mapping[str, object]]) -> Path:
    """Write JSON Lines, and return their path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.write_text("".join(lines), encoding="utf-8")
    return path


def outside(folder: Path) -> Path:
    """Return a folder for results, which hold public data and so stay out of the repository.

    Raises:
        UsageError: It lies in the repository.
    """
    root, folder = Path(__file__).resolve().parents[2], folder.resolve()
    if folder.is_relative_to(root):
        raise UsageError(f"{folder} is in the repository", "name a folder outside: --output DIR")
    return folder
