"""Weighted reciprocal rank fusion of the two legs.

Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank
Learning Methods" (SIGIR 2009): a passage scores the sum of weight / (k + rank) over the legs that
found it. LlamaIndex's fusion retriever ignores its weights in this mode (0.14.25).
"""

from dataclasses import replace

from workbench.config import RetrievalSettings
from workbench.engine.retrieval.passage import Passage


def fuse(dense: list[Passage], text: list[Passage], settings: RetrievalSettings) -> list[Passage]:
    """Return the passages of both legs, best first; ties go to the better rank, then to the id."""
    fused: dict[str, Passage] = {}
    for passage in [*dense, *text]:
        other = fused.get(passage.chunk_id)
        if other is not None:
            passage = replace(other, bm25=passage.bm25, text_rank=passage.text_rank)
        score = _share(passage.dense_rank, settings.dense_weight, settings.rrf_k) + _share(
            passage.text_rank, settings.text_weight, settings.rrf_k
        )
        fused[passage.chunk_id] = replace(passage, score=score, score_kind="rrf")
    return sorted(fused.values(), key=_order)


def _share(rank: int | None, weight: float, k: int) -> float:
    return 0.0 if rank is None else weight / (k + rank)


def _order(passage: Passage) -> tuple[float, int, str]:
    ranks = [rank for rank in (passage.dense_rank, passage.text_rank) if rank is not None]
    return -passage.score, min(ranks), passage.chunk_id
