"""The dense leg: passages with the nearest sentences, through LlamaIndex's `PGVectorStore`.

A short question asks for one thing, which one sentence says; a long one, such as a dialogue, is
about the same as a whole passage. So a passage is judged both by its best sentence and by the mean
direction of all its sentences, and the longer the question the more by the latter.

The store's own metadata filters put values into the SQL text unescaped (0.9.0), so ours go in
through its query hook, as bound parameters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from workbench.engine.retrieval.filters import FILTERS, Filters
from workbench.engine.retrieval.passage import Passage, Sentence, passage_from_row
from workbench.engine.retrieval.table import passage_table, sentence_table

if TYPE_CHECKING:
    from llama_index.vector_stores.postgres import PGVectorStore

SENTENCES_A_PASSAGE = 4
"""How many sentences are fetched for each passage that is wanted."""
SHORT_WORDS, LONG_WORDS = 20, 40
"""Words up to which a question is short, and from which on it is long."""
WHOLE_SHORT, WHOLE_LONG = 0.15, 1.0
"""How much the whole passage counts for a short and a long question. On development halves, hits in
the top 5 with best sentences alone, and with whole passages alone: XQuAD mixed (11 words) .93 and
.90, DSTC11's two turns (39 words) .44 and .67, tau2's dialogues (711 words) .29 and .48."""
MOST_JUDGED = 100
"""Passages with the best sentences that are judged whole for a long question."""


def restrict(statement: Any, _table: Any, filters: Filters | None = None, **_: Any) -> Any:
    """Add our filters to the store's query; called by LlamaIndex."""
    from sqlalchemy import column, func, literal, or_

    if filters is None:
        return statement
    if filters.document is not None and filters.document.endswith("/"):
        statement = statement.where(func.starts_with(column("document"), filters.document))
    elif filters.document is not None:
        statement = statement.where(
            literal(filters.document).in_([column("document"), column("original")])
        )
    if filters.lang is not None:
        statement = statement.where(column("lang") == filters.lang)
    if filters.section is not None:
        statement = statement.where(func.starts_with(column("heading"), filters.section))
    if filters.asked_in is not None:
        statement = statement.where(
            or_(
                column("lang") == filters.asked_in,
                (column("document") == column("original"))
                & (func.array_position(column("translations"), filters.asked_in).is_(None)),
                (column("document") != column("original"))
                & (column("document") == filters.document),
            )
        )
    return statement


async def nearest_sentences(
    store: "PGVectorStore", embedding: list[float], limit: int, filters: Filters
) -> list[tuple[str, float]]:
    """Return the passages that the `limit` nearest sentences belong to, each once, best first.

    Each comes with the cosine of its nearest sentence. Sentences are fetched until there are
    `limit` passages, or the store gives no more.
    """
    from llama_index.core.vector_stores.types import VectorStoreQuery

    fetched = limit * SENTENCES_A_PASSAGE
    while True:
        query = VectorStoreQuery(query_embedding=embedding, similarity_top_k=fetched)
        found = await store.aquery(query, filters=filters)
        best: dict[str, float] = {}
        for similarity, node in zip(found.similarities, found.nodes, strict=True):
            passage = str(node.metadata["passage"])
            best[passage] = max(float(similarity), best.get(passage, -1.0))
        if len(best) >= limit or len(found.nodes) < fetched:
            # an iterative index scan returns rows nearly, not exactly, in order
            return sorted(best.items(), key=lambda item: (-item[1], item[0]))[:limit]
        fetched *= 4


async def _nearest_by_scan(
    connection: psycopg.AsyncConnection,
    collection_id: int,
    embedding: Sequence[float],
    limit: int,
    filters: Filters,
) -> list[tuple[str, float]]:
    """Return what `nearest_sentences` returns, by a scan of all that the filters let through."""
    statement = sql.SQL(
        "SELECT p.passage, max(1 - (p.embedding <=> %(vector)s::vector)) AS cosine"
        " FROM {table} AS p WHERE {filters}"
        " GROUP BY p.passage ORDER BY cosine DESC, p.passage LIMIT %(limit)s"
    ).format(table=sentence_table(collection_id), filters=sql.SQL(FILTERS))
    values = {"vector": str(list(embedding)), "limit": limit, **asdict(filters)}
    cursor = await connection.execute(statement, values)
    return [(passage, float(cosine)) for passage, cosine in await cursor.fetchall()]


def whole_weight(query: str) -> float:
    """Return how much a whole passage counts beside its best sentence, from 0 to 1."""
    length = (len(query.split()) - SHORT_WORDS) / (LONG_WORDS - SHORT_WORDS)
    return WHOLE_SHORT + (WHOLE_LONG - WHOLE_SHORT) * min(max(length, 0.0), 1.0)


async def search_dense(
    store: "PGVectorStore",
    connection: psycopg.AsyncConnection,
    collection_id: int,
    embedding: list[float],
    limit: int,
    filters: Filters,
    weight: float,
) -> list[Passage]:
    """Return the passages nearest to `embedding`, best first.

    Args:
        store: The sentences.
        connection: An open connection.
        collection_id: The collection.
        embedding: The vector of the question.
        limit: How many passages to return.
        filters: What the passages must be.
        weight: How much a whole passage counts beside its best sentence.
    """
    judged = max(limit, MOST_JUDGED) if weight > WHOLE_SHORT else limit
    nearest = await nearest_sentences(store, embedding, judged, filters)
    if len(nearest) < judged:
        # an index scan may end before it has met enough rows of a rare language or document
        nearest = await _nearest_by_scan(connection, collection_id, embedding, judged, filters)
    statement = sql.SQL(
        "SELECT p.node_id, p.text, p.metadata_, s.score FROM {passages} AS p JOIN ("
        "  SELECT passage, (1 - %(weight)s) * max(1 - (embedding <=> %(vector)s::vector))"
        "    + %(weight)s * (1 - (avg(embedding) <=> %(vector)s::vector)) AS score"
        "  FROM {sentences} WHERE passage = ANY(%(found)s) GROUP BY passage"
        ") AS s ON p.node_id = s.passage ORDER BY s.score DESC, p.node_id LIMIT %(limit)s"
    ).format(passages=passage_table(collection_id), sentences=sentence_table(collection_id))
    values = {
        "vector": str(embedding),
        "weight": weight,
        "found": [passage for passage, _ in nearest],
        "limit": limit,
    }
    cursor = await connection.execute(statement, values)
    return [
        passage_from_row(node_id, text, metadata, "cosine", float(score), rank)
        for rank, (node_id, text, metadata, score) in enumerate(await cursor.fetchall(), start=1)
    ]


async def read_sentences(
    connection: psycopg.AsyncConnection,
    collection_id: int,
    passages: Sequence[Passage],
    vectors: Mapping[str, Sequence[float]],
    offsets: Mapping[str, float],
) -> list[Passage]:
    """Return the passages with their sentences, each with its relevance.

    Args:
        connection: An open connection.
        collection_id: The collection.
        passages: What was found.
        vectors: By language, the vector of the question.
        offsets: By language, what is taken from a cosine; see `centring`.
    """
    statement = sql.SQL(
        "SELECT s.passage, s.text, 1 - (s.embedding <=> q.vector::vector) - q.common"
        " FROM {} AS s JOIN unnest(%s::text[], %s::text[], %s::float8[]) AS q(lang, vector, common)"
        " USING (lang) WHERE s.passage = ANY(%s) ORDER BY s.passage, s.place"
    ).format(sentence_table(collection_id))
    languages = list(vectors)
    values = (
        languages,
        [str(list(vectors[lang])) for lang in languages],
        [offsets[lang] for lang in languages],
        [passage.chunk_id for passage in passages],
    )
    cursor = await connection.execute(statement, values)
    found: dict[str, list[Sentence]] = {}
    for passage, text, relevance in await cursor.fetchall():
        found.setdefault(passage, []).append(Sentence(text, float(relevance)))
    return [replace(one, sentences=tuple(found.get(one.chunk_id, ()))) for one in passages]
