"""How often we block, refuse or change what is harmless: NotInject's prompts with trigger words.

    python -m evals.injection.notinject --output DIR [--model-free]

NotInject (Li et al., "InjecGuard", ACL 2025) holds harmless prompts with words that attacks use
("ignore", "system"). None of them has an answer in a document, so that each is tried beside a
question of XQuAD that has one. The same questions are asked three times:

- `plain`: as they are, over the plain paragraphs;
- `worded`: with the prompt's trigger words before the question ("About ignore, system: ...?");
- `document`: as they are, with the prompt inside the paragraph.

What differs from `plain` is a false alarm, or quality lost. `--model-free` asks no model: it counts
prompts that the finder of orders would cut out of a document, and questions that the check of names
would refuse with the right paragraph at hand. Nothing was tuned on the odd lines, the test.
"""

import argparse
import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.injection.asking import Asker
from evals.injection.attacks import SEED, Attack, ended
from evals.injection.cases import (
    Case,
    build_cases,
    corpora,
    outside,
    read_paragraphs,
    write_lines,
)
from evals.injection.conditions import CONDITIONS
from evals.injection.detector import found_in, read_injecguard
from evals.injection.run import CONCURRENCY
from workbench.config import Settings, load_settings
from workbench.engine.names import mentions_any, names_in
from workbench.engine.session import checked_question
from workbench.errors import InvalidQuestionError
from workbench.evaluation.questions import Question
from workbench.evaluation.results import Item, Results, write_results
from workbench.evaluation.retrieval_sets import public_data
from workbench.evaluation.statistics.intervals import share_interval, wilson

FORMS = ("plain", "worded", "document")


@dataclass(frozen=True, slots=True)
class Harmless:
    """A question with a harmless prompt beside it.

    Attributes:
        case: The prompt in a paragraph, with the question.
        words: The prompt's trigger words.
    """

    case: Case
    words: tuple[str, ...]

    @property
    def worded(self) -> Question:
        """The question with the trigger words before it."""
        asked = self.case.question
        text = f"About {', '.join(self.words)}: {asked.user_input}"
        return asked.model_copy(update={"user_input": text})


def chosen_lines(data: Path) -> list[dict[str, Any]]:
    """Return the test part of NotInject: its odd lines."""
    return [one for one in read_injecguard(data, "notinject") if one["line"] % 2 == 1]


def pair(
    lines: Sequence[Mapping[str, Any]],
    documents: Mapping[str, Mapping[str, str]],
    questions: Sequence[Question],
) -> list[Harmless]:
    """Return each prompt with a question of its own."""
    prompts = [
        Attack(kind="harmless", category=one["category"], number=one["line"], text=one["prompt"])
        for one in lines
    ]
    cases = build_cases(prompts, documents, questions, SEED)
    return [Harmless(case, tuple(one["word_list"])) for case, one in zip(cases, lines, strict=True)]


def model_free(
    pairs: Sequence[Harmless], documents: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """Return what is refused or cut without a model, by check."""
    plain = [one.case.question for one in pairs]
    passages = [documents[one.case.place]["text"] for one in pairs]
    return {
        "cut out of a document": found_in(one.case.attack.text for one in pairs),
        "refused as input": _count([not _accepted(one.case.attack.text) for one in pairs]),
        "names not in the paragraph, plain": _count(
            [_unnamed(asked, text) for asked, text in zip(plain, passages, strict=True)]
        ),
        "names not in the paragraph, worded": _count(
            [_unnamed(one.worded, text) for one, text in zip(pairs, passages, strict=True)]
        ),
    }


def _accepted(text: str) -> bool:
    try:
        checked_question(text)
    except InvalidQuestionError:
        return False
    return True


def _unnamed(question: Question, passage: str) -> bool:
    """Tell whether a question names something, and the paragraph none of it."""
    names = names_in(question.user_input)
    return bool(names) and not mentions_any(names, [passage])


def _count(found: Sequence[bool]) -> dict[str, Any]:
    low, high = wilson(sum(found), len(found))
    return {"found": sum(found), "n": len(found), "low": low, "high": high}


async def ask_forms(
    settings: Settings,
    pairs: Sequence[Harmless],
    documents: Mapping[str, Mapping[str, str]],
    folder: Path,
    width: int,
) -> dict[str, list[Item]]:
    """Ask the questions in all three forms, and write a result file for each.

    Raises:
        WorkbenchError: A service cannot be used.
    """
    cases = [one.case for one in pairs]
    plain = write_lines(folder / "corpora" / "harmless-none.jsonl", documents.values())
    placed = [
        write_lines(folder / "corpora" / f"harmless-{number}.jsonl", records)
        for number, records in enumerate(corpora(documents, cases))
    ]
    asked = {
        "plain": [(plain, [case.question for case in cases])],
        "worded": [(plain, [one.worded for one in pairs])],
        "document": [
            (path, [case.question for case in cases if case.corpus == number])
            for number, path in enumerate(placed)
        ],
    }
    asker = await Asker.open(settings, width, print)
    try:
        return {form: await _ask(asker, asked[form], folder, form) for form in FORMS}
    finally:
        await asker.close()


async def _ask(
    asker: Asker, asked: Sequence[tuple[Path, Sequence[Question]]], folder: Path, form: str
) -> list[Item]:
    items = []
    for corpus, questions in asked:
        items += await asker.ask(corpus, questions, CONDITIONS["ours"], form)
    path = folder / f"notinject.{form}.jsonl"
    path.unlink(missing_ok=True)
    known = asker.fingerprint({"form": form, "seed": SEED})
    everything = {item.id: item for item in items}
    write_results(path, Results(path.stem, "notinject", known, everything, tuple(everything)))
    return items


def form_figures(forms: Mapping[str, Sequence[Item]]) -> dict[str, Any]:
    """Return for each form how many answers are right and refused, and what it costs beside plain.

    Returns:
        Shares with Wilson's interval over the items that no form broke on; `refused_more` are
        answered plainly and refused in this form, `refused_less` the other way round.
    """
    sound = _sound(forms)
    plain = {item.id: item for item in forms["plain"]}
    figures: dict[str, Any] = {"broken": len(plain) - len(sound)}
    for form, items in forms.items():
        kept = [item for item in items if item.id in sound]
        refused = {item.id: item.outcome == "refused" for item in kept}
        before = {name: plain[name].outcome == "refused" for name in refused}
        figures[form] = {
            "right": _share(kept, [bool(item.metrics["answer_accuracy"].value) for item in kept]),
            "refused": _share(kept, [refused[item.id] for item in kept]),
            "refused_more": sum(refused[name] and not before[name] for name in refused),
            "refused_less": sum(before[name] and not refused[name] for name in refused),
        }
    return figures


def _sound(forms: Mapping[str, Sequence[Item]]) -> set[str]:
    broken = {item.id for items in forms.values() for item in items if not item.answered}
    return {item.id for item in forms["plain"]} - broken


def _share(items: Sequence[Item], values: Sequence[bool]) -> dict[str, Any]:
    low, high = share_interval([float(one) for one in values], [item.cluster for item in items])
    return {"found": sum(values), "n": len(values), "low": low, "high": high}


def command(given: argparse.Namespace) -> None:
    """Do what the command line says.

    Raises:
        WorkbenchError: It cannot be done.
    """
    folder = outside(given.output)
    lines = chosen_lines(public_data())[: given.limit]
    documents, questions = read_paragraphs(folder / "source")
    pairs = pair(lines, documents, questions)
    figures = {"model_free": model_free(pairs, documents)}
    if not given.model_free:
        print(f"at most {len(FORMS) * len(pairs)} replies of the model")
        settings = load_settings(model=given.model)
        asked = ask_forms(settings, pairs, documents, folder, given.concurrency)
        figures["forms"] = form_figures(asyncio.run(asked))
    text = json.dumps(figures, indent=1)
    (folder / "notinject.json").write_text(text + "\n", encoding="utf-8")
    print(text)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m evals.injection.notinject")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--concurrency", type=int, default=CONCURRENCY)
    parser.add_argument("--model")
    parser.add_argument("--model-free", action="store_true")
    given = parser.parse_args(arguments)
    ended(lambda: command(given))


if __name__ == "__main__":
    main()
