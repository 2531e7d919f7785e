"""The terminal client: asks who the user is, opens the chat, and ends it without losing a word."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual import events, on
from textual.app import App
from textual.binding import Binding
from textual.filter import Monochrome, NoColor
from textual.worker import WorkerError

from hubbub.chat.errors import HubbubError, Refused
from hubbub.client import parse_address
from hubbub.desk.desk import Desk
from hubbub.desk.posting import unsent
from hubbub.desk.profile import Profile
from hubbub.tui import browser
from hubbub.tui.actions import wrong_setting
from hubbub.tui.attention import Attention
from hubbub.tui.config.file import ClientFile, client_file
from hubbub.tui.dialogs.asking import NameScreen, PasswordScreen
from hubbub.tui.dialogs.confirm import Confirm
from hubbub.tui.intake import Intake, is_deliberate, is_input, needs_focus
from hubbub.tui.looks import Looks, looks_of
from hubbub.tui.markup import mentions
from hubbub.tui.notifying import notification
from hubbub.tui.palette import ActionProvider
from hubbub.tui.screen import ChatScreen
from hubbub.tui.terminal import can_be_put_aside, is_there, lasting_driver, put_aside
from hubbub.tui.themes import THEMES, default_theme, with_colors
from hubbub.tui.title import entitling

if TYPE_CHECKING:
    from textual.worker import Worker

    from hubbub.chat.events import Message
    from hubbub.desk.hosting import Host
    from hubbub.desk.opening import Opening
    from hubbub.desk.room import RoomState

ALERT_AGAIN_SECONDS = 2.0
REMEMBER_SECONDS = 30.0
TERMINAL_SECONDS = 2.0
"""How soon it is noticed that the terminal has vanished without a signal."""

ENDING_SIGNALS = ("SIGHUP", "SIGINT", "SIGTERM")
RENAMING = ("name_taken", "name_not_allowed")
UNLOCKING = ("password_needed", "wrong_password")


def chat(opening: Opening, host: Host | None = None) -> None:
    """Chat until the user quits. `host`: what can host the chatroom, if it is this machine's.

    Raises BadAddress; Refused or Unreachable if the chat was refused or is lost for good.
    """
    parse_address(opening.address)
    config = ClientFile(client_file(), wrong_setting)
    app = HubbubApp(opening, Profile.load(), config, host)
    app.run()
    if app.ended is not None:
        raise app.ended


class HubbubApp(App[None]):
    """`ended`: why the chat is over, unless the user quit."""

    TITLE = "hubbub"
    CSS = """
    ToastRack { dock: top; align: right top; margin-top: 1; }
    """  # at the bottom they would cover what is being typed
    COMMANDS = {ActionProvider}
    BINDINGS = [Binding("ctrl+q", "leave", "Quit", show=False, priority=True)]

    def __init__(
        self, opening: Opening, profile: Profile, config: ClientFile, host: Host | None = None
    ) -> None:
        super().__init__(driver_class=lasting_driver())
        self._host = host
        self.opening = opening
        self.profile = profile
        self.config = config
        self.ended: HubbubError | None = None
        self.desk: Desk | None = None
        self._chatting: Worker[None] | None = None
        self._alerted_at = 0.0
        self._ending: asyncio.Task[None] | None = None
        self._intake = Intake(self, super().on_event)
        self.attention = Attention()
        self._is_ending = False
        self._window_title = ""
        self._kept = profile
        """What is remembered on this computer, whether or not the user wants to be."""
        self._is_name_new = False
        """Whether the name is to be remembered once a server has taken it."""
        self._asked_theme = opening.theme
        """The theme that was asked for when the program was started, until another one is."""
        if opening.theme:
            profile.theme = opening.theme
        self._dress()
        if self.no_color:
            self._forgo_colors()

    def _default_theme(self) -> str:
        if self.no_color:
            return "16"
        return default_theme(os.environ, self.console.color_system)

    def _forgo_colors(self) -> None:
        """Have no colours at all: by itself Textual turns them into greys."""
        others = [one for one in self._filters if not isinstance(one, Monochrome)]
        self._filters = [*others, NoColor()]

    def _dress(self) -> None:
        settings = self.config.settings
        set_ = settings.theme if settings.theme != "auto" else self.profile.theme
        name = self._asked_theme or set_ or self._default_theme()
        theme = with_colors(THEMES.get(name, THEMES["dark"]), settings.colors)
        self.register_theme(theme)
        self.theme = theme.name
        self.looks: Looks = looks_of(theme)

    @on(ChatScreen.SettingChanged)
    def _set(self, changed: ChatScreen.SettingChanged) -> None:
        """Have everything be as the settings say now."""
        if changed.path == ("theme",):
            self._asked_theme = None
        self._dress()
        for screen in self.screen_stack:
            if isinstance(screen, ChatScreen):
                screen.dress(self.looks)

    async def on_event(self, event: events.Event) -> None:
        """Have inputs wait in line; everything else is dealt with at once."""
        if is_input(event):
            if needs_focus(event):
                self.attention.press()
            for screen in self.screen_stack[-1:]:
                if isinstance(screen, ChatScreen) and is_deliberate(event):
                    screen.glance()
            self._intake.take(event)
        else:
            await super().on_event(event)

    @on(events.AppFocus)
    @on(events.AppBlur)
    def _hear_focus(self, event: events.AppFocus | events.AppBlur) -> None:
        self.attention.hear(focus=isinstance(event, events.AppFocus))
        for screen in self.screen_stack:
            if isinstance(screen, ChatScreen):
                screen.attend()

    def watch_app_focus(self, focus: bool) -> None:
        """Have keys arrive somewhere, also in a dialog that opened while the user was elsewhere."""
        if focus and self.screen.focused is None:
            self.screen.focus_next()

    async def _on_mount(self) -> None:
        self.run_worker(self._intake.run(), group="input")
        self.set_interval(REMEMBER_SECONDS, self._remember)
        self.app_resume_signal.subscribe(self, self._show_title)
        if not self.is_headless:
            self.set_interval(TERMINAL_SECONDS, self._check_terminal)
        for ending in ENDING_SIGNALS:
            # Windows knows only some of them, and its event loop none.
            with suppress(AttributeError, NotImplementedError):
                loop = asyncio.get_running_loop()
                loop.add_signal_handler(getattr(signal, ending), self._spawn_end)
        if self.profile.notice:
            self.notify(self.profile.notice, severity="warning")
        name = self.opening.name or self.profile.name
        if name:
            self._begin(name)
        else:
            self._ask("")

    # The user's name.

    def _ask(self, refusal: str, name: str = "", *, instead: bool = False) -> None:
        """Ask for a name; it is remembered if none is, or `instead` of the one that is.

        A user who is not remembered yet is asked whether to be, too.
        """
        address = parse_address(self.opening.address)
        where = f"Joining the chatroom at {address}."
        if self.opening.hosted_in is not None:
            where = f"No chatroom was open on this machine: this program hosts one at {address}."

        is_stranger = self._kept.name is None
        screen = NameScreen(
            where, name, refusal, remember=self.profile.is_kept if is_stranger else None
        )

        def named(chosen: str | None) -> None:
            if chosen is not None:
                self._is_name_new = instead
                if is_stranger:
                    self._be_remembered(wanted=screen.remember is not False)
                self._begin(chosen)

        self.push_screen(screen, named)

    def _be_remembered(self, *, wanted: bool) -> None:
        """Keep what a later start should know, or nothing at all."""
        if wanted != self.profile.is_kept:
            self.profile = self._kept if wanted else Profile.fleeting(self.profile.theme)

    def _ask_password(self, refusal: str, name: str) -> None:
        where = f"The chatroom at {parse_address(self.opening.address)} has a password."

        def told(password: str | None) -> None:
            if password is not None:
                self.opening = replace(self.opening, password=password)
                self._begin(name)

        self.push_screen(PasswordScreen(where, refusal), told)

    def _begin(self, name: str) -> None:
        """Open the chat under this name."""
        try:
            self.desk = Desk(
                self.opening,
                name,
                self.profile,
                mentions,
                stirred=self._stirred,
                alert=self._alert,
                host=self._host,
            )
        except Refused as refusal:
            self._ask(str(refusal), name, instead=True)
            return
        if self.opening.hosted_in is not None:
            self.desk.note(
                f"You host this chatroom. Others on this machine join it with 'hubbub', in a "
                f"browser at http://{self.desk.link.address}/, or with any program that connects "
                f"to {self.desk.link.address}. It ends when you quit; "
                f"what was said is kept in {self.opening.hosted_in}."
            )
        for complaint in self.config.complaints:
            self.desk.note(complaint, is_error=True)
        self.config.is_kept = self.profile.is_kept
        self.push_screen(
            ChatScreen(self.desk, self.looks, self.attention, self.config, self.profile.panes)
        )
        self._chatting = self.run_worker(self._chat(self.desk), group="chat")

    async def _chat(self, desk: Desk) -> None:
        try:
            await desk.run()
        except HubbubError as error:
            self._remember(for_good=True)
            while len(self.screen_stack) > 1:
                self.pop_screen()
            if error.code in RENAMING:
                self._ask(str(error), desk.name, instead=error.code == "name_not_allowed")
            elif error.code in UNLOCKING:
                self._ask_password(str(error) if error.code == "wrong_password" else "", desk.name)
            elif desk.retreats(error):
                self._begin_anew(desk.name, str(error))
            elif desk.identity.has_logged_out:
                self.exit(message=f"{error} Nothing of you stays here.")
            else:
                self.ended = error
                self.exit()
        else:
            if desk.identity.successor is not None:
                self._go_on_as(desk.identity.successor)

    def _go_on_as(self, name: str) -> None:
        """Chat as somebody else from now on, whose the device is."""
        self._remember(for_good=True)
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self._is_name_new = True
        self._begin_anew(name, f"You are '{name}' here from now on.")

    def _begin_anew(self, name: str, told: str) -> None:
        """Open the chat once more, and say why."""
        self._begin(name)
        if self.desk is not None:
            self.desk.note(told)

    # While it goes on.

    def _stirred(self) -> None:
        desk = self.desk
        if desk and desk.link.is_live and (self._is_name_new or self.profile.name is None):
            self._is_name_new = False
            self.profile.name = desk.name
            self.profile.save()
        for screen in self.screen_stack:
            if isinstance(screen, ChatScreen):
                screen.stirred()

    def _alert(self, room: RoomState, message: Message) -> None:
        """Call a user who looks elsewhere, or may."""
        desk = self.desk
        if self.attention.is_looking or desk is None:
            return
        if not room.is_direct and not mentions(message.text, desk.name):
            return
        now = time.monotonic()
        if now - self._alerted_at >= ALERT_AGAIN_SECONDS:
            self._alerted_at = now
            self.bell()
            title = f"{message.sender} in {room.title}"
            text = f"{message.sender} {message.text}" if message.me else message.text
            self.write_terminal(notification(title, text, os.environ))

    def write_terminal(self, sequence: str) -> None:
        """Write a control sequence, unless nobody is at a terminal."""
        if sequence and self._driver is not None and not self.is_headless:
            self._driver.write(sequence)

    def open_url(self, url: str, *, new_tab: bool = True) -> None:  # noqa: ARG002 (Textual's)
        """Show an address in a browser with a window, or else put it into the clipboard."""
        self.run_worker(self._open(url))

    async def _open(self, url: str) -> None:
        if not await browser.opens(url):
            self.copy_to_clipboard(url)
            self.notify(
                "No browser with a window was found here. The address is in the clipboard, "
                "if your terminal allows it.",
                markup=False,
            )

    @on(ChatScreen.Entitled)
    def _entitle(self, entitled: ChatScreen.Entitled) -> None:
        self._window_title = entitled.title
        self._show_title()

    def _show_title(self, _: object = None) -> None:
        if self._window_title:
            self.write_terminal(entitling(self._window_title, os.environ))

    @on(ChatScreen.RestWanted)
    async def _rest(self) -> None:
        """Stop until the shell lets the program go on."""
        if not can_be_put_aside():
            self.notify("No shell waits behind hubbub that could bring it back.")
            return
        self.run_worker(self._rest_if_nobody_minds(), exclusive=True, group="leave")

    async def _rest_if_nobody_minds(self) -> None:
        if self.opening.hosted_in is not None:
            question = "You host this chatroom. It stands still for everybody until you are back."
            if not await self.push_screen_wait(Confirm(question, "Put aside")):
                return
        self._remember()
        put_aside()

    def _remember(self, *, for_good: bool = False) -> None:
        if self.desk is not None:
            for screen in self.screen_stack:
                if isinstance(screen, ChatScreen):
                    screen.writing.keep()
            refused = self.desk.posting.end(self.desk.rooms) if for_good else []
            self.desk.remember()
            if self.profile.save() is None:
                self.desk.posting.forget(refused)
        else:
            self.profile.save()

    # The end.

    @on(ChatScreen.LeaveWanted)
    def action_leave(self) -> None:
        """Quit."""
        self.run_worker(self._leave(), exclusive=True, group="leave")

    async def _leave(self) -> None:
        """Quit, with a question first if the chatroom ends for others too."""
        if self._is_ending:  # the user will not wait any longer
            await self.end()
            return
        if not self.profile.is_kept and self.desk and (count := unsent(self.desk.rooms)):
            what = "A message of yours was" if count == 1 else f"{count} messages of yours were"
            question = f"{what} not sent, and nothing is kept here: quit, and they are lost."
            if not await self.push_screen_wait(Confirm(question, "Quit")):
                return
        if others := self._others_here():
            who = "1 other is" if others == 1 else f"{others} others are"
            question = (
                f"You host this chatroom, and {who} in it. It ends when you quit, until somebody "
                "else on this machine hosts it on."
            )
            if not await self.push_screen_wait(Confirm(question, "Quit")):
                return
        await self.end()

    async def end(self) -> None:
        """Close the chat, and the screen with it; what was said is sent before, if it can be."""
        if self.desk is not None and not self._is_ending:
            self._is_ending = True
            await self.desk.finish()
        if self._chatting is not None:
            self._chatting.cancel()
            with suppress(WorkerError):  # it was cancelled, or is over already
                await self._chatting.wait()
        self._remember(for_good=True)
        self.exit()

    def _check_terminal(self) -> None:
        if not is_there():
            self._spawn_end()

    def _spawn_end(self) -> None:
        self._ending = self._ending or asyncio.create_task(self.end())

    def _others_here(self) -> int:
        if self.desk is None or not (self.opening.hosted_in or self.desk.hosting.folder):
            return 0
        names = {name for replica in self.desk.chat.replicas.values() for name in replica.members}
        return len(names - {self.desk.name})
