import os
import subprocess

from workbench.config import load_settings
from workbench.evaluation.fingerprint import BINDING, code_version, fingerprint, hardware, sha256_of


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
    second = code_version(tmp_path)["git_dirty"]
    (tmp_path / "a.py").write_text("3")
    third = code_version(tmp_path)["git_dirty"]
    assert second and third and second != third


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


def test_a_folder_has_another_hash_when_a_file_changes_or_moves(tmp_path):
    (tmp_path / "a").write_text("x")
    first = sha256_of(tmp_path)
    (tmp_path / "a").rename(tmp_path / "b")
    second = sha256_of(tmp_path)
    (tmp_path / "b").write_text("y")
    assert len({first, second, sha256_of(tmp_path)}) == 3


def test_every_part_of_the_stack_is_in_the_fingerprint(tmp_path):
    (tmp_path / "workbench.toml").write_text("")
    serving = {"model": "m", "weights": "w", "weights_sha256": "a", "flags": ["--x"]}
    measured = {"dataset_sha256": "d", "corpus": "c", "assistant": "a", "prompt": "p"}
    measured |= {"prompt_sha256": "h"}
    settings = load_settings(tmp_path)
    found = fingerprint(settings, serving, {"content_sha256": "i"}, measured)
    assert set(BINDING) - {"metric_versions", "judge"} <= set(found)
    assert {"git_commit", "git_dirty", "packages_sha256", "hardware", "engine"} <= set(found)
    assert found["answer"]["temperature"] == settings.answer.temperature
