"""Weighted reciprocal rank fusion of the two legs.

Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank
Learning Methods" (SIGIR 2009): a passage scores the sum of weight / (k + rank) over the legs that
found it. LlamaIndex's fusion retriever ignores its weights in this mode (0.14.25).

Three things are added, since the text leg sees little of another language:

- A rank in the text leg counts in proportion to the share of the question that the passage covers.
  The best of many passages that have one name in common with a question is still no answer to it.
- The text leg ranks each language by itself. Where a glossary put some of the question into another
  language, the best passage there counts as much as the best one in the question's own.
- In a language into which nothing could be put, a passage counts by its rank among those of all
  languages, or takes its rank in the dense leg instead, with the coverage of the best passage
  found; else any passage in the question's own language would push it down.
"""

from dataclasses import replace

from workbench.config import SearchSettings
from workbench.engine.retrieval.lexical import Asked
from workbench.engine.retrieval.passage import Passage

BARE_VIETNAMESE = 0.1
"""The dense leg's part in a question in Vietnamese typed without diacritics, which the encoder
cannot read: alone it finds half of what the text leg does (development half of XQuAD)."""


def fuse(
    dense: list[Passage], text: list[Passage], asked: Asked, settings: SearchSettings
) -> list[Passage]:
    """Return the passages of both legs, best first; ties go to the better rank, then to the id.

    Args:
        dense: The dense leg's passages, best first.
        text: The text leg's passages, best first.
        asked: The question.
        settings: The legs' weights and the constant k.
    """
    k = settings.rrf_k
    dense_weight = settings.dense_weight * (BARE_VIETNAMESE if asked.bare_vietnamese else 1)
    most = max((_coverage(passage) for passage in text), default=0.0)
    scale = _scales(text, asked, most)
    shares = {
        one.chunk_id: settings.text_weight
        * scale[one.lang]
        * _coverage(one)
        / (k + (_rank(one) if asked.sees(one.lang) else overall))
        for overall, one in enumerate(text, start=1)
    }
    found = {passage.chunk_id: passage for passage in text}
    for rank, passage in enumerate(dense, start=1):
        share = shares.get(passage.chunk_id, 0.0)
        if not asked.sees(passage.lang):
            share = max(share, settings.text_weight * most / (k + rank))
        shares[passage.chunk_id] = share + dense_weight / (k + rank)
        found[passage.chunk_id] = _merged(passage, found.get(passage.chunk_id))
    fused = [
        replace(passage, score=shares[chunk_id], score_kind="rrf")
        for chunk_id, passage in found.items()
    ]
    return sorted(fused, key=_order)


def _scales(text: list[Passage], asked: Asked, most: float) -> dict[str, float]:
    """Return, by language, what brings its best coverage to the best of all languages."""
    best: dict[str, float] = {}
    for passage in text:
        best[passage.lang] = max(_coverage(passage), best.get(passage.lang, 0.0))
    return {
        lang: most / own if own and lang in asked.by_language else 1.0 for lang, own in best.items()
    }


def _rank(passage: Passage) -> int:
    assert passage.text_rank is not None, "the text leg ranks what it finds"
    return passage.text_rank


def _coverage(passage: Passage) -> float:
    return passage.coverage or 0.0


def _merged(dense: Passage, text: Passage | None) -> Passage:
    if text is None:
        return dense
    return replace(dense, bm25=text.bm25, text_rank=text.text_rank, coverage=text.coverage)


def _order(passage: Passage) -> tuple[float, int, str]:
    ranks = [rank for rank in (passage.dense_rank, passage.text_rank) if rank is not None]
    return -passage.score, min(ranks), passage.chunk_id
