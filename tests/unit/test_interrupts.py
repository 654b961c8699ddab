"""ctrl-c at any moment: in processes of their own, with real signals."""

import os
import signal

import pytest
from fixtures.processes import LIMIT_S, runs

from workbench import interrupts

BEGIN = """
import os, signal, subprocess, sys, threading, time
from workbench import interrupts
interrupts.leave_on_interrupt("tool: interrupted")
"""
LINE = "tool: interrupted\n"
GRANDCHILD = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(os.getpid(), flush=True)
time.sleep(600)
"""
CHILD = f"""
import os, subprocess, sys
print(os.getpid(), flush=True)
subprocess.run([sys.executable, "-c", {GRANDCHILD!r}])
"""
SERVICE = """
import os, time
service = os.fork()
if service:
    print(service, flush=True)
    os._exit(0)
os.setsid()
for descriptor in (1, 2):
    os.close(descriptor)
time.sleep(600)
"""


@pytest.fixture
def run(start):
    """Run code that interrupts itself: exit code, stdout and stderr."""

    def run(code):
        process = start("-c", BEGIN + code)
        stdout, stderr = process.communicate(timeout=LIMIT_S)
        return process.returncode, stdout, stderr

    return run


def interrupt(process):
    """Press ctrl-c, and return the exit code and stderr."""
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=LIMIT_S)
    return process.returncode, stderr


def test_it_ends_the_process_at_once_with_one_line(start):
    process = start("-c", BEGIN + "print('ready', flush=True); time.sleep(600)")
    assert process.stdout.readline() == "ready\n"
    assert interrupt(process) == (130, LINE)


def test_a_thread_at_work_is_not_waited_for(start):
    code = "threading.Thread(target=time.sleep, args=(600,)).start(); print('ready', flush=True)"
    process = start("-c", BEGIN + code)
    assert process.stdout.readline() == "ready\n"
    assert interrupt(process) == (130, LINE)


def test_one_that_an_exception_would_lose_ends_the_process(run):
    code = """
class Fragile:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)

with interrupts.raised():
    Fragile()
    print("lost")
"""
    assert run(code) == (130, "", LINE)


def test_other_faults_of_destructors_are_shown_as_ever(run):
    code = """
class Faulty:
    def __del__(self):
        raise ValueError("a fault")

Faulty()
"""
    status, _, stderr = run(code)
    assert status == 0
    assert "ValueError: a fault" in stderr


def test_the_first_lets_the_block_clear_up_and_the_second_ends_it(start):
    code = """
with interrupts.raised():
    try:
        print("working", flush=True)
        time.sleep(600)
    finally:
        print("clearing", flush=True)
        time.sleep(600)
"""
    process = start("-c", BEGIN + code)
    assert process.stdout.readline() == "working\n"
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "clearing\n"
    assert interrupt(process) == (130, LINE)


@pytest.mark.parametrize("ending", ["pass", "raise OSError", "sys.exit(1)"])
def test_a_block_that_takes_no_notice_is_interrupted_at_its_end(run, ending):
    code = f"""
try:
    with interrupts.raised():
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            {ending}
except KeyboardInterrupt:
    print("interrupted")
"""
    assert run(code) == (0, "interrupted\n", "")


def test_an_action_ends_with_its_block(run):
    code = """
try:
    with interrupts.raised():
        with interrupts.acting(lambda: print("inner", flush=True)):
            pass
        signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    print("outer", flush=True)
signal.raise_signal(signal.SIGINT)
"""
    assert run(code) == (130, "outer\n", LINE)


def test_without_a_press_the_process_ends_at_once_again_after_the_block(run):
    assert run("with interrupts.raised(): pass\nsignal.raise_signal(signal.SIGINT)") == (
        130,
        "",
        LINE,
    )


def test_what_was_said_is_said_once(run):
    code = """
try:
    with interrupts.raised():
        signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    interrupts.ignore_further()
    print("tool: stopped", file=sys.stderr, flush=True)
    signal.raise_signal(signal.SIGINT)
    interrupts.leave()
"""
    assert run(code) == (130, "", "tool: stopped\n")


def test_it_comes_too_late_when_only_the_interpreter_is_left(run):
    code = """
class Late:
    def __del__(self, press=os.kill, own=os.getpid(), number=signal.SIGINT):
        press(own, number)

late = Late()
print("done")
"""
    assert run(code) == (0, "done\n", "")


def test_a_process_that_is_to_ignore_it_goes_on(start):
    ignoring = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    process = start("-c", ignoring + BEGIN + "signal.raise_signal(signal.SIGINT); print('on')")
    assert process.communicate(timeout=LIMIT_S) == ("on\n", "")


def test_in_a_process_of_somebody_else_nothing_changes():
    acted = []
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), interrupts.acting(lambda: acted.append(1)):
        signal.raise_signal(signal.SIGINT)
    interrupts.ignore_further()
    assert acted == []
    assert signal.getsignal(signal.SIGINT) is before


def test_children_and_theirs_are_ended_even_stubborn_ones(start):
    code = f"subprocess.Popen([sys.executable, '-c', {CHILD!r}]); time.sleep(600)"
    process = start("-c", BEGIN + code)
    pids = [int(process.stdout.readline()) for _ in range(2)]
    assert set(pids) <= set(interrupts.descendants(process.pid))
    assert all(map(runs, pids))
    assert interrupt(process) == (130, LINE)
    assert not any(map(runs, pids))


def test_a_service_goes_on(start):
    code = f"""
subprocess.run([sys.executable, '-c', {SERVICE!r}])
print('on', flush=True)
time.sleep(600)
"""
    process = start("-c", BEGIN + code)
    service = int(process.stdout.readline())
    try:
        assert process.stdout.readline() == "on\n"
        assert interrupt(process) == (130, LINE)
        assert runs(service)
    finally:
        os.kill(service, signal.SIGKILL)


def test_a_process_that_is_gone_has_no_descendants_and_is_not_waited_for():
    gone = os.spawnlp(os.P_NOWAIT, "true", "true")
    os.waitpid(gone, 0)
    assert interrupts.descendants(gone) == []
    interrupts.end_processes([gone], patience_s=600)
