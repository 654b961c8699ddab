"""Indexing into a real database: what is embedded, what stays, and what survives a fault."""

import contextlib
import hashlib
import json
import os
import shutil
import threading

import pytest
import typer
from fixtures.schemas import read_document
from typer.testing import CliRunner

from workbench.cli import index as index_command
from workbench.engine.ingestion import index_corpus
from workbench.engine.ingestion.indexer import NothingIndexedError
from workbench.errors import DatabaseError, IndexingError
from workbench.services.postgres import stop_embedded
from workbench.store.database import open_database

pytestmark = pytest.mark.database


class HashEmbedder:
    """Vectors from a hash: the tests here are about rows, not about meaning."""

    name = "hash"
    dimension = 8

    def __init__(self, before=lambda call: None):
        self.embedded = []
        self.calls = 0
        self._before = before

    def embed_query(self, text):
        return self._vector(text)

    def embed_passages(self, texts):
        self.calls += 1
        self._before(self.calls)
        self.embedded += texts
        return [self._vector(text) for text in texts]

    def _vector(self, text):
        return [byte / 255 for byte in hashlib.sha256(text.encode()).digest()[: self.dimension]]


@pytest.fixture
def name(request):
    return request.node.name


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    for number in range(6):
        write(folder / f"{number}.md", number)
    return folder


def write(path, number, words="The rule says what is allowed here and what is not."):
    sections = "".join(f"## Part {part}\n{words * 8}\n" for part in range(20))
    path.write_text(f"# Document {number}\n{sections}")


def rows(database, name):
    """Return (document, id) of every stored passage, and the recorded documents."""
    with database.connect() as connection:
        found = connection.execute(
            "SELECT id FROM workbench.collections WHERE name = %s", (name,)
        ).fetchone()
        if found is None:
            return [], {}
        number = int(found[0])
        passages = connection.execute(
            f"SELECT document, node_id FROM workbench.passages_c{number} ORDER BY id"
        ).fetchall()
        documents = connection.execute(
            "SELECT path, chunks FROM workbench.documents WHERE collection_id = %s", (number,)
        ).fetchall()
    return passages, dict(documents)


def assert_whole(database, name, paths):
    """Every document is there once, with all its passages, and no other is."""
    passages, documents = rows(database, name)
    assert sorted(documents) == sorted(paths)
    assert len({node for _, node in passages}) == len(passages)
    for path, chunks in documents.items():
        assert sum(document == path for document, _ in passages) == chunks > 0


def test_a_second_run_embeds_nothing_even_when_dates_changed(database, corpus, name):
    first = index_corpus(database, HashEmbedder(), corpus, name)
    assert (len(first.indexed), first.unchanged) == (6, 0)
    assert first.chunks == first.chunks_total == sum(rows(database, name)[1].values())
    for file in corpus.iterdir():
        os.utime(file, (1, 1))
    embedder = HashEmbedder()
    second = index_corpus(database, embedder, corpus, name)
    assert (second.chunks, second.unchanged, second.chunks_total) == (0, 6, first.chunks)
    assert embedder.embedded == []
    assert_whole(database, name, [f"{i}.md" for i in range(6)])


def test_only_the_changed_document_is_embedded_and_other_ids_stay(database, corpus, name):
    index_corpus(database, HashEmbedder(), corpus, name)
    before = dict(map(reversed, rows(database, name)[0]))
    path = corpus / "3.md"
    path.write_text(path.read_text().replace("## Part 5", "## Part five"))
    embedder = HashEmbedder()
    report = index_corpus(database, embedder, corpus, name)
    assert report.indexed == ["3.md"]
    assert len(embedder.embedded) == report.chunks == rows(database, name)[1]["3.md"]
    after = dict(map(reversed, rows(database, name)[0]))
    assert len(before.keys() - after.keys()) == len(after.keys() - before.keys()) == 1


def test_a_removed_document_leaves_the_index(database, corpus, name):
    index_corpus(database, HashEmbedder(), corpus, name)
    (corpus / "2.md").unlink()
    (corpus / "4.md").rename(corpus / "renamed.md")
    report = index_corpus(database, HashEmbedder(), corpus, name)
    assert report.removed == ["2.md", "4.md"]
    assert report.indexed == ["renamed.md"]
    assert_whole(database, name, ["0.md", "1.md", "3.md", "5.md", "renamed.md"])


def test_what_cannot_be_indexed_is_listed_and_leaves_the_index(database, corpus, name):
    index_corpus(database, HashEmbedder(), corpus, name)
    (corpus / "0.md").write_text("")
    (corpus / "1.md").write_bytes("café".encode("latin-1"))
    (corpus / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    report = index_corpus(database, HashEmbedder(), corpus, name)
    assert {problem.path: problem.reason for problem in report.problems} == {
        "0.md": "holds no text",
        "1.md": "is not UTF-8 text; convert it",
        "broken.pdf": "is not a readable PDF",
    }
    assert_whole(database, name, ["2.md", "3.md", "4.md", "5.md"])


def test_a_file_that_cannot_be_opened_keeps_its_earlier_version(
    database, corpus, name, monkeypatch
):
    index_corpus(database, HashEmbedder(), corpus, name)
    read = type(corpus).read_bytes

    def refuse(path):
        if path.name == "0.md":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(type(corpus), "read_bytes", refuse)
    report = index_corpus(database, HashEmbedder(), corpus, name)
    assert report.removed == []
    assert [problem.path for problem in report.problems] == ["0.md"]
    assert_whole(database, name, [f"{i}.md" for i in range(6)])


def test_nothing_to_index_is_an_error_and_removes_nothing(database, corpus, name, tmp_path):
    index_corpus(database, HashEmbedder(), corpus, name)
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(NothingIndexedError, match="holds no documents") as caught:
        index_corpus(database, HashEmbedder(), empty, name)
    assert caught.value.exit_code == 1
    (empty / "a.md").write_text(" ")
    with pytest.raises(NothingIndexedError, match=r"a\.md holds no text"):
        index_corpus(database, HashEmbedder(), empty, name)
    assert_whole(database, name, [f"{i}.md" for i in range(6)])
    with pytest.raises(NothingIndexedError):
        index_corpus(database, HashEmbedder(), empty, f"{name}-new")
    assert rows(database, f"{name}-new") == ([], {})


def test_another_encoder_is_refused_with_the_command_that_mends_it(database, corpus, name):
    index_corpus(database, HashEmbedder(), corpus, name)
    other = HashEmbedder()
    other.dimension = 4
    with pytest.raises(IndexingError, match="8 dimensions") as caught:
        index_corpus(database, other, corpus, name)
    assert "--rebuild" in caught.value.hint
    assert_whole(database, name, [f"{i}.md" for i in range(6)])
    report = index_corpus(database, other, corpus, name, rebuild=True)
    assert len(report.indexed) == 6
    assert_whole(database, name, [f"{i}.md" for i in range(6)])


def test_an_interrupted_run_keeps_whole_documents_and_the_next_does_the_rest(
    database, corpus, name
):
    def interrupt(call):
        if call == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index_corpus(database, HashEmbedder(interrupt), corpus, name)
    done = rows(database, name)[1]
    assert 0 < len(done) < 6
    assert_whole(database, name, done)
    report = index_corpus(database, HashEmbedder(), corpus, name)
    assert sorted(report.indexed) == sorted({f"{i}.md" for i in range(6)} - done.keys())
    assert_whole(database, name, [f"{i}.md" for i in range(6)])


def test_two_indexers_at_once_do_the_work_once(database, corpus, name):
    started, go = threading.Event(), threading.Event()
    messages, reports = [], []

    def wait_for_the_other(call):
        if call == 1:
            started.set()
            assert go.wait(20)

    def say(message):
        messages.append(message)
        if "waiting" in message:
            go.set()

    def run(embedder, progress):
        reports.append(index_corpus(database, embedder, corpus, name, progress))

    first = threading.Thread(target=run, args=(HashEmbedder(wait_for_the_other), None))
    first.start()
    assert started.wait(20)
    second = threading.Thread(target=run, args=(HashEmbedder(), say))
    second.start()
    first.join(30)
    second.join(30)
    assert any("waiting" in message for message in messages)
    assert [(len(r.indexed), r.unchanged) for r in reports] == [(6, 0), (0, 6)]
    assert_whole(database, name, [f"{i}.md" for i in range(6)])


def test_a_killed_database_is_one_line_and_the_next_run_completes(make_settings, corpus, name):
    settings = make_settings()
    database = open_database(settings)

    def kill(call):
        if call == 2:
            pid = int((database.folder / "postmaster.pid").read_text().split()[0])
            os.kill(pid, 9)

    with pytest.raises(DatabaseError) as caught:
        index_corpus(database, HashEmbedder(kill), corpus, name)
    assert "\n" not in caught.value.one_line()
    database = open_database(settings)
    assert_whole(database, name, rows(database, name)[1])
    report = index_corpus(database, HashEmbedder(), corpus, name)
    assert report.unchanged > 0 and report.indexed
    assert_whole(database, name, [f"{i}.md" for i in range(6)])


def test_languages_titles_and_pages_are_recorded(database, tmp_path, name):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    texts = {
        "en.md": "# Late check-out\nA guest who leaves after noon pays half of the room rate.",
        "vi.md": "# Trả phòng trễ\nKhách trả phòng sau mười hai giờ phải trả nửa giá phòng.",
        "id.md": "# Pulang\nTamu yang keluar setelah siang membayar setengah harga kamar itu.",
    }
    for file, content in texts.items():
        (corpus / file).write_text(content, encoding="utf-8")
    index_corpus(database, HashEmbedder(), corpus, name)
    with database.connect() as connection:
        found = connection.execute(
            "SELECT d.path, d.lang, d.title FROM workbench.documents d"
            " JOIN workbench.collections c ON c.id = d.collection_id WHERE c.name = %s"
            " ORDER BY 1",
            (name,),
        ).fetchall()
    assert found == [
        ("en.md", "en", "Late check-out"),
        ("id.md", "id", "Pulang"),
        ("vi.md", "vi", "Trả phòng trễ"),
    ]


def test_the_vector_index_comes_with_size_and_goes_with_it(database, corpus, name):
    assert index_corpus(database, HashEmbedder(), corpus, name, exact_below=10).index == "hnsw"
    shutil.copy(corpus / "0.md", corpus / "more.md")
    assert index_corpus(database, HashEmbedder(), corpus, name, exact_below=10).index == "hnsw"
    for number in range(1, 6):
        (corpus / f"{number}.md").unlink()
    report = index_corpus(database, HashEmbedder(), corpus, name, exact_below=1_000)
    assert report.index == "exact"


@pytest.fixture
def command(make_settings, monkeypatch):
    settings = make_settings("cli")
    monkeypatch.setenv("WORKBENCH_WORKSPACE", str(settings.workspace))
    app = typer.Typer()
    index_command.register(app)
    app.command("other")(lambda: None)
    yield lambda *arguments: CliRunner().invoke(app, ["index", *map(str, arguments)])
    with contextlib.suppress(DatabaseError):
        stop_embedded(settings)


def test_the_command_prints_one_json_document_and_its_exit_codes(command, tmp_path):
    corpus = tmp_path / "documents"
    corpus.mkdir()
    (corpus / "a.md").write_text("# Fees\nBreakfast costs 350,000 VND.")
    (corpus / "b.xyz").write_text("x")
    arguments = ("--corpus", corpus, "--collection", "mine", "--json")
    first = command(*arguments)
    assert first.exit_code == 0, first.stderr
    report = read_document("index", first.stdout)
    assert (report["chunks"], report["indexed"]) == (1, ["a.md"])
    assert "skipped b.xyz: is of a kind that is not read" in first.stderr
    assert json.loads(command(*arguments).stdout)["chunks"] == 0
    shown = command("--corpus", corpus, "--collection", "mine")
    assert "0 passages embedded, 1 in all" in shown.stdout
    unnamed = command("--corpus", corpus)
    assert unnamed.exit_code == 2 and "--collection" in unnamed.stderr
    (corpus / "a.md").unlink()
    assert command(*arguments).exit_code == 1
    assert command("--corpus", tmp_path / "absent", "--collection", "x").exit_code == 2


def test_what_postgres_cannot_store_is_dropped_from_the_text(database, tmp_path, name):
    records = [
        {"id": "nul", "title": "a\0b", "text": "# H\0\nbefore\0after \x01 end"},
        {"id": "half", "text": "half \ud83d character"},
        {"id": "nfd", "text": "tra\u0309 pho\u0300ng"},
    ]
    file = tmp_path / "c.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in records))
    assert index_corpus(database, HashEmbedder(), file, name).chunks == 3
    with database.connect() as connection:
        (number,) = connection.execute(
            "SELECT id FROM workbench.collections WHERE name = %s", (name,)
        ).fetchone()
        found = connection.execute(
            f"SELECT text FROM workbench.passages_c{number} ORDER BY document"
        ).fetchall()
    assert [text for (text,) in found] == ["half  character", "trả phòng", "beforeafter  end"]
