"""The log on the screen: draws only the items that are seen, however many there are.

Its place is an item and a line of it, not a number of lines from the top: so older messages can be
put before it, and newer ones behind, without moving what is being read.
"""

from typing import NamedTuple

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual import events, on
from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message as TextualMessage
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from hubbub.chat.events import Message
from hubbub.desk.log import Item, Note, Pending, RoomLog, Said
from hubbub.desk.room import RoomState
from hubbub.tui.log.context import context
from hubbub.tui.log.layout import Block, Context, Layout
from hubbub.tui.log.strips import strip_of
from hubbub.tui.log.wrap import wrap
from hubbub.tui.looks import Looks

EMPTY = (
    "Nothing was said here yet.\nType below and press Enter to begin; F1 shows what else there is."
)
WHEEL_LINES = 3
OLDER_WITHIN_ITEMS = 60
"""Older messages are asked for while still so many items are above the screen."""

_CACHED_MAX = 2000


class Place(NamedTuple):
    """An item, and a line counted from its body: lines above the body are negative."""

    item: int
    line: int


class LogView(Widget):
    """Shows a room's log. It follows the newest message unless the user has scrolled up.

    It never takes the focus by itself: then letters would act on messages.
    """

    DEFAULT_CSS = """
    LogView { width: 1fr; height: 1fr; }
    """
    FOCUS_ON_CLICK = False
    BINDINGS = [
        Binding("up,k", "select(-1)", "Message above", show=False),
        Binding("down,j", "select(1)", "Message below", show=False),
        Binding("home,g", "oldest", "Oldest loaded", show=False),
        Binding("end,G", "newest", "Newest", show=False),
    ]

    class OlderWanted(TextualMessage):
        """The user nears the oldest message that is here."""

    class Pressed(TextualMessage):
        """A mouse button was pressed on the log."""

    class Moved(TextualMessage):
        """The log was scrolled, or a message chosen."""

    def __init__(self, room: RoomState, looks: Looks, own_name: str) -> None:
        super().__init__(id="log")
        self.room = room
        self.selected: int | None = None
        """The index of the message that actions mean."""
        self._looks = looks
        self._own_name = own_name
        self._top: Place | None = None
        self._left_at = 0
        self._layout = Layout(0, Style.null(), looks, own_name, self.find)
        self._blocks: dict[int, tuple[object, Block]] = {}
        self._drawn_size = Size(0, 0)
        self._rows: list[Strip] = []
        self._shown = (0, 0)
        self._shown_top = Place(0, 0)
        self._is_stale = True
        self._is_under_mouse = False

    @property
    def is_following(self) -> bool:
        """Whether the newest message is on the screen, and what comes next will be."""
        return self._top is None

    # What is shown.

    def show(self, room: RoomState) -> None:
        """Show another room, at its end."""
        self.room = room
        self._top = self.selected = None
        self._blocks.clear()
        self.redraw()

    def dress(self, looks: Looks, own_name: str) -> None:
        """Draw with other colours, or for a user who is called otherwise."""
        if (looks, own_name) != (self._looks, self._own_name):
            self._looks, self._own_name = looks, own_name
            self._blocks.clear()
            self.redraw()

    def redraw(self) -> None:
        """The log has changed."""
        self._is_stale = True
        self.refresh()

    def find(self, seq: int) -> Message | None:
        """Return a message that is in the log."""
        index = self.room.log.index_of(seq)
        item = None if index is None else self.room.log[index]
        return item.message if isinstance(item, Said) else None

    @property
    def _log(self) -> RoomLog:
        return self.room.log

    def _block(self, index: int) -> Block:
        item = self._log[index]
        around = context(self.room, index, selected=index == self.selected, own_name=self._own_name)
        key = self._key(item, around)
        known = self._blocks.get(index)
        if known is not None and known[0] == key:
            return known[1]
        block = self._layout.block(item, around)
        if len(self._blocks) >= _CACHED_MAX:
            self._blocks.clear()
        self._blocks[index] = (key, block)
        return block

    def _key(self, item: Item, around: Context) -> tuple[object, ...]:
        match item:
            case Said(message):
                quoted = None if message.reply_to is None else self.find(message.reply_to)
                return (item, around, quoted)
            case Pending():
                return (item.nonce, item.failure, around)
            case Note():
                return (item, around)

    # Rows.

    def render_line(self, y: int) -> Strip:
        """Return a row of the screen."""
        if self._is_stale or self._drawn_size != self.size:
            self._draw()
        if y >= len(self._rows):
            return Strip.blank(self.size.width, self.rich_style)
        row = self._rows[y]
        if (selection := self.text_selection) is not None and (span := selection.get_span(y)):
            row = _chosen(row, span, self.screen.get_component_rich_style("screen--selection"))
        return row.apply_offsets(0, y) if self._is_under_mouse else row

    def _draw(self) -> None:
        width, height = self.size
        if width != self._drawn_size.width:
            self._blocks.clear()
        self._drawn_size = self.size
        self._layout = Layout(width, self.rich_style, self._looks, self._own_name, self.find)
        self._is_stale = False
        following = self.is_following
        self._rows = self._rows_from_top(height) if self._top else []
        if len(self._rows) < height:
            self._top = None
            self._rows = self._rows_to_end(height)
        if self._top is not None:
            self._rows[-1:] = [self._mark()]
        if self.is_following != following:
            self.call_later(self._tell, self.Moved)
        if self._shown[0] - self._log.first < OLDER_WITHIN_ITEMS and not self.room.beginning:
            self.call_later(self._tell, self.OlderWanted)

    def _tell(self, kind: type[TextualMessage]) -> None:
        # Not while drawing: a message counts as sent by whoever is at work when it is made.
        self.post_message(kind())

    def _rows_from_top(self, height: int) -> list[Strip]:
        top = self._top or self._shown_top
        index = min(max(top.item, self._log.first), self._log.end)
        rows: list[Strip] = []
        first = index
        while index < self._log.end and len(rows) < height:
            block = self._block(index)
            start = max(0, min(block.body + top.line, len(block.lines) - 1))
            rows += block.lines[start if index == first else 0 :]
            index += 1
        self._shown = (first, index)
        return rows[:height]

    def _rows_to_end(self, height: int) -> list[Strip]:
        index = self._log.end
        blocks: list[list[Strip]] = []
        count = 0
        body = 0
        while index > self._log.first and count < height:
            index -= 1
            block = self._block(index)
            blocks.append(block.lines)
            body = block.body
            count += len(block.lines)
        rows = [row for lines in reversed(blocks) for row in lines]
        over = max(count - height, 0)
        self._shown = (index, self._log.end)
        self._shown_top = Place(index, over - body)
        if not count and self.room.filled:
            rows = self._hint()[:height]
            count = len(rows)
        blank = Strip.blank(self.size.width, self.rich_style)
        return [blank] * (height - count) + rows[over:]

    def _hint(self) -> list[Strip]:
        """Return what stands in a room in which nothing was said yet."""
        width = self.size.width
        lines = wrap(Text(EMPTY, self._looks.dim), max(width - 4, 1))
        blank = Strip.blank(width, self.rich_style)
        shown = []
        for line in lines:
            line.pad_left(max((width - cell_len(line.plain.rstrip())) // 2, 0))
            shown.append(strip_of(line, width, self.rich_style))
        return [*shown, blank]

    def _mark(self) -> Strip:
        """Return the last row of a log that is scrolled up: word of what is below."""
        new = self._log.end - self._left_at
        label = f"{new} new ↓" if new > 0 else "↓"
        line = Text(label.rjust(self.size.width - 1)[: self.size.width], self._looks.unread)
        return strip_of(line, self.size.width, self.rich_style)

    # Moving.

    def scroll_lines(self, lines: int) -> None:
        """Move by so many lines; up is negative."""
        log = self._log
        if log.end == log.first or (lines > 0 and self._top is None):
            return
        if self._top is None:
            self._left_at = log.end
        top = self._top or self._shown_top
        index = min(max(top.item, log.first), log.end - 1)
        line = max(0, self._block(index).body + top.line) + lines
        while line < 0 and index > log.first:
            index -= 1
            line += len(self._block(index).lines)
        while index < log.end - 1 and line >= len(self._block(index).lines):
            line -= len(self._block(index).lines)
            index += 1
        self._go(Place(index, max(line, 0) - self._block(index).body))

    def _go(self, place: Place | None) -> None:
        self._top = place
        self.screen.clear_selection()
        self.redraw()
        self.post_message(self.Moved())

    def scroll_pages(self, pages: int) -> None:
        """Move by screenfuls, with a line in common."""
        self.scroll_lines(pages * max(self.size.height - 1, 1))

    def action_newest(self) -> None:
        """Go to the end and follow."""
        self.selected = None
        self._go(None)

    def action_oldest(self) -> None:
        """Go to the oldest message that is here."""
        if self.is_following:
            self._left_at = self._log.end
        self._go(Place(self._log.first, -9))

    def action_select(self, steps: int) -> None:
        """Choose the message above or below."""
        start = self._shown[1] if self.selected is None else self.selected
        index = start + steps
        while self._log.first <= index < self._log.end and isinstance(self._log[index], Note):
            index += steps
        if index >= self._log.end:
            self.action_newest()
        elif index >= self._log.first:
            self.choose(index)

    def choose(self, index: int) -> None:
        """Choose a message, and bring it on the screen."""
        self.selected = index
        first, end = self._shown
        if self.is_following:
            self._left_at = self._log.end
        if index <= first:
            self._go(Place(index, -self._block(index).body))
        elif index >= end - 1:
            self._go(Place(index + 1, 0) if index + 1 < self._log.end else None)
            if self._top is not None:
                self.scroll_lines(-self.size.height)
        else:
            self._go(self._top)

    def jump(self, seq: int) -> None:
        """Show a message with what stands around it, and choose it."""
        if (index := self._log.index_of(seq)) is not None:
            self.selected = index
            self._left_at = self._log.end
            self._top = Place(index, 0)
            self.scroll_lines(-(self.size.height // 3))

    def clear_choice(self) -> None:
        """Choose no message any more."""
        self.selected = None
        self.redraw()

    @on(events.MouseScrollUp)
    def _wheel_up(self) -> None:
        self.scroll_lines(-WHEEL_LINES)

    @on(events.MouseScrollDown)
    def _wheel_down(self) -> None:
        self.scroll_lines(WHEEL_LINES)

    @on(events.MouseDown)
    def _pressed(self) -> None:
        self.post_message(self.Pressed())

    @on(events.Click)
    def _clicked(self, event: events.Click) -> None:
        if link := event.style.link:
            self.app.open_url(link)
        elif not self.is_following and event.y == self.size.height - 1:
            self.action_newest()

    # Copying with the mouse.

    @on(events.Enter)
    @on(events.Leave)
    def _follow_mouse(self) -> None:
        # Rows that know their place can be marked, and cost more to draw.
        self._is_under_mouse = self.mouse_hover
        self.refresh()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the text that the mouse has marked."""
        text = "\n".join(row.text.rstrip() for row in self._rows)
        return selection.extract(text), "\n"

    def selection_updated(self, selection: Selection | None) -> None:  # noqa: ARG002
        """Show what the mouse has marked."""
        self.refresh()


def _chosen(row: Strip, span: tuple[int, int], style: Style) -> Strip:
    """Return a row whose characters in `span` are marked; an end of -1 is the row's end."""
    text = row.text
    start, end = span
    left = cell_len(text[:start])
    right = cell_len(text if end == -1 else text[:end])
    return Strip.join(
        [row.crop(0, left), row.crop(left, right).apply_style(style), row.crop(right)]
    )
