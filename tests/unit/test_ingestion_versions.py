"""Telling which files are versions of one document in several languages."""

from workbench.engine.ingestion.corpus import load_corpus
from workbench.engine.ingestion.markdown import read_markdown
from workbench.engine.ingestion.versions import Version, find_versions


def test_a_translation_belongs_to_the_file_beside_it_without_a_language():
    found = find_versions(["a/pets.md", "a/pets.vi.md", "a/pets.id.md", "b/pets.vi.md"])
    assert found["a/pets.md"] == Version("a/pets.md")
    assert found["a/pets.vi.md"] == Version("a/pets.md", "vi")
    assert found["b/pets.vi.md"] == Version("b/pets.vi.md"), "nothing beside it to translate"


def test_a_translation_may_be_of_another_kind_of_file_but_prefers_its_own():
    found = find_versions(["rules.pdf", "rules.vi.md"])
    assert found["rules.vi.md"].original == "rules.pdf"
    found = find_versions(["rules.html", "rules.md", "rules.vi.md"])
    assert found["rules.vi.md"].original == "rules.md"
    assert found["rules.html"] == Version("rules.html")


def test_other_endings_are_no_languages():
    found = find_versions(["report.2024.md", "report.md", "v1.2.md"])
    assert all(version == Version(path) for path, version in found.items())


def test_a_file_that_becomes_a_translation_is_read_again_and_its_original_is_not(tmp_path):
    (tmp_path / "pets.vi.md").write_text("Không nhận thú cưng.")
    alone = {one.path: one.content_hash for one in load_corpus(tmp_path)}
    (tmp_path / "pets.md").write_text("No pets.")
    both = {one.path: one.content_hash for one in load_corpus(tmp_path)}
    assert both["pets.vi.md"] != alone["pets.vi.md"]
    (tmp_path / "pets.vi.md").unlink()
    assert {one.path: one.content_hash for one in load_corpus(tmp_path)} == {
        "pets.md": both["pets.md"]
    }


def test_markdown_tells_pages_where_it_translates_a_paged_document():
    reading = read_markdown(
        "# Rules\n<!-- page 1 -->\n## One\nFirst.\n<!-- page 2 -->\nSecond.\n## Two\nThird."
    )
    assert [(one.heading, one.text, one.page) for one in reading.sections] == [
        (("One",), "First.", 1),
        (("One",), "Second.", 2),
        (("Two",), "Third.", 2),
    ]
    assert reading.pages == 2
    assert read_markdown("# Rules\n```\n<!-- page 1 -->\n```").pages is None
