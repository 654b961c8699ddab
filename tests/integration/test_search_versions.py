"""Searching documents that a corpus holds in two languages."""

import pytest

from workbench.engine.embeddings import load_embedder
from workbench.engine.ingestion import index_corpus
from workbench.engine.retrieval import Filters, Retriever

pytestmark = pytest.mark.database

DOCUMENTS = {
    "pets.md": "# Pets\nAnimals are not accepted, except registered assistance dogs.",
    "pets.vi.md": "# Thú cưng\nKhách sạn không nhận thú cưng, trừ chó hỗ trợ có đăng ký.",
    "pool.md": "# Pool\nThe pool on floor 5 is open from 06:00 to 21:00 for all guests.",
}


@pytest.fixture(scope="module")
def embedder(database_settings):
    return load_embedder(database_settings)


@pytest.fixture
def corpus(tmp_path):
    for name, content in DOCUMENTS.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


@pytest.fixture
async def search(database, database_settings, embedder, corpus, request):
    name = request.node.name
    index_corpus(database, embedder, corpus, name)
    retriever = Retriever(database, embedder, database_settings)

    async def run(query, mode="fused", **filters):
        found = await retriever.search(query, name, 5, mode, Filters(**filters))
        return [(one.document, one.lang) for one in found]

    yield run
    await retriever.close()


@pytest.mark.parametrize("mode", ["fused", "dense", "text"])
async def test_a_question_finds_the_version_in_its_own_language_and_no_other(search, mode):
    english = await search("are registered dogs accepted in the rooms?", mode)
    assert ("pets.md", "en") in english and ("pets.md", "vi") not in english
    vietnamese = await search("khách sạn có nhận thú cưng như chó không?", mode)
    assert ("pets.md", "vi") in vietnamese and ("pets.md", "en") not in vietnamese


async def test_what_is_not_translated_is_found_in_any_language(search):
    assert ("pool.md", "en") in await search("hồ bơi mở cửa lúc mấy giờ?")


async def test_in_a_third_language_the_originals_are_found(search):
    found = await search("apakah hewan peliharaan seperti anjing boleh masuk ke hotel ini?")
    assert ("pets.md", "en") in found and ("pets.md", "vi") not in found


async def test_a_document_named_by_its_original_is_found_in_either_language(search):
    asked = "khách sạn có nhận thú cưng không?"
    for mode in ("fused", "dense", "text"):
        assert await search(asked, mode, document="pets.md") == [("pets.md", "vi")]
    assert await search(asked, lang="en", document="pets.md") == [("pets.md", "en")]


async def test_a_translation_that_goes_gives_way_to_the_original(
    database, embedder, corpus, search, request
):
    (corpus / "pets.vi.md").unlink()
    report = index_corpus(database, embedder, corpus, request.node.name)
    assert report.removed == ["pets.vi.md"]
    assert report.indexed == []
    assert ("pets.md", "en") in await search("khách sạn có nhận thú cưng không?")


@pytest.mark.parametrize("content", ["", "\n"])
async def test_a_translation_that_cannot_be_read_does_not_hide_the_original(
    database, embedder, corpus, search, request, content
):
    (corpus / "pool.vi.md").write_text(content)
    report = index_corpus(database, embedder, corpus, request.node.name)
    assert [problem.path for problem in report.problems] == ["pool.vi.md"]
    for mode in ("fused", "dense"):
        assert ("pool.md", "en") in await search("hồ bơi mở cửa lúc mấy giờ?", mode)


async def test_a_version_that_is_named_is_searched_whatever_the_question_is_in(search):
    for mode in ("fused", "dense"):
        found = await search("are dogs accepted?", mode, document="pets.vi.md")
        assert found == [("pets.md", "vi")]
