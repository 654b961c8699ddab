"""What the encoder alone decides on BFCL: which function is meant, and whether one is at all.

    WORKBENCH_PUBLIC_DATA=... python -m evals.tools.encoder [--part simple_python ...]

It asks no model. The first lines are fitted on the parts `live_*`, where that is allowed: the
constants of the router that knows tools by their descriptions. Then, with the constants that the
router has, for each part: how often the right function is the nearest, how often it is called (or,
where none is wanted, how often none is), with n and 95% Wilson intervals. Without `--part` the
figures are those of the parts `live_*`.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

from evals.tools.bfcl import PARTS, TUNED, Task, load_part
from evals.tools.schemas import described
from workbench.config import load_settings
from workbench.engine.embeddings import Embedder, load_embedder
from workbench.engine.routing.background import Background
from workbench.engine.routing.describing import MIDDLE, DescribingRouter
from workbench.engine.routing.fitting import Confidence
from workbench.engine.routing.vectors import KeptVectors
from workbench.errors import WorkbenchError
from workbench.evaluation.statistics.intervals import wilson

BATCH = 64
LOST = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3)
"""Shares of texts in scope for which thresholds are shown."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A task as the encoder sees it.

    Attributes:
        task: The task.
        near: How near the text is to each function's description.
        chosen: The function that the router chooses; empty for none.
    """

    task: Task
    near: tuple[float, ...]
    chosen: str

    @property
    def nearest(self) -> str:
        """The name of the function whose description is nearest."""
        return str(self.task.functions[int(np.argmax(self.near))]["name"])


class Known:
    """An encoder that has computed all descriptions beforehand, each once."""

    def __init__(self, embedder: Embedder, texts: Sequence[str]) -> None:
        self.name, self.dimension = embedder.name, embedder.dimension
        self._embedder = embedder
        single = list(dict.fromkeys(texts))
        self._vectors: dict[str, list[float]] = {}
        for at in range(0, len(single), BATCH):
            some = single[at : at + BATCH]
            self._vectors.update(zip(some, embedder.embed_passages(some), strict=True))
            print(f"\r{at + len(some)}/{len(single)}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)

    def embed_query(self, text: str) -> list[float]:
        return self._embedder.embed_query(text)

    def embed_passages(self, texts: list[str]) -> list[list[float]]:
        return [self._vectors[text] for text in texts]


def see(task: Task, embedder: Known, background: Background) -> Seen:
    """Return a task as the router sees it; it has at least one function."""
    known = {function["name"]: described(function) for function in task.functions}
    near = DescribingRouter(known, embedder, background).nearness(task.text)
    best = int(np.argmax(near))
    chosen = task.functions[best]["name"] if near[best] >= MIDDLE else ""
    return Seen(task, tuple(float(each) for each in near), chosen)


def fit_scope(seen: Sequence[Seen]) -> tuple[float, float]:
    """Return the nearness at which a text is as likely in scope as not, and the curve's width.

    A logistic curve over the greatest nearness; as many texts in scope as out of scope are drawn.
    """
    wanted = np.array([bool(one.task.wanted) for one in seen])
    nearest = np.array([[max(one.near)] for one in seen])
    fewer = min(wanted.sum(), (~wanted).sum())
    rng = np.random.default_rng(0)
    kept = np.concatenate(
        [rng.choice(np.flatnonzero(each), fewer, replace=False) for each in (wanted, ~wanted)]
    )
    # centred and scaled, since the fit's ridge would flatten a curve over a narrow range
    centre, scale = nearest[kept].mean(), nearest[kept].std()
    constant, slope = Confidence.fit((nearest[kept] - centre) / scale, wanted[kept]).weights
    return float(centre - scale * constant / slope), float(scale / slope)


def fit_spread(seen: Sequence[Seen]) -> float:
    """Return the spread that makes the wanted functions likeliest among several."""
    several = [one for one in seen if one.task.wanted and len(one.near) > 1]

    def loss(logarithm: float) -> float:
        spread = np.exp(logarithm)
        lost = 0.0
        for one in several:
            names = [function["name"] for function in one.task.functions]
            scores = np.asarray(one.near) / spread
            lost += np.logaddexp.reduce(scores) - scores[names.index(one.task.wanted)]
        return float(lost)

    return float(np.exp(minimize_scalar(loss, bounds=(-8.0, 0.0), method="bounded").x))


def separation(seen: Sequence[Seen]) -> float:
    """Return how often a text in scope is nearer to its function than one out of scope to any."""
    inside = np.array([max(one.near) for one in seen if one.task.wanted])
    outside = np.array([max(one.near) for one in seen if not one.task.wanted])
    above = (inside[:, None] > outside).mean() + 0.5 * (inside[:, None] == outside).mean()
    return float(above)


def operating_points(seen: Sequence[Seen]) -> list[str]:
    """Return, by the share of texts in scope that a threshold loses, what else it declines."""
    inside = np.array([max(one.near) for one in seen if one.task.wanted])
    outside = np.array([max(one.near) for one in seen if not one.task.wanted])
    points = []
    for lost in LOST:
        limit = float(np.quantile(inside, lost))
        declined = float((outside < limit).mean())
        points.append(f"from {limit:.3f}: loses {lost:.2f} in scope, declines {declined:.2f} else")
    return points


def line(part: str, what: str, right: Sequence[bool]) -> str:
    """Return a share with its n and interval, for people."""
    low, high = wilson(sum(right), len(right))
    share = sum(right) / len(right)
    return f"{part:16} {what:24} {share:.3f} [{low:.3f}, {high:.3f}], n {len(right)}"


def lines(part: str, seen: Sequence[Seen]) -> list[str]:
    """Return the figures of a part; tasks without functions are left out of them."""
    called = [one.chosen == one.task.wanted for one in seen]
    if not seen[0].task.wanted:
        return [line(part, "no call", called)]
    nearest = [one.nearest == one.task.wanted for one in seen]
    return [line(part, "right one is nearest", nearest), line(part, "right one is called", called)]


def measure(parts: Sequence[str]) -> None:
    """Fit on the parts `live_*`, then print the figures of some parts."""
    needed = dict.fromkeys([*TUNED, *parts])
    tasks = {part: [one for one in load_part(part) if one.functions] for part in needed}
    texts = [described(each) for all_ in tasks.values() for one in all_ for each in one.functions]
    settings = load_settings()
    encoder = KeptVectors(load_embedder(settings), settings.cache_dir / "routes")
    background, known = Background.of(encoder), Known(encoder, texts)
    seen = {part: [see(one, known, background) for one in some] for part, some in tasks.items()}
    scope = [*seen["live_simple"], *seen["live_irrelevance"]]
    every = [*scope, *seen["live_multiple"]]
    middle, width = fit_scope(scope)
    print(f"fitted: middle {middle:.4f}, width {width:.4f}, ", end="")
    print(f"spread {fit_spread(seen['live_multiple']):.4f}; the router's middle is {MIDDLE}")
    print(f"live_simple over live_irrelevance: {separation(scope):.3f} of all pairs")
    print("\n".join(operating_points(every)))
    for part in parts:
        print("\n".join(lines(part, seen[part])))


def main() -> None:
    """Measure the parts that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m evals.tools.encoder")
    parser.add_argument("--part", action="append", choices=PARTS, help="may be repeated")
    given = parser.parse_args()
    try:
        measure(given.part or TUNED)
    except WorkbenchError as error:
        sys.exit(error.one_line())


if __name__ == "__main__":
    main()
