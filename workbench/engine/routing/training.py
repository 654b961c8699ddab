"""The one recipe by which routers are trained, whatever the labels.

Every example is judged by a router that has not learned from it: in five folds, or in three where
there are more than `MANY` examples, since each fold costs a training. On those decisions the
temperature, the thresholds and the confidence are chosen, and scores are computed; then the router
learns from all examples. Texts that are the same but for case and spaces stay in one fold.
"""

import hashlib
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.engine.embeddings import Embedder
from workbench.engine.routing.deciding import (
    Decided,
    Labels,
    Seen,
    fit_rules,
    wanted_classes,
)
from workbench.engine.routing.examples import RoutingExample
from workbench.engine.routing.features import Array, Features, Progress, encode
from workbench.engine.routing.fitting import Flags
from workbench.engine.routing.head import Head, fit_head
from workbench.engine.routing.trained import Learned, TrainedRouter, nearness, unit
from workbench.errors import UsageError

RECIPE = "vectors and n-grams 1"
"""The recipe's name; raised when what it makes changes."""
FOLDS = 5
FOLDS_OF_MANY = 3
MANY = 3_000
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """An example and what a router decided that had not learned from it.

    Attributes:
        expected: Its labels.
        given: The labels that it got.
        confidence: How sure the router was.
    """

    expected: Labels
    given: Labels
    confidence: float


@dataclass(frozen=True, slots=True)
class Training:
    """A trained router and how it came about.

    Attributes:
        router: The router.
        judged: The decisions on which its rules were chosen.
        calibration: The calibration errors of the ways that were tried.
        warnings: What is wrong with the examples without standing in the way, one line each.
        seconds: How long it took, encoding included.
    """

    router: TrainedRouter
    judged: tuple[Judged, ...]
    calibration: dict[str, float]
    warnings: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class _Material:
    """Examples as arrays.

    Attributes:
        texts: The texts.
        vectors: Their vectors, one a row.
        expected: Their labels.
        labels: All labels, in the order of the classes.
        exclusive: Whether none has several.
    """

    texts: list[str]
    vectors: Array
    expected: list[Labels]
    labels: tuple[str, ...]
    exclusive: bool

    def learn(self, rows: NDArray[np.int64]) -> tuple[Features, Head, Array, Flags]:
        """Learn from some of them: all but the rules."""
        texts = [self.texts[row] for row in rows]
        expected = [self.expected[row] for row in rows]
        features = Features.learn(texts, self.vectors[rows])
        centred = features.centred(self.vectors[rows])
        known = any(not each for each in self.expected)
        classes = len(self.labels) + (self.exclusive and known)
        wanted = wanted_classes(expected, self.labels, self.exclusive, classes)
        head = fit_head(centred, features.grams(texts), wanted, self.exclusive)
        examples = unit(centred).astype(np.float16).astype(np.float64)
        return features, head, examples, np.array([bool(each) for each in expected])


def train(
    examples: Sequence[RoutingExample],
    embedder: Embedder,
    progress: Progress,
    kept: Embedder | None = None,
) -> Training:
    """Train a router.

    Args:
        examples: Labelled texts; those without a label are out of scope.
        embedder: The encoder of texts.
        progress: Told how far it is.
        kept: The same encoder, where it keeps the vectors of the examples.

    Raises:
        UsageError: There is nothing to tell apart, or too little to judge it by.
    """
    started = time.perf_counter()
    usable, warnings = check(examples)
    texts = [each.text for each in usable]
    material = _Material(
        texts=texts,
        vectors=encode(texts, kept or embedder, progress),
        expected=[frozenset(each.labels) for each in usable],
        labels=tuple(sorted({label for each in usable for label in each.labels})),
        exclusive=all(len(each.labels) <= 1 for each in usable),
    )
    rows, seen = _judge(material, progress)
    expected = [material.expected[row] for row in rows]
    rules, calibrated = fit_rules(seen, expected, material.labels, material.exclusive)
    progress("learning from all examples")
    learned = Learned(*material.learn(np.arange(len(texts))), rules)
    return Training(
        router=TrainedRouter(learned, embedder),
        judged=_judged(rules.decide(seen), calibrated.said, expected),
        calibration=calibrated.errors,
        warnings=tuple(warnings),
        seconds=time.perf_counter() - started,
    )


def check(examples: Sequence[RoutingExample]) -> tuple[list[RoutingExample], list[str]]:
    """Return the examples that can be learned from, and what is wrong with the others.

    Of texts that occur with different labels none is learned from.

    Raises:
        UsageError: There is nothing to tell apart, or too little to judge it by.
    """
    labels_of: dict[str, set[Labels]] = defaultdict(set)
    for each in examples:
        labels_of[_key(each.text)].add(frozenset(each.labels))
    usable = [each for each in examples if len(labels_of[_key(each.text)]) == 1]
    warnings = []
    if dropped := [each.id for each in examples if len(labels_of[_key(each.text)]) > 1]:
        warnings.append(
            f"{len(dropped)} examples are left out, since the same text has other labels"
            f" elsewhere: {_named(dropped)}"
        )
    counts = Counter(label for each in usable for label in each.labels)
    if alone := sorted(label for label, count in counts.items() if count == 1):
        warnings.append(
            f"{len(alone)} labels have one example, with which they cannot be judged:"
            f" {_named(alone)}"
        )
    kinds = {frozenset(each.labels) for each in usable}
    if len(kinds) < 2 or not counts:
        raise UsageError(
            "a router needs texts of two kinds to tell apart",
            "add examples of another label, or some out of scope",
        )
    if len({_key(each.text) for each in usable}) < 2 * FOLDS:
        raise UsageError(
            f"{len(usable)} examples are too few to judge a router by",
            f"add some: {2 * FOLDS} different texts are the least",
        )
    return usable, warnings


def folds(texts: Sequence[str], expected: Sequence[Labels]) -> NDArray[np.int64]:
    """Return the fold of each text: kinds are spread evenly, equal texts stay together."""
    count = FOLDS if len(texts) <= MANY else FOLDS_OF_MANY
    kinds = {_key(text): sorted(labels) for text, labels in zip(texts, expected, strict=True)}
    ordered = sorted(kinds, key=lambda key: (kinds[key], hashlib.sha256(key.encode()).digest()))
    place = {key: number % count for number, key in enumerate(ordered)}
    return np.array([place[_key(text)] for text in texts])


def _judge(material: _Material, progress: Progress) -> tuple[NDArray[np.int64], Seen]:
    """Return what routers see of examples that they have not learned from, and which these are."""
    place = folds(material.texts, material.expected)
    count = int(place.max()) + 1
    rows, parts = [], []
    for fold in range(count):
        progress(f"judging examples, part {fold + 1} of {count}")
        features, head, examples, in_scope = material.learn(np.flatnonzero(place != fold))
        judged = np.flatnonzero(place == fold)
        centred = features.centred(material.vectors[judged])
        grams = features.grams([material.texts[row] for row in judged])
        near, far = nearness(centred, examples, in_scope)
        parts.append((head.logits(centred, grams), near, far))
        rows.append(judged)
    logits, near, far = (np.concatenate(each) for each in zip(*parts, strict=True))
    return np.concatenate(rows), Seen(logits, near, far)


def _judged(decided: Decided, said: Array, expected: Sequence[Labels]) -> tuple[Judged, ...]:
    return tuple(
        Judged(wanted, frozenset(given), float(sure))
        for wanted, given, sure in zip(expected, decided.labels, said, strict=True)
    )


def _key(text: str) -> str:
    return " ".join(text.casefold().split())


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
