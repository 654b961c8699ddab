"""The line above the question that says how far the services are, or why they did not start."""

from dataclasses import dataclass

from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from workbench.tui.cleaning import one_line
from workbench.tui.glyphs import glyphs


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

    def begin(self) -> None:
        """Show that services start."""
        self._steps.clear()
        self._starting = True
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
        event.stop()
        if not self._starting:
            return
        self._steps.pop(event.step, None)
        if event.message:
            self._steps[event.step] = one_line(event.message)
        self._draw()

    def _draw(self) -> None:
        signs = glyphs()
        steps = signs.separator.join(f"{step}: {text}" for step, text in self._steps.items())
        self.update(Content(f"{signs.busy} starting{signs.separator if steps else ''}{steps}"))
        self.display = True
