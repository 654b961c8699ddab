"""How long commands take to begin, each in a process of its own, the interpreter's start included.

The chat client's first paint is done when Textual has drawn its mounted screen for the first time;
the heavy loading goes on behind it.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from workbench.evaluation.statistics.percentiles import percentile

_FIRST_PAINT = """
import asyncio, os
from workbench.assistants import get_assistant
from workbench.config import load_settings
settings = load_settings()
definition = get_assistant(settings.assistant, settings.workspace)
from workbench.tui.app import ChatApp
from workbench.tui.backend import EngineBackend

ChatApp.on_ready = lambda app: app.call_after_refresh(os._exit, 0)
asyncio.run(ChatApp(EngineBackend(settings, definition)).run_async(headless=True, size=(110, 32)))
os._exit(1)
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
