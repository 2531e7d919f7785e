"""The chat on the screen: rooms, log, composer and status, and what happens among them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.text import Text
from textual import events, on
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Static

from hubbub.chat.errors import HubbubError, Refused
from hubbub.chat.names import same_name
from hubbub.tui.actions import ACTIONS, BY_WORD, Action
from hubbub.tui.composer import Composer, ComposerBox, Draft, InputHistory
from hubbub.tui.log.layout import one_line
from hubbub.tui.log.view import LogView
from hubbub.tui.model.log import Said
from hubbub.tui.panes import Pane, member_lines, room_lines
from hubbub.tui.status import status
from hubbub.tui.writing import Writing

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from textual.app import ComposeResult

    from hubbub.chat.events import Message
    from hubbub.tui.app import HubbubApp
    from hubbub.tui.model.desk import Desk
    from hubbub.tui.model.link import State
    from hubbub.tui.model.room import RoomState

FRAME_SECONDS = 0.04
TICK_SECONDS = 1.0
ROOMS_FROM_COLUMNS = 80
MEMBERS_FROM_COLUMNS = 100
HEADER_FROM_ROWS = 8
STATUS_FROM_ROWS = 3
COMPOSER_ROWS_MAX = 8
SPEAKERS_MAX = 50


class ChatScreen(Screen[None]):
    """Draws a desk. However much arrives, it is drawn at most once per frame."""

    app: HubbubApp

    DEFAULT_CSS = """
    ChatScreen { background: $background; }
    ChatScreen #middle { width: 1fr; }
    ChatScreen Pane { width: 18; }
    ChatScreen #header { height: 1; padding: 0 1; background: $panel; }
    ChatScreen #status { height: 1; padding: 0 1; background: $panel; color: $text-muted; }
    ChatScreen #log, ChatScreen ComposerBox { padding: 0 1; }
    """
    BINDINGS = [
        Binding(action.key, f"act({index})", action.purpose, show=False, priority=True)
        for index, action in enumerate(ACTIONS)
        if action.key
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.history = InputHistory()
        self.writing = Writing(self)
        self._hidden: dict[str, bool] = {}
        """Panes that the user showed or hid by hand."""
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
                yield LogView(desk.rooms.current, self.app.palette, desk.name)
                yield ComposerBox(self, self.history)
            yield Pane("members")
        yield Static(id="status")

    @on(events.Mount)
    def _begin(self) -> None:
        self.composer.placeholder = "Say something; F1 helps"
        self.composer.put(self.desk.rooms.current.draft)
        self.composer.focus()
        self.watch(self.app, "app_focus", self._attend, init=False)
        self._frame()

    # The parts.

    @property
    def composer(self) -> Composer:
        """Where the user types."""
        return self.query_one(Composer)

    @property
    def log_view(self) -> LogView:
        """The log of the current room."""
        return self.query_one(LogView)

    # What completion draws from.

    def names(self) -> list[str]:
        """Return whom the user may mean, recent speakers first."""
        room = self.desk.rooms.current
        replica = self.desk.replica(room)
        return room.recent_speakers(self.desk.name, replica.members if replica else ())

    def rooms(self) -> list[str]:
        """Return the public rooms that the user is in."""
        return [room.name for room in self.desk.rooms if not room.is_direct]

    def commands(self) -> list[tuple[str, str]]:
        """Return the words of the slash commands, and what they do."""
        return [
            (action.word, action.purpose)
            for action in BY_WORD.values()
            if not (action.events_only and self.desk.is_classic)
        ]

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
        if self.log_view.room is not current:
            self.room_changed()
        if current.name in changed or current.log.pending:
            self._look()
        self.log_view.dress(self.app.palette, self.desk.name)
        self.log_view.redraw()
        self._draw_around()

    def _draw_around(self) -> None:
        """Draw everything but the log and the composer."""
        desk, palette = self.desk, self.app.palette
        room = desk.rooms.current
        replica = desk.replica(room)
        width = self.size.width - 2
        title = Text.assemble((one_line(room.title), "bold"))
        if replica and replica.topic:
            title.append(f"  {one_line(replica.topic)}", palette.dim)
        title.truncate(max(self.query_one("#header").content_size.width, 1), overflow="ellipsis")
        self._write("#header", title)
        now = time.monotonic()
        rooms_pane, members_pane = self.query_one("#rooms", Pane), self.query_one("#members", Pane)
        self._write(
            "#status", status(desk, palette, width, now, rooms_hidden=not rooms_pane.display)
        )
        rooms = list(desk.rooms)
        rooms_pane.show(
            room_lines(desk.rooms, rooms_pane.content_size.width, palette), rooms.index(room)
        )
        if members_pane.display and replica:
            spoke = room.recent_speakers(desk.name, ())[:SPEAKERS_MAX]
            members_pane.show(
                member_lines(
                    replica.members, spoke, desk.name, members_pane.content_size.width, palette
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
        """Find out whether the user sees the end of the room."""
        looking = self.app.app_focus and self.log_view.is_following and self.is_current
        self.desk.look(looking=looking)

    def _attend(self) -> None:
        """The user looks here, elsewhere, or at another place of the log."""
        self._look()
        self._draw_around()

    @on(LogView.Moved)
    def _moved(self) -> None:
        self._attend()

    @on(LogView.OlderWanted)
    def _load_older(self) -> None:
        self.attempt(self.desk.paging.older(self.desk.rooms.current))

    # Rooms.

    def show_room(self, room: RoomState) -> None:
        """Put a room on the screen."""
        self.desk.show(room)
        self.room_changed()

    def room_changed(self) -> None:
        """Show the current room, with its own draft."""
        room = self.desk.rooms.current
        before = self.log_view.room
        if room is before:
            return
        self.writing.end()
        before.draft, before.cursor = self.composer.draft
        self.composer.put(Draft(room.draft, room.cursor) if room.cursor else room.draft)
        self.log_view.show(room)
        self._attend()
        self.stirred()

    @on(Pane.Chosen, "#rooms")
    def _room_clicked(self, event: Pane.Chosen) -> None:
        self.show_room(list(self.desk.rooms)[event.index])

    @on(Pane.Chosen, "#members")
    def _member_clicked(self, event: Pane.Chosen) -> None:
        replica = self.desk.replica(self.desk.rooms.current)
        members = sorted(replica.members, key=str.casefold) if replica else []
        if 0 < event.index <= len(members) and members[event.index - 1] != self.desk.name:
            self.act(BY_WORD["msg"], members[event.index - 1])

    def keep_draft(self) -> None:
        """Take note of what stands in the composer."""
        if not self.writing.is_editing:
            self.desk.rooms.current.draft = self.composer.text

    async def jump(self, message: Message) -> None:
        """Show a message with what stands around it, in its room."""
        desk = self.desk
        room = desk.rooms.get(message.room) or await desk.join(message.room)
        self.show_room(room)
        await desk.paging.fill(room)
        await desk.paging.back_to(room, message.seq)
        desk.catch_up()
        if room.log.index_of(message.seq) is not None:
            self.log_view.jump(message.seq)
        else:
            self.notify("The message is too far back to be shown here.", severity="warning")

    # What the user does.

    def action_act(self, index: int) -> None:
        """Carry out an action of the table, by its key."""
        self.act(ACTIONS[index])

    def act(self, action: Action, argument: str = "") -> None:
        """Carry out an action."""
        self.attempt(self.carry_out(action, argument))

    async def carry_out(self, action: Action, argument: str, *, typed: str = "") -> None:
        """Carry out an action; if it is refused, what was `typed` for it comes back."""
        if action.events_only and self.desk.is_classic:
            raise Refused(f"This server cannot do that: {action.purpose}.")
        try:
            if (done := action.run(self, argument)) is not None:
                await done
        except HubbubError:
            if typed and not self.composer.text:
                self.composer.put(typed)
            raise

    def attempt(self, work: Awaitable[None]) -> None:
        """Do something that may be refused, and tell in the log if it is."""

        async def attempted() -> None:
            try:
                await work
            except HubbubError as error:
                self.desk.note(str(error), is_error=True)

        self.run_worker(attempted())

    @on(Composer.Submitted)
    def _submitted(self, event: Composer.Submitted) -> None:
        self.writing.submit(event.text)

    @on(Composer.Typed)
    def _typed(self) -> None:
        if not self.composer.text.startswith("/") and not self.writing.is_editing:
            self.desk.typed()

    def chosen_message(self, *, own: bool) -> Message | None:
        """Return the chosen message, else the newest one; of the user's own if `own`."""
        log = self.desk.rooms.current.log
        if (index := self.log_view.selected) is not None and log.first <= index < log.end:
            item = log[index]
            return item.message if isinstance(item, Said) else None
        mine = (
            message
            for message in log.newest_first()
            if not message.deleted and same_name(message.sender, self.desk.name) == own
        )
        return next(mine, None)

    @on(Composer.LastWanted)
    def _edit_last(self) -> None:
        message = None if self.desk.is_classic else self.chosen_message(own=True)
        if message is None or self.writing.is_editing:
            self.composer.recall_older()
        else:
            self.writing.edit(message)

    @on(Composer.Recalled)
    def _recalled(self) -> None:
        if self.writing.is_editing:
            self.writing.keep_as_new()

    @on(Composer.Cancelled)
    def _cancelled(self) -> None:
        if not self.writing.end():
            self.log_view.action_newest()

    @on(Composer.HistoryWanted)
    def _history_wanted(self) -> None:
        self.act(next(action for action in ACTIONS if action.key == "ctrl+r"))

    # Keys that depend on where the user is.

    def swap_focus(self) -> None:
        """Go from the composer to the log, and back."""
        if self.log_view.has_focus:
            self.log_view.clear_choice()
            self.composer.focus()
            self.show_banner()
        else:
            self.log_view.focus()
            self.log_view.action_select(-1)
            letters = "  ".join(f"{one.letter} {one.word}" for one in ACTIONS if one.letter)
            self.show_banner(f"{letters}  Esc back")

    def show_banner(self, line: str = "") -> None:
        """Show a line above the composer: this one, or what the next message is for."""
        self.query_one(ComposerBox).banner(line or self.writing.banner)

    @on(events.Key)
    def _letter(self, event: events.Key) -> None:
        if not self.log_view.has_focus:
            return
        if event.key == "escape":
            self.swap_focus()
            return
        for action in ACTIONS:
            if action.letter and action.letter == event.character:
                event.stop()
                self.act(action)
                return
        if event.is_printable and event.character:  # the user goes on typing
            event.stop()
            self.swap_focus()
            self.composer.insert(event.character)

    def interrupt(self) -> None:
        """Copy what is marked; else clear the line; else tell how to quit."""
        marked = self.get_selected_text() or self.composer.selected_text
        if marked:
            self.app.copy_to_clipboard(marked)
            self.clear_selection()
        elif self.composer.text:
            self.history.add(self.composer.text)
            self.composer.put("")
            self.writing.end()
        else:
            self.notify("Ctrl+Q quits.")
