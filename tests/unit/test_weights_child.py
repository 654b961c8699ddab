"""The process in which heavy work runs, with small modules of the test's own."""

import pytest

from workbench.errors import ResourceError, WeightsError
from workbench.services.weights.child import run_child

HEAD = "from workbench.services.weights.child import child_main, report\n"


@pytest.fixture
def child(tmp_path, monkeypatch):
    """Return a function that runs a script as a child and gives back its progress."""

    def run(script, *arguments):
        (tmp_path / "step.py").write_text(HEAD + script)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
        seen = []
        run_child("step", list(arguments), tmp_path, 7, lambda *step: seen.append(step))
        return seen

    return run


def test_progress_comes_back_and_other_prints_do_not(child):
    script = (
        "def work(arguments):\n"
        "    print('a library says hello')\n"
        "    report(arguments[0], 1, 2)\n"
        "child_main(work)\n"
    )
    assert child(script, "convert") == [("convert", 1, 2)]


def test_a_failure_becomes_its_last_line(child):
    script = "def work(_):\n    raise ValueError('no such\\n  tensor')\nchild_main(work)\n"
    with pytest.raises(WeightsError) as caught:
        child(script)
    assert caught.value.message == "the step 'step' failed: ValueError: no such tensor"


def test_a_silent_failure_shows_its_exit_code(child):
    with pytest.raises(WeightsError, match="exit code 3"):
        child("import sys; sys.exit(3)\n")


@pytest.mark.parametrize("text", ["No space left on device", "I/O error (os error 28)"])
def test_a_full_disk_is_said_with_the_bytes_that_are_needed(child, text):
    script = f"def work(_):\n    raise OSError({text!r})\nchild_main(work)\n"
    with pytest.raises(ResourceError, match="needs 7 bytes"):
        child(script)


def test_a_killed_child_is_put_down_to_memory(child):
    script = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)\n"
    with pytest.raises(ResourceError, match="want of memory"):
        child(script)


def test_an_interrupted_parent_leaves_no_child(tmp_path, monkeypatch):
    pid = tmp_path / "pid"
    script = (
        "import os, sys, time\n"
        "from pathlib import Path\n"
        "Path(sys.argv[1]).write_text(str(os.getpid()))\n"
        "report('convert', 1, 2)\n"
        "time.sleep(600)\n"
    )
    (tmp_path / "step.py").write_text(HEAD + script)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")

    def interrupt(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_child("step", [str(pid)], tmp_path, 7, interrupt)
    with pytest.raises(ProcessLookupError):
        import os

        os.kill(int(pid.read_text()), 0)
