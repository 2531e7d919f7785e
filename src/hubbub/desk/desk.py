"""One person's place in a chatroom: takes the server's events in, and asks it for things.

It stands between the client library and a face, and collects what changes: the face calls
`catch_up` once per frame, however many events came since.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from functools import cached_property, partial

from hubbub.chat.errors import HubbubError, Refused
from hubbub.chat.events import Message
from hubbub.chat.names import DEFAULT_ROOM
from hubbub.client import (
    Backoff,
    Chat,
    connect,
    parse_address,
)
from hubbub.client.nodes import at_home
from hubbub.desk.changes import Changes
from hubbub.desk.company import Company
from hubbub.desk.connection import Connection
from hubbub.desk.devices import device_label
from hubbub.desk.errands import Errands
from hubbub.desk.hearing import Hearing
from hubbub.desk.hosting import Host, HostingOn
from hubbub.desk.identity import Identity
from hubbub.desk.left import Left
from hubbub.desk.link import Link, wait_max
from hubbub.desk.markers import Markers
from hubbub.desk.membership import Membership
from hubbub.desk.opening import Opening
from hubbub.desk.paging import Paging
from hubbub.desk.places import Ways
from hubbub.desk.posting import Posting
from hubbub.desk.profile import Profile
from hubbub.desk.reading import Reading
from hubbub.desk.relayed import Relayed
from hubbub.desk.returning import CLOSED, Returning
from hubbub.desk.room import RoomState
from hubbub.desk.signs import Signs
from hubbub.desk.standing import Standing
from hubbub.desk.told import LAST_WORDS, LAST_WORDS_UNKEPT
from hubbub.desk.unsent import Journal

MESSAGES_MAX = 100_000
"""Messages of a room that may be scrolled back to; about 70 MB when they are all loaded."""

FINISH_SECONDS_MAX = 3.0
FINISH_UNSEEN_SECONDS = 0.3
TURN_SECONDS = 0.01
"""How long events are taken in at a stretch before keys and drawing have their turn."""


class Desk(Hearing):
    """Made within a running event loop; `run` it.

    `stirred` is called when something changed, `alert` for each new message of others that
    `catch_up` finds.
    """

    def __init__(
        self,
        opening: Opening,
        name: str,
        profile: Profile,
        is_mention: Callable[[str, str], bool],
        *,
        stirred: Callable[[], None],
        alert: Callable[[RoomState, Message], None],
        host: Host | None = None,
    ) -> None:
        place = parse_address(opening.address)
        self.link = Link(str(place))
        self.memory = profile.server(kept_as := profile.chatroom(place, name))
        self.profile = profile
        self._password = opening.password or place.password or self.memory.password
        room = opening.room or place.room or self.memory.room or DEFAULT_ROOM
        self.chat = _connect(opening, name, room, self._password, profile)
        self._membership = Membership(self.chat, self.memory, room, profile.order)
        self.rooms = self._membership.rooms
        self.stirred = stirred
        self.paging = Paging(self.chat, self._loaded)
        self._errands = Errands()
        self.hosting = HostingOn(self.chat, host, tell=self.note, spawn=self._errands.spawn)
        show_new = partial(self.paging.show_new, self.rooms)
        self._connection = Connection(self.link, self.rooms, self.hosting, show_new)
        self._journal = Journal(profile.unsent, kept_as, name, tell=self._complain)
        self.left = Left(self._journal.take_over())
        self.posting = Posting(
            self.chat,
            self._owe,
            self._journal,
            self.left,
            stirred=stirred,
            written=self._written,
            returned=self._silenced,
            failed=self._failed,
        )
        self._returning = Returning(
            self.chat,
            self.rooms,
            self.left,
            self._membership.new_room,
            tell=self.note,
            complain=self._complain,
            forget=self.memory.forget_room,
        )
        self._markers = Markers(self.chat, self._errands.spawn)
        self.reading = Reading(self.chat, self.rooms, self._markers, self.replica, self._loaded)
        self.changes = Changes(self.chat, self._journal, self.left, tell=self._complain)
        self._is_mention, self._alert = is_mention, alert
        self._dirty: set[str] = set()
        self._relayed = Relayed(room)
        self._signs = Signs(self.chat, self.link, stirred)
        self._line: tuple[str, RoomState] | None = None
        self.standing = Standing(self.chat)
        self.identity = Identity(self.chat, profile, self._journal, kept_as, name)
        self.company = Company(self.chat, self.rooms, self.identity, self.replica)
        self._tell_of_others()

    def _tell_of_others(self) -> None:
        for other, count in self._journal.others.items():
            messages = "A message" if count == 1 else f"{count} messages"
            self.note(f"{messages} of '{other}' will be sent when you chat here under that name.")

    @cached_property
    def ways(self) -> Ways:
        """What the user found, and where they went."""
        return Ways()

    async def run(self) -> None:
        """Chat until closed; raises Refused or Unreachable if refused or lost for good."""
        try:
            async with self.chat:
                self._errands.spawn(self._signs.measure())
                await self._errands.beside(self._listen())
        except HubbubError as error:
            self.identity.ended(error)
            raise
        finally:
            self._journal.close()

    def retreats(self, error: HubbubError) -> bool:
        """Return whether the chat may begin anew, in the lobby, as the room of last time is closed.

        A room that the user asked for is another matter: they hear why it is refused.
        """
        room = self.rooms.current.name
        if error.code not in CLOSED or self.memory.room != room or room == DEFAULT_ROOM:
            return False
        self.memory.forget_room(room)
        self.memory.room = None
        return True

    async def finish(self) -> None:
        """Wait, if there is a connection, until the server has taken what was said; not for long.

        What it has not taken by then is sent at the next start.
        """
        if self.link.is_live:
            with suppress(TimeoutError):
                async with asyncio.timeout(FINISH_UNSEEN_SECONDS):
                    await self._markers.tell(self.rooms)
        if self.link.is_live and not await self._errands.settle(FINISH_UNSEEN_SECONDS):
            self.note(LAST_WORDS if self.profile.is_kept else LAST_WORDS_UNKEPT)
            await self._errands.settle(FINISH_SECONDS_MAX)
        if self.link.is_live:
            with suppress(TimeoutError):
                async with asyncio.timeout(FINISH_UNSEEN_SECONDS):
                    await self.identity.pass_by()

    def _owe(self, work: Coroutine[None, None, None]) -> None:
        self._errands.spawn(work, owed=True)

    async def _listen(self) -> None:
        turn_ends = time.monotonic() + TURN_SECONDS
        async for event in self.chat:
            self.take(event)
            if self.identity.successor is not None:
                return
            if time.monotonic() >= turn_ends:
                await asyncio.sleep(0)
                turn_ends = time.monotonic() + TURN_SECONDS

    # What is asked for.

    def attempt(self, work: Awaitable[None], *, owed: bool = False) -> None:
        """Do something that may be refused, and say so in the log if it is.

        `owed`: the chat does not end before, if that can be helped.
        """

        async def attempted() -> None:
            try:
                await work
            except HubbubError as error:
                self.note(str(error), is_error=True)

        self._errands.spawn(attempted(), owed=owed)

    def silence(self, room: RoomState) -> str:
        """Return why the user may write nothing in a room, as a sentence; empty if they may."""
        return "" if self.is_classic else self.standing.silence(room.name)

    def show(self, room: RoomState) -> None:
        """Put another room on the screen."""
        if room is not self.rooms.current:
            self._membership.show(room)
            if room.is_direct and room.name not in self.chat.replicas:
                self.attempt(self._returning.enter_listed(room))
            self.turned()
            self.stirred()

    def look(self, *, looking: bool) -> None:
        """Say whether the user sees the end of the current room now."""
        self.looking = looking
        if looking and self.rooms.current.filled:
            self.rooms.current.look()
            self._markers.looked(self.rooms)

    async def line(self, text: str, room: RoomState) -> None:
        """Send a `/` command that the server may know, typed in a room."""
        self._line = (text, room)
        await self.chat.line(text)

    def typed(self) -> None:
        """Tell the room, now and then, that the user is writing."""
        self._errands.spawn(self._signs.typing(self.rooms.current.name))

    async def join(self, name: str) -> RoomState:
        """Enter a room."""
        return self._membership.reached(await self.chat.join(name))

    async def direct(self, name: str) -> RoomState:
        """Open the private room shared with somebody."""
        return self._membership.reached(await self.chat.direct(name))

    async def leave(self, room: RoomState) -> None:
        """Leave a room; the last one stays."""
        if len(self.rooms) == 1:
            raise Refused("This is the only room you are in. Join another one first.")
        with suppress(TimeoutError):  # what is refused only now would come back to nowhere
            async with asyncio.timeout(FINISH_SECONDS_MAX):
                await self.posting.settled(room)
        if any(not one.taken for one in room.log.pending):
            raise Refused(
                f"Something you said in {room.title} was not sent. "
                "Send it there with /retry, or give it up with /drop."
            )
        await self.chat.leave(room.name)
        self._forget_room(room)

    def remember(self) -> None:
        """Put what the next start should know into the profile, if it is to know anything."""
        if not self.identity.has_logged_out:
            self._membership.remember(is_classic=self.is_classic)


def _connect(opening: Opening, name: str, room: str, password: str, profile: Profile) -> Chat:
    home = profile.chatroom(parse_address(opening.address), name)
    return connect(
        at_home(opening.address, home),
        name=name,
        room=room,
        password=password,
        device=profile.devices.made(home, name),
        label=device_label(),
        reconnect=opening.reconnect and Backoff(longest_seconds=wait_max(opening.address)),
        messages_max=MESSAGES_MAX,
        remember=profile.is_kept,
    )
