"""The dense leg: nearest passages by cosine, through LlamaIndex's `PGVectorStore`.

The store's own metadata filters put values into the SQL text unescaped (0.9.0), so ours go in
through its query hook, as bound parameters.
"""

from typing import TYPE_CHECKING, Any

from workbench.engine.retrieval.filters import Filters
from workbench.engine.retrieval.passage import Passage, passage_from_row

if TYPE_CHECKING:
    from llama_index.vector_stores.postgres import PGVectorStore


def restrict(statement: Any, _table: Any, filters: Filters | None = None, **_: Any) -> Any:
    """Add our filters to the store's query; called by LlamaIndex."""
    from sqlalchemy import column, func

    if filters is None:
        return statement
    if filters.document is not None and filters.document.endswith("/"):
        statement = statement.where(func.starts_with(column("document"), filters.document))
    elif filters.document is not None:
        statement = statement.where(column("document") == filters.document)
    if filters.lang is not None:
        statement = statement.where(column("lang") == filters.lang)
    if filters.section is not None:
        statement = statement.where(func.starts_with(column("heading"), filters.section))
    return statement


async def search_dense(
    store: "PGVectorStore", embedding: list[float], limit: int, filters: Filters
) -> list[Passage]:
    """Return the passages whose vectors are nearest to `embedding`, by cosine, best first."""
    from llama_index.core.vector_stores.types import VectorStoreQuery

    query = VectorStoreQuery(query_embedding=embedding, similarity_top_k=limit)
    found = await store.aquery(query, filters=filters)
    # an iterative index scan returns rows nearly, not exactly, in order
    ordered = sorted(
        zip(found.similarities, found.nodes, strict=True),
        key=lambda pair: (-pair[0], pair[1].node_id),
    )
    return [
        passage_from_row(
            node.node_id, node.get_content(), node.metadata, "cosine", float(similarity), rank
        )
        for rank, (similarity, node) in enumerate(ordered, start=1)
    ]
