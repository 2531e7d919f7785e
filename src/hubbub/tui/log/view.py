"""The log on the screen, and what the mouse does to it.

The mouse marks words to copy: from the character where a button was pressed to the one where the
pointer is. Beyond the upper or lower edge the log scrolls on by itself, and the mark grows. A press
and release at one place is a click. Neither gives the log the focus: what the user types next is
written, as ever.
"""

from __future__ import annotations

from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from rich.style import Style
from textual import events, on
from textual.geometry import Offset, Size
from textual.message import Message as TextualMessage
from textual.strip import Strip
from textual.widget import Widget

from hubbub.tui.log.body import VERB
from hubbub.tui.log.marking import Mark, Spot, marked_text, spot_at, word_at
from hubbub.tui.log.window import Row, Window
from hubbub.tui.markup import ROOM

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.timer import Timer

    from hubbub.desk.room import RoomState
    from hubbub.tui.log.shape import Shape
    from hubbub.tui.looks import Looks
    from hubbub.tui.pictures.store import Pictures

WHEEL_LINES = 3
EDGE_SECONDS = 0.05
EDGE_LINES_MAX = 5
"""How often, and how far at most, the log scrolls while the mouse is held beyond an edge."""

WANTED_WITHIN_ITEMS = 60
"""Messages that are not here are asked for while still so many items are before the screen."""


class Side(Enum):
    """Where something of the log is, as seen from the screen."""

    NOWHERE = "nowhere"
    ABOVE = "above"
    HERE = "here"
    BELOW = "below"


_MARKED = Style(reverse=True)
"""Seen with every choice of colours, and with none."""

_WORD, _MESSAGE = 2, 3
"""How many clicks mark them."""


class LogView(Widget):
    """Shows a room's log. It follows the newest message unless the user has scrolled up.

    It never takes the focus by itself: then letters would act on messages.
    """

    ALLOW_SELECT = False  # Textual's own marking holds on to cells
    FOCUS_ON_CLICK = False
    DEFAULT_CSS = """
    LogView { width: 1fr; height: 1fr; }
    """

    class OlderWanted(TextualMessage):
        """The user nears the oldest message that is here."""

    class BetweenWanted(TextualMessage):
        """The user nears what is left out of the log: going down, or else up."""

        def __init__(self, *, is_down: bool) -> None:
            super().__init__()
            self.is_down = is_down

    class LinkChosen(TextualMessage):
        """An address in a message was clicked."""

        def __init__(self, address: str) -> None:
            super().__init__()
            self.address = address

    class RoomChosen(TextualMessage):
        """A room was clicked that a message names."""

        def __init__(self, room: str) -> None:
            super().__init__()
            self.room = room

    class VerbChosen(TextualMessage):
        """What stands for a verb was clicked; the message that it belongs to is chosen."""

        def __init__(self, verb: str) -> None:
            super().__init__()
            self.verb = verb

    class PicturesWanted(TextualMessage):
        """Pictures are drawn that are not here."""

    class Touched(TextualMessage):
        """A mouse button was pressed on the log, and is released."""

    class Drawn(TextualMessage):
        """Something else may be on the screen now."""

    class Moved(TextualMessage):
        """The log was scrolled, or a message chosen."""

    def __init__(
        self, room: RoomState, looks: Looks, own_name: str, pictures: Pictures | None = None
    ) -> None:
        super().__init__(id="log")
        self._pictures = pictures
        self._window = Window(room, looks, own_name, pictures)
        self._own_name = own_name
        self._drawn_size = Size(0, 0)
        self._rows: list[Row] = []
        self._is_stale = True
        self._pressed_on: Spot | None = None
        """Where the button that is held was pressed."""
        self._pointer = Offset()
        self._mark: Mark | None = None
        self._renewals = room.log.renewals
        self._at_edge: Timer | None = None
        self._unread: tuple[object, int | None] = (None, None)
        """What was found the last time, and in which log."""
        self.moves = 0
        """How often somebody went anywhere, or set out to: only the latest way counts."""

    @property
    def room(self) -> RoomState:
        """The room that is shown."""
        return self._window.room

    @property
    def selected(self) -> int | None:
        """The index of the message that actions mean."""
        return self._window.selected

    @property
    def is_following(self) -> bool:
        """Whether the newest message is on the screen, and what comes next will be."""
        return self._window.is_following

    # What is shown.

    def show(self, room: RoomState) -> None:
        """Show another room, at its end."""
        self.moves += 1
        self._release()
        self._mark = None
        self._window.show(room)
        self.redraw()

    def dress(self, looks: Looks, own_name: str, shape: Shape) -> None:
        """Draw otherwise, or for a user who is called otherwise."""
        self._own_name = own_name
        if self._window.dress(looks, own_name, shape):
            self.redraw()

    def redraw(self) -> None:
        """The log has changed."""
        self._is_stale = True
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return a row of the screen."""
        self._draw()
        if y >= len(self._rows):
            return Strip.blank(self.size.width, self.rich_style)
        row = self._rows[y]
        words = row.words
        if self._mark is None or row.block is None or words is None:
            return row.strip
        start, end = self._mark.part(row.item, len(row.block.text))
        if start >= words.end or end <= words.start:
            return row.strip
        return _highlighted(row.strip, *words.cells(start, end))

    def _draw(self) -> None:
        """Bring the rows up to date."""
        if not self._is_stale and self._drawn_size == self.size:
            return
        self._is_stale, self._drawn_size = False, self.size
        following = self.is_following
        if self._renewals != self.room.log.renewals:  # a mark holds on to indices
            self._renewals, self._mark, self._pressed_on = self.room.log.renewals, None, None
        self._rows = self._window.rows(self.size, self.rich_style)
        if self.is_following != following:
            self.call_later(self._tell, self.Moved)
        self._want()
        self.call_later(self._tell, self.Drawn)

    def _want(self) -> None:
        """Ask for what is not here and may soon be seen."""
        first, end = self._window.shown
        log = self.room.log
        if log.hole_at is not None and (
            first - WANTED_WITHIN_ITEMS < log.hole_at < end + WANTED_WITHIN_ITEMS
        ):
            self.call_later(self._tell, partial(self.BetweenWanted, is_down=first < log.hole_at))
        elif first - log.first < WANTED_WITHIN_ITEMS and not self.room.beginning:
            self.call_later(self._tell, self.OlderWanted)
        if self._pictures is not None and self._pictures.has_wants:
            self.call_later(self._tell, self.PicturesWanted)

    def _tell(self, made: Callable[[], TextualMessage]) -> None:
        # Not while drawing: a message counts as sent by whoever is at work when it is made.
        self.post_message(made())

    # Moving.

    def _moved(self) -> None:
        self.moves += 1
        self.redraw()
        self.post_message(self.Moved())

    def scroll_lines(self, lines: int) -> None:
        """Move by so many lines; up is negative."""
        if self._window.scroll(lines):
            self._moved()

    def scroll_pages(self, pages: int) -> None:
        """Move by screenfuls; nothing is skipped that the first or the last row covers."""
        self.scroll_lines(pages * max(self.size.height - 2, 1))

    def action_newest(self) -> None:
        """Go to the end and follow."""
        self._window.go_to_newest()
        self._moved()

    def action_oldest(self) -> None:
        """Go to the oldest message that is here."""
        self._window.go_to_oldest()
        self._moved()

    def action_select(self, steps: int) -> None:
        """Choose the message above or below."""
        self._window.select(steps)
        self._moved()

    def jump(self, seq: int) -> None:
        """Show a message with what stands around it, and choose it."""
        self._window.jump(seq)
        self._moved()

    def set_out(self) -> Callable[[], bool]:
        """Begin a way that may take a while; return what tells whether nobody went elsewhere."""
        self.moves += 1
        begun = self.moves
        return lambda: self.moves == begun

    # What is unread.

    @property
    def seen(self) -> int:
        """The newest seq that is on the screen; 0: none, or not what is to be there."""
        return 0 if self._is_stale else self._window.seen

    @property
    def unread(self) -> int | None:
        """The index of the first message below the unread line, if it is here."""
        line, log = self.room.unread_after, self.room.log
        if line is None or not (self.room.filled and self.room.is_here(line)):
            return None
        key = (self.room.name, line, log.renewals, log.first, log.settled_end)
        if key != self._unread[0]:
            self._unread = (key, log.first_after(line))
        return self._unread[1]

    @property
    def unread_side(self) -> Side:
        """Where the unread line is, as seen from the screen."""
        index = self.unread
        if index is None:
            return Side.NOWHERE
        first, end = self._window.shown_now
        if index < first or (index == first and self._window.is_cut):
            return Side.ABOVE
        return Side.BELOW if index >= end else Side.HERE

    def to_unread(self) -> bool:
        """Show the first unread message on top; return whether it is here."""
        if (index := self.unread) is None:
            return False
        self._window.open_at(index)
        self._moved()
        return True

    def clear_choice(self) -> None:
        """Choose no message any more."""
        self._window.selected = None
        self.redraw()

    @on(events.MouseScrollUp)
    def _wheel_up(self) -> None:
        self.scroll_lines(-WHEEL_LINES)
        self._extend()

    @on(events.MouseScrollDown)
    def _wheel_down(self) -> None:
        self.scroll_lines(WHEEL_LINES)
        self._extend()

    # Marking.

    @property
    def marked(self) -> str:
        """The words that the mouse has marked; empty if there are none."""
        if self._mark is None:
            return ""
        return marked_text(self._mark, self.room.log, self._window.block, self._own_name)

    def unmark(self) -> bool:
        """Mark nothing any more; returns whether anything was marked."""
        was_marked, self._mark = self._mark is not None, None
        self.refresh()
        return was_marked

    @on(events.MouseDown)
    def _press(self, event: events.MouseDown) -> None:
        self.unmark()
        if event.button == 1:
            self._pointer = event.get_content_offset_capture(self)
            self._pressed_on = self._under_pointer()
            self.capture_mouse()

    @on(events.MouseMove)
    def _drag(self, event: events.MouseMove) -> None:
        pointer = event.get_content_offset_capture(self)
        if self._pressed_on is None or pointer == self._pointer:
            return
        self._pointer = pointer
        self._extend()
        is_beyond = self._edge_lines() != 0
        if is_beyond and self._at_edge is None:
            self._at_edge = self.set_interval(EDGE_SECONDS, self._scroll_at_edge)
        elif not is_beyond:
            self._stop_at_edge()

    @on(events.MouseUp)
    def _let_go(self) -> None:
        self._release()
        # Not before: what follows may give the log another height, and move it under the mouse.
        self.post_message(self.Touched())

    def _release(self) -> None:
        self._pressed_on = None
        self._stop_at_edge()
        self.release_mouse()

    def _under_pointer(self) -> Spot | None:
        self._draw()
        return spot_at(self._rows, *self._pointer)

    def _extend(self) -> None:
        """Have the mark end where the pointer is."""
        if self._pressed_on is not None and (spot := self._under_pointer()) is not None:
            self._mark = Mark(self._pressed_on, spot)
            self.refresh()

    def _edge_lines(self) -> int:
        """Return how far to scroll for a pointer beyond an edge; up is negative."""
        above, below = -self._pointer.y, self._pointer.y - self.size.height + 1
        if self.region.y == 0:  # the pointer cannot be above
            above += 1
        return min(below, EDGE_LINES_MAX) if below > 0 else -min(max(above, 0), EDGE_LINES_MAX)

    def _scroll_at_edge(self) -> None:
        self.scroll_lines(self._edge_lines())
        self._extend()

    def _stop_at_edge(self) -> None:
        if self._at_edge is not None:
            self._at_edge.stop()
            self._at_edge = None

    @on(events.Click)
    def _clicked(self, event: events.Click) -> None:
        if self._mark is not None:  # the end of a drag
            return
        if event.chain in (_WORD, _MESSAGE):
            self._mark_around(event.chain)
        elif link := event.style.link:
            self.post_message(self.LinkChosen(link))
        elif room := event.style.meta.get(ROOM):
            self.post_message(self.RoomChosen(room))
        elif (verb := event.style.meta.get(VERB)) and (spot := self._under_pointer()) is not None:
            self._window.selected = spot.item
            self.post_message(self.VerbChosen(verb))
        elif not self.is_following and self._pointer.y == self.size.height - 1:
            self.action_newest()

    def _mark_around(self, clicks: int) -> None:
        """Mark the word under the pointer, or all that its message says."""
        if (spot := self._under_pointer()) is not None:
            text = next(row.block.text for row in self._rows if row.item == spot.item and row.block)
            start, end = (0, len(text)) if clicks == _MESSAGE else word_at(text, spot.start)
            self._mark = Mark(Spot(spot.item, start, start), Spot(spot.item, end, end))
            self.refresh()


def _highlighted(row: Strip, start: int, end: int) -> Strip:
    """Return a row of which the cells between `start` and `end` are marked."""
    marked = row.crop(start, end).apply_style(_MARKED)
    return Strip.join([row.crop(0, start), marked, row.crop(end)])
