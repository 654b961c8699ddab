"""Asks our engine questions over documents that hold attacks, and over the same ones without.

    python -m evals.injection.run --output DIR [--conditions ours open ...] [--aimed] [--prepare]

writes `DIR/cases.jsonl`, the corpora, and for every condition `NAME.clean.jsonl` and
`NAME.attacked.jsonl`, result files that `workbench eval compare` and `evals.injection.score` read.
The questions are the same in all of them. `--aimed` lets each attack begin with the words of the
question, as somebody would write it who knows what is asked; it needs a folder of its own.
`--prepare` stops before anything is asked. The folder must be outside of the repository, since it
holds public data.
"""

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.injection.asking import Asker
from evals.injection.attacks import CASES, SEED, choose, ended, read_attacks, report
from evals.injection.cases import (
    Case,
    aimed,
    build_cases,
    cleaned,
    corpora,
    outside,
    read_paragraphs,
    write_lines,
)
from evals.injection.conditions import DEFAULT, Condition, named
from evals.injection.marks import marks_sha256
from workbench.config import Settings, load_settings
from workbench.evaluation.questions import Question
from workbench.evaluation.results import Results, write_results
from workbench.evaluation.retrieval_sets import public_data

SIDES = ("clean", "attacked")
CONCURRENCY = 16


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked, written to a folder.

    Attributes:
        folder: The folder.
        cases: The cases.
        seed: Of all that was drawn.
    """

    folder: Path
    cases: list[Case]
    seed: int

    def corpora(self, side: str, condition: Condition) -> list[tuple[Path, list[Question]]]:
        """Return the corpora of a side under a condition, each with what is asked over it."""
        folder = self.folder / "corpora" / ("cleaned" if condition.cleaned else "plain")
        if side == "clean":
            return [(folder / "clean.jsonl", [case.question for case in self.cases])]
        asked: dict[int, list[Question]] = {}
        for case in self.cases:
            asked.setdefault(case.corpus, []).append(case.question)
        return [(folder / f"attacked-{number}.jsonl", those) for number, those in asked.items()]


def make_plan(data: Path, folder: Path, count: int, seed: int, aim: bool = False) -> Plan:
    """Choose the cases, and write them with their corpora.

    Args:
        data: The folder of the public sets.
        folder: Where they go.
        count: How many cases.
        seed: Of all that is drawn.
        aim: Whether each attack begins with the words of its question.

    Raises:
        ConfigError: The data are not there.
        UsageError: There are too few paragraphs.
    """
    attacks = choose(read_attacks(data), count, seed)
    documents, questions = read_paragraphs(folder / "source")
    cases = build_cases(attacks, documents, questions, seed)
    if aim:
        cases = [aimed(case) for case in cases]
    write_lines(folder / "cases.jsonl", (case.record() for case in cases))
    sets = {"clean": list(documents.values())}
    sets |= {f"attacked-{at}": made for at, made in enumerate(corpora(documents, cases))}
    for name, records in sets.items():
        write_lines(folder / "corpora" / "plain" / f"{name}.jsonl", records)
        write_lines(folder / "corpora" / "cleaned" / f"{name}.jsonl", cleaned(records))
    return Plan(folder, cases, seed)


async def ask_all(
    settings: Settings, plan: Plan, conditions: Mapping[str, Condition], width: int
) -> None:
    """Ask everything, and write a result file for every condition and side.

    Raises:
        WorkbenchError: A service cannot be used.
    """
    asker = await Asker.open(settings, width, print)
    try:
        for name, condition in conditions.items():
            for side in SIDES:
                await _ask_side(asker, plan, name, condition, side)
    finally:
        await asker.close()


async def _ask_side(asker: Asker, plan: Plan, name: str, condition: Condition, side: str) -> None:
    label = f"{name}.{side}"
    items = []
    for corpus, questions in plan.corpora(side, condition):
        items += await asker.ask(corpus, questions, condition, label)
    known = asker.fingerprint(
        {"condition": name, "side": side, "seed": plan.seed, "marks_sha256": marks_sha256()}
    )
    path = plan.folder / f"{label}.jsonl"
    path.unlink(missing_ok=True)
    everything = {item.id: item for item in items}
    write_results(path, Results(label, "injection", known, everything, tuple(everything)))


def command(given: argparse.Namespace) -> None:
    """Do what the command line says.

    Raises:
        WorkbenchError: It cannot be done.
    """
    conditions = named(given.conditions)
    folder = outside(given.output)
    plan = make_plan(public_data(), folder, given.cases, given.seed, given.aimed)
    print(report([case.attack for case in plan.cases]))
    most = len(plan.cases) * len(SIDES) * len(conditions)
    print(f"{len(conditions)} conditions, both sides: at most {most} replies of the model")
    if given.prepare:
        return
    settings = load_settings(model=given.model)
    asyncio.run(ask_all(settings, plan, conditions, given.concurrency))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m evals.injection.run")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--conditions", nargs="+", default=list(DEFAULT))
    parser.add_argument("--concurrency", type=int, default=CONCURRENCY)
    parser.add_argument("--model")
    parser.add_argument("--aimed", action="store_true")
    parser.add_argument("--prepare", action="store_true")
    given = parser.parse_args(arguments)
    ended(lambda: command(given))


if __name__ == "__main__":
    main()
