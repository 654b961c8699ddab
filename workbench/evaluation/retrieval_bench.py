"""Measures the search on sets with known documents: each leg, and both fused, question by question.

A question counts as answered at 5 when one of its documents (or pages, where pages are known) is
among the first five passages; its reciprocal rank is taken over the first ten.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.config import Settings
from workbench.engine.embeddings import Embedder
from workbench.engine.ingestion import index_corpus
from workbench.engine.retrieval import Mode, Passage, Retriever
from workbench.evaluation.retrieval_sets import RetrievalQuestion, RetrievalSet, Split
from workbench.evaluation.statistics.intervals import wilson
from workbench.evaluation.statistics.paired import mcnemar
from workbench.evaluation.statistics.percentiles import percentile
from workbench.store.database import Database

MODES: tuple[Mode, ...] = ("dense", "text", "fused")
DEPTH = 10

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one search went.

    Attributes:
        rank: The rank of the first right passage, from 1; `None` when none is among the first ten.
        seconds: How long it took, embedding of the question included.
    """

    rank: int | None
    seconds: float

    def hit(self, at: int) -> bool:
        """Tell whether a right passage is among the first `at`."""
        return self.rank is not None and self.rank <= at


def first_right(passages: Sequence[Passage], question: RetrievalQuestion) -> int | None:
    """Return the rank of the first passage from a right document or page, from 1."""
    for rank, passage in enumerate(passages, start=1):
        if {(passage.document, passage.page), (passage.document, None)} & question.gold:
            return rank
    return None


async def run_bench(
    database: Database,
    embedder: Embedder,
    settings: Settings,
    chosen: RetrievalSet,
    split: Split,
    progress: Progress,
) -> dict[str, Any]:
    """Index a set's corpus where it has changed, ask its questions each way, and score them.

    Returns:
        A record of plain JSON types: the set, its size, and per way of searching the metrics.
    """
    collection = f"bench-{collection_name(chosen.corpus)}"
    report = index_corpus(
        database,
        embedder,
        chosen.corpus,
        collection,
        progress,
        exact_below=settings.retrieval.exact_below,
    )
    questions = chosen.part(split)
    retriever = Retriever(database, embedder, settings)
    outcomes: dict[Mode, list[Outcome]] = {mode: [] for mode in MODES}
    try:
        for number, question in enumerate(questions):
            if number % 50 == 0:
                progress(f"{chosen.name}: question {number} of {len(questions)}")
            for mode in MODES:
                outcomes[mode].append(await _ask(retriever, question, collection, mode))
    finally:
        await retriever.close()
    return {
        "set": chosen.name,
        "split": split,
        "n": len(questions),
        "documents": report.documents_total,
        "passages": report.chunks_total,
        "embedder": embedder.name,
        "retrieval": settings.retrieval.model_dump(),
        "modes": {mode: _metrics(outcomes[mode]) for mode in MODES},
        "fused_against": {
            mode: _paired(outcomes["fused"], outcomes[mode]) for mode in MODES if mode != "fused"
        },
    }


def collection_name(corpus: Path) -> str:
    """Return the name under which a corpus is indexed for the bench."""
    return corpus.stem


async def _ask(
    retriever: Retriever, question: RetrievalQuestion, collection: str, mode: Mode
) -> Outcome:
    started = time.perf_counter()
    passages = await retriever.search(question.text, collection, DEPTH, mode)
    return Outcome(first_right(passages, question), time.perf_counter() - started)


def _metrics(outcomes: list[Outcome]) -> dict[str, Any]:
    return {
        "hit_at_1": _share([outcome.hit(1) for outcome in outcomes]),
        "hit_at_5": _share([outcome.hit(5) for outcome in outcomes]),
        "mrr": sum(1 / o.rank for o in outcomes if o.rank) / max(len(outcomes), 1),
        "p50_ms": 1e3 * percentile([outcome.seconds for outcome in outcomes], 0.50),
        "p95_ms": 1e3 * percentile([outcome.seconds for outcome in outcomes], 0.95),
    }


def _share(hits: list[bool]) -> dict[str, float]:
    low, high = wilson(sum(hits), len(hits))
    return {"mean": sum(hits) / max(len(hits), 1), "low": low, "high": high}


def _paired(fused: list[Outcome], other: list[Outcome]) -> dict[str, Any]:
    """Compare hits at 5, question by question."""
    pairs = [(f.hit(5), o.hit(5)) for f, o in zip(fused, other, strict=True)]
    gained = sum(f and not o for f, o in pairs)
    lost = sum(o and not f for f, o in pairs)
    return {"gained": gained, "lost": lost, "p": mcnemar(gained, lost)}
