"""Large collections: searched through an index, small ones by a scan."""

import json

import pytest
from fixtures.encoders import Scattered

from workbench.engine.ingestion import index_corpus
from workbench.engine.retrieval import Filters, Retriever
from workbench.engine.retrieval.collections import get_collection

pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
def large(database, tmp_path_factory):
    file = tmp_path_factory.mktemp("large") / "corpus.jsonl"
    records = ({"id": f"{i % 40}/{i}", "text": f"passage {i:06}"} for i in range(4_000))
    file.write_text("".join(json.dumps(record) + "\n" for record in records))
    index_corpus(database, Scattered(), file, "exact-large")
    index_corpus(database, Scattered(), file, "hnsw-large", exact_below=1_000)


async def plan(database, collection):
    """Return the plan of the statement that LlamaIndex sends for the dense leg."""
    from sqlalchemy.ext.compiler import compiles
    from sqlalchemy.sql.expression import ClauseElement, Executable

    from workbench.engine.retrieval.connections import Connections

    class Explained(Executable, ClauseElement):
        inherit_cache = False

        def __init__(self, statement):
            self.statement = statement

    @compiles(Explained)
    def _compile(element, compiler, **options):
        return f"EXPLAIN {compiler.process(element.statement, **options)}"

    with database.connect() as connection:
        found = get_collection(connection, collection)
    connections = Connections(database)
    store = connections.vector_store(found.id, found.dimension)
    store._initialize()
    statement = store._build_query(Scattered().embed_query("question"), 5)
    async with store._async_engine.connect() as connection:
        rows = await connection.execute(Explained(statement))
        lines = [row[0] for row in rows]
    await connections.close()
    return "\n".join(lines)


async def test_small_collections_are_scanned_and_large_ones_searched_by_index(database, large):
    assert "Seq Scan" in await plan(database, "exact-large")
    assert "_hnsw" in await plan(database, "hnsw-large")


async def test_the_index_finds_nearly_what_the_scan_finds(database, database_settings, large):
    retriever = Retriever(database, Scattered(), database_settings)
    shared = 0
    for number in range(20):
        question = f"question {number}"
        exact = await retriever.search(question, "exact-large", 10, "dense")
        near = await retriever.search(question, "hnsw-large", 10, "dense")
        shared += len({p.document for p in exact} & {p.document for p in near})
        assert [p.score for p in near] == sorted((p.score for p in near), reverse=True)
    await retriever.close()
    assert shared >= 180


async def test_a_filter_on_the_index_still_returns_top_k(database, database_settings, large):
    retriever = Retriever(database, Scattered(), database_settings)
    for folder in ("7/", "39/"):
        found = await retriever.search(
            "question", "hnsw-large", 50, "dense", Filters(document=folder)
        )
        assert len(found) == 50
    await retriever.close()


async def test_an_index_scan_that_ends_early_still_returns_top_k(
    database, database_settings, large
):
    with database.connect() as connection:
        name = connection.execute("SELECT current_database()").fetchone()[0]
        for setting in ("hnsw.max_scan_tuples = 1", "hnsw.ef_search = 10", "enable_sort = off"):
            connection.execute(f'ALTER DATABASE "{name}" SET {setting}')
        connection.commit()
    retriever = Retriever(database, Scattered(), database_settings)
    rare = Filters(document="39/")
    near = await retriever.search("question", "hnsw-large", 50, "dense", rare)
    exact = await retriever.search("question", "exact-large", 50, "dense", rare)
    await retriever.close()
    with database.connect() as connection:
        connection.execute(f'ALTER DATABASE "{name}" RESET ALL')
        connection.commit()
    assert [p.document for p in near] == [p.document for p in exact]
    assert len(near) == 50
