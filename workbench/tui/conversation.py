"""The turns of a conversation, of which only a window is mounted.

The cost of typing, scrolling and resizing grows with the widgets that are mounted, and an answer
is a widget for each paragraph, list item and table cell; so earlier turns are taken off the screen
and put back when they are wanted. Their view is imported when the first one is, since it brings the
Markdown parser, which the first paint does not need.
"""

import asyncio
from typing import TYPE_CHECKING

from textual import events
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from workbench.tui.glyphs import glyphs
from workbench.tui.record import TurnRecord

if TYPE_CHECKING:
    from workbench.tui.turn_view import TurnView

MOUNTED_LIMIT = 400
"""The most widgets that turns may mount, the last turn apart."""
TURNS_PER_LOAD = 5


class MoreLine(Static):
    """A line that stands for turns which are not mounted; a click loads some of them."""

    def __init__(self, edge: str) -> None:
        super().__init__("", classes="more", id=edge, markup=False)
        self.display = False

    def count(self, sign: str, turns: int, word: str) -> None:
        """Say how many turns there are; none hides the line."""
        self.display = turns > 0
        self.update(f"{sign} {turns} {word} turn{'' if turns == 1 else 's'}")


class Conversation(VerticalScroll, can_focus=False):
    """All turns of a conversation; a window of them, `[first, last)`, is mounted.

    Args:
        welcome: What stands above the first turn.
    """

    def __init__(self, welcome: Widget) -> None:
        self._welcome = welcome
        self._earlier, self._later = MoreLine("earlier"), MoreLine("later")
        super().__init__(welcome, self._earlier, self._later, id="conversation")
        self.records: list[TurnRecord] = []
        self._first = 0
        self._last = 0
        self._changing = asyncio.Lock()

    def on_mount(self) -> None:
        """Stay at the end while text arrives, until the reader scrolls."""
        self.anchor()

    async def add(self, record: TurnRecord) -> None:
        """Add a turn at the end, and go there."""
        async with self._changing:
            self.records.append(record)
            if self._last < len(self.records) - 1:
                await self._unmount(self._first, self._last)
                self._first = self._last = max(0, len(self.records) - TURNS_PER_LOAD)
            await self._mount(self._last, len(self.records))
            await self._trim_start()
        self.anchor()

    async def show(self, records: list[TurnRecord]) -> None:
        """Show another conversation, from its last turns."""
        async with self._changing:
            await self._unmount(self._first, self._last)
            self.records = list(records)
            self._first = self._last = len(records)
            await self._mount(max(0, self._last - TURNS_PER_LOAD), self._last)
        self.anchor()

    async def finish(self, record: TurnRecord) -> None:
        """Draw a turn as it ended, if it is mounted."""
        async with self._changing:
            view = self.view(record)
            if view is not None:
                await view.finish()
            await self._trim_start()

    def view(self, record: TurnRecord) -> "TurnView | None":
        """Return the mounted view of a turn."""
        return next((view for view in self._views() if view.record is record), None)

    async def load_earlier(self) -> None:
        """Mount some turns before those that are mounted."""
        async with self._changing:
            if self._first == 0:
                return
            following = self._views()[0]
            await self._mount(max(0, self._first - TURNS_PER_LOAD), self._first)
            await self._trim_end()
        self.call_after_refresh(self.scroll_to_widget, following, top=True, animate=False)

    async def load_later(self) -> None:
        """Mount some turns after those that are mounted."""
        async with self._changing:
            end = min(len(self.records), self._last + TURNS_PER_LOAD)
            await self._mount(self._last, end)
            await self._trim_start()

    async def on_click(self, event: events.Click) -> None:
        """Load the turns that a line stands for."""
        if event.widget is self._earlier:
            await self.load_earlier()
        elif event.widget is self._later:
            await self.load_later()

    async def page(self, where: str) -> None:
        """Scroll by a page or to an end; at an end, turns beyond it are loaded."""
        if where in ("page_up", "home") and self.scroll_offset.y == 0:
            await self.load_earlier()
        elif where in ("page_down", "end") and self.is_vertical_scroll_end:
            await self.load_later()
        scroll = {
            "page_up": self.scroll_page_up,
            "page_down": self.scroll_page_down,
            "home": self.scroll_home,
            "end": self.scroll_end,
        }[where]
        scroll(animate=False)

    def _views(self) -> "list[TurnView]":
        from workbench.tui.turn_view import TurnView

        return [child for child in self.children if isinstance(child, TurnView)]

    async def _mount(self, first: int, last: int) -> None:
        """Mount the turns `[first, last)`, which adjoin the window."""
        from workbench.tui.turn_view import TurnView

        views = [TurnView(record) for record in self.records[first:last]]
        with self.app.batch_update():
            if first < self._first:
                await self.mount_all(views, after=self._earlier)
            else:
                await self.mount_all(views, before=self._later)
        self._first, self._last = min(first, self._first), max(last, self._last)
        self._count()

    async def _unmount(self, first: int, last: int) -> None:
        """Take the turns `[first, last)` off; they are at an edge of the window."""
        gone = self._views()[first - self._first : last - self._first]
        with self.app.batch_update():
            for view in gone:
                await view.remove()
        if first == self._first:
            self._first = last
        else:
            self._last = first
        self._count()

    async def _trim_start(self) -> None:
        while self._last - self._first > 1 and self._mounted() > MOUNTED_LIMIT:
            await self._unmount(self._first, self._first + 1)

    async def _trim_end(self) -> None:
        while self._last - self._first > 1 and self._mounted() > MOUNTED_LIMIT:
            await self._unmount(self._last - 1, self._last)

    def _mounted(self) -> int:
        return sum(1 for _ in self.walk_children())

    def _count(self) -> None:
        signs = glyphs()
        self._earlier.count(signs.earlier, self._first, "earlier")
        self._later.count(signs.later, len(self.records) - self._last, "later")
        self._welcome.display = self._first == 0
