import errno
import sys

import pytest

from workbench.errors import ResourceError
from workbench.setup import machine, run
from workbench.setup.environment import Environment
from workbench.setup.machine import Needs


def works(command, on_line):
    return 0


def fails(command, on_line):
    on_line("ModuleNotFoundError: No module named 'pip'")
    return 1


@pytest.fixture
def root(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    return tmp_path


@pytest.fixture
def environment(root):
    """A complete environment, as far as its files tell."""
    environment = Environment(root, "cpu")
    (environment.path / "bin").mkdir(parents=True)
    for name in ("python", "workbench"):
        (environment.path / "bin" / name).touch()
    environment.mark(complete=True)
    return environment


def test_a_complete_environment_is_current(environment):
    assert environment.is_current()
    assert not environment.must_be_remade(works)


def test_a_changed_project_is_not_current_but_needs_no_new_environment(environment):
    (environment.root / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert not environment.is_current()
    assert not environment.must_be_remade(works)


def test_an_unfinished_set_up_is_not_current(environment):
    environment.mark(complete=False)
    assert not environment.is_current()


@pytest.mark.parametrize("name", ["python", "workbench"])
def test_an_environment_without_its_programs_is_not_current(environment, name):
    (environment.path / "bin" / name).unlink()
    assert not environment.is_current()


@pytest.mark.parametrize("stamp", ["{", "[]", '{"path": "x"}'])
def test_an_unreadable_stamp_counts_as_none(environment, stamp):
    (environment.path / "setup.json").write_text(stamp)
    assert environment.stamp() is None
    assert not environment.is_current()
    assert not environment.must_be_remade(works)


def test_packages_for_the_other_accelerator_need_a_new_environment(environment):
    other = Environment(environment.root, "cuda")
    assert not other.is_current()
    assert other.must_be_remade(works)


def test_a_moved_environment_must_be_remade(environment, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("moved") / "checkout"
    environment.root.rename(elsewhere)
    moved = Environment(elsewhere, "cpu")
    assert not moved.is_current()
    assert moved.must_be_remade(works)


def test_an_environment_without_python_or_pip_must_be_remade(environment):
    assert environment.must_be_remade(fails)
    environment.python.unlink()
    assert environment.must_be_remade(works)


def test_the_probe_asks_for_this_python_with_pip(environment):
    commands = []
    environment.must_be_remade(lambda command, on_line: commands.append(command) or 0)
    assert commands[0][0] == str(environment.python)
    assert f"({sys.version_info.major}, {sys.version_info.minor})" in commands[0][2]


def test_clearing_never_follows_a_link(environment, tmp_path_factory):
    target = tmp_path_factory.mktemp("elsewhere")
    (target / "precious").touch()
    environment.clear()
    environment.path.rmdir()
    environment.path.symlink_to(target)
    environment.clear()
    assert (target / "precious").exists()
    assert list(environment.path.iterdir()) == []


def test_a_python_that_cannot_make_environments_is_told(environment):
    with pytest.raises(ResourceError, match=r"making \.venv failed: ModuleNotFoundError"):
        environment.make(fails)


def set_up(monkeypatch, root, capsys, **patches):
    monkeypatch.setenv("WORKBENCH_ACCELERATOR", "cpu")
    monkeypatch.setattr(run, "__file__", str(root / "workbench" / "setup" / "run.py"))
    for name, value in patches.items():
        monkeypatch.setattr(run, name, value)
    status = run.main()
    return status, capsys.readouterr().err


def raiser(error):
    def fail(*arguments):
        raise error

    return fail


def test_outside_a_checkout_set_up_says_so(monkeypatch, tmp_path, capsys):
    status, err = set_up(monkeypatch, tmp_path, capsys)
    assert status == 2
    assert "is no checkout of the workbench" in err


def test_a_current_environment_needs_no_lock(monkeypatch, environment, capsys):
    assert set_up(monkeypatch, environment.root, capsys) == (0, "")
    assert not (environment.root / ".workbench").exists()


def test_all_faults_of_the_machine_come_before_anything_is_made(monkeypatch, root, capsys):
    huge = Needs(10**18, 10**18)
    monkeypatch.setattr(machine, "FIRST_TIME", {"cpu": huge})
    status, err = set_up(monkeypatch, root, capsys)
    assert status == 2
    assert "of disk are free here" in err
    assert "of memory and" in err
    assert all(line.startswith("setup: ") for line in err.splitlines())
    assert not (root / ".venv").exists()


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "setup: the disk is full: free some"),
        (PermissionError(errno.EACCES, "Permission denied", "/x/.venv"), "may not write /x/.venv"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error: mend it"),
    ],
)
def test_faults_of_the_file_system_are_one_line(monkeypatch, root, capsys, error, line):
    status, err = set_up(monkeypatch, root, capsys, _run_steps=raiser(error))
    assert status == 2
    assert line in err
    assert err.count("\n") == 1


def test_an_interruption_ends_with_130(monkeypatch, root, capsys):
    status, err = set_up(monkeypatch, root, capsys, _run_steps=raiser(KeyboardInterrupt()))
    assert (status, err) == (130, "setup: interrupted: the same command goes on from here\n")
