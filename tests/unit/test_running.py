"""Asynchronous work of commands under ctrl-c, with real signals in processes of their own."""

import signal

import pytest
from fixtures.processes import LIMIT_S, wait_asleep

from workbench.cli.running import run_async

BEGIN = """
import asyncio, signal, sys, threading, time
from workbench import interrupts
from workbench.cli.running import run_async
interrupts.leave_on_interrupt("tool: interrupted")

def say(word):
    print(word, flush=True)

async def forever(word):
    say(word)
    await asyncio.Event().wait()
"""
RUN = """
try:
    run_async(work())
except KeyboardInterrupt:
    interrupts.leave("tool: over")
"""


def press_when(process, word):
    """Press ctrl-c once the process has said a word and waits."""
    assert process.stdout.readline() == word + "\n"
    wait_asleep(process.pid)
    process.send_signal(signal.SIGINT)


def end_of(process):
    _, stderr = process.communicate(timeout=LIMIT_S)
    return process.returncode, stderr


def test_results_and_faults_pass():
    async def add(one, other):
        return one + other

    assert run_async(add(2, 3)) == 5
    with pytest.raises(TypeError):
        run_async(add(2, None))


def test_a_signal_that_does_not_rouse_the_loop_is_not_missed(start):
    # The main thread takes no signal itself, so its wait is not broken off: the same happens to
    # a signal that comes just before it begins to wait.
    code = """
threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})

async def work():
    await forever("waiting")
"""
    process = start("-c", BEGIN + code + RUN)
    press_when(process, "waiting")
    assert end_of(process) == (130, "tool: over\n")


def test_a_thread_at_work_is_not_waited_for(start):
    code = """
def wait():
    say("waiting")
    time.sleep(600)

async def work():
    await asyncio.to_thread(wait)
"""
    process = start("-c", BEGIN + code + RUN)
    press_when(process, "waiting")
    assert end_of(process) == (130, "tool: over\n")


@pytest.mark.parametrize("ending", ["pass", "raise OSError", "sys.exit(1)"])
def test_whatever_work_makes_of_it_the_command_was_interrupted(start, ending):
    code = f"""
async def work():
    try:
        await forever("waiting")
    except asyncio.CancelledError:
        {ending}
"""
    process = start("-c", BEGIN + code + RUN)
    press_when(process, "waiting")
    assert end_of(process) == (130, "tool: over\n")


def test_a_second_one_does_not_wait_for_clearing_up(start):
    code = """
async def work():
    try:
        await forever("waiting")
    finally:
        await forever("clearing")
"""
    process = start("-c", BEGIN + code + RUN)
    press_when(process, "waiting")
    press_when(process, "clearing")
    assert end_of(process) == (130, "tool: interrupted\n")
