"""Everything that is known of one IRC client, and how its answers are put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubbub.chat.heard import FILLER
from hubbub.chat.names import is_direct, same_name
from hubbub.wire.irc.asked import BECOMING, Asked, Asking, Draft, Labelled, kept_once
from hubbub.wire.irc.format import format_with
from hubbub.wire.irc.line import NO_TAGS, Line, reply
from hubbub.wire.irc.names import HOST, USER, channel_of, name_of, nick_of
from hubbub.wire.irc.numerics import N
from hubbub.wire.irc.sasl import EXTERNAL, MECHANISMS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hubbub.chat.events import Error, PersonSummary
    from hubbub.chat.events.channels import About, Watched
    from hubbub.chat.heard import Filler, Reply
    from hubbub.wire.irc.collected import Collected
    from hubbub.wire.irc.figures import Figures
    from hubbub.wire.irc.format import Pack
    from hubbub.wire.irc.sasl import Exchange


READ_MAX: Final = 200
"""Rooms and talks of which a client remembers how far its person has read."""


class Coming:
    """What a client has said of itself before it is welcomed."""

    __slots__ = (
        "about",
        "away",
        "is_introduced",
        "is_negotiating",
        "nick",
        "password",
        "real",
        "user",
    )

    def __init__(self) -> None:
        self.about: dict[str, str] = {}
        """What it says about itself, by key."""
        self.nick = self.password = self.user = self.real = self.away = ""
        self.is_introduced = False
        """Whether the chatroom knows its name."""
        self.is_negotiating = False
        """Whether its registration waits for `CAP END`."""


class Identity:
    """Who a client is, and how it becomes somebody."""

    __slots__ = (
        "account",
        "certificate",
        "coming",
        "door",
        "is_becoming",
        "is_held",
        "is_locked",
        "late",
        "name",
        "nick",
        "person",
        "refusal",
        "sasl",
    )

    def __init__(self) -> None:
        self.coming: Coming | None = Coming()
        """What it said of itself so far; None: it was welcomed. Before, it hears nothing itself."""
        self.nick = "*"
        """What the client is called, `*` until it is."""
        self.door = ""
        """The path to which it may send files, which is its secret."""
        self.account = "*"
        self.certificate = ""
        """The fingerprint of the one that it showed inside TLS."""
        self.sasl: Exchange | None = None
        """A login that has begun."""
        self.is_becoming = False
        """Whether it is just about to be somebody else, after it was welcomed."""
        self.late: tuple[Line, ...] = ()
        """What it has yet to hear of its nick."""
        self.name = ""
        """What its person is called in the chatroom."""
        self.person: PersonSummary | None = None
        """Who that is, if they are known."""
        self.is_held = self.is_locked = False
        """Whether the name is another's so far, and whether the chatroom's password is wanted."""
        self.refusal: Error | None = None
        """The newest refusal of what one comes or becomes somebody by."""


class Client(Identity):
    """One client. `clock` returns milliseconds since the epoch."""

    __slots__ = (
        "_batches",
        "about",
        "asking",
        "awaits_unread",
        "away",
        "cap_version",
        "caps",
        "cleared",
        "clock",
        "collected",
        "conversations",
        "figures",
        "gathered",
        "labelled",
        "modes",
        "monitored",
        "newest",
        "newest_at",
        "owed",
        "pack",
        "place",
        "read",
        "rooms",
        "server",
        "shared",
        "subscribed",
        "talks",
        "unread",
    )

    def __init__(
        self, figures: Figures, clock: Callable[[], int], pack: Pack | None = None
    ) -> None:
        super().__init__()
        self.figures = figures
        self.clock = clock
        self.pack = pack
        self.cap_version = 301
        self.caps: frozenset[str] = frozenset()
        """What the client asked for."""
        self.server = ""
        self.shared = format_with(self.caps, self.server, figures, pack)
        """The format that it shares with others."""
        self.asking = Asking()
        self.labelled: Labelled | None = None
        """The answer to the line that is acted on, if it has a label."""
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
        self.owed: dict[str, int] | None = None
        """Talks of two that count as read up to this seq as soon as the client has shown them."""
        self.place = 0
        """Up to which seq an earlier client of its person was told what was said there."""
        self.newest_at = 0
        """When the message came that was asked for last."""
        self.talks: dict[str, str] | None = None
        """Private rooms of two with the other's nick, while they are looked through."""
        self.read: dict[str, int] | None = None  # most say nothing of what was read
        """How far its person has read, by targets in small letters, in milliseconds."""
        self.collected: Collected | None = None
        """What it has said of a text of several lines."""
        self.about: About | None = None
        """What the room is about that it is told of next."""
        self.away: dict[str, str] | None = None
        """Private rooms of which the other one is away, and why."""
        self.modes = ""
        """Its own."""
        self.monitored: dict[str, None] | None = None
        """The nicks that it watches."""
        self.gathered: list[Watched] | None = None
        """What is a part of an answer, until all of it is there."""
        self.subscribed: frozenset[str] = frozenset()
        """The keys of which it wants to hear what people say under them."""
        self.cleared: tuple[str, ...] | None = None
        """The keys under which nothing is to stand any more, while they are taken away."""
        self._batches = 0

    @property
    def is_registered(self) -> bool:
        """Whether it was welcomed."""
        return self.coming is None

    @property
    def marks_itself(self) -> bool:
        """Whether it says how far its person has read."""
        return "draft/read-marker" in self.caps

    @property
    def mechanisms(self) -> tuple[str, ...]:
        """The ways in which it may log in."""
        return (*MECHANISMS, EXTERNAL) if self.certificate else MECHANISMS

    @property
    def has_numbers_as_news(self) -> bool:
        """Whether it hears of what people say about themselves by numbers, as it is answered."""
        return "draft/metadata-3" in self.caps

    @property
    def source(self) -> str:
        """What stands before whatever the client itself says or does."""
        return f"{self.nick}!{USER}@{HOST}"

    @property
    def host(self) -> str:
        """What the server is called."""
        return self.figures.name

    def reached_at(self, server: str) -> None:
        """Take in at which `http://host:port` the client would find files."""
        self.server = server
        self.shared = format_with(self.caps, server, self.figures, self.pack)

    def change_caps(self, caps: frozenset[str]) -> None:
        """Have these capabilities from now on; in rooms, only while an `Adapt` is acted on."""
        self.caps = kept_once(caps)
        self.shared = format_with(caps, self.server, self.figures, self.pack)

    # What is asked, and answered.

    def ref(self, line: Line, target: str = "", detail: str = "", said: Draft = None) -> str:
        """Return the ref for what a line asks of the chatroom."""
        return self.asking.ref(Asked(line.command, target, self.labelled, detail, said))

    def becoming(self) -> str:
        """Return the ref for that by which the client becomes somebody."""
        return self.asking.ref(Asked(BECOMING, label=self.labelled))

    def numeric(self, number: str, *params: str) -> Line:
        """Return a numeric to this client."""
        return Line(number, (self.nick, *params), self.host)

    def too_few(self, command: str) -> Line:
        """Return what answers a command with too few parameters."""
        return self.numeric(N.NEEDMOREPARAMS, command, "Say more: there is too little.")

    def notice(self, text: str) -> Line:
        """Return a sentence of the server's."""
        return Line("NOTICE", (self.nick, text), self.host)

    def at_once(self, _line: Line, *lines: Line, batch: Sequence[str] = ()) -> Reply | Filler:
        """Return what answers a line of the client's, about which the chatroom is not asked."""
        told = self.answer(lines, self.labelled, batch)
        return reply(*told) if told else FILLER

    def nothing(self, line: Line) -> Reply | Filler:
        """Return the answer to what comes to nothing; of a line with a label, that is one, too."""
        return self.at_once(line)

    def answer(
        self,
        lines: Sequence[Line],
        label: Labelled | None,
        batch: Sequence[str] = (),
        tags: Mapping[str, str] = NO_TAGS,
    ) -> list[Line]:
        """Return the lines of an answer as the client wants them; none yet if they are a part.

        `label` is the answer of which they are. `batch`: the type of the batch that they are, and
        what stands behind it; its first line has these `tags`.
        """
        if batch and "batch" in self.caps:
            lines = self._batched(lines, batch, tags)
        if label is None:
            return [*lines]
        label.lines += lines
        return []

    def whole(self, answer: Labelled) -> list[Line]:
        """Return the lines of an answer to a line with a label, all of which are there."""
        lines = answer.lines
        if not lines:
            lines = [Line("ACK", (), self.host)]
        elif len(lines) > 1 and not _is_batch(lines):
            lines = self._batched(lines, ("labeled-response",))
        first = lines[0]
        return [first._replace(tags={**first.tags, "label": answer.label}), *lines[1:]]

    def _batched(
        self, lines: Sequence[Line], batch: Sequence[str], tags: Mapping[str, str] = NO_TAGS
    ) -> list[Line]:
        self._batches += 1
        id_ = str(self._batches)
        return [
            Line("BATCH", (f"+{id_}", *batch), self.host, tags),
            *(line._replace(tags={"batch": id_, **line.tags}) for line in lines),
            Line("BATCH", (f"-{id_}",), self.host),
        ]

    # What was read.

    def read_until(self, target: str) -> int:
        """Return up to when somebody has read a room or talk; 0 if that is not known."""
        return 0 if self.read is None else self.read.get(target.lower(), 0)

    def note_read(self, target: str, at: int) -> None:
        """Take in up to when somebody has read; it only ever grows."""
        if at > self.read_until(target):
            read: dict[str, int] = {} if self.read is None else self.read
            read.pop(target.lower(), None)
            read[target.lower()] = at
            if len(read) > READ_MAX:
                del read[next(iter(read))]
            self.read = read

    # Rooms.

    def conversation(self, nick: str) -> str | None:
        """Return the private room that is shared with somebody, if one is open."""
        name = name_of(nick)
        others = self.conversations.items()
        return next((room for room, other in others if same_name(other, name)), None)

    def target_of(self, room: str) -> str:
        """Return what IRC calls a room: a channel, or whoever it is shared with."""
        if is_direct(room):
            return nick_of(self.conversations.get(room, "")) or self.nick
        return channel_of(room)

    def leave(self, room: str) -> bool:
        """Forget a room; return whether the client was in it, as far as it knows."""
        was_in = room in self.rooms
        self.rooms = kept_once(self.rooms - {room})
        self.conversations.pop(room, None)
        self.take_away(room, "")
        return was_in

    def take_away(self, room: str, text: str) -> None:
        """Take in why the other one in a private room is away; empty: they are not."""
        if text:
            self.away = {**(self.away or {}), room: text}
        elif self.away is not None and room in self.away:
            del self.away[room]

    def out_of(self, room: str, reason: str) -> list[Line]:
        """Return the lines which say that the client is in a room no longer."""
        was_in = self.leave(room)
        return [Line("KICK", (channel_of(room), self.nick, reason), self.host)] if was_in else []


def _is_batch(lines: Sequence[Line]) -> bool:
    """Return whether lines are one batch, from its beginning to its end."""
    first, last = lines[0], lines[-1]
    return first.command == last.command == "BATCH" and last.params[0][1:] == first.params[0][1:]
