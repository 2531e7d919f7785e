"""Where the user stopped: a room with more unread messages than fit on the screen opens at the
first of them, below a bar that leads on.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text
from textual import events, on
from textual.message import Message as TextualMessage
from textual.widgets import Static

from hubbub.desk.log import Said
from hubbub.tui.keys import labels
from hubbub.tui.log.labels import at_of
from hubbub.tui.log.view import LogView, Side

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hubbub.desk.room import RoomState
    from hubbub.tui.keys import Key
    from hubbub.tui.looks import Looks

COUNTED_MAX = 1000
"""The server counts no further."""

WAYS = {"newest": "newest", "read": "mark as read", "stopped": "first"}
"""What the bar offers: verbs, and their names.

The last one comes and goes while the log is scrolled: it moves no other one under the mouse.
"""


class Opening(Enum):
    """Whether a room has been opened where the user stopped."""

    DUE = "due"
    UNDER_WAY = "under way"
    DONE = "done"


class StoppedBar(Static):
    """A line above the log, of which each offer can be clicked."""

    DEFAULT_CSS = """
    StoppedBar { display: none; height: 1; padding: 0 1; background: $panel; text-wrap: nowrap; }
    StoppedBar.shown { display: block; }
    """

    class Chosen(TextualMessage):
        """An offer was clicked."""

        def __init__(self, verb: str) -> None:
            super().__init__()
            self.verb = verb

    def __init__(self) -> None:
        super().__init__(id="stopped", markup=False)
        self._places: list[tuple[int, int, str]] = []
        self._is_visited = False
        self._room: RoomState | None = None

    def tell(
        self, room: RoomState, log: LogView, looks: Looks, keys: Sequence[Key], width: int
    ) -> None:
        """Say what is unread, unless it is all on the screen, or below."""
        side = log.unread_side
        if room is not self._room:
            self._room, self._is_visited = room, False
        if side is Side.HERE:
            self._is_visited = True
        is_ahead = room.unread > 0 and not log.is_following and side is not Side.BELOW
        is_passed = side is Side.ABOVE and not self._is_visited
        self.set_class(is_ahead or is_passed, "shown")
        if is_ahead or is_passed:
            here = {"stopped": side is Side.HERE, "newest": log.is_following}
            ways = {verb: name for verb, name in WAYS.items() if not here.get(verb)}
            line = self._line(_told(room, log), ways, keys, looks, width)
            if line != self.content:
                self.update(line, layout=False)

    def _line(
        self, told: str, ways: Mapping[str, str], keys: Sequence[Key], looks: Looks, width: int
    ) -> Text:
        """Return the line, with the keys if there is room for them."""
        for named in (keys, ()):
            line, self._places = Text(told, looks.unread), []
            for verb, name in ways.items():
                line.append(" · ", looks.dim)
                start = cell_len(line.plain)
                line.append(f"{labels(verb, named)} {name}".strip(), looks.accent)
                self._places.append((start, cell_len(line.plain), verb))
            if cell_len(line.plain) <= width:
                break
        return line

    @on(events.Click)
    def _clicked(self, event: events.Click) -> None:
        column = event.get_content_offset_capture(self).x
        for start, end, verb in self._places:
            if start <= column < end:
                self.post_message(self.Chosen(verb))


def _told(room: RoomState, log: LogView) -> str:
    """Say how much is unread in a room, and since when, if that is known."""
    items = room.log
    line = (room.seen or 0) if room.unread else (room.unread_after or 0)
    index = items.first_after(line) if room.is_here(line) else log.unread
    count = room.unread or (items.settled_end - index if index is not None else 0)
    more = "+" if count >= COUNTED_MAX else ""
    many = f"{count:,}{more} {'unread' if room.unread else 'new'}"
    item = items[index] if index is not None else None
    return f"{many} since {_written(at_of(item))}" if isinstance(item, Said) else many


def _written(at: datetime) -> str:
    is_today = at.date() == datetime.now().astimezone().date()
    return f"{at:%H:%M}" if is_today else f"{at.day} {at:%b %H:%M}"
