"""What a desk takes in: the server's events, and what they change of the user's rooms.

An event only notes which room changed. `catch_up` brings the logs up to date, once per frame.
"""

import time
from collections.abc import Awaitable, Callable

from hubbub.chat import events as e
from hubbub.chat.fold import touched_by
from hubbub.chat.names import DEFAULT_ROOM
from hubbub.client import (
    Chat,
    ClassicMessage,
    Delayed,
    NewCertificate,
    Offline,
    Online,
    Replica,
    Settled,
)
from hubbub.client.events import AnyClientEvent
from hubbub.desk.changes import Changes
from hubbub.desk.company import Company
from hubbub.desk.connection import Connection
from hubbub.desk.errands import Errands
from hubbub.desk.identity import Identity
from hubbub.desk.left import Left
from hubbub.desk.link import Link, State
from hubbub.desk.log import Pending
from hubbub.desk.markers import Markers
from hubbub.desk.membership import Membership
from hubbub.desk.paging import Paging
from hubbub.desk.posting import Posting, now_milliseconds
from hubbub.desk.profile import Remembered
from hubbub.desk.reading import Reading
from hubbub.desk.relayed import Relayed
from hubbub.desk.returning import Returning
from hubbub.desk.room import RoomState
from hubbub.desk.rooms import Rooms


class Hearing:
    """`looking`: whether the user sees the end of the current room. The parts are a desk's."""

    looking = True
    turned: Callable[[], None] = staticmethod(lambda: None)
    """Called when another room is the current one, at once."""
    refused: Callable[[str, RoomState], None] = staticmethod(lambda _text, _room: None)
    """Called with a text, and where it was typed, that the server has refused."""
    told: Callable[[str, bool], None] = staticmethod(lambda _sentence, _is_error: None)
    """Called with what is said to the user in the room on the screen; `True`: that of a fault."""
    linking: Callable[[e.Linking], None] = staticmethod(lambda _: None)
    """Called when another device wants to be linked to the user."""

    chat: Chat
    link: Link
    memory: Remembered
    rooms: Rooms
    stirred: Callable[[], None]
    paging: Paging
    posting: Posting
    left: Left
    changes: Changes
    reading: Reading
    identity: Identity
    company: Company
    _alert: Callable[[RoomState, e.Message], None]
    _is_mention: Callable[[str, str], bool]
    _dirty: set[str]
    _line: tuple[str, RoomState] | None
    _password: str
    _connection: Connection
    _errands: Errands
    _markers: Markers
    _membership: Membership
    _relayed: Relayed
    _returning: Returning

    def attempt(self, work: Awaitable[None], *, owed: bool = False) -> None:
        """Do something that may be refused, and say so in the log if it is."""
        raise NotImplementedError

    async def join(self, name: str) -> RoomState:
        """Enter a room."""
        raise NotImplementedError

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

    # What comes in.

    def take(self, event: AnyClientEvent) -> None:
        """Take in what the client library tells."""
        match event:
            case e.Logged():
                self._logged(event)
            case e.Missing():
                self._dirty.add(event.room)
            case e.Room():
                self._entered(event)
            case e.Typing() | e.Presence() | e.Seen():
                self._take_sign(event)
            case e.Removed() | e.Added() | e.Linking() | e.Welcome() | e.RoomRules() | e.Ignoring():
                self._take_turn(event)
            case e.Notice() | NewCertificate():
                self.note(event.text)
            case e.Error():
                self.note(event.message, is_error=True)
                if event.ref is None and self._line is not None:
                    (text, room), self._line = self._line, None
                    self.refused(text, room)
            case ClassicMessage():
                self._relay(event.sender, event.text)
            case Online() | Offline() | Delayed() | Settled():
                self._connection.take(event)
                if isinstance(event, Online):
                    self._online()
            case _:
                pass
        self.stirred()

    def _take_turn(
        self, event: e.Removed | e.Added | e.Linking | e.Welcome | e.RoomRules | e.Ignoring
    ) -> None:
        """Take in what changes who the user is, or where, or what holds there and for whom."""
        match event:
            case e.Removed():
                self._removed(event)
            case e.Linking():
                self.linking(event)
            case e.Welcome():
                self.identity.greeted(event)
                self._membership.renamed()
            case e.Ignoring():
                self._sift()
            case e.Added():
                self._added(event)
            case e.RoomRules():
                self._membership.ruled(event)

    def _take_sign(self, event: e.Typing | e.Presence | e.Seen) -> None:
        """Take in that somebody is here, the user on another device included."""
        room = self.rooms.get(event.room)
        if isinstance(event, e.Seen):
            if room is not None:
                self.reading.heard(room, event.seq, back=event.unread)
        elif isinstance(event, e.Typing):
            if room is not None and not self.company.ignores(room, event.name):
                room.type(event.name, time.monotonic())
        elif event.formerly and room is not None:
            self._renamed(room, event)
        elif event.state == "joined" and self.left.waits_for(event.name):
            self._errands.spawn(self._returning.reopen(event.name))

    def _renamed(self, room: RoomState, event: e.Presence) -> None:
        """Take in that somebody has another name, the user included."""
        self._membership.renamed()
        if room.filled:
            room.log.note(f"{event.formerly} is now {event.name}.", now_milliseconds())

    def _names_user(self, text: str) -> bool:
        return self._is_mention(text, self.name)

    def _sift(self) -> None:
        """Hide and show what people said, if the user ignores others than before."""
        if self.company.has_changed():
            for room in self.rooms:
                if room.filled and (replica := self.replica(room)) is not None:
                    room.sift(replica, self.chat.is_own, self._names_user)

    def _removed(self, event: e.Removed) -> None:
        """Take in that the user was put out of a room; what was typed there stays a draft."""
        room = self.rooms.get(event.room)
        if room is not None and event.gone:
            room.log.clear()
        if room is not None and len(self.rooms) > 1:
            self._forget_room(room)
        self.note(event.reason, is_error=True)
        if room is not None and room is self.rooms.current and room.name != DEFAULT_ROOM:
            self.attempt(self._retreat(room))  # it was the only one

    async def _retreat(self, room: RoomState) -> None:
        """Go to where everybody may be."""
        lobby = await self.join(DEFAULT_ROOM)
        for note in room.log.notes():
            lobby.log.note(note.text, note.at, is_error=note.is_error)
        self._forget_room(room)

    def _added(self, event: e.Added) -> None:
        """Take in that somebody let the user into a room, or told them of one."""
        if not self.chat.ignores(event.by, event.person):
            room = self.rooms.get(event.room)
            called = room.called if room is not None else event.room
            self.note(f"{event.by} invites you to #{called}. /join {called} goes there.")

    def _logged(self, event: e.AnyLogged) -> None:
        self._dirty.add(event.room)
        room = self.rooms.get(event.room)
        if room is None:
            return
        if (touched := touched_by(event)) is not None:
            room.change(touched)
        elif isinstance(event, e.Topic) and room.filled:
            told = f"set the topic: {event.text}" if event.text else "removed the topic."
            room.log.note(f"{event.sender} {told}", event.at)

    def _online(self) -> None:
        self.identity.online()
        if self.chat.is_locked:
            self.memory.password = self._password
        if self.is_classic:
            for room in self.rooms:
                room.enter(0)
                room.filled = True
                self.posting.go_on(room)
        else:
            self._errands.spawn(self._returning.enter(self.memory.rooms))

    def _entered(self, event: e.Room) -> None:
        self._sift()  # whoever ignores nobody any more is told so by nothing
        if (room := self._membership.entered(event)) is not None:
            self.reading.heard(room, event.seen or 0, back=event.unread)
            self._dirty.add(room.name)
            self._errands.spawn(self._fill(room))

    async def _fill(self, room: RoomState) -> None:
        await self.paging.fill(room)
        self.posting.go_on(room)
        await self.changes.go_on(room.name)

    def _loaded(self, room: RoomState) -> None:
        self._dirty.add(room.name)
        self.stirred()

    def _written(self, pending: Pending) -> None:
        self._relay(self.name, pending.text, pending.nonce)

    def _silenced(self, room: RoomState, text: str, why: str) -> None:
        """Take in that the user may not say anything in a room."""
        self._say_in(room, why, is_error=True)
        self.refused(text, room)

    def _failed(self, room: RoomState, why: str) -> None:
        """Take in that something the user said was not sent; it stands in the log as such."""
        if room is self.rooms.current:
            self.told(f"Not sent: {why}", True)

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
                self.chat.is_own,
                self._names_user,
                attentive=attentive,
            )
            for message in fresh:
                self._alert(room, message)
        self._markers.looked(self.rooms)
        return list(dirty)

    # What the user is told.

    def note(self, text: str, *, is_error: bool = False) -> None:
        """Tell the user something, in the room on the screen."""
        self._say_in(self.rooms.current, text, is_error=is_error)

    def _complain(self, sentence: str) -> None:
        self.note(sentence, is_error=True)

    def _say_in(self, room: RoomState, text: str, *, is_error: bool = False) -> None:
        room.log.note(text, now_milliseconds(), is_error=is_error)
        if room is self.rooms.current:
            self.told(text, is_error)
        self.stirred()

    def _forget_room(self, room: RoomState) -> None:
        self._membership.forget(room)
        self.turned()
        self.stirred()
