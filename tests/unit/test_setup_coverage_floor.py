import json
import runpy
import subprocess
from pathlib import Path

import pytest

floor = runpy.run_path(str(Path(__file__).parents[2] / ".ci" / "coverage_floor.py"))


@pytest.fixture
def repository(tmp_path):
    """A repository whose floor was 80, then 85."""
    git(tmp_path, "init", "-q")
    for value in ("80", "85"):
        commit(tmp_path, value)
    return tmp_path


def git(folder, *arguments):
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True)


def commit(folder, value):
    (folder / "coverage_floor").write_text(value + "\n")
    git(folder, "add", "coverage_floor")
    git(folder, "commit", "-q", "-m", value)


def check(folder, covered):
    report = folder / "coverage.json"
    report.write_text(json.dumps({"totals": {"percent_covered": covered}}))
    return floor["main"](report, folder / "coverage_floor")


def test_coverage_on_the_floor_passes(repository, capsys):
    assert check(repository, 85.0) == 0
    assert capsys.readouterr().out == "coverage: 85.00%, floor 85%\n"


def test_coverage_below_the_floor_fails(repository, capsys):
    assert check(repository, 84.99) == 1
    assert "84.99% covered, below the floor of 85%" in capsys.readouterr().err


@pytest.mark.parametrize("committed", [False, True])
def test_a_lowered_floor_fails(repository, capsys, committed):
    if committed:
        commit(repository, "82")
    (repository / "coverage_floor").write_text("82")
    assert check(repository, 99.0) == 1
    assert "lowered from 85 to 82" in capsys.readouterr().err


def test_a_raised_floor_passes(repository):
    (repository / "coverage_floor").write_text("90.5")
    assert check(repository, 91.0) == 0


def test_a_shallow_clone_knows_what_it_has(repository, tmp_path_factory):
    clone = tmp_path_factory.mktemp("shallow") / "clone"
    git(repository, "clone", "-q", "--depth", "1", repository.as_uri(), str(clone))
    assert floor["earlier_floors"](clone / "coverage_floor") == [85.0]
    assert check(clone, 85.0) == 0


def test_outside_git_only_the_floor_counts(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "coverage_floor").write_text("10")
    assert check(tmp_path, 10.0) == 0
