"""What surrounds log and composer: the header, the panes, the status; and what folds away."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text
from textual import events, on
from textual.widgets import Static

from hubbub.tui.log.labels import one_line
from hubbub.tui.modes import ModedFace
from hubbub.tui.neighbours import Line, Neighbours, lines
from hubbub.tui.panes import Pane, member_lines
from hubbub.tui.status import status

if TYPE_CHECKING:
    from collections.abc import Callable

    from hubbub.desk.desk import Desk
    from hubbub.desk.link import State
    from hubbub.tui.attention import Attention
    from hubbub.tui.config.file import ClientFile
    from hubbub.tui.looks import Looks

TICK_SECONDS = 1.0
LOG_COLUMNS_MIN = 80
"""A list stands beside the log by itself only if it leaves so much."""

HEADER_FROM_ROWS = 8
STATUS_FROM_ROWS = 3
COMPOSER_ROWS_MAX = 8
SPEAKERS_MAX = 50


class Shared(NamedTuple):
    """What the screens of all chatrooms have in common.

    `panes`: which of them the user showed or hid by hand; it is kept up to date. `write`: writes to
    the terminal itself.
    """

    attention: Attention
    config: ClientFile
    panes: dict[str, bool]
    neighbours: Neighbours
    write: Callable[[str], None]


class Surroundings(ModedFace):
    """A face that shows beside the log where the user is, with whom, and how the connection is."""

    def __init__(self, desk: Desk, looks: Looks, shared: Shared) -> None:
        super().__init__()
        self.desk = desk
        self.looks = looks
        self.attention = shared.attention
        self.config = shared.config
        self.neighbours = shared.neighbours
        self.write_terminal = shared.write
        self._chosen = shared.panes
        self.rooms_shown: list[Line] = []
        self.members_shown: list[str] = []
        """What the lines of the panes stand for: a click means what the user saw."""
        self._is_ticking = False
        self._fitted_for: State | None = None

    def stirred(self) -> None:
        """Something changed: have it drawn soon."""
        raise NotImplementedError

    def draw_around(self) -> None:
        """Draw everything but the log and the composer."""
        desk, looks = self.desk, self.looks
        room = desk.rooms.current
        replica = desk.replica(room)
        width = self.size.width - 2
        title = Text.assemble((one_line(room.title), "bold"))
        if room.is_private:
            title.append("  private", looks.dim)
        if replica and replica.topic:
            title.append(f"  {one_line(replica.topic)}", looks.dim)
        if room.is_direct and replica and room.called in replica.away:
            why = one_line(replica.away[room.called])
            title.append(f"  away: {why}" if why else "  away", looks.dim)
        title.truncate(max(self.query_one("#header").content_size.width, 1), overflow="ellipsis")
        self._write("#header", title)
        now = time.monotonic()
        rooms_pane, members_pane = self.query_one("#rooms", Pane), self.query_one("#members", Pane)
        near = self.neighbours()
        told = status(desk, near, looks, width, now, rooms_hidden=not rooms_pane.display)
        self._write("#status", told)
        shown = self.rooms_shown = lines(desk, near, rooms_pane.content_size.width, looks)
        here = next(at for at, line in enumerate(shown) if line.room is room)
        others = [line.room if line.room is not room else None for line in shown]
        unread = [at for at, one in enumerate(others) if one is not None and one.unread]
        rooms_pane.show([line.text for line in shown], here, unread, looks.unread)
        self.members_shown = sorted(replica.members, key=str.casefold) if replica else []
        if members_pane.display and replica:
            spoke = room.recent_speakers(desk.name, (), replica.people)[:SPEAKERS_MAX]
            members_pane.show(
                member_lines(replica, spoke, desk.name, members_pane.content_size.width, looks)
            )
        if not self._is_ticking and (desk.link.retry_at is not None or room.typing(now)):
            self._is_ticking = True
            self.set_timer(TICK_SECONDS, self._tick)

    def _tick(self) -> None:
        """Time has passed: a countdown goes on, or somebody types no more."""
        self._is_ticking = False
        self.stirred()

    def _write(self, place: str, line: Text) -> None:
        static = self.query_one(place, Static)
        if static.content != line:
            static.update(line, layout=False)

    def fit_to_link(self) -> None:
        """Fit again if the connection is another one: some servers have no rooms to list."""
        if self._fitted_for is not self.desk.link.state:
            self._fit()

    @on(events.Resize)
    def _fit(self) -> None:
        """Fold away what the terminal has no room for."""
        self._fitted_for = self.desk.link.state
        width, height = self.app.size
        settings = self.config.settings
        widths = {"rooms": settings.rooms_width, "members": settings.people_width}
        left = width
        for pane, columns in widths.items():
            left -= columns
            fits = left >= LOG_COLUMNS_MIN and not self.desk.is_classic
            shown = self.query_one(f"#{pane}")
            shown.display = self._chosen.get(pane, fits)
            shown.styles.width = columns
        self.query_one("#header").display = height >= HEADER_FROM_ROWS
        self.query_one("#status").display = height >= STATUS_FROM_ROWS
        self.composer.styles.max_height = max(1, min(COMPOSER_ROWS_MAX, height // 3))
        self.stirred()

    def toggle(self, pane: str) -> None:
        """Show or hide a pane, whatever the width."""
        shown = not self.query_one(f"#{pane}").display
        self._chosen.pop(pane, None)
        self._fit()
        if self.query_one(f"#{pane}").display != shown:  # not what the width alone would do
            self._chosen[pane] = shown
            self._fit()
