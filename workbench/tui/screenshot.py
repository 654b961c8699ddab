"""A picture of the real client, for the README.

`python -m workbench.tui.screenshot OUT.svg [--png]` opens the client without a terminal, over the
real services, asks a question, opens a source and saves what is on the screen.
"""

import argparse
import asyncio
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from workbench.errors import WorkbenchError
from workbench.tui.app import ChatApp
from workbench.tui.backend import Backend, EngineBackend
from workbench.tui.conversation import Conversation
from workbench.tui.question_input import QuestionInput

SIZE = (110, 32)
QUESTION = "What does a late check-out until 3 PM cost, and who approves it?"
LIMIT_S = 900.0
CONVERTER = "rsvg-convert"
_FONT = re.compile(r"@font-face\s*\{[^}]*\}")
"""Textual's pictures fetch a font from another site; the reader's own does."""


async def picture(backend: Backend, question: str, limit_s: float = LIMIT_S) -> str:
    """Return the screen, as SVG, with the answer to a question and its first source.

    Raises:
        WorkbenchError: The answer did not come in time, or has no sources.
    """
    app = ChatApp(backend)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.screen.query_one(QuestionInput).replace_text(question)
        await pilot.press("enter")
        conversation = app.screen.query_one(Conversation)
        await _wait(pilot, lambda: _has_ended(conversation), limit_s)
        await pilot.pause(0.5)
        record = conversation.records[-1]
        if not record.sources:
            raise WorkbenchError(record.problem or "the answer has no sources", record.hint)
        await pilot.press("1")
        await pilot.pause(0.5)
        return _FONT.sub("", app.export_screenshot(title="workbench chat"))


def _has_ended(conversation: Conversation) -> bool:
    return bool(conversation.records) and conversation.records[-1].state not in (
        "queued",
        "running",
    )


async def _wait(pilot: Pilot[None], done: Callable[[], bool], limit_s: float) -> None:
    end = time.monotonic() + limit_s
    while not done():
        if time.monotonic() > end:
            raise WorkbenchError("no answer came in time", "see: workbench status")
        await pilot.pause(0.1)


def save_png(svg: Path) -> Path:
    """Convert a picture.

    Raises:
        WorkbenchError: There is no converter, or it failed.
    """
    converter = shutil.which(CONVERTER)
    if converter is None:
        raise WorkbenchError(f"{CONVERTER} is missing", "install librsvg2-bin, or leave out --png")
    target = svg.with_suffix(".png")
    done = subprocess.run([converter, "-o", target, svg], capture_output=True, text=True)
    if done.returncode != 0:
        raise WorkbenchError(f"{CONVERTER} failed", done.stderr.strip())
    return target


def main(arguments: list[str] | None = None) -> int:
    """Take the picture and return an exit status."""
    from workbench.assistants import get_assistant
    from workbench.config import load_settings

    parser = argparse.ArgumentParser(prog="workbench.tui.screenshot")
    parser.add_argument("out", type=Path, help="the SVG file to write")
    parser.add_argument("--png", action="store_true", help="also convert it to PNG")
    parser.add_argument("--question", default=QUESTION)
    given = parser.parse_args(arguments)
    try:
        settings = load_settings()
        assistant = get_assistant(settings.assistant, settings.workspace)
        backend = EngineBackend(settings, assistant)
        given.out.write_text(asyncio.run(picture(backend, given.question)), encoding="utf-8")
        if given.png:
            save_png(given.out)
    except WorkbenchError as error:
        sys.stderr.write(f"workbench: {error.one_line()}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
