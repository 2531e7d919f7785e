"""One person's place in a chatroom: takes the server's events in, and asks it for things.

It stands between the client library and a face, and collects what changes: the face calls
`catch_up` once per frame, however many events came since.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress

from hubbub.chat import events as e
from hubbub.chat.errors import HubbubError, Refused
from hubbub.chat.fold import target_of
from hubbub.chat.names import DEFAULT_ROOM, is_direct
from hubbub.client import (
    Backoff,
    Chat,
    ClassicMessage,
    Offline,
    Online,
    Replica,
    connect,
    parse_address,
)
from hubbub.client.events import AnyClientEvent
from hubbub.desk.errands import Errands
from hubbub.desk.link import Link, State
from hubbub.desk.log import Pending
from hubbub.desk.opening import Opening
from hubbub.desk.paging import Paging
from hubbub.desk.posting import Posting, now_milliseconds
from hubbub.desk.profile import Profile
from hubbub.desk.relayed import Relayed
from hubbub.desk.room import Draft, RoomState
from hubbub.desk.rooms import Rooms

MESSAGES_MAX = 100_000
"""Messages of a room that may be scrolled back to; about 70 MB when they are all loaded."""

RECONNECT_SECONDS_MAX = 10.0
FINISH_SECONDS_MAX = 3.0
FINISH_UNSEEN_SECONDS = 0.3
PING_SECONDS = 10.0
TYPING_AGAIN_SECONDS = 3.0
TURN_SECONDS = 0.01
"""How long events are taken in at a stretch before keys and drawing have their turn."""

REPLACED = (
    "The chatroom's history was replaced on the server, as after a return to an older copy. "
    "What was shown here is gone; this is what there is now."
)


class Desk:
    """Made within a running event loop; `run` it.

    `stirred` is called when something changed, `alert` for each new message of others that
    `catch_up` finds. `looking`: whether the user sees the end of the current room.
    """

    def __init__(
        self,
        opening: Opening,
        name: str,
        profile: Profile,
        is_mention: Callable[[str, str], bool],
        *,
        stirred: Callable[[], None],
        alert: Callable[[RoomState, e.Message], None],
    ) -> None:
        place = parse_address(opening.address)
        self.link = Link(str(place))
        self.memory = profile.server(str(place))
        self._password = opening.password or self.memory.password
        room = opening.room or place.room or self.memory.room or DEFAULT_ROOM
        self.chat: Chat = connect(
            opening.address,
            name=name,
            room=room,
            password=self._password,
            reconnect=Backoff(longest_seconds=RECONNECT_SECONDS_MAX)
            if opening.reconnect
            else False,
            messages_max=MESSAGES_MAX,
        )
        self.rooms = Rooms(self._new_room(room))
        self.paging = Paging(self.chat, self._loaded)
        self._errands = Errands()
        self.posting = Posting(self.chat, self._owe, stirred=stirred, written=self._written)
        self.looking = True
        self._is_mention = is_mention
        self.stirred = stirred
        self._alert = alert
        self._dirty: set[str] = set()
        self._relayed = Relayed(room)
        self._rejoined = False
        self._typed_at = 0.0
        self.turned: Callable[[], None] = lambda: None
        """Called when another room is the current one, at once."""
        self.refused: Callable[[str, RoomState], None] = lambda _text, _room: None
        """Called with a line, and where it was typed, that the server has refused."""
        self._line: tuple[str, RoomState] | None = None

    def _new_room(self, name: str) -> RoomState:
        room = RoomState(name, self.memory.seen.get(name))
        room.draft = Draft(self.memory.drafts.get(name, ""))
        return room

    @property
    def name(self) -> str:
        """The user's name as the server writes it."""
        return self.chat.name

    @property
    def is_classic(self) -> bool:
        """Whether the server relays messages and knows nothing else."""
        return self.link.state is State.CLASSIC

    def replica(self, room: RoomState) -> Replica | None:
        """Return what the client library holds of a room."""
        if self.is_classic:
            return self._relayed.replica
        return self.chat.replicas.get(room.name)

    async def run(self) -> None:
        """Chat until closed; raises Refused or Unreachable if refused or lost for good."""
        async with self.chat:
            self._errands.spawn(self._measure())
            await self._errands.beside(self._listen())

    async def finish(self) -> None:
        """Wait, if there is a connection, until the server has taken what was said; not for long.

        What it has not taken is unsent: `keep_unsent` makes drafts of it.
        """
        if self.link.is_live and not await self._errands.settle(FINISH_UNSEEN_SECONDS):
            self.note("Waiting until the server has your last messages. Quit again to leave now.")
            await self._errands.settle(FINISH_SECONDS_MAX)

    def _owe(self, work: Coroutine[None, None, None]) -> None:
        self._errands.spawn(work, owed=True)

    async def _listen(self) -> None:
        turn_ends = time.monotonic() + TURN_SECONDS
        async for event in self.chat:
            self._take(event)
            if time.monotonic() >= turn_ends:
                await asyncio.sleep(0)
                turn_ends = time.monotonic() + TURN_SECONDS

    async def _measure(self) -> None:
        """Keep the latency up to date."""
        while True:
            await asyncio.sleep(PING_SECONDS if self.link.latency_seconds is not None else 0.5)
            if self.link.state is State.ONLINE:
                try:
                    self.link.latency_seconds = await self.chat.ping()
                except HubbubError:
                    self.link.latency_seconds = None
                self.stirred()

    # What comes in.

    def _take(self, event: AnyClientEvent) -> None:
        match event:
            case e.Logged():
                self._logged(event)
            case e.Room():
                self._entered(event)
            case e.Typing():
                if room := self.rooms.get(event.room):
                    room.type(event.name, time.monotonic())
            case e.Notice():
                self.note(event.text)
            case e.Error():
                self.note(event.message, is_error=True)
                if event.ref is None and self._line is not None:
                    (text, room), self._line = self._line, None
                    self.refused(text, room)
            case ClassicMessage():
                self._relay(event.sender, event.text)
            case Online():
                self._online(event)
            case Offline():
                self._offline(event)
            case _:
                pass
        self.stirred()

    def _logged(self, event: e.AnyLogged) -> None:
        self._dirty.add(event.room)
        room = self.rooms.get(event.room)
        if room is None:
            return
        if (target := target_of(event)) is not None:
            room.change(target)
        elif isinstance(event, e.Topic) and room.filled:
            told = f"set the topic: {event.text}" if event.text else "removed the topic."
            room.log.note(f"{event.sender} {told}", event.at)

    def _online(self, event: Online) -> None:
        self.link.state = State.ONLINE if event.events else State.CLASSIC
        self.link.retry_at = None
        if self.chat.is_locked:
            self.memory.password = self._password
        if self.is_classic:
            for room in self.rooms:
                room.filled = True
        elif not self._rejoined:
            self._rejoined = True
            self._errands.spawn(self._rejoin())

    async def _rejoin(self) -> None:
        """Enter the rooms of the last time, beside the current one."""
        for name in self.memory.rooms:
            if self.rooms.get(name) is None and not is_direct(name):
                try:
                    await self.chat.join(name)
                except HubbubError as error:
                    self.note(str(error), is_error=True)

    def _offline(self, event: Offline) -> None:
        if self.link.is_live:
            self.note(f"The connection is lost: {event.reason}. What you say is sent later.")
        self.link.state = State.OFFLINE
        self.link.reason = event.reason
        self.link.latency_seconds = None
        wait = event.retry_seconds
        self.link.retry_at = None if wait is None else time.monotonic() + wait

    def _entered(self, event: e.Room) -> None:
        if event.room not in self.chat.replicas:
            return  # left, before this event's turn came
        room = self.rooms.get(event.room)
        if room is None:
            room = self._adopt(event.room)
        elif event.replaced:
            room.begin_anew(event.last)
            self._say_in(room, REPLACED)
        elif event.last > room.log.newest:
            room.interrupt()
        room.entitle(event.direct, self.name)
        self._dirty.add(room.name)
        self._errands.spawn(self.paging.fill(room))

    def _adopt(self, name: str) -> RoomState:
        """Take in a room that the server put the user in."""
        current = self.rooms.current
        if current.name not in self.chat.replicas and not is_direct(name):
            self.rooms.rename(current.name, name)  # the server writes it differently
            return current
        room = self._new_room(name)
        self.rooms.add(room)
        return room

    def _loaded(self, room: RoomState) -> None:
        self._dirty.add(room.name)
        self.stirred()

    def _written(self, pending: Pending) -> None:
        self._relay(self.name, pending.text, pending.nonce)

    def _relay(self, sender: str, text: str, nonce: str | None = None) -> None:
        self._relayed.take(sender, text, nonce)
        self._dirty.add(self.rooms.current.name)

    def catch_up(self) -> list[str]:
        """Bring the logs up to date with all that came; returns the rooms that changed."""
        dirty, self._dirty = self._dirty, set()
        for name in dirty:
            room = self.rooms.get(name)
            replica = self.replica(room) if room else None
            if room is None or replica is None or not room.filled:
                continue
            attentive = self.looking and room is self.rooms.current
            fresh = room.follow(
                replica,
                self.name,
                lambda text: self._is_mention(text, self.name),
                attentive=attentive,
            )
            for message in fresh:
                self._alert(room, message)
        return list(dirty)

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

    def note(self, text: str, *, is_error: bool = False) -> None:
        """Tell the user something, in the room on the screen."""
        self._say_in(self.rooms.current, text, is_error=is_error)

    def _say_in(self, room: RoomState, text: str, *, is_error: bool = False) -> None:
        room.log.note(text, now_milliseconds(), is_error=is_error)
        self.stirred()

    def names(self) -> list[str]:
        """Return whom the user may mean, recent speakers of the current room first."""
        room = self.rooms.current
        replica = self.replica(room)
        return room.recent_speakers(self.name, replica.members if replica else ())

    def is_heard(self, room: RoomState) -> bool:
        """Whether a private room has somebody else in it; in public ones the log is for all."""
        replica = self.replica(room)
        return not room.is_direct or replica is None or len(replica.members) > 1

    def show(self, room: RoomState) -> None:
        """Put another room on the screen."""
        if room is not self.rooms.current:
            if not self.rooms.current.is_direct:
                self.memory.room = self.rooms.current.name
            self.rooms.current.leave()
            self.rooms.current = room
            self.turned()
            self.stirred()

    def look(self, *, looking: bool) -> None:
        """Say whether the user sees the end of the current room now."""
        self.looking = looking
        if looking and self.rooms.current.filled:
            self.rooms.current.look()

    async def line(self, text: str, room: RoomState) -> None:
        """Send a `/` command that the server may know, typed in a room."""
        self._line = (text, room)
        await self.chat.line(text)

    def typed(self) -> None:
        """Tell the room, now and then, that the user is writing."""
        now = time.monotonic()
        if self.link.state is State.ONLINE and now - self._typed_at >= TYPING_AGAIN_SECONDS:
            self._typed_at = now
            self._errands.spawn(self._tell_typing(self.rooms.current.name))

    async def _tell_typing(self, room: str) -> None:
        with suppress(HubbubError):
            await self.chat.typing(room)

    async def join(self, name: str) -> RoomState:
        """Enter a room."""
        return self._room_entered(await self.chat.join(name))

    async def direct(self, name: str) -> RoomState:
        """Open the private room shared with somebody."""
        return self._room_entered(await self.chat.direct(name))

    def _room_entered(self, event: e.Room) -> RoomState:
        # The event itself may still wait in line.
        room = self.rooms.get(event.room) or self._adopt(event.room)
        room.entitle(event.direct, self.name)
        return room

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
        self.rooms.remove(room.name)
        self.turned()
        self.memory.forget_room(room.name)
        self.memory.keep_drafts({room.name: room.draft.text})  # in case the user comes back
        self.stirred()

    def remember(self) -> None:
        """Put what the next start should know into the profile."""
        rooms = list(self.rooms)
        self.memory.keep_drafts({room.name: room.draft.text for room in rooms})
        public = [room for room in rooms if not room.is_direct]
        if not self.is_classic:
            self.memory.keep_rooms({room.name: room.seen for room in public})
        if not self.rooms.current.is_direct:
            self.memory.room = self.rooms.current.name
