"""Public question sets with known documents, as corpora and questions for the retrieval bench.

The data stay outside the repository, since some of them may not be redistributed: the environment
variable `WORKBENCH_PUBLIC_DATA` names the folder that holds them.
"""

import hashlib
import json
import os
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from workbench.errors import ConfigError, UnknownNameError

VARIABLE = "WORKBENCH_PUBLIC_DATA"
Split = Literal["all", "dev", "test"]


@dataclass(frozen=True, slots=True)
class RetrievalQuestion:
    """A question and where its answer stands.

    Attributes:
        id: Its id in the source.
        text: What is searched for.
        gold: The documents that answer it, each with its page or `None`; any of them will do.
    """

    id: str
    text: str
    gold: frozenset[tuple[str, int | None]]


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """A corpus with questions.

    Attributes:
        name: The set's name.
        corpus: A folder or JSONL file to index.
        questions: The questions, in the source's order.
    """

    name: str
    corpus: Path
    questions: tuple[RetrievalQuestion, ...]

    def part(self, split: Split) -> tuple[RetrievalQuestion, ...]:
        """Return the half that may be tuned on ("dev"), the other ("test"), or all questions."""
        if split == "all":
            return self.questions
        return tuple(q for q in self.questions if is_dev(q.id) == (split == "dev"))


def is_dev(question_id: str) -> bool:
    """Tell whether a question may be used for tuning: its id's SHA-256 is even."""
    return hashlib.sha256(question_id.encode()).digest()[-1] % 2 == 0


def public_data() -> Path:
    """Return the folder of the public sets.

    Raises:
        ConfigError: The variable is not set, or names no folder.
    """
    value = os.environ.get(VARIABLE, "")
    if not value or not Path(value).is_dir():
        raise ConfigError(f"{VARIABLE} names no folder", "set it to the folder of public data sets")
    return Path(value)


def load_retrieval_set(name: str, scratch: Path) -> RetrievalSet:
    """Load a set by name.

    Args:
        name: One of `SETS`.
        scratch: A folder for corpora that have to be written first.

    Raises:
        ConfigError: The data are not there.
        UnknownNameError: There is no such set.
    """
    if name not in SETS:
        raise UnknownNameError(f"there is no set {name!r}", f"there are: {', '.join(SETS)}")
    scratch.mkdir(parents=True, exist_ok=True)
    try:
        return SETS[name](name, public_data(), scratch)
    except OSError as error:
        raise ConfigError(
            f"the data of {name} are missing: {error.filename}", "add them"
        ) from error


def _financebench(name: str, data: Path, scratch: Path) -> RetrievalSet:
    """FinanceBench: questions on company filings; pages in the source count from 0."""
    folder = data / "financebench"
    corpus = scratch / name
    corpus.mkdir(exist_ok=True)
    for pdf in folder.glob("*.pdf"):
        copy = corpus / pdf.name
        if not copy.exists():
            copy.write_bytes(pdf.read_bytes())
    present = {pdf.stem for pdf in folder.glob("*.pdf")}
    questions = []
    for record in _json_lines(folder / "financebench_open_source.jsonl"):
        if record["doc_name"] in present:
            pages = {
                (f"{e['doc_name']}.pdf", e["evidence_page_num"] + 1) for e in record["evidence"]
            }
            questions.append(_question(record["financebench_id"], record["question"], pages))
    return RetrievalSet(name, corpus, tuple(questions))


def _dstc11(turns: int) -> Callable[[str, Path, Path], RetrievalSet]:
    """DSTC11 track 5: the FAQ or review that answers the last user turn of a dialogue."""

    def load(name: str, data: Path, scratch: Path) -> RetrievalSet:
        folder = data / "dstc11_hotel"
        knowledge = json.loads((folder / "knowledge.json").read_text("utf-8"))
        corpus = _write_corpus(scratch / "dstc11.jsonl", _dstc11_documents(knowledge))
        questions = []
        for record in _json_lines(folder / "val_dialogues.jsonl"):
            if record["label"]["target"]:
                gold = {(_dstc11_id(k), None) for k in record["label"]["knowledge"]}
                text = "\n".join(turn["text"] for turn in record["log"][-turns:])
                questions.append(_question(str(record["idx"]), text, gold))
        return RetrievalSet(name, corpus, tuple(questions))

    return load


def _dstc11_id(reference: dict[str, Any]) -> str:
    keys = ("domain", "entity_id", "doc_type", "doc_id")
    return "/".join(str(reference[key]) for key in keys)


def _dstc11_documents(knowledge: dict[str, Any]) -> Iterable[dict[str, str]]:
    for domain, entities in knowledge.items():
        for number, entity in entities.items():
            place = f"{domain}/{number}"
            for key, faq in entity["faqs"].items():
                text = f"{faq['question']}\n{faq['answer']}"
                yield {"id": f"{place}/faq/{key}", "title": entity["name"], "text": text}
            for key, review in entity["reviews"].items():
                text = " ".join(review["sentences"].values())
                yield {"id": f"{place}/review/{key}", "title": entity["name"], "text": text}


def _tau2(name: str, data: Path, scratch: Path) -> RetrievalSet:
    """tau2-bench banking: the documents that a customer's task needs, from the task's script."""
    folder = data / "tau2"
    documents = (
        {"id": d["id"], "title": d["title"], "text": d["content"]}
        for d in _json_lines(folder / "banking_documents.jsonl")
    )
    corpus = _write_corpus(scratch / "tau2.jsonl", documents)
    tasks = json.loads((folder / "banking_tasks.json").read_text("utf-8"))
    questions = [
        _question(
            task["id"],
            task["user_scenario"]["instructions"],
            {(document, None) for document in task["required_documents"]},
        )
        for task in tasks
    ]
    return RetrievalSet(name, corpus, tuple(questions))


def _xquad(
    asked: str, read: str, *, marks: bool = True
) -> Callable[[str, Path, Path], RetrievalSet]:
    """XQuAD: the paragraph a question was written for, in the same or the other language."""

    def load(name: str, data: Path, scratch: Path) -> RetrievalSet:
        folder = data / "xquad_en_vi"
        documents = [
            {"id": place, "title": "", "text": paragraph["context"]}
            for place, paragraph in _xquad_paragraphs(folder / f"xquad.{read}.json")
        ]
        corpus = _write_corpus(scratch / f"xquad_{read}.jsonl", documents)
        questions = [
            _question(qa["id"], qa["question"] if marks else bare(qa["question"]), {(place, None)})
            for place, paragraph in _xquad_paragraphs(folder / f"xquad.{asked}.json")
            for qa in paragraph["qas"]
        ]
        return RetrievalSet(name, corpus, tuple(questions))

    return load


def _xquad_mixed(name: str, data: Path, scratch: Path) -> RetrievalSet:
    """XQuAD with every other article in Vietnamese, and each question asked in both languages.

    So half of the questions are in another language than the paragraph that answers them, while
    the corpus also holds paragraphs in the question's own language.
    """
    folder = data / "xquad_en_vi"
    paragraphs = {
        lang: dict(_xquad_paragraphs(folder / f"xquad.{lang}.json")) for lang in ("en", "vi")
    }
    language = {place: ("en", "vi")[int(place[:2]) % 2] for place in paragraphs["en"]}
    documents = (
        {"id": place, "title": "", "text": paragraphs[lang][place]["context"]}
        for place, lang in language.items()
    )
    corpus = _write_corpus(scratch / f"{name}.jsonl", documents)
    questions = [
        _question(f"{qa['id']}/{lang}", qa["question"], {(place, None)})
        for lang, places in paragraphs.items()
        for place, paragraph in places.items()
        for qa in paragraph["qas"]
    ]
    return RetrievalSet(name, corpus, tuple(questions))


def bare(text: str) -> str:
    """Return `text` as it is typed on a keyboard without Vietnamese: no diacritics."""
    letters = unicodedata.normalize("NFD", text)
    kept = "".join(char for char in letters if not unicodedata.combining(char))
    return kept.replace("đ", "d").replace("Đ", "D")


def _xquad_paragraphs(path: Path) -> Iterable[tuple[str, dict[str, Any]]]:
    articles = json.loads(path.read_text("utf-8"))["data"]
    for article, record in enumerate(articles):
        for number, paragraph in enumerate(record["paragraphs"]):
            yield f"{article:02}/{number:02}", paragraph


def _question(
    question_id: str, text: str, gold: Iterable[tuple[str, int | None]]
) -> RetrievalQuestion:
    return RetrievalQuestion(question_id, text, frozenset(gold))


def _json_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _write_corpus(path: Path, documents: Iterable[dict[str, str]]) -> Path:
    lines = (json.dumps(document, ensure_ascii=False) + "\n" for document in documents)
    path.write_text("".join(lines), encoding="utf-8")
    return path


SETS: dict[str, Callable[[str, Path, Path], RetrievalSet]] = {
    "financebench": _financebench,
    "dstc11": _dstc11(turns=1),
    "dstc11_two_turns": _dstc11(turns=3),
    "tau2_banking": _tau2,
    "xquad_vi_en": _xquad("vi", "en"),
    "xquad_en_en": _xquad("en", "en"),
    "xquad_vi_vi": _xquad("vi", "vi"),
    "xquad_bare_vi": _xquad("vi", "vi", marks=False),
    "xquad_mixed": _xquad_mixed,
}
"""The sets by name; "xquad_bare_vi" asks in Vietnamese typed without diacritics."""
