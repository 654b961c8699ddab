"""From what a trained router sees of a text to its labels, and the rules learned for that.

A text is in scope where its score is high enough. With examples out of scope the score is a
logistic curve over the head's margin and the nearness to examples in and out of scope; without any
it is the nearness to the nearest example alone, which tells foreign texts better than the head
does, and the lowest hundredth is declined.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_softmax, logsumexp

from workbench.engine.routing.calibration import (
    Calibrated,
    Curves,
    fit_curves,
    fit_temperature,
)
from workbench.engine.routing.features import Array
from workbench.engine.routing.fitting import Confidence, Flags, choose_threshold

LOST = 0.01
"""The share of texts in scope that is declined where no example is out of scope."""
LABELS_FROM = tuple(round(0.2 + 0.05 * step, 2) for step in range(9))
"""The probabilities tried from which a label counts beside the likeliest one."""
UNSURE_BELOW = 0.5
"""The confidence below which a decision is likelier wrong than right."""
_SMALL = 1e-9

Labels = frozenset[str]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a router sees of some texts.

    Attributes:
        logits: For each text one number a class; out of scope is the last class, where it is one.
        near: Its cosine with the nearest example in scope.
        far: Its cosine with the nearest example out of scope; 0 where there is none.
    """

    logits: Array
    near: Array
    far: Array


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided of some texts.

    Attributes:
        labels: The labels of each, the likeliest first; none where it is out of scope.
        probabilities: For each text the probability of each label.
        confidence: How likely the labels are right.
    """

    labels: list[tuple[str, ...]]
    probabilities: Array
    confidence: Array


@dataclass(frozen=True, slots=True)
class Rules:
    """How a router decides; made by `fit_rules`.

    Attributes:
        labels: The labels, in the order of the classes.
        exclusive: Whether a text has one label at most.
        knows_oos: Whether examples were out of scope.
        temperature: What logits are divided by.
        label_from: The probability from which a label counts beside the likeliest one.
        scope: The curve of the score; `None` where the score is the nearness.
        threshold: The score below which a text is out of scope.
        curves: The confidence.
    """

    labels: tuple[str, ...]
    exclusive: bool
    knows_oos: bool
    temperature: float
    label_from: float
    scope: Confidence | None
    threshold: float
    curves: Curves

    def decide(self, seen: Seen) -> Decided:
        """Return what is decided of texts."""
        shares = probabilities(seen.logits, self.temperature, self.exclusive)[:, : len(self.labels)]
        chosen = choose(shares, self.exclusive, self.label_from)
        scores = scope_score(seen, self.scope, self.exclusive, self.knows_oos)
        accepted = scores >= self.threshold
        numbers = np.column_stack([_log_odds(shares, chosen, self.exclusive), scores])
        numbers[:, 1] -= self.threshold
        labels = [
            self._names(row, which) if given else ()
            for row, which, given in zip(shares, chosen, accepted, strict=True)
        ]
        return Decided(labels, shares, self.curves.of(numbers, accepted))

    def _names(self, shares: Array, chosen: Flags) -> tuple[str, ...]:
        order = np.argsort(-shares, kind="stable")
        return tuple(self.labels[place] for place in order if chosen[place])


def fit_rules(
    seen: Seen, expected: Sequence[Labels], labels: Sequence[str], exclusive: bool
) -> tuple[Rules, Calibrated]:
    """Learn the rules from texts that the router has not learned from.

    Args:
        seen: What it sees of them.
        expected: Their labels.
        labels: All labels, in the order of the classes.
        exclusive: Whether a text has one label at most.

    Returns:
        The rules, and how their confidence was chosen.
    """
    in_scope = np.array([bool(each) for each in expected])
    wanted = wanted_classes(expected, labels, exclusive, seen.logits.shape[1])
    temperature = fit_temperature(seen.logits, wanted, exclusive)
    shares = probabilities(seen.logits, temperature, exclusive)[:, : len(labels)]
    label_from = 0.5 if exclusive else _best_label_from(shares[in_scope], wanted[in_scope])
    chosen = choose(shares, exclusive, label_from)
    right = (chosen == (wanted[:, : len(labels)] > 0)).all(axis=1)
    known = not in_scope.all()
    scope = None
    if known:
        scope = Confidence.fit(_scope_numbers(seen, exclusive), in_scope)
    scores = scope_score(seen, scope, exclusive, known)
    threshold = (
        choose_threshold(scores, right, in_scope) if known else float(np.quantile(scores, LOST))
    )
    accepted = scores >= threshold
    numbers = np.column_stack([_log_odds(shares, chosen, exclusive), scores - threshold])
    found = fit_curves(numbers, accepted, np.where(accepted, right & in_scope, ~in_scope))
    rules = Rules(
        labels=tuple(labels),
        exclusive=exclusive,
        knows_oos=known,
        temperature=temperature,
        label_from=label_from,
        scope=scope,
        threshold=threshold,
        curves=found.curves,
    )
    return rules, found


def wanted_classes(
    expected: Sequence[Labels], labels: Sequence[str], exclusive: bool, classes: int
) -> Array:
    """Return 1 where a text is of a class and 0 elsewhere.

    Args:
        expected: The labels of each text.
        labels: All labels; they are the first classes.
        exclusive: Whether classes exclude each other; out of scope is the last one then.
        classes: How many there are.
    """
    place = {label: column for column, label in enumerate(labels)}
    wanted = np.zeros((len(expected), classes))
    for row, each in enumerate(expected):
        wanted[row, [place[label] for label in each if label in place]] = 1.0
        if exclusive and not each and classes > len(labels):
            wanted[row, -1] = 1.0
    return wanted


def probabilities(logits: Array, temperature: float, exclusive: bool) -> Array:
    """Return the probabilities of classes from their logits."""
    scaled = logits / temperature
    found: Array = np.exp(log_softmax(scaled, axis=1)) if exclusive else expit(scaled)
    return found


def choose(shares: Array, exclusive: bool, label_from: float) -> Flags:
    """Return which labels count for texts in scope: the likeliest one, and others where allowed."""
    chosen = np.zeros(shares.shape, dtype=bool) if exclusive else shares >= label_from
    chosen[np.arange(len(shares)), shares.argmax(axis=1)] = True
    return chosen


def scope_score(seen: Seen, scope: Confidence | None, exclusive: bool, known: bool) -> Array:
    """Return how far texts look like ones in scope."""
    if scope is None or not known:
        return seen.near
    constant, *weights = scope.weights
    score: Array = constant + _scope_numbers(seen, exclusive) @ np.asarray(weights)
    return score


def _scope_numbers(seen: Seen, exclusive: bool) -> Array:
    """Return the margin over being out of scope, the nearness, and how much nearer than outside."""
    if exclusive:
        margin = logsumexp(seen.logits[:, :-1], axis=1) - seen.logits[:, -1]
        best = seen.logits[:, :-1].max(axis=1)
    else:
        margin = best = seen.logits.max(axis=1)
    return np.column_stack([margin, best, 10 * seen.near, 10 * (seen.near - seen.far)])


def _best_label_from(shares: Array, wanted: Array) -> float:
    """Return the probability with which most texts get exactly their labels."""
    exact = [
        float((choose(shares, False, level) == (wanted > 0)).all(axis=1).mean())
        for level in LABELS_FROM
    ]
    best = max(exact)
    good = [level for level, share in zip(LABELS_FROM, exact, strict=True) if share == best]
    return good[len(good) // 2]


def _log_odds(shares: Array, chosen: Flags, exclusive: bool) -> Array:
    """Return the log-odds of exactly the chosen labels, as if labels were independent."""
    if exclusive:
        joint = shares.max(axis=1)
    else:
        joint = np.prod(np.where(chosen, shares, 1 - shares), axis=1)
    kept = np.clip(joint, _SMALL, 1 - _SMALL)
    found: Array = np.log(kept) - np.log1p(-kept)
    return found
