"""What the user reads: where a room opens, what of it counts as read, and what is brought for it.

A room opens where the user stopped, unless they have gone somewhere before it could: whatever is on
its way gives way to what the user does meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from hubbub.tui.actions import BY_NAME
from hubbub.tui.keys import Mode
from hubbub.tui.log.labels import cut, one_line
from hubbub.tui.log.view import LogView
from hubbub.tui.stopped import Opening, StoppedBar
from hubbub.tui.surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hubbub.desk.desk import Desk
    from hubbub.desk.room import RoomState
    from hubbub.tui.looks import Looks
    from hubbub.tui.surroundings import Shared

TOLD_CELLS_MAX = 240
"""Of what the log says, beside it; all of it stands there."""


class ReadingFace(Surroundings):
    """A face that knows what of a room was on the screen."""

    def __init__(self, desk: Desk, looks: Looks, shared: Shared) -> None:
        super().__init__(desk, looks, shared)
        self._opening = Opening.DUE
        self._came_with = 0
        """How often the user had gone anywhere when this room came on the screen."""

    # What is read.

    def look(self) -> None:
        """Find out whether the user sees the end of the room, and what comes there next."""
        self.desk.look(looking=self._shows_end and bool(self.attention.is_looking))
        if self.attention.is_looking:
            self._read_on()

    def _read_on(self) -> None:
        """The user has read what is on the screen."""
        if self._is_open and self.is_current and self.desk.rooms.current.unread:
            self.desk.reading.to(self.log_view.seen)

    @property
    def _shows_end(self) -> bool:
        return self._is_open and self.log_view.is_following and self.is_current

    @property
    def _is_open(self) -> bool:
        """Whether what is on the screen is what the user shall read."""
        return self._opening is Opening.DONE and self.log_view.room is self.desk.rooms.current

    def attend(self) -> None:
        """The user looks here or elsewhere."""
        self.look()
        self.draw_around()

    def glance(self) -> None:
        """The user has just acted, and so has seen what is on the screen, if not what comes."""
        unread = self.desk.rooms.current.unread
        if unread and self.attention.is_looking is None:
            if self._shows_end:
                self.desk.look(looking=True)
            self._read_on()
            self.stirred()
        self.look()

    @on(LogView.Moved)
    def _moved(self) -> None:
        self.glance()
        self.show_banner()
        self.draw_around()

    @on(LogView.Drawn)
    def _drawn(self) -> None:
        unread = self.desk.rooms.current.unread
        if self.attention.is_looking:
            self._read_on()
        if self.desk.rooms.current.unread != unread:
            self.stirred()
        self._draw_bar()

    def _draw_bar(self) -> None:
        """Say above the log what is unread elsewhere in it."""
        width = self.query_one("#middle").size.width - 2
        keys = self.keys[Mode.ANY]
        bar = self.query_one(StoppedBar)
        bar.tell(self.desk.rooms.current, self.log_view, self.looks, keys, width)

    def say_here(self, sentence: str, is_error: bool) -> None:
        """Say what stands at the log's end here, too, if the user is elsewhere in it."""
        if not self.is_mounted or self.app.current_mode != self.mode:
            return
        if not (self.log_view.is_following and self.is_current):
            shown = cut(one_line(sentence), TOLD_CELLS_MAX)
            self.notify(shown, severity="error" if is_error else "information", markup=False)

    @on(StoppedBar.Chosen)
    def _way_chosen(self, event: StoppedBar.Chosen) -> None:
        self.orders.do(BY_NAME[event.verb])

    # Where a room opens.

    def come(self) -> None:
        """Another room is on the screen."""
        self._opening, self._came_with = Opening.DUE, self.log_view.moves
        self.open_where_stopped()

    @property
    def _has_gone(self) -> bool:
        """Whether the user went anywhere since the room came on the screen."""
        return self.log_view.moves != self._came_with

    def show_message(self, seq: int) -> None:
        """Go to a message, and choose it, whatever is unread."""
        self._opening = Opening.DONE
        super().show_message(seq)

    def open_where_stopped(self) -> None:
        """Show the first unread message, if there are any, once the room is filled."""
        room = self.desk.rooms.current
        if self._opening is not Opening.DUE or not room.filled:
            return
        is_read = room.unread == 0 or room.unread_after is None
        if self._has_gone or is_read or self.log_view.to_unread():
            self._opening = Opening.DONE
        elif self.desk.link.is_live:
            self._opening = Opening.UNDER_WAY
            self.desk.attempt(self.show_unread())
        self.look()

    def show_unread(self) -> Awaitable[None]:
        """Show the first unread message, with what follows it."""
        return self._show_unread(self.desk.rooms.current, self.set_out())

    async def _show_unread(self, room: RoomState, is_wanted: Callable[[], bool]) -> None:
        if room.unread_after is not None:
            await self.desk.paging.open_after(room, room.unread_after)
        if room is self.desk.rooms.current:
            self.desk.catch_up()
            self._opening = Opening.DONE
            if is_wanted():
                self.log_view.to_unread()
            self.stirred()

    # What is brought.

    @on(LogView.OlderWanted)
    def _load_older(self) -> None:
        self.desk.attempt(self.desk.paging.older(self.desk.rooms.current))

    @on(LogView.PicturesWanted)
    def _load_pictures(self) -> None:
        self.run_worker(self.pictures.load(), group="pictures")

    @on(LogView.BetweenWanted)
    def _load_between(self, event: LogView.BetweenWanted) -> None:
        room = self.desk.rooms.current
        self.desk.attempt(self.desk.paging.between(room, is_down=event.is_down))
