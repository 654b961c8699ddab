import pytest

from workbench.assistants.scaffold import scaffold_assistant
from workbench.config import load_settings
from workbench.errors import UnknownNameError, UsageError
from workbench.evaluation.fingerprint import sha256_of
from workbench.evaluation.preparing import choose_assistant
from workbench.evaluation.questions import Question


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "workbench.toml").write_text('assistant = "papers"\n')
    for name in ("papers", "letters"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.md").write_text(name)
        scaffold_assistant(tmp_path / "assistants" / name, name.title(), name)
    return load_settings(tmp_path, state_dir=tmp_path / "state")


def chosen(settings, *named, assistant=None, corpus=None):
    questions = [
        Question(id=str(number), user_input="?", assistant=name)
        for number, name in enumerate(named)
    ]
    return choose_assistant(settings, questions, assistant, corpus)


def test_the_assistant_is_the_chosen_the_named_or_the_configured_one(settings):
    assert chosen(settings, "letters", "", assistant="papers").name == "papers"
    assert chosen(settings, "letters", "").name == "letters"
    assert chosen(settings, "").name == "papers"
    with pytest.raises(UsageError, match="questions are to letters, papers"):
        chosen(settings, "letters", "papers")
    with pytest.raises(UnknownNameError):
        chosen(settings, "", assistant="leters")


def test_a_corpus_of_ones_own_gets_a_generic_assistant_named_after_its_content(settings):
    corpus = settings.workspace / "letters"
    assert chosen(settings, corpus=corpus, assistant="letters").collection == "letters"
    generic = chosen(settings, corpus=corpus, assistant="papers")
    assert generic.collection == f"eval-{sha256_of(corpus)[:12]}"
    assert generic.corpus == corpus
    assert set(generic.languages) == {"en", "vi", "id"}
    before = generic.collection
    (corpus / "a.md").write_text("changed")
    assert chosen(settings, corpus=corpus).collection != before
    with pytest.raises(UsageError, match="there is no corpus"):
        chosen(settings, corpus=corpus / "none")
