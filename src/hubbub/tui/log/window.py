"""Which rows of a log are on the screen: only the items that are seen are laid out.

The window's place is an item and a line of it, not a number of lines from the top: so older
messages can be put before it, and newer ones behind, without moving what is being read.
"""

from typing import NamedTuple

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual.geometry import Size
from textual.strip import Strip

from hubbub.chat.events import Message
from hubbub.desk.log import Item, Note, Pending, RoomLog, Said
from hubbub.desk.room import RoomState
from hubbub.tui.log.context import context
from hubbub.tui.log.layout import Block, Context, Layout
from hubbub.tui.log.longest import LongestName
from hubbub.tui.log.shape import Shape
from hubbub.tui.log.strips import strip_of
from hubbub.tui.log.words import Words
from hubbub.tui.log.wrap import wrap
from hubbub.tui.looks import Looks
from hubbub.tui.pictures.store import Pictures

EMPTY = (
    "Nothing was said here yet.\nType below and press Enter to begin; F1 shows what else there is."
)
_CACHED_MAX = 2000
_STUCK_FROM_ROWS = 4
"""In fewer rows, none is spared for a line that tells who speaks."""

CONTEXT_LINES = 2
"""What of what was read stands above the first unread message."""


class Place(NamedTuple):
    """An item, and a line counted from its body: lines above the body are negative."""

    item: int
    line: int


class Kept(NamedTuple):
    """By which messages a place is found again after the log was renewed, and how much was new."""

    renewals: int
    top: int | None
    selected: int | None
    new: int


class Row(NamedTuple):
    """A row of the screen: if it shows an item, which one, and which line of its `block`.

    The block is that which was drawn: by now the log may have another item in its place.
    """

    strip: Strip
    item: int = -1
    line: int = 0
    block: Block | None = None

    @property
    def words(self) -> Words | None:
        """What it shows of what the item says."""
        return None if self.block is None else self.block.words[self.line]

    @property
    def tells_who(self) -> bool:
        """Whether it says by whom the item is."""
        return self.block is not None and self.block.heads and self.line == self.block.body


class Window:
    """A log in a certain size and looks. It follows the newest message unless it has a `top`."""

    def __init__(
        self, room: RoomState, looks: Looks, own_name: str, pictures: Pictures | None = None
    ) -> None:
        self.room = room
        self.selected: int | None = None
        """The index of the message that actions mean."""
        self.top: Place | None = None
        self.shown = (0, 0)
        """The first item that was drawn last, and the one behind the last."""
        self._kept = Kept(room.log.renewals, None, None, 0)
        self._shown_top = Place(0, 0)
        self._left_at = 0
        """Where the log ended when it was scrolled up; what came since is new."""
        self._size = Size(0, 0)
        self._longest = LongestName()
        self._layout = Layout(0, Style.null(), looks, own_name, self.find, 0, pictures=pictures)
        self._blocks: dict[int, tuple[object, Block]] = {}

    @property
    def is_following(self) -> bool:
        """Whether the newest message is on the screen, and what comes next will be."""
        return self.top is None

    @property
    def log(self) -> RoomLog:
        """The items."""
        return self.room.log

    # What is shown, and how.

    def show(self, room: RoomState) -> None:
        """Show another room, at its end."""
        self.room = room
        self.top = self.selected = None
        self._keep()
        self._longest = LongestName()
        self._blocks.clear()

    def dress(self, looks: Looks, own_name: str, shape: Shape) -> bool:
        """Draw otherwise, or for a user called otherwise; returns whether that is so."""
        layout = self._layout._replace(looks=looks, own_name=own_name, shape=shape)
        if layout == self._layout:
            return False
        self._layout = layout
        self._blocks.clear()
        return True

    def find(self, seq: int) -> Message | None:
        """Return a message that is in the log."""
        index = self.log.index_of(seq)
        item = None if index is None else self.log[index]
        return item.message if isinstance(item, Said) else None

    def block(self, index: int) -> Block:
        """Return how an item looks. What did not change comes out of a cache."""
        item = self.log[index]
        around = context(
            self.room,
            index,
            selected=index == self.selected,
            own_name=self._layout.own_name,
            every_time=self._layout.shape.every_time,
        )
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
                pictures = self._layout.pictures if message.files else None
                return (item, around, quoted, pictures and pictures.changes)
            case Pending():
                return (item.nonce, item.failure, around)
            case Note():
                return (item, around)

    # Rows.

    def rows(self, size: Size, base: Style) -> list[Row]:
        """Return the rows of a screen; `base` is the style of what has none of its own."""
        self._keep_place()
        longest = self._longest.cells(self.log, self._layout.own_name)
        layout = self._layout._replace(width=size.width, base=base, longest=longest)
        if _measures(layout) != _measures(self._layout):
            self._blocks.clear()
        self._size, self._layout = size, layout
        rows = self._rows_from_top() if self.top else []
        if len(rows) < size.height:
            self.top = None
            rows = self._rows_to_end()
        if self.top is not None and rows:
            rows[-1] = rows[-1]._replace(strip=self._below())
        if len(rows) >= _STUCK_FROM_ROWS and (strip := self._stuck(*rows[:2])) is not None:
            rows[0] = Row(strip)
        self._keep()
        return rows

    def _stuck(self, first: Row, second: Row) -> Strip | None:
        """Return what stands in place of the first row, to tell who says what is below it.

        None where that is seen: on one of the two rows, or because nothing began above them.
        """
        if first.block is None or second.block is None or first.tells_who or second.tells_who:
            return None
        item = self.log[second.item]
        if isinstance(item, Note) or second.line < second.block.body:
            return None
        return self._layout.stuck(item)

    def _rows_from_top(self) -> list[Row]:
        top = self.top or self._shown_top
        first = index = min(max(top.item, self.log.first), self.log.end)
        rows: list[Row] = []
        while index < self.log.end and len(rows) < self._size.height:
            block = self.block(index)
            skipped = max(0, min(block.body + top.line, len(block.lines) - 1))
            rows += _rows_of(block, index)[skipped if index == first else 0 :]
            index += 1
        self.shown = (first, index)
        return rows[: self._size.height]

    def _rows_to_end(self) -> list[Row]:
        index = self.log.end
        rows: list[Row] = []
        body = 0
        while index > self.log.first and len(rows) < self._size.height:
            index -= 1
            block = self.block(index)
            rows = _rows_of(block, index) + rows
            body = block.body
        over = max(len(rows) - self._size.height, 0)
        self.shown = (index, self.log.end)
        self._shown_top = Place(index, over - body)
        if not rows and self.room.filled:
            rows = self._hint()[: self._size.height]
        blank = Row(Strip.blank(self._size.width, self._layout.base))
        return [blank] * (self._size.height - len(rows)) + rows[over:]

    def _hint(self) -> list[Row]:
        """Return what stands in a room in which nothing was said yet."""
        width, base = self._size.width, self._layout.base
        rows = []
        for line in wrap(Text(EMPTY, self._layout.looks.dim), max(width - 4, 1)):
            line.pad_left(max((width - cell_len(line.plain.rstrip())) // 2, 0))
            rows.append(Row(strip_of(line, width, base)))
        return [*rows, Row(Strip.blank(width, base))]

    def _below(self) -> Strip:
        """Return the last row of a log that is scrolled up: how much of what is below is new."""
        new = self.log.end - self._left_at
        label = f"{new} new ↓" if new > 0 else "↓"
        width = self._size.width
        line = Text(label.rjust(width - 1)[:width], self._layout.looks.unread)
        return strip_of(line, width, self._layout.base)

    # Moving.

    def _keep_place(self) -> None:
        """Find the place again if the log was renewed: its indices are others now."""
        kept, log = self._kept, self.log
        if kept.renewals == log.renewals:
            return
        top = log.index_of(kept.top or 0)
        self.top = None if self.top is None or top is None else self.top._replace(item=top)
        self.selected = None if self.selected is None else log.index_of(kept.selected or 0)
        self._left_at = log.end - kept.new
        self._blocks.clear()
        if self.top is None:
            self._rows_to_end()  # from there it is scrolled
        self._keep()

    def _keep(self) -> None:
        top = None if self.top is None else self._seq_from(self.top.item)
        selected = None if self.selected is None else self._seq_from(self.selected)
        self._kept = Kept(self.log.renewals, top, selected, self.log.end - self._left_at)

    def _seq_from(self, index: int) -> int | None:
        """Return the seq of the message there, or of the next one."""
        for place in range(max(index, self.log.first), self.log.settled_end):
            if isinstance(item := self.log[place], Said):
                return item.message.seq
        return None

    def scroll(self, lines: int) -> bool:
        """Move by so many lines, up if negative; returns whether there was anywhere to go."""
        self._keep_place()
        log = self.log
        if log.end == log.first or (lines > 0 and self.top is None):
            return False
        top = self.top or self._shown_top
        index = min(max(top.item, log.first), log.end - 1)
        line = max(0, self.block(index).body + top.line) + lines
        while line < 0 and index > log.first:
            index -= 1
            line += len(self.block(index).lines)
        while index < log.end - 1 and line >= len(self.block(index).lines):
            line -= len(self.block(index).lines)
            index += 1
        self._leave_end(Place(index, max(line, 0) - self.block(index).body))
        return True

    def _leave_end(self, place: Place) -> None:
        if self.top is None:
            self._left_at = self.log.end
        self.top = place
        self._keep()

    def go_to_newest(self) -> None:
        """Go to the end and follow; no message is chosen then."""
        self.top = self.selected = None

    def go_to_oldest(self) -> None:
        """Go to the oldest message that is here."""
        self._keep_place()
        self._leave_end(Place(self.log.first, -9))

    def select(self, steps: int) -> None:
        """Choose the message above or below."""
        self._keep_place()
        log = self.log
        index = (self.shown[1] if self.selected is None else self.selected) + steps
        while log.first <= index < log.end and isinstance(log[index], Note):
            index += steps
        if index >= log.end:
            self.go_to_newest()
        elif index >= log.first:
            self._choose(index)

    def _choose(self, index: int) -> None:
        """Choose a message, and bring it on the screen."""
        self.selected = index
        first, end = self.shown
        self._left_at = self.log.end if self.is_following else self._left_at
        if index <= first:
            self.top = Place(index, -self.block(index).body)
            self.scroll(-1)  # the first row may tell who speaks instead
        elif index >= end - 1:
            self.top = Place(index + 1, 0) if index + 1 < self.log.end else None
            if self.top is not None:
                self.scroll(-self._size.height)
        self._keep()

    def open_at(self, index: int) -> None:
        """Show an item on top, with a little of what stands above it."""
        self._keep_place()
        self._left_at = self.log.end
        self.top = Place(index, -self.block(index).body)
        self.scroll(-CONTEXT_LINES)

    @property
    def is_cut(self) -> bool:
        """Whether the first item on the screen begins above it."""
        top = self.top or self._shown_top
        first, end = self.shown_now
        return first < end and top.line > -self.block(first).body

    @property
    def shown_now(self) -> tuple[int, int]:
        """What of `shown` the log still has; nothing if it was renewed since."""
        if self._kept.renewals != self.log.renewals:
            return (self.log.end, self.log.end)
        first, end = max(self.shown[0], self.log.first), min(self.shown[1], self.log.end)
        return first, max(first, end)

    @property
    def seen(self) -> int:
        """The newest seq that is on the screen, as far as nothing covers it; 0: none."""
        covered = 0 if self.is_following else 1  # by how much there is below
        first, end = self.shown_now
        for index in range(end - 1 - covered, first - 1, -1):
            if isinstance(item := self.log[index], Said):
                return item.message.seq
        return 0

    def jump(self, seq: int) -> None:
        """Show a message with what stands around it, and choose it."""
        self._keep_place()
        if (index := self.log.index_of(seq)) is not None:
            self.selected = index
            self._left_at = self.log.end
            self.top = Place(index, 0)
            self.scroll(-(self._size.height // 3))


def _rows_of(block: Block, index: int) -> list[Row]:
    return [Row(strip, index, line, block) for line, strip in enumerate(block.lines)]


def _measures(layout: Layout) -> tuple[object, ...]:
    """Return what all items of a log have in common in their looks, and what changes by itself."""
    return layout.width, layout.base, layout.name_cells
