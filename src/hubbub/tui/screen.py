"""The chat on the screen: rooms, log, composer and status, and what happens among them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.text import Text
from textual import events, on
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.message import Message as TextualMessage
from textual.widgets import Static

from hubbub.desk.about_messages import newest
from hubbub.desk.input_history import InputHistory
from hubbub.desk.orders import Orders
from hubbub.tui.actions import ACTIONS, BY_NAME, KEYS, Terminal, help_sections, offered
from hubbub.tui.choosing import input_picker
from hubbub.tui.composer import Composer, ComposerBox
from hubbub.tui.dialogs.help import HelpScreen
from hubbub.tui.log.labels import one_line
from hubbub.tui.log.view import LogView
from hubbub.tui.modes import ModedFace
from hubbub.tui.panes import Pane, member_lines, room_lines
from hubbub.tui.status import status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from hubbub.desk.desk import Desk
    from hubbub.desk.link import State
    from hubbub.desk.room import RoomState
    from hubbub.tui.attention import Attention
    from hubbub.tui.looks import Looks

FRAME_SECONDS = 0.04
TICK_SECONDS = 1.0
ROOMS_FROM_COLUMNS = 80
MEMBERS_FROM_COLUMNS = 100
HEADER_FROM_ROWS = 8
STATUS_FROM_ROWS = 3
COMPOSER_ROWS_MAX = 8
SPEAKERS_MAX = 50


class ChatScreen(ModedFace):
    """Draws a desk. However much arrives, it is drawn at most once per frame."""

    DEFAULT_CSS = """
    ChatScreen { background: $background; }
    ChatScreen #middle { width: 1fr; }
    ChatScreen Pane { width: 18; }
    ChatScreen #header { height: 1; padding: 0 1; background: $panel; }
    ChatScreen #status { height: 1; padding: 0 1; background: $panel; color: $text-muted; }
    ChatScreen #log, ChatScreen ComposerBox { padding: 0 1; }
    """
    BINDINGS = [
        Binding(key.key, f"press({index})", BY_NAME[key.action].purpose, show=False, priority=True)
        for index, key in enumerate(KEYS)
    ]

    class ThemeChosen(TextualMessage):
        """The user wants other colours."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class LeaveWanted(TextualMessage):
        """The user wants to quit."""

    def __init__(self, desk: Desk, looks: Looks, attention: Attention) -> None:
        super().__init__()
        self.desk = desk
        self.looks = looks
        self._attention = attention
        self.history = InputHistory()
        self.orders: Orders[Terminal] = Orders(desk, self, ACTIONS)
        self.writing = self.orders.writing
        desk.turned = self._turn
        self._hidden: dict[str, bool] = {}
        """Panes that the user showed or hid by hand."""
        self._rooms_shown: list[RoomState] = []
        self._members_shown: list[str] = []
        """What the lines of the panes stand for: a click means what the user saw."""
        self._frame_due = False
        self._is_ticking = False
        self._fitted_for: State | None = None

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        desk = self.desk
        with Horizontal():
            yield Pane("rooms")
            with Vertical(id="middle"):
                yield Static(id="header")
                yield LogView(desk.rooms.current, self.looks, desk.name)
                yield ComposerBox(self, self.history, self.orders.enter)
            yield Pane("members")
        yield Static(id="status")

    @on(events.Mount)
    def _begin(self) -> None:
        self.composer.placeholder = "Say something; F1 helps"
        self.put(self.writing.aim.room.draft)
        self.composer.focus()
        self._look()
        self._frame()

    # What completion draws from.

    def names(self) -> Sequence[str]:
        """Return whom the user may mean, recent speakers first."""
        return self.desk.names()

    def rooms(self) -> list[str]:
        """Return the public rooms that the user is in."""
        return [room.name for room in self.desk.rooms if not room.is_direct]

    def commands(self) -> list[tuple[str, str]]:
        """Return the words of the slash commands, and what they do."""
        actions = offered(classic=self.desk.is_classic)
        return [(action.word, action.purpose) for action in actions if action.word]

    # Drawing.

    def stirred(self) -> None:
        """Something changed: draw it with the next frame."""
        if not self._frame_due:
            self._frame_due = True
            self.set_timer(FRAME_SECONDS, self._frame)

    def _frame(self) -> None:
        self._frame_due = False
        if not self.is_mounted:
            return
        if self._fitted_for is not self.desk.link.state:
            self._fit()
        changed = self.desk.catch_up()
        current = self.desk.rooms.current
        if current.name in changed or current.log.pending:
            self._look()
        self.log_view.dress(self.looks, self.desk.name)
        self.log_view.redraw()
        self._draw_around()

    def _draw_around(self) -> None:
        """Draw everything but the log and the composer."""
        desk, looks = self.desk, self.looks
        room = desk.rooms.current
        replica = desk.replica(room)
        width = self.size.width - 2
        title = Text.assemble((one_line(room.title), "bold"))
        if replica and replica.topic:
            title.append(f"  {one_line(replica.topic)}", looks.dim)
        title.truncate(max(self.query_one("#header").content_size.width, 1), overflow="ellipsis")
        self._write("#header", title)
        now = time.monotonic()
        rooms_pane, members_pane = self.query_one("#rooms", Pane), self.query_one("#members", Pane)
        self._write("#status", status(desk, looks, width, now, rooms_hidden=not rooms_pane.display))
        rooms = self._rooms_shown = list(desk.rooms)
        rooms_pane.show(
            room_lines(desk.rooms, rooms_pane.content_size.width, looks), rooms.index(room)
        )
        self._members_shown = sorted(replica.members, key=str.casefold) if replica else []
        if members_pane.display and replica:
            spoke = room.recent_speakers(desk.name, ())[:SPEAKERS_MAX]
            members_pane.show(
                member_lines(
                    replica.members, spoke, desk.name, members_pane.content_size.width, looks
                )
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

    @on(events.Resize)
    def _fit(self) -> None:
        """Fold away what the terminal has no room for."""
        self._fitted_for = self.desk.link.state
        width, height = self.app.size
        fits = {"rooms": width >= ROOMS_FROM_COLUMNS, "members": width >= MEMBERS_FROM_COLUMNS}
        fits["members"] = fits["members"] and not self.desk.is_classic
        fits["rooms"] = fits["rooms"] and not self.desk.is_classic
        for pane, shown in fits.items():
            self.query_one(f"#{pane}").display = self._hidden.get(pane, shown)
        self.query_one("#header").display = height >= HEADER_FROM_ROWS
        self.query_one("#status").display = height >= STATUS_FROM_ROWS
        self.composer.styles.max_height = max(1, min(COMPOSER_ROWS_MAX, height // 3))
        self.stirred()

    def toggle(self, pane: str) -> None:
        """Show or hide a pane, whatever the width."""
        shown = not self.query_one(f"#{pane}").display
        self._hidden.pop(pane, None)
        self._fit()
        if self.query_one(f"#{pane}").display != shown:  # not what the width alone would do
            self._hidden[pane] = shown
            self._fit()

    def _look(self) -> None:
        """Find out whether the user sees the end of the room, and what comes there next."""
        self.desk.look(looking=self._shows_end and bool(self._attention.is_looking))

    @property
    def _shows_end(self) -> bool:
        return self.log_view.is_following and self.is_current

    def attend(self) -> None:
        """The user looks here or elsewhere."""
        self._look()
        self._draw_around()

    def glance(self) -> None:
        """The user has just acted, and so has seen what is on the screen, if not what comes."""
        unread = self.desk.rooms.current.unread
        if unread and self._attention.is_looking is None and self._shows_end:
            self.desk.look(looking=True)
            self.stirred()
        self._look()

    @on(LogView.Moved)
    def _moved(self) -> None:
        self.glance()
        self._draw_around()

    @on(LogView.OlderWanted)
    def _load_older(self) -> None:
        self.desk.attempt(self.desk.paging.older(self.desk.rooms.current))

    def dress(self, looks: Looks) -> None:
        """Draw in other colours."""
        self.looks = looks
        self.stirred()

    # Rooms.

    def _turn(self) -> None:
        """Show the current room, with its own draft."""
        room = self.desk.rooms.current
        if room is self.writing.aim.room:
            return
        self.writing.turn_to(room)
        if self._is_choosing:
            self.begin()
        self.log_view.show(room)
        self.glance()
        self._draw_around()
        self.stirred()

    @on(Pane.Chosen, "#rooms")
    def _room_clicked(self, event: Pane.Chosen) -> None:
        room = self._rooms_shown[event.index]
        if self.desk.rooms.get(room.name) is room:
            self.desk.show(room)

    @on(Pane.Chosen, "#members")
    def _member_clicked(self, event: Pane.Chosen) -> None:
        members = self._members_shown
        if 0 < event.index <= len(members) and members[event.index - 1] != self.desk.name:
            self.orders.do(BY_NAME["msg"], members[event.index - 1])

    # What the user does.

    def action_press(self, index: int) -> None:
        """Do what a key of the table is for."""
        key = KEYS[index]
        self.orders.do(BY_NAME[key.action], key.argument)

    @on(Composer.Typed)
    def _typed(self) -> None:
        if not self.composer.text.startswith("/") and not self.writing.is_editing:
            self.desk.typed()

    @on(Composer.LastWanted)
    def _edit_last(self) -> None:
        message = None if self.desk.is_classic else newest(self.desk, own=True)
        if message is None or self.writing.is_editing:
            self.composer.recall_older()
        else:
            self.writing.edit(message, self.desk.name)

    @on(Composer.Recalled)
    def _recalled(self) -> None:
        if self.writing.is_editing:
            self.writing.keep_as_new()

    @on(Composer.Cancelled)
    def _cancelled(self) -> None:
        if not self.log_view.unmark() and not self.writing.end():
            self.log_view.action_newest()

    @on(Composer.HistoryWanted)
    def _history_wanted(self) -> None:
        self.orders.do(BY_NAME["typed"])

    # The terminal's own verbs.

    async def choose_input(self) -> None:
        """Have the user choose something typed before, to type it again."""
        if text := await self.ask(input_picker(self.history.entries)):
            self.composer.put(text)

    def show_help(self) -> None:
        """Show the help."""
        self.app.push_screen(HelpScreen(help_sections(classic=self.desk.is_classic)))

    def choose_theme(self, name: str) -> None:
        """Have the colours changed."""
        self.post_message(self.ThemeChosen(name))

    def leave(self) -> None:
        """Have the program ended."""
        self.post_message(self.LeaveWanted())
