"""Finding documents, and saying in one line why one cannot be read."""

import json
import os

import pytest

from workbench.engine.ingestion import corpus as corpus_module
from workbench.engine.ingestion.corpus import Document, Problem, load_corpus
from workbench.errors import IndexingError


def load(path):
    entries = list(load_corpus(path))
    documents = {entry.path: entry for entry in entries if isinstance(entry, Document)}
    problems = {entry.path: entry.reason for entry in entries if isinstance(entry, Problem)}
    return documents, problems


def test_folders_are_walked_in_order_and_hidden_files_left_out(tmp_path):
    for name in ("b/z.md", "a.txt", "b/c.html", ".git/x.md", "b/.hidden.md"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    assert [entry.path for entry in load_corpus(tmp_path)] == ["a.txt", "b/c.html", "b/z.md"]


def test_the_hash_sees_content_and_not_dates(tmp_path):
    file = tmp_path / "a.md"
    file.write_text("same")
    first = load(tmp_path)[0]["a.md"].content_hash
    os.utime(file, (1, 1))
    file.chmod(0o600)
    assert load(tmp_path)[0]["a.md"].content_hash == first
    file.write_text("other")
    assert load(tmp_path)[0]["a.md"].content_hash != first


def test_what_cannot_be_read_is_named_with_the_reason(tmp_path, monkeypatch):
    monkeypatch.setattr(corpus_module, "LARGEST", 1 << 20)
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "good.md").write_text("x")
    (corpus / "word.docx").write_bytes(b"x")
    (corpus / "huge.md").write_bytes(b"x" * (3 << 20))
    (corpus / "gone.md").symlink_to(corpus / "absent.md")
    (tmp_path / "secret.md").write_text("outside")
    (corpus / "link.md").symlink_to(tmp_path / "secret.md")
    (corpus / "linked").symlink_to(tmp_path, target_is_directory=True)
    (corpus / "inner.md").symlink_to(corpus / "good.md")
    os.mkfifo(corpus / "pipe.md")
    documents, problems = load(corpus)
    assert sorted(documents) == ["good.md", "inner.md"]
    assert problems["word.docx"].startswith("is of a kind that is not read")
    assert problems["huge.md"] == "has 3 MiB, more than 1"
    assert problems["gone.md"] == "is not a file"
    assert problems["link.md"] == problems["linked"] == "is a link that leads out of the corpus"
    assert problems["pipe.md"] == "is not a file"


def test_a_name_that_is_no_text_is_reported(tmp_path):
    (tmp_path / os.fsdecode(b"bad\xff.md")).write_text("x")
    (tmp_path / "line\nbreak.md").write_text("x")
    problems = [entry for entry in load_corpus(tmp_path) if isinstance(entry, Problem)]
    assert len(problems) == 2
    assert all("printable" in problem.reason and problem.path.isascii() for problem in problems)


def test_a_file_without_permission_keeps_its_place_in_the_index(tmp_path, monkeypatch):
    file = tmp_path / "a.md"
    file.write_text("x")

    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(file), "read_bytes", refuse)
    (problem,) = load_corpus(tmp_path)
    assert problem == Problem("a.md", "cannot be read (Permission denied)", keep=True)


def test_text_in_another_encoding_is_refused_and_marked_utf_16_read(tmp_path):
    (tmp_path / "latin.md").write_bytes("café".encode("latin-1"))
    (tmp_path / "wide.md").write_text("phòng", encoding="utf-16")
    (tmp_path / "marked.md").write_text("phòng", encoding="utf-8-sig")
    documents, _ = load(tmp_path)
    with pytest.raises(IndexingError, match="not UTF-8"):
        documents["latin.md"].read()
    assert documents["wide.md"].read().sections[0].text == "phòng"
    assert documents["marked.md"].read().sections[0].text == "phòng"


def write_lines(path, *records):
    lines = [r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_jsonl_corpus_has_one_document_a_line(tmp_path):
    file = write_lines(
        tmp_path / "c.jsonl",
        {"id": "1", "title": "Fees", "text": "Ten.\n## Groups\nTwenty."},
        "",
        {"id": "2", "text": "No title."},
    )
    documents, problems = load(file)
    assert not problems
    reading = documents["1"].read()
    assert reading.title == "Fees"
    assert [section.heading for section in reading.sections] == [(), ("Groups",)]
    assert documents["2"].read().title == ""


def test_bad_lines_of_a_jsonl_corpus_are_named(tmp_path):
    good, wrong, short = {"id": "1", "text": "x"}, {"id": 5, "text": "x"}, {"id": "2"}
    lines = (good, "{cut", '["no object"]', wrong, good, short)
    file = write_lines(tmp_path / "c.jsonl", *lines)
    documents, problems = load(file)
    assert list(documents) == ["1"]
    assert problems["line 2"] == problems["line 3"] == problems["line 6"]
    assert problems["line 4"] == '"id", "title" and "text" must be strings'
    assert problems["line 5"] == "repeats the id '1'"


def test_a_record_title_stands_above_the_texts_own(tmp_path):
    file = write_lines(tmp_path / "c.jsonl", {"id": "1", "title": "A", "text": "# B\ntext"})
    reading = load(file)[0]["1"].read()
    assert (reading.title, reading.sections[0].heading) == ("A", ("B",))


def test_a_corpus_must_be_a_folder_or_jsonl(tmp_path):
    (tmp_path / "a.md").write_text("x")
    with pytest.raises(IndexingError, match="neither"):
        load_corpus(tmp_path / "a.md")
    with pytest.raises(IndexingError, match="there is no corpus"):
        load_corpus(tmp_path / "absent")


def test_a_file_without_a_title_is_named_after_itself(tmp_path):
    (tmp_path / "late_check-out 2025.md").write_text("## Fees\ntext")
    (tmp_path / "titled.md").write_text("# Pets\ntext")
    documents, _ = load(tmp_path)
    titles = [document.read().title for document in documents.values()]
    assert titles == ["late check out 2025", "Pets"]
