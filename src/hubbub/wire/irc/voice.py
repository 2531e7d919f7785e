"""How the chatroom speaks to one IRC client: its own answers, and what is said to it in private.

What is said in rooms is the same for many clients, and has a format that they share (`format.py`).
Everything else depends on who hears it: their nick, what they asked for, and whom they talk to in
private. A voice keeps that; it is told of nothing but the events that the client is to hear.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from msgspec.structs import replace

from hubbub.chat import events as e
from hubbub.chat.names import is_direct, same_name
from hubbub.chat.text import inert
from hubbub.wire.irc.asked import Asked, Asking, kept_once
from hubbub.wire.irc.format import SHARED, account_of, format_with
from hubbub.wire.irc.line import Line, reply
from hubbub.wire.irc.lists import members, names, profile, topic
from hubbub.wire.irc.modes import NO_ORDER, Order, changes, order_of
from hubbub.wire.irc.names import HOST, USER, channel_of, nick_of, source_of
from hubbub.wire.irc.numerics import N
from hubbub.wire.irc.refusals import refusal_of
from hubbub.wire.irc.texts import lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from hubbub.chat.heard import Reply

NOTICE_BYTES_MAX: Final = 300
"""Of one line of a sentence of the server's; it takes a nick and names of the server along."""


_CLOSED: Final = ("not_a_member", "not_here", "no_such_room")
"""Codes for words that reach nobody in a private room, which the other one has left."""


class Voice:
    """Implements `hubbub.chat.format.Format` for one client."""

    __slots__ = (
        "_batches",
        "_entering",
        "_order",
        "account",
        "asking",
        "awaits_unread",
        "caps",
        "conversations",
        "is_held",
        "is_locked",
        "is_registered",
        "name",
        "newest",
        "nick",
        "person",
        "refusal",
        "rooms",
        "server",
        "shared",
        "unread",
    )

    hears_itself = False
    knows_rooms = True
    gets_answers = True

    def __init__(self) -> None:
        self.caps: frozenset[str] = frozenset()
        """What the client asked for."""
        self.server = ""
        self.shared = format_with(self.caps, self.server)
        """The format that it shares with others."""
        self.asking = Asking()
        self.nick = "*"
        """What the client is called, `*` until it is."""
        self.account = "*"
        self.is_registered = False
        """Whether it was welcomed; until then it hears nothing by itself."""
        self.name = ""
        """What its person is called in the chatroom."""
        self.person: e.PersonSummary | None = None
        """Who that is, if they are known."""
        self.is_held = self.is_locked = False
        """Whether the name is another's so far, and whether the chatroom's password is wanted."""
        self.refusal: e.Error | None = None
        """The newest refusal that came before it was welcomed."""
        self.rooms: frozenset[str] = frozenset()
        """The public rooms that it is in."""
        self.newest = 0
        """The newest seq of the one that it entered last, 0 if nothing was said there."""
        self.conversations: dict[str, str] = {}
        """The private rooms of two that it is in, and what the other one is called."""
        self.awaits_unread = True
        """Whether it is just coming, so that it is brought into rooms where something waits."""
        self.unread: tuple[tuple[str, int | None], ...] = ()
        """Rooms that it was brought into, and how far its person has read in talks of two."""
        self._order: dict[str, Order] | None = None  # most rooms have no rules
        self._entering = ""  # the room whose rules, if it has some, come next
        self._batches = 0

    def reached_at(self, server: str) -> None:
        """Take in at which `http://host:port` the client would find files."""
        self.server = server
        self.shared = format_with(self.caps, server)

    def encode(self, event: e.Event, recipient: str = "") -> bytes:
        """Return the lines with which this client hears of `event`."""
        return b"".join(line.encode() for line in self._lines(event, recipient))

    def change_caps(self, caps: frozenset[str]) -> bool:
        """Have these capabilities from now on; return whether that can be.

        While it is in a room, the client stays with those who share its format.
        """
        is_shared = bool(self.rooms or self.conversations or self.unread)
        if is_shared and caps & SHARED != self.caps & SHARED:
            return False
        self.caps = kept_once(caps)
        self.shared = format_with(caps, self.server)
        return True

    # What it hears.

    def _lines(self, event: e.Event, recipient: str) -> Iterable[Line]:
        if not isinstance(event, e.RoomRules):
            self._entering = ""
        if isinstance(event, e.Logged | e.Presence | e.Away | e.Typing | e.Missing):
            return self._said(event, recipient)
        tell = self._words.get(type(event))
        return () if tell is None else tell(self, event)

    def _told(self, event: e.Notice) -> Iterable[Line]:
        return [self.notice(line) for line in lines_of(event.text, NOTICE_BYTES_MAX)]

    def _ended(self, event: e.Bye) -> Iterable[Line]:
        return [Line("ERROR", (event.reason,))]

    def _added(self, event: e.Added) -> Iterable[Line]:
        source = source_of(event.by) if event.by else HOST
        return [Line("INVITE", (self.nick, channel_of(event.room)), source)]

    def _said(
        self, event: e.Logged | e.Presence | e.Away | e.Typing | e.Missing, recipient: str
    ) -> Iterable[Line]:
        room = event.room
        if not self.is_registered:
            return []  # it returns to what is unread
        if not is_direct(room):
            return self.shared.lines(event, channel_of(room))
        if isinstance(event, e.Presence | e.Away | e.Topic):
            if isinstance(event, e.Presence) and event.formerly:
                self.conversations[room] = event.name
            return []  # IRC knows nobody who comes to a talk of two
        own = isinstance(event, e.Logged) and same_name(event.sender, recipient)
        if own and "echo-message" not in self.caps:
            return []  # IRC has no way to say that we said something elsewhere
        target = nick_of(self.conversations.get(room, "")) if own else self.nick
        return self.shared.lines(event, target or self.nick)

    # Who it is.

    def _welcomed(self, event: e.Welcome) -> Iterator[Line]:
        asked = self.asking.answered(event.ref)
        if event.held and self.is_registered:  # it stays who it is
            taken = Line(
                N.NICKNAMEINUSE, (self.nick, nick_of(event.name), "Somebody has that name."), HOST
            )
            yield from self.answer([taken], "" if asked is None else asked.label)
            return
        self.name, self.person, self.refusal = event.name, event.person, None
        self.is_held, self.is_locked = event.held, event.locked
        nick, source = nick_of(event.name), source_of(event.name)
        person = event.person
        account = "*" if person is None else account_of(event.name, person.id, person.kind)
        lines = []
        if nick != self.nick:
            lines.append(Line("NICK", (nick,), f"{self.nick}!{USER}@{HOST}"))
        if account not in ("*", self.account):
            lines.append(Line(N.LOGGEDIN, (nick, source, account, f"You are {event.name}."), HOST))
        self.nick, self.account = nick, account
        if self.is_registered:
            yield from self.answer(lines, "" if asked is None else asked.label)

    # Answers.

    def numeric(self, number: str, *params: str) -> Line:
        """Return a numeric to this client."""
        return Line(number, (self.nick, *params), HOST)

    def notice(self, text: str) -> Line:
        """Return a sentence of the server's."""
        return Line("NOTICE", (self.nick, text), HOST)

    def at_once(self, line: Line, lines: Sequence[Line], batch: Sequence[str] = ()) -> Reply:
        """Return what answers a line of the client's, about which the chatroom is not asked."""
        return reply(*self.answer(lines, line.tags.get("label", ""), batch))

    def answer(self, lines: Sequence[Line], label: str, batch: Sequence[str] = ()) -> list[Line]:
        """Return the lines of one answer, as the capabilities that the client asked for want them.

        `label` is that of the command. `batch`: the type of the batch that they are, and what
        stands behind it.
        """
        if batch and "batch" in self.caps:
            lines = self._batched(lines, batch)
        if not label or "labeled-response" not in self.caps:
            return [*lines]
        if not lines:
            lines = [Line("ACK", (), HOST)]
        elif len(lines) > 1 and not (batch and "batch" in self.caps):
            lines = self._batched(lines, ("labeled-response",))
        first = lines[0]
        return [first._replace(tags={**first.tags, "label": label}), *lines[1:]]

    def _batched(self, lines: Sequence[Line], batch: Sequence[str]) -> list[Line]:
        self._batches += 1
        id_ = str(self._batches)
        return [
            Line("BATCH", (f"+{id_}", *batch), HOST),
            *(line._replace(tags={"batch": id_, **line.tags}) for line in lines),
            Line("BATCH", (f"-{id_}",), HOST),
        ]

    def _refused(self, event: e.Error) -> Iterable[Line]:
        asked = self.asking.answered(event.ref)
        if not self.is_registered:
            if asked is None:  # it is the end
                return [Line("ERROR", (event.message,))]
            self.refusal = event
            return []
        if asked is None:
            return [self.notice(event.message)]
        if asked.command == "REJOIN":
            return self._out_of(asked.detail, event.message)
        if asked.command == "TAGMSG" and asked.said is None:  # that somebody types
            return self.answer([], asked.label)
        if asked.said is not None and event.code in _CLOSED:
            self.conversations.pop(asked.said.room, None)  # the next word opens one anew
        return self.answer([*refusal_of(self, asked, event)], asked.label)

    def _done(self, event: e.Ok) -> Iterable[Line]:
        asked = self.asking.answered(event.ref)
        if asked is None:
            return []
        return self.answer([*self._outcome(asked, event)], asked.label)

    def _outcome(self, asked: Asked, event: e.Ok) -> Iterator[Line]:
        source = f"{self.nick}!{USER}@{HOST}"
        match asked.command:
            case "PART":
                room = asked.detail
                self._leave(room)
                yield Line("PART", (channel_of(room),), source)
            case "PONG":
                yield Line("PONG", (HOST, asked.target), HOST)
            case "TOPIC":
                yield Line("TOPIC", (asked.target, asked.detail), source)
            case "AWAY":
                away = "You are marked as being away." if asked.detail else ""
                number = N.NOWAWAY if asked.detail else N.UNAWAY
                yield self.numeric(number, away or "You are no longer marked as being away.")
            case "INVITE":
                yield self.numeric(N.INVITING, asked.detail, asked.target)
            case "OPER":
                yield self.numeric(N.YOUREOPER, "You run this server now, too.")
            case "PRIVMSG" | "NOTICE" | "TAGMSG" | "REDACT" if "echo-message" in self.caps:
                if asked.said is not None and event.seq:
                    yield from self._echo(asked.said, event.seq, asked.command)

    def _echo(
        self, said: e.Message | e.Reaction | e.Deleted, seq: int, command: str
    ) -> Iterator[Line]:
        """Yield what the client said, as others hear it; a `NOTICE` is still one to it."""
        person = "" if self.account == "*" or self.person is None else self.person.id
        said = replace(said, seq=seq, sender=self.name, person=person)
        if isinstance(said, e.Message):
            said.text = inert(said.text)
        for line in self.shared.lines(said, self.target_of(said.room)):
            yield line._replace(command="NOTICE") if command == "NOTICE" else line

    def target_of(self, room: str) -> str:
        """Return what IRC calls a room: a channel, or whoever it is shared with."""
        if is_direct(room):
            return nick_of(self.conversations.get(room, "")) or self.nick
        return channel_of(room)

    # Rooms.

    def _entered(self, event: e.Room) -> Iterable[Line]:
        asked = self.asking.answered(event.ref)
        if asked is None and self.awaits_unread:
            self.unread += ((event.room, event.seen or 0 if event.direct else None),)
        if event.direct:
            other = next((one for one in event.direct if nick_of(one) != self.nick), self.nick)
            self.conversations[event.room] = other
            return []
        if not self.is_registered:
            return []  # it returns there as soon as it is
        lines: list[Line] = []
        if event.room not in self.rooms:  # else it came anew, or asks for the topic
            self.rooms = kept_once(self.rooms | {event.room})
            self._entering, self.newest = event.room, event.last
            lines = [*self._join(event)]
        elif asked is not None and asked.command == "TOPIC":
            lines = [topic(self, asked.target, event.topic)]
        return lines if asked is None else self.answer(lines, asked.label)

    def _join(self, event: e.Room) -> Iterator[Line]:
        channel, person = channel_of(event.room), self.person
        kind, id_ = ("", "") if person is None else (person.kind, person.id)
        yield self.shared.join(self.name, channel, id_, kind)
        if event.topic:
            yield self.numeric(N.TOPIC, channel, event.topic)
        if "draft/no-implicit-names" not in self.caps:
            yield from names(self, channel, event.members, more=event.more)

    def _members(self, event: e.Members) -> Iterable[Line]:
        asked = self.asking.answered(event.ref)
        channel = channel_of(event.room)
        if asked is None:  # the list anew, for a client that was behind
            if is_direct(event.room):
                self._meet(event)
            if event.room not in self.rooms:
                return []
            return [*names(self, channel, event.members, more=event.more)]
        if asked.command == "NAMES":
            lines = [*names(self, channel, event.members, more=event.more)]
        else:
            lines = [*members(self, asked, channel, event.members)]
        return self.answer(lines, asked.label)

    def _meet(self, event: e.Members) -> None:
        """Take in what the other one in a private room is called now."""
        for one in event.members:
            if nick_of(one.name) != self.nick:
                self.conversations[event.room] = one.name

    def _listed(self, event: e.Rooms) -> Iterable[Line]:
        asked = self.asking.answered(event.ref)
        if asked is None:
            return []
        if asked.command == "TOPIC":
            topics = {channel_of(one.room): one.topic for one in event.rooms}
            line = topic(self, asked.target, topics.get(asked.target.lower()))
            return self.answer([line], asked.label)
        wanted = {one for one in asked.target.lower().split(",") if one}
        lines = [self.numeric(N.LISTSTART, "Channel", "Users  Name")]
        for one in event.rooms:
            channel = channel_of(one.room)
            if not wanted or channel in wanted:
                lines.append(self.numeric(N.LIST, channel, str(one.members), one.topic))
        lines.append(self.numeric(N.LISTEND, "End of /LIST"))
        return self.answer(lines, asked.label)

    def _bans(self, event: e.Bans) -> Iterable[Line]:
        asked = self.asking.answered(event.ref)
        if asked is None:
            return []
        lines = [
            self.numeric(N.BANLIST, asked.target, f"{nick_of(one.whom)}!*@*") for one in event.bans
        ]
        lines.append(self.numeric(N.ENDOFBANLIST, asked.target, "End of channel ban list"))
        return self.answer(lines, asked.label)

    def modes_of(self, room: str) -> str:
        """Return the modes of a room, as far as the client was told of its rules."""
        known = None if self._order is None else self._order.get(room)
        return "+" if known is None else f"+{known.modes}"

    def _removed(self, event: e.Removed) -> Iterable[Line]:
        return self._out_of(event.room, event.reason)

    def _out_of(self, room: str, reason: str) -> list[Line]:
        """Return the lines which say that the client is in a room no longer."""
        was_in = self._leave(room)
        return [Line("KICK", (channel_of(room), self.nick, reason), HOST)] if was_in else []

    def _leave(self, room: str) -> bool:
        """Forget a room; return whether the client was in it, as far as it knows."""
        was_in = room in self.rooms
        self.rooms = kept_once(self.rooms - {room})
        self.conversations.pop(room, None)
        if self._order is not None:
            self._order.pop(room, None)
        return was_in

    def _ruled(self, event: e.RoomRules) -> Iterator[Line]:
        """Tell by modes what holds in a room that the client is in, where that changed."""
        is_known, self._entering = event.room == self._entering, ""
        if event.room not in self.rooms:
            return
        known: dict[str, Order] = {} if self._order is None else self._order
        before, known[event.room] = known.get(event.room, NO_ORDER), order_of(event)
        self._order = known
        if not is_known:  # else the list of names has said it
            yield from changes(channel_of(event.room), before, known[event.room])

    # People.

    def _profile(self, event: e.Profile) -> Iterable[Line]:
        asked = self.asking.answered(event.ref)
        return [] if asked is None else self.answer([*profile(self, asked, event)], asked.label)

    # History.

    def _page(self, event: e.Page) -> Iterable[Line]:
        asked = self.asking.answered(event.ref)
        if asked is None or event.room is None:
            return []
        target, after = self.target_of(event.room), int(asked.detail or 0)
        is_stamped = "server-time" not in self.caps
        lines: list[Line] = []
        for message in event.messages:
            heard_at = target
            if is_direct(event.room) and nick_of(message.sender) != self.nick:
                heard_at = self.nick
            if message.seq > after:
                lines.extend(self.shared.lines(message, heard_at, is_stamped=is_stamped))
        if asked.command == "JOIN":
            return lines
        return self.answer(lines, asked.label, ("chathistory", target))

    _words: ClassVar[dict[type[e.Event], Callable[[Voice, Any], Iterable[Line]]]] = {
        e.Added: _added,
        e.Bans: _bans,
        e.Bye: _ended,
        e.Error: _refused,
        e.Members: _members,
        e.Notice: _told,
        e.Ok: _done,
        e.Page: _page,
        e.Profile: _profile,
        e.Removed: _removed,
        e.Room: _entered,
        e.RoomRules: _ruled,
        e.Rooms: _listed,
        e.Welcome: _welcomed,
    }
