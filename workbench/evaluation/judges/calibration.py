"""A judge against people: verdicts on a fixed sample of labels, and what they are worth."""

import asyncio
import hashlib
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from workbench.errors import UsageError
from workbench.evaluation.fingerprint import code_version, hardware
from workbench.evaluation.judges.biases import pad, verbosity
from workbench.evaluation.judges.figures import Judged, figures, fitness_of
from workbench.evaluation.judges.labelled import Label, LabelledSet
from workbench.evaluation.judges.lexical import best_rule
from workbench.evaluation.judges.sampling import SEED, SIZE, Half, draw, half
from workbench.evaluation.judges.subjects import ANSWER_METRIC, Subject
from workbench.evaluation.metrics.refusal import is_refusal

Progress = Callable[[str], None]

_BOTH = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """How a calibration is done.

    Attributes:
        size: Labels of the sample.
        seed: Of the sample.
        half: "card", or "tuning" while prompts are chosen.
    """

    size: int = SIZE
    seed: int = SEED
    half: Half = "card"


async def calibrate(
    subject: Subject, labelled: LabelledSet, plan: Plan, progress: Progress
) -> dict[str, Any]:
    """Judge a sample of a labelled set and return the card, as plain JSON types.

    The free rule and its threshold come from the tuning half, whichever half is judged.

    Raises:
        UsageError: A half has no label, or labels of one verdict only; or the subject cannot judge
            this kind.
    """
    metric = subject.metric(labelled.kind)
    halves: dict[Half, list[Label]] = {
        which: half(labelled.labels, which) for which in get_args(Half)
    }
    _check(labelled.name, halves)
    tuning = draw(halves["tuning"], SIZE, plan.seed)
    sample = draw(halves[plan.half], plan.size, plan.seed)
    own = "contains the reference" if metric == ANSWER_METRIC else ""
    rule = best_rule(labelled.kind, tuning, own)
    judged = await _judge_all(subject, labelled, sample, progress)
    padded = await _judge_padded(subject, labelled, judged, progress)
    found = figures(labelled.kind, judged, rule)
    found["verbosity_bias"] = verbosity(labelled.kind, judged, padded)
    return {
        "judge": subject.name,
        "set": labelled.name,
        "metric": metric,
        "half": plan.half,
        "sample": _sample(plan, sample),
        **found,
        **_conclusion(subject, labelled, found),
    }


def _conclusion(subject: Subject, labelled: LabelledSet, found: dict[str, Any]) -> dict[str, Any]:
    fit, why = fitness_of(found, must_beat_rule=subject.judged)
    return {
        "fit": fit,
        "why": why,
        "identity": subject.identity(labelled.kind),
        "code": code_version(Path(__file__).parents[2]),
        "hardware": hardware(),
        "date": datetime.now(UTC).date().isoformat(),
    }


def _check(name: str, halves: dict[Half, list[Label]]) -> None:
    for which, labels in halves.items():
        if len({label.truth for label in labels}) < _BOTH:
            raise UsageError(
                f"the {which} half of {name} has {len(labels)} labels, not of both verdicts",
                "add labels; the hash of a label's cluster decides its half",
            )


def _sample(plan: Plan, sample: Sequence[Label]) -> dict[str, Any]:
    rows = "\n".join(f"{label.id} {label.truth}" for label in sample)
    return {
        "seed": plan.seed,
        "size": plan.size,
        "labels": len(sample),
        "clusters": len({label.cluster for label in sample}),
        "sha256": hashlib.sha256(rows.encode()).hexdigest(),
    }


async def _judge_all(
    subject: Subject, labelled: LabelledSet, sample: Sequence[Label], progress: Progress
) -> list[Judged]:
    """Judge all labels at the same time; the judge itself limits its calls."""
    ended: Counter[str] = Counter()
    started = time.monotonic()

    async def one(label: Label) -> Judged:
        judged = Judged(label, tuple(await subject.verdicts(labelled.kind, label)))
        ended[judged.status] += 1
        progress(_line(labelled.name, ended, len(sample), started))
        return judged

    return list(await asyncio.gather(*map(one, sample)))


def _line(name: str, ended: Counter[str], total: int, started: float) -> str:
    done = ended.total()
    minutes = (time.monotonic() - started) / done * (total - done) / 60
    failed = done - ended["scored"] - ended["not_applicable"]
    return f"{name}: {done}/{total} judged, {failed} failed, {minutes:.0f} min left"


async def _judge_padded(
    subject: Subject, labelled: LabelledSet, judged: Sequence[Judged], progress: Progress
) -> list[Judged]:
    """Judge wrong answers that were called wrong again, made longer without saying more."""
    if labelled.kind != "correctness":
        return []
    seen_through = [
        pad(each.label)
        for each in judged
        if not each.label.truth and each.said == [False] and not is_refusal(each.label.answer)
    ]
    lengthened = LabelledSet(f"{labelled.name}, padded", labelled.kind, tuple(seen_through))
    return await _judge_all(subject, lengthened, lengthened.labels, progress)
