"""Comparing passages of several languages on one scale.

A multilingual encoder places texts of one language near each other, so that passages in the
question's language outrank better ones in another. Subtracting, from each similarity, the
question's mean similarity to all passages of that language takes most of that away: by linearity
it is the similarity to the language's mean vector, which is computed once an index. (Yang et al.,
"A Simple and Effective Method to Eliminate the Self Language Bias in Multilingual
Representations", EMNLP 2021, remove the same component from the vectors themselves.)
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import psycopg
from psycopg import sql

from workbench.engine.retrieval.passage import Passage
from workbench.engine.retrieval.table import sentence_table

STRENGTH = 0.75
"""How much of the language's mean is taken away. All of it costs questions whose answer is in their
own language; chosen on 34 hotel questions outside the test part (hit@5 .50 without, .74 with)."""
SHRINKAGE = 160
"""A language's mean counts as if so many more sentences lay at the mean of the collection."""


async def language_means(
    connection: psycopg.AsyncConnection, collection_id: int
) -> dict[str, list[float]]:
    """Return the mean vector of each language's sentences, drawn to the collection's mean."""
    statement = sql.SQL(
        "SELECT lang, count(*), avg(embedding)::real[] FROM {} GROUP BY lang ORDER BY lang"
    )
    cursor = await connection.execute(statement.format(sentence_table(collection_id)))
    rows = await cursor.fetchall()
    total = sum(int(count) for _, count, _ in rows)
    whole = _weighted([(int(count) / total, mean) for _, count, mean in rows]) if rows else []
    return {
        lang: _weighted(
            [(count / (count + SHRINKAGE), mean), (SHRINKAGE / (count + SHRINKAGE), whole)]
        )
        for lang, count, mean in rows
    }


def _weighted(parts: Sequence[tuple[float, Sequence[float]]]) -> list[float]:
    return [
        sum(weight * value for (weight, _), value in zip(parts, values, strict=True))
        for values in zip(*(vector for _, vector in parts), strict=True)
    ]


def language_offsets(
    embeddings: Mapping[str, Sequence[float]], means: Mapping[str, Sequence[float]]
) -> dict[str, float]:
    """Return, by language, what is taken from a cosine with the question's vector."""
    return {
        lang: STRENGTH * sum(x * y for x, y in zip(vector, means[lang], strict=True))
        for lang, vector in embeddings.items()
    }


def centred(
    found: Mapping[str, Sequence[Passage]], offsets: Mapping[str, float], limit: int
) -> list[Passage]:
    """Merge the nearest passages of each language, ranked by their centred similarity.

    Args:
        found: By language, its nearest passages.
        offsets: By language, what is taken from a cosine.
        limit: How many passages to return.

    Returns:
        The passages with their plain cosine and their rank in the merged order.
    """
    merged = sorted(
        (
            (offsets[lang] - passage.score, passage.chunk_id, passage)
            for lang, passages in found.items()
            for passage in passages
        ),
        key=lambda one: one[:2],
    )
    return [replace(one, dense_rank=rank) for rank, (_, _, one) in enumerate(merged[:limit], 1)]
