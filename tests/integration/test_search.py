"""Searching a real database with the real encoder."""

import asyncio
import json
import subprocess
import sys
import unicodedata
from dataclasses import replace

import numpy as np
import pytest
import typer
from fixtures.encoders import Scattered
from fixtures.schemas import read_document
from typer.testing import CliRunner

from workbench.cli import search as search_command
from workbench.config import RetrievalSettings
from workbench.engine.embeddings import load_embedder
from workbench.engine.glossary import Glossary
from workbench.engine.ingestion import index_corpus
from workbench.engine.retrieval import Filters, Retriever
from workbench.engine.retrieval.collections import get_collection
from workbench.errors import (
    DatabaseError,
    IndexingError,
    InvalidQuestionError,
    UnknownNameError,
)
from workbench.services.postgres import stop_embedded
from workbench.store.database import open_database

pytestmark = pytest.mark.database

DOCUMENTS = {
    "policies/late.md": "# Late check-out\n## Fees\nLeaving after 13:00 costs 500,000 VND in a "
    "standard room and 700,000 VND in a deluxe room; the shift leader at the front desk decides, "
    "and writes the hour and the fee into the booking.\n"
    "## Groups\nGroups of eight rooms or more keep their rooms until 13:00 free of charge. "
    "The group leader asks for it on the evening before, and the front desk writes the names of "
    "the guests into the departures list.",
    "policies/pets.md": "# Pets\nAnimals are not accepted, except guide dogs.",
    "policies/late_vi.md": "# Trả phòng trễ\n## Phí\nPhí trả phòng trễ đến 15 giờ là nửa đêm.",
    "faqs/phong_vi.md": "# Phong cách\nPhong cách trang trí là Đông Dương, tre và gỗ.",
    "faqs/pool.md": "# Pool\nThe pool on floor 5 is open from 06:00 to 21:00 for all guests.",
    "faqs/laundry.md": "# Laundry\nShirts are washed and ironed for 60,000 VND a piece.",
}


@pytest.fixture(scope="module")
def embedder(database_settings):
    return load_embedder(database_settings)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    for name, content in DOCUMENTS.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def indexed(database, embedder, corpus):
    index_corpus(database, embedder, corpus, "search-tests")
    return "search-tests"


@pytest.fixture
async def search(database, database_settings, embedder, indexed):
    retriever = Retriever(database, embedder, database_settings)

    async def run(query, top_k=3, mode="fused", collection=indexed, **filters):
        return await retriever.search(query, collection, top_k, mode, Filters(**filters))

    yield run
    await retriever.close()


def documents(passages):
    return [passage.document for passage in passages]


@pytest.mark.parametrize("mode", ["fused", "dense", "text"])
async def test_a_question_finds_its_document(search, mode):
    best, *_ = await search("how much does it cost to wash a shirt", mode=mode)
    assert best.document == "faqs/laundry.md"
    assert best.text == "Shirts are washed and ironed for 60,000 VND a piece."


async def test_a_passage_is_found_by_its_best_sentence_and_counts_once(search, database):
    found = await search("who may leave at 13:00 for nothing?", mode="dense", top_k=7)
    assert len({p.chunk_id for p in found}) == len(found) == 7
    late = next(p for p in found if p.heading == "Groups")
    with database.connect() as connection:
        number = get_collection(connection, "search-tests").id
        (sentences,) = connection.execute(
            f"SELECT count(*) FROM workbench.data_c{number} WHERE metadata_->>'passage' = %s",
            (late.chunk_id,),
        ).fetchone()
    assert sentences == 2


async def test_times_are_found_however_they_are_written(search):
    assert await search("free until 1 PM?") == await search("free until 13:00?")
    for question in ("15:00", "3 PM", "3 giờ chiều", "15h"):
        assert documents(await search(question, mode="text"))[0] == "policies/late_vi.md"


async def test_a_glossary_finds_what_is_written_in_the_other_language(
    database, database_settings, embedder, indexed
):
    glossary = Glossary([{"en": (("shirt",), ("ironed",)), "vi": (("áo", "sơ", "mi"),)}])
    retriever = Retriever(database, embedder, database_settings)
    question = "áo sơ mi giá bao nhiêu"
    blind = await retriever.search(question, indexed, 3, "text")
    seeing = await retriever.search(question, indexed, 3, "text", glossary=glossary)
    fused = await retriever.search(question, indexed, 1, glossary=glossary)
    await retriever.close()
    assert "faqs/laundry.md" not in documents(blind)
    assert "faqs/laundry.md" in documents(seeing)
    assert documents(fused) == ["faqs/laundry.md"]


async def test_scores_are_named_for_what_they_are(search):
    fused = await search("pool opening hours", top_k=6)
    dense = await search("pool opening hours", mode="dense")
    text = await search("pool opening hours", mode="text")
    assert {p.score_kind for p in fused} == {"rrf"}
    assert {p.score_kind for p in dense} == {"cosine"}
    assert {p.score_kind for p in text} == {"bm25"}
    assert [p.dense_rank for p in dense] == [1, 2, 3]
    assert (fused[0].dense_rank, fused[0].text_rank) == (1, 1)
    assert fused[0].cosine == dense[0].score and fused[0].bm25 == text[0].score
    assert sorted((p.score for p in fused), reverse=True) == [p.score for p in fused]


async def test_text_without_diacritics_finds_text_with_them(search):
    for mode in ("fused", "text"):
        best, *_ = await search("phi tra phong tre", mode=mode)
        assert best.document == "policies/late_vi.md"


async def test_diacritics_are_preferred_where_the_question_has_them(search):
    accented = await search("phong cách trang trí", mode="text")
    assert documents(accented)[0] == "faqs/phong_vi.md"
    by_document = {p.document: p.bm25 for p in await search("phòng", mode="text")}
    assert by_document["policies/late_vi.md"] > by_document["faqs/phong_vi.md"]


async def test_composed_and_decomposed_questions_find_the_same(search):
    composed = unicodedata.normalize("NFC", "phí trả phòng trễ")
    decomposed = unicodedata.normalize("NFD", composed)
    assert await search(composed) == await search(decomposed)


async def test_a_question_is_answered_across_languages(search):
    assert "policies/pets.md" in documents(await search("có được mang thú cưng không", top_k=2))


async def test_words_are_matched_in_their_language(search):
    found = await search("pools opened", mode="text")
    assert documents(found) == ["faqs/pool.md"]
    assert await search("the and of", mode="text") == []


async def test_numbers_match_however_they_are_grouped(search):
    for written in ("500,000", "500.000", "500000"):
        assert documents(await search(written, mode="text"))[0] == "policies/late.md"


@pytest.mark.parametrize("mode", ["fused", "dense", "text"])
async def test_filters_restrict_each_leg(search, mode):
    question = "phòng late check-out pool"
    only = await search(question, top_k=6, mode=mode, document="policies/late.md")
    assert set(documents(only)) == {"policies/late.md"}
    folder = await search(question, top_k=6, mode=mode, document="faqs/")
    assert folder and all(document.startswith("faqs/") for document in documents(folder))
    language = await search(question, top_k=6, mode=mode, lang="vi")
    assert language and {p.lang for p in language} == {"vi"}


@pytest.mark.parametrize("mode", ["fused", "dense", "text"])
async def test_a_section_filter_takes_the_beginning_of_the_path(search, mode):
    question = "groups keep rooms, fees of leaving"
    found = await search(question, mode=mode, section="Gro", document="policies/late.md")
    assert [p.heading for p in found] == ["Groups"]


HOSTILE = [
    "'; DROP TABLE workbench.documents; --",
    "%s %(x)s {table}",
    "a & | ! <-> 'b",
    "\\",
    "😀" * 50,
]


@pytest.mark.parametrize("words", HOSTILE)
async def test_hostile_words_are_data(search, words):
    for mode in ("fused", "text", "dense"):
        await search(f"pool {words}", mode=mode)
        assert await search("pool", mode=mode, document=words) == []
        assert await search("pool", mode=mode, lang=words, section=words) == []
    assert documents(await search("pool"))[0] == "faqs/pool.md"


async def test_more_than_there_is_gives_what_there_is(search):
    assert len(await search("pool", top_k=50, mode="dense")) == 7


async def test_many_searches_at_once_do_not_wait_for_each_other_for_ever(search):
    found = await asyncio.gather(*(search("When is the pool open?") for _ in range(40)))
    assert {passages[0].document for passages in found} == {"faqs/pool.md"}


async def test_what_cannot_be_searched_is_refused(search, database, database_settings, indexed):
    with pytest.raises(InvalidQuestionError):
        await search("  \n")
    with pytest.raises(UnknownNameError, match="search-test'") as caught:
        await search("pool", collection="search-test")
    assert "did you mean 'search-tests'" in caught.value.hint

    class Other:
        name, dimension = "other", 3

    with pytest.raises(IndexingError, match="was indexed with multilingual-e5-small") as refused:
        await Retriever(database, Other(), database_settings).search("pool", indexed)
    assert "--rebuild" in refused.value.hint


def test_one_retriever_serves_several_event_loops(database, database_settings, embedder, indexed):
    retriever = Retriever(database, embedder, database_settings)
    first = retriever.search_sync("pool", indexed)
    assert first == retriever.search_sync("pool", indexed)

    async def many():
        found = await asyncio.gather(*(retriever.search("pool", indexed) for _ in range(12)))
        await retriever.close()
        return found

    assert all(passages == first for passages in asyncio.run(many()))


def test_llamaindex_sees_a_retriever(database, database_settings, embedder, indexed):
    from workbench.engine.retrieval.llamaindex import CollectionRetriever

    ours = Retriever(database, embedder, database_settings)
    nodes = CollectionRetriever(ours, indexed, top_k=2).retrieve("pool opening hours")
    assert nodes[0].metadata["document"] == "faqs/pool.md"
    assert len(nodes) == 2 and nodes[0].score > nodes[1].score

    async def asked():
        found = await CollectionRetriever(ours, indexed, top_k=1).aretrieve("pool")
        await ours.close()
        return found

    assert asyncio.run(asked())[0].text == nodes[0].text


def test_llamaindex_reads_our_table_by_itself(database, embedder, indexed):
    from llama_index.core.vector_stores.types import VectorStoreQuery
    from llama_index.vector_stores.postgres import PGVectorStore
    from sqlalchemy import create_engine
    from sqlalchemy.ext.asyncio import create_async_engine

    with database.connect() as connection:
        number = get_collection(connection, indexed).id
    url = database.sqlalchemy_url()
    store = PGVectorStore(
        table_name=f"c{number}", schema_name="workbench", embed_dim=384, use_jsonb=True,
        engine=create_engine(url), async_engine=create_async_engine(url), perform_setup=False,
    )  # fmt: skip
    vector = embedder.embed_query("pool opening hours")
    found = store.query(VectorStoreQuery(query_embedding=vector, similarity_top_k=1))
    assert found.nodes[0].ref_doc_id == "faqs/pool.md"
    assert found.nodes[0].text.startswith("The pool")


async def test_bm25_follows_its_formula(database, database_settings, tmp_path):
    texts = {
        "a": "guest " + "filler " * 9,
        "b": "guest guest guest " + "filler " * 7,
        "c": "towel " + "filler " * 29,
    }
    file = tmp_path / "c.jsonl"
    file.write_text("".join(json.dumps({"id": i, "text": t}) + "\n" for i, t in texts.items()))
    index_corpus(database, Scattered(), file, "bm25")
    retriever = Retriever(database, Scattered(), database_settings)
    found = {p.document: p.bm25 for p in await retriever.search("guests", "bm25", 5, "text")}
    await retriever.close()

    def expected(tf, length):
        idf = np.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
        mean = (10 + 10 + 30) / 3
        return idf * tf * 2.2 / (tf + 1.2 * (1 - 0.75 + 0.75 * length / mean))

    assert found == pytest.approx({"a": expected(1, 10), "b": expected(3, 10)})


async def test_a_weight_of_zero_silences_a_leg(database, database_settings, embedder, indexed):
    settings = database_settings.model_copy(
        update={"retrieval": RetrievalSettings(text_weight=0.0)}
    )
    retriever = Retriever(database, embedder, settings)
    fused = await retriever.search("pool opening hours", indexed, 5)
    dense = await retriever.search("pool opening hours", indexed, 5, "dense")
    await retriever.close()
    assert [p.chunk_id for p in fused] == [p.chunk_id for p in dense]
    assert replace(fused[0], score=0) != fused[0]


@pytest.fixture
def command(database_settings, indexed, monkeypatch):
    monkeypatch.setenv("WORKBENCH_WORKSPACE", str(database_settings.workspace))
    app = typer.Typer()
    search_command.register(app)
    app.command("other")(lambda: None)
    return lambda *arguments: CliRunner().invoke(app, ["search", *arguments])


def test_the_command_prints_passages_and_its_exit_codes(command, indexed):
    chosen = ("--collection", indexed)
    shown = command("pool opening hours", *chosen, "--json", "--top-k", "2")
    assert shown.exit_code == 0, shown.stderr
    record = read_document("search", shown.stdout)
    assert record["passages"][0]["document"] == "faqs/pool.md"
    assert len(record["passages"]) == 2
    lines = command("pool", *chosen, "--mode", "text").stdout
    assert lines.startswith("1. faqs/pool.md") and "bm25" in lines and "text 1" in lines
    filtered = command("pool", *chosen, "--filter", "document=policies/", "--json")
    places = [p["document"] for p in json.loads(filtered.stdout)["passages"]]
    assert places and all(place.startswith("policies/") for place in places)
    nothing = command("pool", *chosen, "--filter", "document=gone.md")
    assert (nothing.stdout, nothing.exit_code) == ("", 0)
    assert nothing.stderr.strip().splitlines()[-1].startswith("workbench: nothing was found")
    for wrong in (("--mode", "magic"), ("--filter", "colour=red"), ("--filter", "lang=")):
        refused = command("pool", *chosen, *wrong)
        assert refused.exit_code == 2 and refused.stderr.count("\n") == 1
    assert command("pool", "--collection", "absent").exit_code == 2


def test_a_search_imports_no_torch(database_settings, indexed):
    code = (
        "import sys, typer\n"
        "from workbench.cli import search\n"
        "app = typer.Typer(); search.register(app); app.command('x')(lambda: None)\n"
        f"app(['search', 'pool', '--collection', {indexed!r}], standalone_mode=False)\n"
        "print(sorted({'torch', 'transformers', 'vllm', 'datasets'} & set(sys.modules)))\n"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", "WORKBENCH_WORKSPACE": str(database_settings.workspace)},
    )
    assert shown.stdout.splitlines()[-1] == "[]"


def test_a_database_that_went_away_is_one_line_and_comes_back(make_settings, tmp_path):
    settings = make_settings()
    file = tmp_path / "c.jsonl"
    file.write_text(json.dumps({"id": "1", "text": "pool"}))
    database = open_database(settings)

    async def ask():
        retriever = Retriever(database, Scattered(), settings)
        with pytest.raises(UnknownNameError, match="nothing is indexed yet"):
            await retriever.search("pool", "small")
        await asyncio.to_thread(index_corpus, database, Scattered(), file, "small")
        assert len(await retriever.search("pool", "small")) == 1
        await asyncio.to_thread(stop_embedded, settings)
        with pytest.raises(DatabaseError) as caught:
            await retriever.search("pool", "small")
        assert "\n" not in caught.value.one_line()
        await asyncio.to_thread(open_database, settings)
        assert len(await retriever.search("pool", "small")) == 1
        await retriever.close()

    asyncio.run(ask())
