"""Our search as a LlamaIndex retriever, for query engines and notebooks that speak LlamaIndex."""

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle

from workbench.engine.retrieval.passage import Passage
from workbench.engine.retrieval.retriever import Mode, Retriever


class CollectionRetriever(BaseRetriever):
    """Searches one collection.

    Args:
        retriever: Our search.
        collection: The collection's name.
        top_k: How many passages a search returns.
        mode: Both legs fused, or one of them.
    """

    def __init__(
        self, retriever: Retriever, collection: str, top_k: int = 5, mode: Mode = "fused"
    ) -> None:
        super().__init__()
        self._retriever = retriever
        self._collection = collection
        self._top_k = top_k
        self._mode: Mode = mode

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = await self._retriever.search(
            query_bundle.query_str, self._collection, self._top_k, self._mode
        )
        return _nodes(found)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._retriever.search_sync(
            query_bundle.query_str, self._collection, self._top_k, self._mode
        )
        return _nodes(found)


def _nodes(passages: list[Passage]) -> list[NodeWithScore]:
    return [NodeWithScore(node=passage.to_node(), score=passage.score) for passage in passages]
