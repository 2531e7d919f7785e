"""The terminal client: the chatrooms that the user is in, and the end, without losing a word."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

from textual import events, on
from textual.binding import Binding

from hubbub.background import begin
from hubbub.client import BadAddress, parse_address
from hubbub.desk.opening import Opening
from hubbub.desk.profile import Profile
from hubbub.tui.actions import wrong_setting
from hubbub.tui.alerting import Alerts
from hubbub.tui.config.file import ClientFile, client_file
from hubbub.tui.dialogs.confirm import Confirm
from hubbub.tui.ground import Ground
from hubbub.tui.intake import Intake, is_deliberate, is_input, needs_focus
from hubbub.tui.log.labels import one_line
from hubbub.tui.neighbours import Neighbour
from hubbub.tui.palette import ActionProvider
from hubbub.tui.screen import ChatScreen
from hubbub.tui.terminal import can_be_put_aside, is_there, put_aside
from hubbub.tui.visit import Visit

if TYPE_CHECKING:
    from hubbub.chat.errors import HubbubError
    from hubbub.desk.desk import Desk
    from hubbub.desk.hosting import Host

REMEMBER_SECONDS = 30.0
TERMINAL_SECONDS = 2.0
"""How soon it is noticed that the terminal has vanished without a signal."""

CHATROOMS_MAX = 10

ENDING_SIGNALS = ("SIGHUP", "SIGINT", "SIGTERM")


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


class HubbubApp(Ground):
    """`ended`: why the chat is over, unless the user quit."""

    COMMANDS = {ActionProvider}
    BINDINGS = [
        Binding("ctrl+q", "leave", "Quit", show=False, priority=True),
        # Where the chat is: a chatroom that asks something first can be left for another one.
        Binding("ctrl+n", "next_chatroom", "Next chatroom", show=False),
    ]

    def __init__(
        self, opening: Opening, profile: Profile, config: ClientFile, host: Host | None = None
    ) -> None:
        super().__init__(profile, config, opening.theme)
        self.ended: HubbubError | None = None
        self._alerts = Alerts(self)
        self._ending: asyncio.Task[None] | None = None
        self._intake = Intake(self, super().on_event)
        self._is_ending = False
        self._opening = opening
        self._host = host
        self.visits: list[Visit] = []
        """The chatrooms, in the order of the list."""

    @property
    def visit(self) -> Visit | None:
        """The chatroom on the screen."""
        return next((one for one in self.visits if one.is_here), None)

    @property
    def desk(self) -> Desk | None:
        """The user's place in the chatroom on the screen."""
        return self.visit.desk if self.visit is not None else None

    def _screens(self) -> list[ChatScreen]:
        return [one.screen for one in self.visits if one.screen is not None]

    @on(ChatScreen.SettingChanged)
    def _set(self, changed: ChatScreen.SettingChanged) -> None:
        """Have everything be as the settings say now."""
        self.dress(asked=changed.path != ("theme",))
        for screen in self._screens():
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
        if self.visit is not None and self.visit.screen is not None:
            self.visit.screen.attend()

    def watch_app_focus(self, focus: bool) -> None:
        """Have keys arrive somewhere, also in a dialog that opened while the user was elsewhere."""
        if focus and self.screen.focused is None:
            self.screen.focus_next()

    async def _on_mount(self) -> None:
        self.run_worker(self._intake.run(), group="input")
        self.set_interval(REMEMBER_SECONDS, self._remember)
        self.app_resume_signal.subscribe(self, self.show_title)
        if not self.is_headless:
            self.set_interval(TERMINAL_SECONDS, self._check_terminal)
        for ending in ENDING_SIGNALS:
            # Windows knows only some of them, and its event loop none.
            with suppress(AttributeError, NotImplementedError):
                loop = asyncio.get_running_loop()
                loop.add_signal_handler(getattr(signal, ending), self._spawn_end)
        if self.profile.notice:
            self.notify(self.profile.notice, severity="warning")
        first = self._come(self._opening, self._host, is_first=True)
        first.arrive()
        first.begin()
        if self.config.settings.reopen_chatrooms:
            for written in self.profile.chatrooms:
                if not any(one.address == _first_of(written) for one in self.visits):
                    self._come(Opening(address=written), is_first=False).begin()

    # The chatrooms.

    def _come(self, opening: Opening, host: Host | None = None, *, is_first: bool) -> Visit:
        """Add a chatroom."""
        visit = Visit(self, opening, host, is_first=is_first)
        visit.over = self._over
        visit.told = self._told
        visit.alerts = self._alerts
        visit.neighbours = self.neighbours
        self.visits.append(visit)
        return visit

    def neighbours(self) -> list[Neighbour]:
        """Return all chatrooms that the program is in."""
        return [Neighbour(one.address, one.desk, one.is_asking) for one in self.visits]

    def _told(self, visit: Visit) -> None:
        """Have the screen show what has changed in a chatroom that is not on it."""
        here = self.visit
        if here is not None and here is not visit and here.screen is not None:
            here.screen.stirred()

    def action_next_chatroom(self) -> None:
        """Show the next chatroom."""
        place = next((at for at, one in enumerate(self.visits) if one.is_here), 0)
        self.visits[(place + 1) % len(self.visits)].arrive()

    @on(ChatScreen.ChatroomWanted)
    def _go(self, wanted: ChatScreen.ChatroomWanted) -> None:
        """Show another chatroom: the one at an address, or the next one."""
        if not wanted.address:
            self.action_next_chatroom()
            return
        visit = next((one for one in self.visits if one.address == wanted.address), None)
        if visit is None:
            return  # it is over
        visit.arrive()
        if wanted.room is not None and visit.desk is not None:
            visit.desk.show(wanted.room)

    @on(ChatScreen.ConnectWanted)
    def _connect(self, wanted: ChatScreen.ConnectWanted) -> None:
        """Come into another chatroom, now and at the next start."""
        try:
            place = parse_address(wanted.address)
        except BadAddress as error:
            self.notify(str(error), severity="error", markup=False)
            return
        known = next((one for one in self.visits if one.address == str(place)), None)
        if known is None and len(self.visits) >= CHATROOMS_MAX:
            self.notify(f"You are in {CHATROOMS_MAX} chatrooms. /disconnect leaves one of them.")
            return
        if known is None:
            opening = Opening(address=wanted.address, name=wanted.name or None)
            visit = self._come(opening, is_first=False)
            if not any(_first_of(one) == str(place) for one in self.profile.chatrooms):
                written = ",".join(map(str, (place, *place.others)))
                self.profile.chatrooms.append(written)
            visit.arrive()
            visit.begin()
        else:
            known.arrive()

    @on(ChatScreen.DisconnectWanted)
    def _disconnect(self, wanted: ChatScreen.DisconnectWanted) -> None:
        """Leave a chatroom, for the next starts, too."""
        address = wanted.address
        with suppress(BadAddress):
            address = str(parse_address(address)) if address else ""
        named = (one for one in self.visits if one.address == address)
        visit = next(named, None) if address else self.visit
        if visit is None:
            sentence = f"You are in no chatroom at {one_line(address)}."
            self.notify(sentence, severity="error", markup=False)
        elif len(self.visits) == 1:
            self.notify("This is the only chatroom that you are in. /quit ends the program.")
        elif visit.hosts:
            self.notify("You host this chatroom. /quit ends it, and the program.")
        else:
            self.run_worker(self._leave_chatroom(visit), exclusive=True, group="leave")

    async def _leave_chatroom(self, visit: Visit) -> None:
        await visit.finish()
        await visit.end()
        self._forget_address(visit.address)
        self._forget(visit)

    def _forget_address(self, address: str) -> None:
        """Do not come into a chatroom at the next start."""
        kept = [one for one in self.profile.chatrooms if _first_of(one) != address]
        self.profile.chatrooms = kept
        self.profile.save()

    def _forget(self, visit: Visit) -> None:
        """Show another chatroom, and this one never more."""
        was_here = visit.is_here
        self.visits.remove(visit)
        if was_here:
            self.visits[0].arrive()
        self.remove_mode(visit.mode)
        self._told(visit)

    def _over(self, visit: Visit, error: HubbubError) -> None:
        """Take in that a chat has ended for good; with the last one, the program ends."""
        has_logged_out = visit.desk is not None and visit.desk.identity.has_logged_out
        sentence = f"{error} Nothing of you stays here." if has_logged_out else str(error)
        if has_logged_out:
            self._forget_address(visit.address)
        if len(self.visits) > 1:
            self._forget(visit)
            if (desk := self.desk) is not None:
                desk.note(f"You are no longer in the chatroom at {visit.address}: {sentence}")
        elif has_logged_out:
            self.exit(message=sentence)
        else:
            self.ended = error
            self.exit()

    # While it goes on.

    @on(ChatScreen.Entitled)
    def _entitle(self, entitled: ChatScreen.Entitled) -> None:
        self.entitle(entitled.title)

    @on(ChatScreen.RestWanted)
    async def _rest(self) -> None:
        """Stop until the shell lets the program go on."""
        if self.is_headless or not can_be_put_aside():
            self.notify("No shell waits behind hubbub that could bring it back.")
            return
        self.run_worker(self._rest_if_nobody_minds(), exclusive=True, group="leave")

    async def _rest_if_nobody_minds(self) -> None:
        if any(visit.hosts for visit in self.visits):
            question = "You host this chatroom. It stands still for everybody until you are back."
            if not await self.push_screen_wait(Confirm(question, "Put aside")):
                return
        self._remember()
        put_aside()

    def _remember(self) -> None:
        for visit in self.visits:
            visit.remember()

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
        count = sum(visit.unsent for visit in self.visits)
        if not self.profile.is_kept and count:
            what = "A message of yours was" if count == 1 else f"{count} messages of yours were"
            question = f"{what} not sent, and nothing is kept here: quit, and they are lost."
            if not await self.push_screen_wait(Confirm(question, "Quit")):
                return
        if others := sum(visit.others_hosted for visit in self.visits):
            who = "1 other is" if others == 1 else f"{others} others are"
            question = (
                f"You host this chatroom, and {who} in it. It ends when you quit, until somebody "
                "else on this machine hosts it on."
            )
            if not await self.push_screen_wait(Confirm(question, "Quit")):
                return
        await self.end()

    async def end(self) -> None:
        """Close the chats, and the screen with them; what was said is sent before, if it can be."""
        if not self._is_ending:
            self._is_ending = True
            await asyncio.gather(*(visit.finish() for visit in self.visits))
        for visit in self.visits:
            await visit.end()
        self.exit()

    def _check_terminal(self) -> None:
        if not is_there():
            self._spawn_end()

    def _spawn_end(self) -> None:
        self._ending = self._ending or begin(self.end(), "the program cannot end in order")


def _first_of(written: str) -> str:
    """Return the first of a chatroom's addresses, as `Visit.address` has it."""
    return written.partition(",")[0]
