"""Pictures of a message, each as large as the terminal can show it.

What a terminal draws by a protocol lies on cells that Textual has left empty. So the screen is
opaque, and nothing below it is drawn meanwhile.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual import events, on
from textual.binding import Binding
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from hubbub.chat.errors import HubbubError
from hubbub.chat.files import FileSummary, size_words
from hubbub.tui.log.labels import one_line
from hubbub.tui.log.strips import strip_of
from hubbub.tui.pictures import blocks, graphics
from hubbub.tui.pictures.graphics import Cell, Graphic
from hubbub.tui.pictures.means import Means

if TYPE_CHECKING:
    from rich.text import Text
    from textual.app import ComposeResult

    from hubbub.tui.pictures.store import Pictures

Write = Callable[[str], None]


class _Canvas(Widget, can_focus=True):
    """Draws rows in its middle, or leaves room for a graphic."""

    DEFAULT_CSS = "_Canvas { width: 1fr; height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[Text] = ()

    def show(self, rows: Sequence[Text]) -> None:
        """Draw these rows."""
        self._rows = rows
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return a row of the screen."""
        width, height = self.size
        at = y - (height - len(self._rows)) // 2
        if not 0 <= at < len(self._rows):
            return Strip.blank(width, self.rich_style)
        row = self._rows[at]
        left = " " * ((width - row.cell_len) // 2)
        drawn = strip_of(row, row.cell_len, self.rich_style)
        lead = Strip([Segment(left, self.rich_style)])
        return Strip.join([lead, drawn]).adjust_cell_length(width, self.rich_style)


class PictureScreen(Screen[None]):
    """Ends when the user goes back. `write` writes to the terminal itself."""

    DEFAULT_CSS = """
    PictureScreen { background: $background; }
    PictureScreen Static { height: 1; padding: 0 1; background: $panel; text-wrap: nowrap; }
    PictureScreen #hint { color: $text-muted; }
    """
    BINDINGS = [
        Binding("escape,q,enter,v,ctrl+c", "dismiss(None)", "Back", show=False),
        Binding("left,up,pageup", "step(-1)", show=False),
        Binding("right,down,pagedown,space", "step(1)", show=False),
    ]

    def __init__(
        self, files: Sequence[FileSummary], pictures: Pictures, means: Means, write: Write
    ) -> None:
        super().__init__()
        self._files = files
        self._pictures = pictures
        self._means = means
        self._write = write
        self._at = 0

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        yield Static(id="title", markup=False)
        yield _Canvas()
        more = "← → other pictures of the message   " if len(self._files) > 1 else ""
        yield Static(f"{more}Escape goes back", id="hint", markup=False)

    @on(events.Mount)
    def _begin(self) -> None:
        self.query_one(_Canvas).focus()

    @on(events.Unmount)
    def _end(self) -> None:
        self._write(graphics.removed(self._means))

    def action_step(self, steps: int) -> None:
        """Show another picture of the message."""
        self._at = (self._at + steps) % len(self._files)
        self._draw()

    @on(events.Resize)
    def _draw(self) -> None:
        self._write(graphics.removed(self._means))
        self.query_one(_Canvas).show(())
        self._say("…")
        self.run_worker(self._load(), exclusive=True)

    def _say(self, more: str = "") -> None:
        file = self._files[self._at]
        place = f"{self._at + 1} of {len(self._files)}  " if len(self._files) > 1 else ""
        about = f"{file.width}×{file.height}, {size_words(file.size)}"
        self.query_one("#title", Static).update(f"{place}{one_line(file.name)}  {about}  {more}")

    async def _load(self) -> None:
        canvas = self.query_one(_Canvas)
        width, height = canvas.size
        try:
            raw = await self._pictures.raw(self._files[self._at])
            if self._means is Means.BLOCKS:
                canvas.show(await asyncio.to_thread(blocks.drawn, raw, width, height))
            else:
                cell = cell_size()
                drawing = (self._means, raw, width, height, cell)
                graphic = await asyncio.to_thread(graphics.drawn, *drawing)
                self.call_after_refresh(self._put, graphic)
        except HubbubError as error:
            self._say(str(error))
        else:
            self._say()

    def _put(self, graphic: Graphic) -> None:
        """Have the terminal draw in the middle of the canvas, which is empty by now."""
        if self.is_current:
            region = self.query_one(_Canvas).region
            left = region.x + (region.width - graphic.extent.columns) // 2 + 1
            top = region.y + (region.height - graphic.extent.rows) // 2 + 1
            self._write(f"\x1b7\x1b[{top};{left}H{graphic.sequence}\x1b8")


def cell_size() -> Cell:
    """Return how many pixels a cell of the terminal has, as far as the system knows."""
    try:
        import fcntl  # noqa: PLC0415 (there is none on Windows)
        import struct  # noqa: PLC0415
        import termios  # noqa: PLC0415

        for descriptor in (1, 0):
            if os.isatty(descriptor):
                told = fcntl.ioctl(descriptor, termios.TIOCGWINSZ, bytes(8))
                rows, columns, width, height = struct.unpack("HHHH", told)
                if rows and columns and width >= columns and height >= rows:
                    return Cell(width // columns, height // rows)
    except (ImportError, OSError):
        pass
    return Cell()
