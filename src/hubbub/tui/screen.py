"""The chat on the screen: rooms, log, composer and status, and what happens among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events, on
from textual.binding import Binding, BindingsMap
from textual.containers import Horizontal, Vertical
from textual.message import Message as TextualMessage
from textual.widgets import Static

from hubbub.desk.about_finding import show
from hubbub.desk.about_following import follow, show_room
from hubbub.desk.about_messages import newest, suits
from hubbub.desk.input_history import InputHistory
from hubbub.desk.orders import Orders
from hubbub.desk.places import Place
from hubbub.markup.rooms import is_meant
from hubbub.tui.actions import ACTIONS, BY_NAME, Terminal, help_sections, offered
from hubbub.tui.choosing import input_picker
from hubbub.tui.composer import Composer, ComposerBox
from hubbub.tui.config.settings import chosen_keys
from hubbub.tui.dialogs.help import HelpScreen
from hubbub.tui.dialogs.thread import ThreadScreen
from hubbub.tui.keyboard import hear_alt
from hubbub.tui.keys import Mode, keys_with
from hubbub.tui.log.shape import shape_of
from hubbub.tui.log.view import LogView
from hubbub.tui.neighbours import Line, elsewhere, lines
from hubbub.tui.panes import Pane
from hubbub.tui.pictures.store import Pictures
from hubbub.tui.reading import ReadingFace
from hubbub.tui.stopped import Opening, StoppedBar
from hubbub.tui.title import title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from hubbub.desk.desk import Desk
    from hubbub.desk.room import RoomState
    from hubbub.tui.config.toml import Path
    from hubbub.tui.looks import Looks
    from hubbub.tui.surroundings import Shared

FRAME_SECONDS = 0.04


class ChatScreen(ReadingFace):
    """Draws a desk. However much arrives, it is drawn at most once per frame."""

    DEFAULT_CSS = """
    ChatScreen { background: $background; }
    ChatScreen #middle { width: 1fr; }
    ChatScreen #header { height: 1; padding: 0 1; background: $panel; }
    ChatScreen #status { height: 1; padding: 0 1; background: $panel; color: $text-muted; }
    ChatScreen #log, ChatScreen ComposerBox { padding: 0 1; }
    """

    class SettingChanged(TextualMessage):
        """The user has changed a setting."""

        def __init__(self, path: Path) -> None:
            super().__init__()
            self.path = path

    class ChatroomWanted(TextualMessage):
        """The user wants to see another chatroom, by its address, or the next; and a room there."""

        def __init__(self, address: str = "", room: RoomState | None = None) -> None:
            super().__init__()
            self.address = address
            self.room = room

    class ConnectWanted(TextualMessage):
        """The user wants to come into another chatroom as well, perhaps under another name."""

        def __init__(self, address: str, name: str) -> None:
            super().__init__()
            self.address = address
            self.name = name

    class DisconnectWanted(TextualMessage):
        """The user wants to be in a chatroom no longer; without an address, in this one."""

        def __init__(self, address: str) -> None:
            super().__init__()
            self.address = address

    class Entitled(TextualMessage):
        """The window is to have another title."""

        def __init__(self, title: str) -> None:
            super().__init__()
            self.title = title

    class RestWanted(TextualMessage):
        """The user wants to go back to the shell for a while."""

    class LeaveWanted(TextualMessage):
        """The user wants to quit."""

    def __init__(self, desk: Desk, looks: Looks, shared: Shared) -> None:
        super().__init__(desk, looks, shared)
        self._bindings_of_all = self._bindings
        self.pictures = Pictures(desk.chat.preview, self.stirred)
        self.history = InputHistory()
        self.orders: Orders[Terminal] = Orders(desk, self, ACTIONS)
        self.writing = self.orders.writing
        desk.turned = self._turn
        desk.told = self.say_here
        self._frame_due = False
        self._entitled = ""
        self._bind()

    def _bind(self) -> None:
        """Have the keys mean what the settings say."""
        self.keys = keys_with(chosen_keys(self.config.settings))
        hear_alt(key.key for keys in self.keys.values() for key in keys)
        bound = [
            Binding(one.key, f"press({place})", BY_NAME[one.action].purpose, priority=True)
            for place, one in enumerate(self.keys[Mode.ANY])
        ]
        self._bindings = BindingsMap.merge([self._bindings_of_all, BindingsMap(bound)])

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        desk = self.desk
        with Horizontal():
            yield Pane("rooms")
            with Vertical(id="middle"):
                yield Static(id="header")
                yield StoppedBar()
                yield LogView(desk.rooms.current, self.looks, desk.name, self.pictures)
                yield ComposerBox(self, self.history, self.orders.enter)
            yield Pane("members")
        yield Static(id="status")

    @on(events.Mount)
    def _begin(self) -> None:
        self.composer.bind_keys(self.keys[Mode.WRITING])
        self.put(self.writing.aim.room.draft)
        self.composer.focus()
        self.look()
        self._frame()

    # What completion draws from.

    def names(self) -> Sequence[str]:
        """Return whom the user may mean, recent speakers first."""
        return self.desk.company.names()

    def rooms(self) -> list[str]:
        """Return the public rooms that the user is in."""
        return [room.called for room in self.desk.rooms if not room.is_direct]

    def commands(self) -> list[tuple[str, str]]:
        """Return the words of the slash commands, and what they do."""
        actions = offered(self.desk)
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
        self.fit_to_link()
        changed = self.desk.catch_up()
        self._show_asked()
        self.open_where_stopped()
        current = self.desk.rooms.current
        if current.name in changed or current.log.pending:
            self.look()
        shape = shape_of(self.config.settings)
        listed = frozenset(room.name for room in self.desk.rooms if not is_meant(room.name))
        pictures = shape.pictures and not self.app.no_color
        shape = shape._replace(pictures=pictures, listed=listed)
        self.log_view.dress(self.looks, self.desk.name, shape)
        self.log_view.redraw()
        if isinstance(self.app.screen, ThreadScreen):
            self.app.screen.follow()
        self.show_banner()
        self.draw_around()
        self._entitle()

    def _entitle(self) -> None:
        """Have the window's title say what is unread."""
        desks = [one.desk for one in self.neighbours() if one.desk is not None]
        shown = title(self.desk.rooms.current, [room for desk in desks for room in desk.rooms])
        if self.is_current and shown != self._entitled and self.config.settings.title:
            self._entitled = shown
            self.post_message(self.Entitled(shown))

    @on(events.ScreenSuspend)
    def _left(self) -> None:
        self._entitled = ""
        self.look()

    @on(events.ScreenResume)
    def _returned(self) -> None:
        self._fit()
        self.look()

    @on(LogView.VerbChosen)
    def _carry_out(self, event: LogView.VerbChosen) -> None:
        """Do what was clicked with its message, and choose none any more."""
        if suits(self.desk, self.chosen, event.verb):
            self.orders.do(BY_NAME[event.verb])
        if not self._is_choosing:
            self.log_view.clear_choice()

    @on(LogView.LinkChosen)
    def _follow_link(self, event: LogView.LinkChosen) -> None:
        self.desk.attempt(follow(self.desk, self, event.address))

    @on(LogView.RoomChosen)
    def _follow_room(self, event: LogView.RoomChosen) -> None:
        self.desk.attempt(show_room(self.desk, self, event.room))

    def dress(self, looks: Looks) -> None:
        """Draw as the settings say now."""
        self.looks = looks
        self._bind()
        if self.is_mounted:
            self.composer.bind_keys(self.keys[Mode.WRITING])
        self._fit()

    # Rooms.

    def _turn(self) -> None:
        """Show the current room, with its own draft."""
        room = self.desk.rooms.current
        if room is self.writing.aim.room:
            return
        self.desk.ways.asked = None
        self.desk.ways.trail.begin(Place(self.writing.aim.room.name))
        self.writing.turn_to(room)
        if self._is_choosing:
            self.begin()
        self.log_view.show(room)
        self.desk.ways.trail.visit(Place(room.name))
        self.come()
        self.glance()
        self.draw_around()
        self.stirred()

    def _show_asked(self) -> None:
        """Show the message to which the address leads with which the user came."""
        room, seq = self.desk.rooms.current, self.desk.ways.asked
        if seq is not None and self._has_gone:
            self.desk.ways.asked = None  # the user has gone elsewhere meanwhile
        elif seq is not None and room.filled:
            self.desk.ways.asked = None
            self._opening = Opening.DONE
            self.desk.attempt(show(self.desk, self, room.name, seq))

    @on(Pane.Chosen, "#rooms")
    def _room_clicked(self, event: Pane.Chosen) -> None:
        self._go_to(self.rooms_shown[event.index])

    def _go_to(self, line: Line) -> None:
        """Show the room of a line of the list, or the chatroom of a heading."""
        _, address, room = line
        if address != self.desk.link.address:
            self.post_message(self.ChatroomWanted(address, room))
        elif room is not None and self.desk.rooms.get(room.name) is room:
            self.desk.show(room)

    def show_listed(self, number: int) -> None:
        """Have a room of the list shown, by its number in it, whatever chatroom it is in."""
        listed = lines(self.desk, self.neighbours(), self.size.width, self.looks)
        rooms = [line for line in listed if line.room is not None]
        if number <= len(rooms):
            self._go_to(rooms[number - 1])

    @on(Pane.Chosen, "#members")
    def _member_clicked(self, event: Pane.Chosen) -> None:
        members = self.members_shown
        if 0 < event.index <= len(members) and members[event.index - 1] != self.desk.name:
            self.orders.do(BY_NAME["msg"], members[event.index - 1])

    # What the user does.

    def action_press(self, index: int) -> None:
        """Do what a key of the table is for."""
        key = self.keys[Mode.ANY][index]
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
            self.writing.edit(message, own=self.desk.chat.is_own(message))

    @on(Composer.Recalled)
    def _recalled(self) -> None:
        if self.writing.is_editing:
            self.writing.keep_as_new()

    @on(Composer.EdgeWanted)
    def _edge_wanted(self, event: Composer.EdgeWanted) -> None:
        self.orders.do(BY_NAME["newest" if event.newest else "oldest"])

    @on(Composer.Cancelled)
    def _cancelled(self) -> None:
        if not self.log_view.unmark() and not self.writing.end():
            self.show_newest()

    # The terminal's own verbs.

    async def choose_input(self) -> None:
        """Have the user choose something typed before, to type it again."""
        if text := await self.ask(input_picker(self.history.entries)):
            self.composer.put(text)

    def show_help(self) -> None:
        """Show the help."""
        self.app.push_screen(HelpScreen(help_sections(self.desk, self.keys)))

    def change_setting(self, path: Path, value: object | None) -> None:
        """Have a setting hold from now on; raises Refused if that lasts only until the end."""
        try:
            self.config.change(path, value)
        finally:
            self.post_message(self.SettingChanged(path))

    def show_unread_elsewhere(self) -> bool:
        """Have an unread room of another chatroom shown; return whether there is one."""
        unread = elsewhere(self.desk, self.neighbours())
        if unread:
            desk, room = unread[0]
            self.post_message(self.ChatroomWanted(desk.link.address, room))
        return bool(unread)

    def next_chatroom(self) -> None:
        """Have the next chatroom shown."""
        self.post_message(self.ChatroomWanted())

    def open_address(self, address: str) -> None:
        """Have an address opened that leads out of all chatrooms."""
        self.app.open_url(address)

    def connect(self, address: str, name: str) -> None:
        """Have another chatroom shown, which the user is not in yet."""
        self.post_message(self.ConnectWanted(address, name))

    def disconnect(self, address: str) -> None:
        """Have a chatroom left; without an address, this one."""
        self.post_message(self.DisconnectWanted(address))

    def put_aside(self) -> None:
        """Have the program stopped until the shell lets it go on."""
        self.post_message(self.RestWanted())

    def leave(self) -> None:
        """Have the program ended."""
        self.post_message(self.LeaveWanted())
