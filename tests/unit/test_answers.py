import json
import os
import subprocess

import pytest

from workbench.assistants.scaffold import scaffold_assistant
from workbench.config import load_settings
from workbench.errors import UnknownNameError, UsageError
from workbench.evaluation.answers import AnswersRun, choose_assistant, run_answers
from workbench.evaluation.fingerprint import code_version, hardware, sha256_of
from workbench.evaluation.questions import Question


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "workbench.toml").write_text('assistant = "papers"\n')
    for name in ("papers", "letters"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.md").write_text(name)
        scaffold_assistant(tmp_path / "assistants" / name, name.title(), name)
    return load_settings(tmp_path, state_dir=tmp_path / "state")


def chosen(settings, *named, **options):
    run = AnswersRun(dataset=settings.workspace / "q", file=settings.workspace / "r", **options)
    questions = [
        Question(id=str(number), user_input="?", assistant=name)
        for number, name in enumerate(named)
    ]
    return choose_assistant(settings, run, questions)


def test_the_assistant_is_the_chosen_the_named_or_the_configured_one(settings):
    assert chosen(settings, "letters", "", assistant="papers").name == "papers"
    assert chosen(settings, "letters", "").name == "letters"
    assert chosen(settings, "").name == "papers"
    with pytest.raises(UsageError, match="questions to letters, papers"):
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


async def test_a_result_file_is_not_overwritten(settings):
    questions, file = settings.workspace / "q.jsonl", settings.workspace / "r.jsonl"
    questions.write_text(json.dumps({"id": "1", "user_input": "?"}))
    file.write_text("mine")
    with pytest.raises(UsageError, match="already there"):
        await run_answers(settings, AnswersRun(dataset=questions, file=file), print)
    assert file.read_text() == "mine"


def test_the_code_version_names_commit_and_changes(tmp_path):
    def git(*arguments):
        who = ("-c", "user.name=x", "-c", "user.email=x@example.org")
        subprocess.run(["git", "-C", str(tmp_path), *who, *arguments], check=True)

    assert code_version(tmp_path)["git_commit"] == ""
    git("init", "-q")
    (tmp_path / "a.py").write_text("1")
    git("add", "a.py")
    git("commit", "-q", "-m", "first")
    (tmp_path / "site-packages").mkdir()
    version = code_version(tmp_path)
    assert len(version["git_commit"]) == 40
    assert not version["git_dirty"]
    assert code_version(tmp_path / "site-packages")["git_commit"] == ""
    (tmp_path / "a.py").write_text("2")
    assert code_version(tmp_path)["git_dirty"]


def test_a_ctrl_c_does_not_reach_git(tmp_path, monkeypatch):
    tool = tmp_path / "git"
    tool.write_text("#!/bin/sh\ncut -d ' ' -f 5 /proc/$$/stat\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    group = int(code_version(tmp_path)["git_commit"])
    assert group != os.getpgrp()


def test_the_hardware_has_a_name_and_cores():
    assert hardware()["cores"] >= 1
    assert hardware()["cpu"]
