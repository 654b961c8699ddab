"""Weighted reciprocal rank fusion of the two legs.

Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank
Learning Methods" (SIGIR 2009): a passage scores the sum of weight / (k + rank) over the legs that
found it. LlamaIndex's fusion retriever ignores its weights in this mode (0.14.25).

A rank in the text leg counts in proportion to the share of the question that the passage covers:
the best of many passages that share one name with a question in another language is still no
answer to it.
"""

from dataclasses import replace

from workbench.engine.retrieval.passage import Passage


def fuse(
    dense: list[Passage], text: list[Passage], dense_weight: float, text_weight: float, k: int
) -> list[Passage]:
    """Return the passages of both legs, best first; ties go to the better rank, then to the id.

    Args:
        dense: The dense leg's passages, best first.
        text: The text leg's passages, best first.
        dense_weight: The weight of the dense leg.
        text_weight: The weight of the text leg.
        k: The constant of the fusion; larger ones flatten the difference between ranks.
    """
    fused: dict[str, Passage] = {}
    for passage in dense:
        assert passage.dense_rank is not None, "the dense leg ranks its passages"
        score = dense_weight / (k + passage.dense_rank)
        fused[passage.chunk_id] = replace(passage, score=score, score_kind="rrf")
    for passage in text:
        assert passage.text_rank is not None, "the text leg ranks its passages"
        other = fused.get(passage.chunk_id)
        share = text_weight * (passage.coverage or 0.0) / (k + passage.text_rank)
        fused[passage.chunk_id] = replace(
            passage,
            score=share + (other.score if other else 0.0),
            score_kind="rrf",
            cosine=other.cosine if other else None,
            dense_rank=other.dense_rank if other else None,
        )
    return sorted(fused.values(), key=_order)


def _order(passage: Passage) -> tuple[float, int, str]:
    ranks = [rank for rank in (passage.dense_rank, passage.text_rank) if rank is not None]
    return -passage.score, min(ranks), passage.chunk_id
