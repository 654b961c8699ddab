"""The free rules that a judge must beat: what the words alone tell.

For each kind there are a few, and the one that agrees best with people on the tuning half is the
one to beat, with the threshold that was best there. Rules never see the card half before that.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from statistics import mean
from typing import Any

from workbench.evaluation.judges.kinds import Kind
from workbench.evaluation.judges.labelled.label import Label
from workbench.evaluation.judges.measures import kappa_of
from workbench.evaluation.judges.sentences import statements
from workbench.evaluation.metrics.canonical import occurs, tokens
from workbench.evaluation.metrics.facts import token_f1

Measure = Callable[[Label], float]

_FEATURES = ("rouge1", "rouge2", "rougeL")


@dataclass(frozen=True, slots=True)
class Rule:
    """A free rule: it says yes where its measure reaches the threshold.

    Attributes:
        name: What it looks at.
        measure: Its number for a label; for a preference, the first answer's less the second's.
        threshold: Where it begins to say yes.
    """

    name: str
    measure: Measure
    threshold: float

    def verdicts(self, kind: Kind, label: Label) -> list[bool]:
        """Return its verdict; for a preference one for each order, as a judge is asked."""
        value = self.measure(label)
        if kind != "preference":
            return [value >= self.threshold]
        return [value > 0, value >= 0]


def best_rule(kind: Kind, tuning: Sequence[Label], without: str = "") -> Rule:
    """Return the rule and threshold that agree best (kappa) with people on the tuning half.

    Args:
        kind: What the labels are of.
        tuning: Labels of the tuning half; at least one.
        without: A rule that is left out, since it is the one that is compared.
    """
    found = [
        (agreement, -position, rule)
        for position, (name, measure) in enumerate(MEASURES[kind].items())
        if name != without
        for agreement, rule in [_with_threshold(kind, name, measure, tuning)]
    ]
    return max(found, key=lambda each: each[:2])[2]


def _with_threshold(
    kind: Kind, name: str, measure: Measure, tuning: Sequence[Label]
) -> tuple[float, Rule]:
    if kind == "preference":
        rule = Rule(name, measure, 0.0)
        said = [verdict for label in tuning for verdict in rule.verdicts(kind, label)]
        truths = [truth for label in tuning for truth in (label.truth, label.truth)]
        return kappa_of(truths, said), rule
    values = [measure(label) for label in tuning]
    truths = [label.truth for label in tuning]
    scores = {
        threshold: kappa_of(truths, [value >= threshold for value in values])
        for threshold in sorted(set(values))
    }
    best = max(scores, key=lambda threshold: scores[threshold])
    return scores[best], Rule(name, measure, best)


def contains_reference(label: Label) -> float:
    """Return 1 where every fact of the reference occurs in the answer in one of its forms."""
    said = tokens(label.answer)
    found = (any(occurs(tokens(form), said) for form in forms) for forms in label.facts)
    return float(all(found))


def reference_f1(label: Label) -> float:
    """Return the best token F1 of the answer with a form of the reference, averaged over facts."""
    return mean(max(token_f1(label.answer, form) for form in forms) for forms in label.facts)


def _support(feature: str, gather: Callable[[list[float]], float]) -> Measure:
    """Return how much of the answer's sentences stands in the best of the contexts."""

    def measure(label: Label) -> float:
        claims = statements(label.answer) or [label.answer]
        return gather(
            [max(_precision(feature, c, claim) for c in label.contexts) for claim in claims]
        )

    return measure


def _precision(feature: str, context: str, claim: str) -> float:
    return _precisions(context, claim)[_FEATURES.index(feature)]


@lru_cache(maxsize=20_000)
def _precisions(context: str, claim: str) -> tuple[float, ...]:
    scores = _rouge().score(context, claim)
    return tuple(float(scores[feature].precision) for feature in _FEATURES)


@cache
def _rouge() -> Any:
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(_FEATURES, tokenizer=_Words())


class _Words:
    """Cuts texts of any language into words; the library's own keeps only a to z."""

    def tokenize(self, text: str) -> list[str]:
        return re.findall(r"\w+", unicodedata.normalize("NFC", text).casefold())


def _difference(of: Callable[[Label, str], float]) -> Measure:
    return lambda label: of(label, label.answer) - of(label, label.other)


def _with_reference(label: Label, answer: str) -> float:
    return token_f1(answer, label.reference or label.question)


MEASURES: dict[Kind, dict[str, Measure]] = {
    "correctness": {
        "contains the reference": contains_reference,
        "token F1 with the reference": reference_f1,
    },
    "faithfulness": {
        f"{feature} precision on the context, {how} sentence": _support(feature, gather)
        for feature in _FEATURES
        for how, gather in (("weakest", min), ("mean", mean))
    },
    "preference": {
        "longer answer": _difference(lambda _, answer: len(answer)),
        "shorter answer": _difference(lambda _, answer: -len(answer)),
        "token F1 with the reference, or the question": _difference(_with_reference),
    },
}
"""The rules of each kind by name."""
