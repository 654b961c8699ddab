"""The line above the question that says how far the services are, or why they did not start."""

import time
from dataclasses import dataclass

from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from workbench.tui.cleaning import one_line
from workbench.tui.glyphs import glyphs

SHOW_SECONDS_AFTER = 2.0


class ServiceLine(Static):
    """Shown while services start, and after they failed to."""

    @dataclass
    class Reported(Message):
        """A step of the start went on."""

        step: str
        message: str

    def __init__(self) -> None:
        super().__init__("", id="services", markup=False)
        self._steps: dict[str, str] = {}
        self._starting = False
        self._since = 0.0

    def on_mount(self) -> None:
        """Say once a second for how long the start has been going on."""
        self.set_interval(1.0, self._draw)

    def begin(self) -> None:
        """Show that services start."""
        self._steps.clear()
        self._starting, self._since = True, time.monotonic()
        self.remove_class("-failed")
        self._draw()

    def report(self, step: str, message: str) -> None:
        """Take in how far a step is; an empty message means done. Any thread may call this."""
        self.post_message(self.Reported(step, message))

    def end(self) -> None:
        """Hide the line: the services are ready."""
        self._starting = False
        self.display = False

    def fail(self, problem: str, hint: str) -> None:
        """Say what did not start, and what to do."""
        self._starting = False
        self.add_class("-failed")
        signs = glyphs()
        todo = signs.separator.join(filter(None, [one_line(hint), "ctrl+r tries again"]))
        self.update(
            Content.assemble((f"{signs.failed} {one_line(problem)}", "$error"), f"\n{todo}")
        )
        self.display = True

    def on_service_line_reported(self, event: Reported) -> None:
        """Show the latest word of every step that goes on; late words are ignored."""
        self._steps.pop(event.step, None)
        if event.message:
            self._steps[event.step] = one_line(event.message)
        self._draw()

    def _draw(self) -> None:
        if not self._starting:
            return
        signs = glyphs()
        seconds = time.monotonic() - self._since
        words = [f"{signs.busy} starting"]
        if seconds >= SHOW_SECONDS_AFTER:
            words[0] += f", {seconds:.0f} s"
        words += [f"{step}: {text}" for step, text in self._steps.items()]
        self.update(Content(signs.separator.join(words)))
        self.display = True
