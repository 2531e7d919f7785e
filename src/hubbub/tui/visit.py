"""A chatroom that the program is in: who the user is there, what they are asked, and the chat.

Each has a stack of screens of its own, a *mode*, of which one is shown. What is to be shown or
asked in another one waits until the user goes there: a question never comes between their keys.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.screen import Screen
from textual.worker import WorkerError

from hubbub.chat.errors import HubbubError, Refused
from hubbub.client import parse_address
from hubbub.desk.desk import Desk
from hubbub.desk.posting import unsent
from hubbub.desk.profile import Profile
from hubbub.markup.mentions import mentions
from hubbub.tui.dialogs.asking import NameScreen, PasswordScreen
from hubbub.tui.screen import FRAME_SECONDS, ChatScreen
from hubbub.tui.surroundings import Shared

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.worker import Worker

    from hubbub.chat.events import Message
    from hubbub.desk.hosting import Host
    from hubbub.desk.opening import Opening
    from hubbub.desk.room import RoomState
    from hubbub.tui.alerting import Alerts
    from hubbub.tui.ground import Ground
    from hubbub.tui.neighbours import Neighbour

RENAMING = ("name_taken", "name_not_allowed")
UNLOCKING = ("password_needed", "wrong_password")


class Visit:
    """`desk` and `screen` are None until the user has a name, and is there."""

    over: Callable[[Visit, HubbubError], None]
    """Called when the chat has ended for good, with the reason."""
    told: Callable[[Visit], None]
    """Called when something has changed."""
    alerts: Alerts
    """What calls the user."""
    neighbours: Callable[[], list[Neighbour]]
    """Returns all chatrooms that the program is in."""

    def __init__(
        self, ground: Ground, opening: Opening, host: Host | None, *, is_first: bool
    ) -> None:
        """`host`: what can host the chatroom, if it is this machine's."""
        self.opening = opening
        self._host = host
        self.address = str(parse_address(opening.address))
        self.kept_as = ground.profile.chatroom(parse_address(opening.address))
        """Under which address things are kept of the chatroom."""
        self.mode = f"chatroom {self.address}"
        self.is_first = is_first
        """Whether it is the chatroom that the program was started for."""
        self.desk: Desk | None = None
        self.screen: ChatScreen | None = None
        self._ground = ground
        self._chatting: Worker[None] | None = None
        self._due: Callable[[], None] | None = None
        """What is shown when the user comes."""
        self._is_name_new = False
        """Whether the name is to be remembered once a server has taken it."""
        self._is_frame_due = False
        self.is_asking = False
        """Whether it goes on only once the user comes, and answers."""
        ground.add_mode(self.mode, Screen)

    @property
    def is_here(self) -> bool:
        """Whether this is the chatroom on the screen."""
        return self._ground.current_mode == self.mode

    def begin(self) -> None:
        """Open the chat, after a question if nobody knows the user's name."""
        known = self._ground.profile.name
        if not self.is_first:
            known = self._ground.profile.server(self.kept_as).name or known
        if name := self.opening.name or known:
            self._begin(name)
        else:
            self._show(partial(self._ask, ""), asks=True)

    def arrive(self) -> None:
        """Show this chatroom."""
        self._ground.switch_mode(self.mode)
        due, self._due = self._due, None
        if due is not None:
            due()

    def _show(self, shows: Callable[[], None], *, asks: bool = False) -> None:
        """Show something, once the user is here. `asks`: nothing goes on before."""
        self.is_asking = asks
        if self.is_here:
            shows()
        else:
            self._due = shows
            self.told(self)

    # The user's name.

    def _ask(self, refusal: str, name: str = "", *, instead: bool = False) -> None:
        """Ask for a name; it is remembered if none is, or `instead` of the one that is.

        A user who is not remembered yet is asked whether to be, too.
        """
        where = f"Joining the chatroom at {self.address}.{self._way_back}"
        if self.opening.hosted_in is not None:
            where = f"No chatroom was open here: this program hosts one at {self.address}."

        is_stranger = self._ground.kept.name is None and self.is_first
        is_kept = self._ground.profile.is_kept
        screen = NameScreen(where, name, refusal, remember=is_kept if is_stranger else None)

        def named(chosen: str | None) -> None:
            if chosen is not None:
                self._is_name_new = instead
                if is_stranger:
                    self._be_remembered(wanted=screen.remember is not False)
                self._begin(chosen)

        self._ground.push_screen(screen, named)

    @property
    def _way_back(self) -> str:
        """A sentence that says how to leave a question alone, if there is another chatroom."""
        return " Ctrl+N goes to the next chatroom." if len(self.neighbours()) > 1 else ""

    def _be_remembered(self, *, wanted: bool) -> None:
        """Keep what a later start should know, or nothing at all."""
        ground = self._ground
        if wanted != ground.profile.is_kept:
            ground.profile = ground.kept if wanted else Profile.fleeting(ground.profile.theme)

    def _ask_password(self, refusal: str, name: str) -> None:
        where = f"The chatroom at {self.address} has a password.{self._way_back}"

        def told(password: str | None) -> None:
            if password is not None:
                self.opening = replace(self.opening, password=password)
                self._begin(name)

        self._ground.push_screen(PasswordScreen(where, refusal), told)

    # The chat.

    def _begin(self, name: str) -> None:
        """Open the chat under this name."""
        ground = self._ground
        try:
            desk = Desk(
                self.opening,
                name,
                ground.profile,
                self._is_mention,
                stirred=self._stirred,
                alert=self._alert,
                host=self._host,
            )
        except Refused as refusal:
            self._show(partial(self._ask, str(refusal), name, instead=True), asks=True)
            return
        self.desk = desk
        desk.ways.asked = parse_address(self.opening.address).seq
        desk.look(looking=False)
        if self.opening.hosted_in is not None:
            desk.note(
                f"You host this chatroom. Others on this machine join it with 'hubbub', in a "
                f"browser at http://{desk.link.address}/, or with any program that connects "
                f"to {desk.link.address}. It ends when you quit; "
                f"what was said is kept in {self.opening.hosted_in}."
            )
        if self.is_first:
            for complaint in ground.config.complaints:
                desk.note(complaint, is_error=True)
        ground.config.is_kept = ground.profile.is_kept
        self._show(partial(self._open, desk))
        self._chatting = ground.run_worker(self._chat(desk), group=self.mode)

    def _open(self, desk: Desk) -> None:
        ground = self._ground
        shared = Shared(
            ground.attention,
            ground.config,
            ground.profile.panes,
            self.neighbours,
            ground.write_terminal,
        )
        self.screen = ChatScreen(desk, ground.looks, shared)
        self.screen.mode = self.mode
        ground.push_screen(self.screen)

    async def _chat(self, desk: Desk) -> None:
        try:
            await desk.run()
        except HubbubError as error:
            self.remember(for_good=True)
            asks = error.code in (*RENAMING, *UNLOCKING)
            if asks or desk.retreats(error):
                self._show(partial(self._settle, desk, error), asks=asks)
            else:
                self.over(self, error)
        else:
            if desk.identity.successor is not None:
                self.remember(for_good=True)
                self._show(partial(self._go_on_as, desk.identity.successor))

    def _close(self) -> None:
        """Take the chat, and whatever is above it, off the screen."""
        self.screen = None
        while len(self._ground.screen_stack) > 1:
            self._ground.pop_screen()

    def _settle(self, desk: Desk, error: HubbubError) -> None:
        """Go on after a refusal."""
        self._close()
        if error.code in RENAMING:
            self._ask(str(error), desk.name, instead=error.code == "name_not_allowed")
        elif error.code in UNLOCKING:
            self._ask_password(str(error) if error.code == "wrong_password" else "", desk.name)
        else:
            self._begin_anew(desk.name, str(error))

    def _go_on_as(self, name: str) -> None:
        """Chat as somebody else from now on, whose the device is."""
        self._close()
        self._is_name_new = True
        self._begin_anew(name, f"You are '{name}' here from now on.")

    def _begin_anew(self, name: str, told: str) -> None:
        """Open the chat once more, and say why."""
        self._begin(name)
        if self.desk is not None:
            self.desk.note(told)

    # While it goes on.

    def _stirred(self) -> None:
        desk, profile = self.desk, self._ground.profile
        if desk is None:
            return
        if desk.link.is_live:
            if not self.is_first:
                desk.memory.name = desk.name
            elif self._is_name_new or profile.name is None:
                profile.name = desk.name
                profile.save()
            self._is_name_new = False
        if self.screen is not None:
            self.screen.stirred()
        elif not self._is_frame_due:
            self._is_frame_due = True
            self._ground.set_timer(FRAME_SECONDS, self._frame)
        self.told(self)

    def _frame(self) -> None:
        """Count what is unread, while no screen does."""
        self._is_frame_due = False
        if self.screen is None and self.desk is not None:
            self.desk.catch_up()
            self.told(self)

    def _is_mention(self, text: str, name: str) -> bool:
        words = self._ground.config.settings.notifications.words
        return any(mentions(text, one) for one in (name, *words))

    def _alert(self, room: RoomState, message: Message) -> None:
        desk = self.desk
        if desk is not None and (replica := desk.replica(room)) is not None:
            names_user = partial(self._is_mention, name=desk.name)
            is_mention = room.calls(message, replica, desk.chat.is_own, names_user)
            where = self.address if len(self.neighbours()) > 1 else ""
            self.alerts.take(room, message, where, is_mention=is_mention)

    def remember(self, *, for_good: bool = False) -> None:
        """Keep what the next start should know. `for_good`: this chat ends."""
        desk, profile = self.desk, self._ground.profile
        if desk is None:
            profile.save()
            return
        if self.screen is not None:
            self.screen.writing.keep()
        refused = desk.posting.end(desk.rooms) if for_good else []
        desk.remember()
        if profile.save() is None:
            desk.posting.forget(refused)

    # The end.

    @property
    def unsent(self) -> int:
        """How many messages are on their way."""
        return unsent(self.desk.rooms) if self.desk is not None else 0

    @property
    def hosts(self) -> bool:
        """Whether this program hosts the chatroom."""
        return bool(self.opening.hosted_in or (self.desk and self.desk.hosting.folder))

    @property
    def others_hosted(self) -> int:
        """How many others lose the chatroom when the program ends."""
        if self.desk is None or not self.hosts:
            return 0
        replicas = self.desk.chat.replicas.values()
        return len({name for one in replicas for name in one.members} - {self.desk.name})

    async def finish(self) -> None:
        """Wait, not for long, until the server has taken what was said."""
        if self.desk is not None:
            await self.desk.finish()

    async def end(self) -> None:
        """Close the chat."""
        if self._chatting is not None:
            self._chatting.cancel()
            with suppress(WorkerError):  # it was cancelled, or is over already
                await self._chatting.wait()
        self.remember(for_good=True)
