"""The line at the bottom: the state of the services, the model, and the figures of a turn."""

from typing import TYPE_CHECKING, Literal

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from workbench.tui.backend import Facts
from workbench.tui.cleaning import one_line
from workbench.tui.glyphs import glyphs

if TYPE_CHECKING:
    from workbench.engine.turn import Cost, Turn

Services = Literal["starting", "ready", "answering", "failed"]

TALL = 30
"""From this height on, the figures have a line of their own."""

_COLOURS: dict[Services, str] = {
    "starting": "$warning",
    "ready": "$success",
    "answering": "$primary",
    "failed": "$error",
}


class StatusLine(Static):
    """One line, or two in a tall terminal; what matters least is left out where it is narrow."""

    def __init__(self, facts: Facts) -> None:
        super().__init__("", id="status", markup=False)
        self._facts = facts
        self._services: Services = "starting"
        self._turn: Turn | None = None

    def on_resize(self) -> None:
        """Fit the line to the new width."""
        self._draw()

    def show(
        self,
        services: Services | None = None,
        facts: Facts | None = None,
        turn: "Turn | None" = None,
    ) -> None:
        """Take in what is new, and draw the line."""
        self._services = services or self._services
        self._facts = facts or self._facts
        self._turn = turn or self._turn
        self._draw()

    def clear_turn(self) -> None:
        """Forget the figures of the last turn."""
        self._turn = None
        self._draw()

    def _draw(self) -> None:
        signs = glyphs()
        sign = {
            "starting": signs.busy,
            "ready": signs.ready,
            "answering": signs.answering,
            "failed": signs.failed,
        }[self._services]
        state = f"{sign} {self._services}"
        facts = [(1, one_line(self._facts.model)), (6, one_line(self._facts.prompt))]
        shown = figures(self._turn) if self._turn else []
        tall = self.app.size.height >= TALL
        first = facts if tall else facts + shown
        room = self.content_size.width - cell_len(state)
        rest = "".join(signs.separator + text for text in fit(first, room, signs.separator))
        line = Content.assemble((state, _COLOURS[self._services]), rest)
        if tall and shown:
            second = signs.separator.join(fit(shown, self.content_size.width, signs.separator))
            line = Content("\n").join([line, Content(second)])
        self.update(line)


def figures(turn: "Turn") -> list[tuple[int, str]]:
    """Return what a turn took, in the order to show, each with its rank (1 matters most)."""
    timings, usage = turn.timings, turn.usage
    parts: list[tuple[int, str]] = []
    if timings.first_token is not None:
        parts.append((2, f"first token {duration(timings.first_token)}"))
    speed = tokens_per_second(turn)
    if speed is not None:
        parts.append((3, f"{speed:.1f} tok/s"))
    if usage.prompt or usage.completion:
        cached = f" ({usage.cached} cached)" if usage.cached else ""
        parts.append((4, f"{usage.prompt}{cached} in, {usage.completion} out"))
    parts.append((5, price(turn.cost)))
    if timings.retrieval is not None:
        parts.append((7, f"search {duration(timings.retrieval)}"))
    return parts


def fit(parts: list[tuple[int, str]], room: int, separator: str) -> list[str]:
    """Return the parts that fit in `room` cells; those of the highest ranks are left out first."""
    kept = list(parts)
    while kept and sum(cell_len(separator + text) for _, text in kept) > room:
        kept.remove(max(kept))
    return [text for _, text in kept]


def tokens_per_second(turn: "Turn") -> float | None:
    """Return the speed of writing: tokens after the first, over the time since the first."""
    first, total = turn.timings.first_token, turn.timings.total
    if first is None or total is None or total <= first or turn.usage.completion < 2:
        return None
    return (turn.usage.completion - 1) / (total - first)


def duration(seconds: float) -> str:
    """Return a time in ms, or in seconds from one second on."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def price(cost: "Cost") -> str:
    """Return a cost in words; an unknown one is never shown as zero."""
    if not cost.priced or cost.amount is None:
        return "cost unknown"
    return f"{cost.amount:.4f} {cost.currency}"
