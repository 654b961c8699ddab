"""The recipe for routers on many label sets, in one table.

    python -m evals.routing.recipe FOLDER [--part held] [--set banking77 ...] [--limit 3000]

`FOLDER` holds a folder for each set with `train.jsonl`, `validation.jsonl` and perhaps
`held.jsonl`, as `python -m evals.routing.public FOLDER` writes them; others may be added. Without
`--part` a router learns from the train file and is measured on the validation file; with
`--part held` it learns from both and is measured on the held file, which is for one look at the
end. Vectors are kept in `FOLDER/.vectors`. Milliseconds are of texts routed one by one, encoding
included; the seconds of training leave encoding out.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small products: more threads only wait

import numpy as np

from workbench.config import load_settings
from workbench.engine.embeddings import Embedder, load_embedder
from workbench.engine.routing.examples import RoutingExample, load_examples
from workbench.engine.routing.features import hidden
from workbench.engine.routing.saving import load_router, save_router
from workbench.engine.routing.trained import TrainedRouter
from workbench.engine.routing.training import train
from workbench.errors import UsageError, WorkbenchError
from workbench.evaluation.metrics.routing_scores import Routed
from workbench.evaluation.routers import figures, proportion

TIMED = 100
COLUMNS = (
    "set", "train", "labels", "n", "accuracy", "in scope", "oos recall", "ece", "sure", "right",
    "p50 ms", "s", "MB",
)  # fmt: skip


class Remembered:
    """An encoder that keeps the vector of every text in a folder.

    Args:
        embedder: The encoder.
        folder: Where they lie, as pairs of files: texts and vectors.
    """

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self.name, self.dimension = embedder.name, embedder.dimension
        self._embedder, self._folder = embedder, folder
        self._known: dict[str, Any] = {}
        for path in sorted(folder.glob("*.json")):
            vectors = np.load(path.with_suffix(".npy"), allow_pickle=False)
            self._known |= zip(json.loads(path.read_text("utf-8")), vectors, strict=True)

    def embed_query(self, text: str) -> list[float]:
        return self._embedder.embed_query(text)

    def embed_passages(self, texts: list[str]) -> list[list[float]]:
        new = sorted({text for text in texts if text not in self._known})
        if new:
            vectors = np.asarray(self._embedder.embed_passages(new), dtype=np.float32)
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f"{len(self._known):07}.json"
            np.save(path.with_suffix(".npy"), vectors)
            path.write_text(json.dumps(new, ensure_ascii=False), encoding="utf-8")
            self._known |= zip(new, vectors, strict=True)
        return [self._known[text].tolist() for text in texts]


def measure(
    folder: Path, part: str, encoders: tuple[Embedder, Embedder], limit: int | None
) -> dict[str, Any]:
    """Train a router for a set and return its figures.

    Args:
        folder: The set's folder.
        part: "validation" or "held".
        encoders: The encoder that keeps vectors, and the bare one.
        limit: How many examples to learn from at most, drawn at random.
    """
    kept, bare = encoders
    learned = ["train"] if part == "validation" else ["train", "validation"]
    examples = [each for name in learned for each in load_examples(folder / f"{name}.jsonl")]
    if limit is not None and limit < len(examples):
        examples = random.Random(1).sample(examples, limit)  # noqa: S311
    tested = load_examples(folder / f"{part}.jsonl")
    kept.embed_passages([hidden(each.text) for each in examples + tested])
    training = train(examples, kept, _tell)
    with tempfile.TemporaryDirectory() as saved:
        card = save_router(Path(saved) / "router", training.router, kept, {})
        reread = load_router(Path(saved) / "router", kept)
        timed = load_router(Path(saved) / "router", bare)
    routes = asyncio.run(reread.route_all([each.text for each in tested]))
    routed = [
        Routed(frozenset(each.labels), frozenset(route.labels), route.confidence)
        for each, route in zip(tested, routes, strict=True)
    ]
    sure = [one.right for one, route in zip(routed, routes, strict=True) if not route.doubt]
    return {
        "set": folder.name,
        "train": len(examples),
        "label_count": len(training.router.labels),
        **figures(routed),
        "sure": proportion(len(sure), len(routed)),
        "sure_accuracy": proportion(sum(sure), len(sure)),
        "p50_ms": _p50_ms(timed, tested),
        "seconds": training.seconds,
        "bytes": card["bytes"],
        "warnings": list(training.warnings),
    }


def _p50_ms(router: TrainedRouter, tested: Sequence[RoutingExample]) -> float:
    drawn = random.Random(1).sample(tested, min(TIMED, len(tested)))  # noqa: S311
    texts = [each.text for each in drawn]

    async def each() -> list[float]:
        return [(await router.route(text)).seconds * 1_000 for text in texts]

    return median(asyncio.run(each()))


def row(found: dict[str, Any]) -> list[str]:
    """Return a line of the table."""
    return [
        found["set"],
        str(found["train"]),
        str(found["label_count"]),
        str(found["n"]),
        _said(found["accuracy"]),
        _said(found["in_scope_accuracy"]),
        _said(found["oos_recall"]),
        f"{found['ece']:.3f}",
        f"{100 * found['sure']['value']:.1f}",
        _said(found["sure_accuracy"]),
        f"{found['p50_ms']:.0f}",
        f"{found['seconds']:.0f}",
        f"{found['bytes'] / 1e6:.1f}",
    ]


def _said(given: dict[str, Any]) -> str:
    if given["value"] is None:
        return "-"
    value, low, high = (100 * given[key] for key in ("value", "low", "high"))
    return f"{value:.1f} [{low:.1f}, {high:.1f}]"


def _tell(message: str) -> None:
    print(message, file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m evals.routing.recipe")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--part", choices=("validation", "held"), default="validation")
    parser.add_argument("--set", action="append", dest="sets")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--output", type=Path, help="all figures as JSON Lines")
    given = parser.parse_args(arguments)
    print(" | ".join(COLUMNS), flush=True)
    try:
        embedder = load_embedder(load_settings())
        encoders = Remembered(embedder, given.folder / ".vectors"), embedder
        for folder in _folders(given.folder, given.sets, given.part):
            found = measure(folder, given.part, encoders, given.limit)
            print(" | ".join(row(found)), flush=True)
            if given.output:
                with given.output.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps({"part": given.part, **found}) + "\n")
    except WorkbenchError as error:
        sys.exit(error.one_line())


def _folders(folder: Path, sets: Sequence[str] | None, part: str) -> list[Path]:
    there = sorted(path.parent for path in folder.glob(f"*/{part}.jsonl"))
    chosen = [path for path in there if sets is None or path.name in sets]
    if not chosen:
        raise UsageError(f"{folder} holds no {part}.jsonl of such a set", "write them first")
    return chosen


if __name__ == "__main__":
    main()
