"""How long commands take to begin, each in a process of its own."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from workbench.evaluation.statistics import percentile

_FIRST_PAINT = """
import asyncio, time, sys
started = time.perf_counter()
from workbench.assistants import get_assistant
from workbench.config import load_settings
settings = load_settings()
definition = get_assistant(settings.assistant, settings.workspace)
from workbench.tui.app import ChatApp
from workbench.tui.backend import EngineBackend
app = ChatApp(EngineBackend(settings, definition))
async def paint():
    async with app.run_test(size=(110, 32)) as pilot:
        await pilot.pause()
        print(time.perf_counter() - started)
        sys.stdout.flush()
        import os
        os._exit(0)
asyncio.run(paint())
"""
COMMANDS = {
    "help": [sys.executable, "-m", "workbench", "--help"],
    "first_paint": [sys.executable, "-c", _FIRST_PAINT],
}


def run_startup(repeats: int, progress: Callable[[str], None]) -> dict[str, Any]:
    """Run each command `repeats` times after one that warms the disk cache; wall seconds."""
    results: dict[str, Any] = {"n": repeats}
    for name, command in COMMANDS.items():
        seconds: list[float] = []
        for number in range(repeats + 1):
            progress(f"{name}: {number} of {repeats}")
            started = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            seconds.append(time.perf_counter() - started)
        warm = seconds[1:]
        results[name] = {
            "p50": statistics.median(warm),
            "p95": percentile(warm, 0.95),
            "least": min(warm),
        }
    return results
