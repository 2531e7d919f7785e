"""How the chatroom speaks to one IRC client: its own answers, and what is said to it in private.

What is said in rooms is the same for many clients, and has a format that they share (`format.py`).
Everything else depends on who hears it: their nick, what they asked for, and whom they talk to in
private. A voice keeps that; it is told of nothing but the events that the client is to hear.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from hubbub.chat import events as e
from hubbub.chat.names import is_direct, same_name
from hubbub.wire.irc.asked import Asked, Asking
from hubbub.wire.irc.format import (
    MODES,
    SHARED,
    IrcFormat,
    account_of,
    format_with,
    id_of,
    time_of,
)
from hubbub.wire.irc.line import Line
from hubbub.wire.irc.lists import members, names, profile, topic
from hubbub.wire.irc.names import HOST, USER, channel_of, nick_of, source_of
from hubbub.wire.irc.numerics import N
from hubbub.wire.irc.refusals import refusal_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence


class Voice:
    """Implements `hubbub.chat.format.Format` for one client."""

    hears_itself = False
    knows_rooms = True
    gets_answers = True
    server = ""

    def __init__(self) -> None:
        self.caps: frozenset[str] = frozenset()
        """What the client asked for."""
        self.asking = Asking()
        self.nick = "*"
        """What the client is called, `*` until it is."""
        self.account = "*"
        self.is_registered = False
        """Whether it was welcomed; until then it hears nothing by itself."""
        self.welcome: e.Welcome | None = None
        """The newest one."""
        self.refusal: e.Error | None = None
        """The newest refusal that came before it was welcomed."""
        self.rooms: set[str] = set()
        """The public rooms that it is in."""
        self.conversations: dict[str, str] = {}
        """The private rooms of two that it is in, and what the other one is called."""
        self.unread: list[tuple[str, int]] = []
        """Rooms that it was brought into, and how far its person has read there."""
        self._rules: dict[str, dict[str, str]] = {}
        self._modes: dict[str, str] = {}
        self._batches = 0

    @property
    def shared(self) -> IrcFormat:
        """Return the format that it shares with others."""
        return format_with(self.caps & SHARED, self.server)

    def encode(self, event: e.Event, recipient: str = "") -> bytes:
        """Return the lines with which this client hears of `event`."""
        return b"".join(line.encode() for line in self._lines(event, recipient))

    def change_caps(self, caps: frozenset[str]) -> bool:
        """Have these capabilities from now on; return whether that can be.

        While it is in a room, the client stays with those who share its format.
        """
        is_shared = bool(self.rooms or self.conversations)
        if is_shared and caps & SHARED != self.caps & SHARED:
            return False
        self.caps = caps
        return True

    # What it hears.

    def _lines(self, event: e.Event, recipient: str) -> Iterable[Line]:
        if isinstance(event, e.Logged | e.Presence | e.Away | e.Typing | e.Missing):
            return self._said(event, recipient)
        tell = self._words.get(type(event))
        return () if tell is None else tell(self, event)

    def _told(self, event: e.Notice) -> Iterable[Line]:
        return [self.notice(line) for line in event.text.split("\n") if line]

    def _ended(self, event: e.Bye) -> Iterable[Line]:
        return [Line("ERROR", (event.reason,))]

    def _added(self, event: e.Added) -> Iterable[Line]:
        return [Line("INVITE", (self.nick, channel_of(event.room)), source_of(event.by))]

    def _said(
        self, event: e.Logged | e.Presence | e.Away | e.Typing | e.Missing, recipient: str
    ) -> Iterable[Line]:
        room = event.room
        if not is_direct(room):
            return self.shared.lines(event, channel_of(room))
        if isinstance(event, e.Presence | e.Away | e.Topic):
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
        self.welcome, self.refusal = event, None
        nick, source = nick_of(event.name), source_of(event.name)
        person = event.person
        account = "*" if person is None else account_of(event.name, person.id, person.kind)
        if self.is_registered:
            if nick != self.nick:
                yield Line("NICK", (nick,), f"{self.nick}!{USER}@{HOST}")
            if account not in ("*", self.account):
                yield Line(N.LOGGEDIN, (nick, source, account, f"You are {event.name}."), HOST)
        self.nick, self.account = nick, account

    # Answers.

    def numeric(self, number: str, *params: str) -> Line:
        """Return a numeric to this client."""
        return Line(number, (self.nick, *params), HOST)

    def notice(self, text: str) -> Line:
        """Return a sentence of the server's."""
        return Line("NOTICE", (self.nick, text), HOST)

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
                self.rooms.discard(room)
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
            case "PRIVMSG" | "NOTICE" | "TAGMSG" if "echo-message" in self.caps:
                yield self._echo(asked, event, source)

    def _echo(self, asked: Asked, event: e.Ok, source: str) -> Line:
        """Return what the client said, as others hear it. `detail` is room, time and text."""
        room, at, text = asked.detail.split(" ", 2)
        tags = {}
        if "server-time" in self.caps:
            tags["time"] = time_of(int(at))
        if "account-tag" in self.caps and self.account != "*":
            tags["account"] = self.account
        if "message-tags" in self.caps and event.seq:
            tags["msgid"] = id_of(room, event.seq)
        target = self.target_of(room)
        params = (target,) if asked.command == "TAGMSG" else (target, text)
        return Line(asked.command, params, source, tags)

    def target_of(self, room: str) -> str:
        """Return what IRC calls a room: a channel, or whoever it is shared with."""
        if is_direct(room):
            return nick_of(self.conversations.get(room, "")) or self.nick
        return channel_of(room)

    # Rooms.

    def _entered(self, event: e.Room) -> Iterable[Line]:
        asked = self.asking.answered(event.ref)
        if event.direct:
            other = next((one for one in event.direct if nick_of(one) != self.nick), self.nick)
            self.conversations[event.room] = other
            if asked is None and event.seen is not None and event.seen < event.last:
                self.unread.append((event.room, event.seen))
            return []
        if event.room in self.rooms:  # it came anew, under another nick
            return []
        self.rooms.add(event.room)
        lines = [*self._join(event)]
        return lines if asked is None else self.answer(lines, asked.label)

    def _join(self, event: e.Room) -> Iterator[Line]:
        channel = channel_of(event.room)
        welcome = self.welcome
        person = None if welcome is None else welcome.person
        kind, id_ = ("", "") if person is None else (person.kind, person.id)
        name = "" if welcome is None else welcome.name
        yield self.shared.join(name, channel, id_, kind)
        if event.topic:
            yield self.numeric(N.TOPIC, channel, event.topic)
        if "draft/no-implicit-names" not in self.caps:
            yield from names(self, channel, event.members, more=event.more)

    def _members(self, event: e.Members) -> Iterable[Line]:
        asked = self.asking.answered(event.ref)
        channel = channel_of(event.room)
        if asked is None:  # the list anew, for a client that was behind
            if event.room not in self.rooms or is_direct(event.room):
                return []
            return [*names(self, channel, event.members, more=event.more)]
        if asked.command == "NAMES":
            lines = [*names(self, channel, event.members, more=event.more)]
        else:
            lines = [*members(self, asked, channel, event.members)]
        return self.answer(lines, asked.label)

    def _listed(self, event: e.Rooms) -> Iterable[Line]:
        asked = self.asking.answered(event.ref)
        if asked is None:
            return []
        if asked.command == "TOPIC":
            return self.answer([topic(self, asked.target, event)], asked.label)
        wanted = {one for one in asked.target.split(",") if one}
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
        return "+" + self._modes.get(room, "")

    def _removed(self, event: e.Removed) -> Iterator[Line]:
        self.rooms.discard(event.room)
        self._rules.pop(event.room, None)
        yield Line("KICK", (channel_of(event.room), self.nick, event.reason), HOST)

    def _ruled(self, event: e.RoomRules) -> Iterator[Line]:
        """Tell by modes who has power in a room that the client is in, where that changed."""
        roles = dict.fromkeys(event.moderators, "moderator")
        if event.owner:
            roles[event.owner] = "owner"
        before, self._rules[event.room] = self._rules.get(event.room), roles
        modes = {"i": event.private, "m": event.read_only, "t": event.topic_by != "passing"}
        self._modes[event.room] = "".join(mode for mode, on in modes.items() if on)
        if before is None:  # the list of names has said it
            return
        channel = channel_of(event.room)
        for sign, these, those in (("-", before, roles), ("+", roles, before)):
            for name, role in these.items():
                if those.get(name) != role:
                    yield Line("MODE", (channel, sign + MODES[role], nick_of(name)), HOST)

    # People.

    def _profile(self, event: e.Profile) -> Iterable[Line]:
        asked = self.asking.answered(event.ref)
        return [] if asked is None else self.answer([*profile(self, asked, event)], asked.label)

    # History.

    def _page(self, event: e.Page) -> Iterable[Line]:
        asked = self.asking.answered(event.ref)
        if asked is None or event.room is None:
            return []
        target = self.target_of(event.room)
        shared = self.shared
        lines: list[Line] = []
        for message in event.messages:
            heard_at = target
            if is_direct(event.room) and nick_of(message.sender) != self.nick:
                heard_at = self.nick
            said = shared.lines(message, heard_at)
            if "server-time" not in self.caps:
                said = (_with_time(line, message.at) for line in said)
            lines.extend(said)
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


def _with_time(line: Line, at: int) -> Line:
    """Return a line with the time in its text, for a client that would not know it else."""
    *before, text = line.params
    stamp = f"[{time_of(at)[:16].replace('T', ' ')}] "
    if text.startswith("\x01ACTION "):
        return line._replace(params=(*before, f"\x01ACTION {stamp}{text[8:]}"))
    return line._replace(params=(*before, stamp + text))
