"""What is said in rooms, as IRC lines: one encoding for all clients that asked for the same things.

`Extras` are the capabilities on which these lines depend. Whoever has asked for the same ones
shares a format, and with it what one commit brings is encoded once for all of them.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Final
from weakref import WeakValueDictionary

from hubbub.chat.events import (
    Away,
    Deleted,
    Edited,
    Event,
    Logged,
    Message,
    Missing,
    Pinned,
    Presence,
    Reaction,
    Topic,
    Typing,
)
from hubbub.chat.names import is_direct
from hubbub.chat.text import whole_number
from hubbub.wire.framed import LOST
from hubbub.wire.irc.line import BODY_BYTES_MAX, LINE_END_BYTES, Line
from hubbub.wire.irc.names import HOST, channel_of, nick_of, source_of
from hubbub.wire.irc.texts import lines_of

SHARED: Final = frozenset(
    (
        *("account-tag", "away-notify", "draft/message-redaction", "extended-join"),
        *("message-tags", "server-time"),
    )
)
"""The capabilities that change what everybody in a room is told."""

SEQ_MAX: Final = 2**63 - 1

EDITED: Final = "(edited) "
LINES_MAX: Final = 40
"""Of one message. Each takes its sender's name along, so very many short ones would be too much."""

PREFIXES: Final = {"owner": "~", "operator": "&", "moderator": "@"}
"""What stands before the nicks of those who have power in a room, by their role."""

MODES: Final = {"owner": "q", "operator": "a", "moderator": "o"}
"""The same as modes."""


def time_of(at: int) -> str:
    """Return a time in milliseconds since the epoch, as the tag `time` has it."""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")[:23] + "Z"


def id_of(room: str, seq: int) -> str:
    """Return the id of a message."""
    return f"{room}/{seq}"


def seq_in(id_: str, room: str) -> int | None:
    """Return the seq of a message of a room, by its id; None if it is none of that room."""
    of, _, seq = id_.rpartition("/")
    return whole_number(seq, SEQ_MAX) if of == room else None


def account_of(name: str, person: str, kind: str = "member") -> str:
    """Return the account of somebody, `*` if they have none: guests log in nowhere."""
    return nick_of(name) if person and kind != "guest" else "*"


class IrcFormat:
    """Encodes what a room is told. Nobody is spoken to in this format alone: see `voice.py`."""

    hears_itself = False
    knows_rooms = True
    gets_answers = True

    def __init__(self, extras: frozenset[str], server: str = "") -> None:
        self.extras = extras
        self.server = server

    @property
    def shared(self) -> "IrcFormat":
        """Return this."""
        return self

    def encode(self, event: Event, _recipient: str = "") -> bytes:
        """Return the lines that a room's members get of `event`."""
        room = getattr(event, "room", None)
        if room is None or is_direct(room):  # who else is in a talk of two, each voice knows
            return b""
        return b"".join(line.encode() for line in self.lines(event, channel_of(room)))

    def lines(self, event: Event, target: str, *, is_stamped: bool = False) -> Iterator[Line]:
        """Yield the lines of an event; `target` is a channel, or the nick of whoever hears it.

        `is_stamped`: a message has its time in its text.
        """
        match event:
            case Message(deleted=False):
                yield from self._message(event, target, is_stamped=is_stamped)
            case Edited():
                tags = {"+draft/edit": id_of(event.room, event.target)}
                yield from self._texts(event, target, EDITED + event.text, tags)
            case Deleted():
                yield from self._redaction(event, target)
            case Reaction() if "message-tags" in self.extras:
                kind = "+draft/react" if event.on else "+draft/unreact"
                about = {"+draft/reply": id_of(event.room, event.target), kind: event.emoji}
                yield self._line(event, "TAGMSG", target, tags={**self.tags(event), **about})
            case Pinned():
                what = "pinned a message" if event.on else "took a pin away"
                yield self._line(event, "PRIVMSG", target, f"\x01ACTION {what}\x01")
            case Topic():
                yield self._line(event, "TOPIC", target, event.text)
            case Typing() if "message-tags" in self.extras:
                yield Line("TAGMSG", (target,), source_of(event.name), {"+typing": "active"})
            case Presence():
                yield from self._presence(event, target)
            case Away() if "away-notify" in self.extras:
                why = ((event.text or "away"),) if event.on else ()
                yield Line("AWAY", why, source_of(event.name))
            case Missing():
                yield Line("NOTICE", (target, LOST), HOST)

    def tags(self, event: Logged, *, has_id: bool = True) -> dict[str, str]:
        """Return the tags that these clients get with a logged event."""
        tags = {}
        if "server-time" in self.extras:
            tags["time"] = time_of(event.at)
        if "account-tag" in self.extras and event.person:
            tags["account"] = nick_of(event.sender)
        if "message-tags" in self.extras and has_id:
            tags["msgid"] = id_of(event.room, event.seq)
        return tags

    def _line(
        self, event: Logged, command: str, *params: str, tags: dict[str, str] | None = None
    ) -> Line:
        tags = self.tags(event) if tags is None else tags
        return Line(command, params, source_of(event.sender), tags)

    def _message(self, event: Message, target: str, *, is_stamped: bool) -> Iterator[Line]:
        text = event.text
        if event.files:
            text = "\n".join(
                [*([text] if text else []), *(one.line(self.server) for one in event.files)]
            )
        if is_stamped:
            text = f"[{time_of(event.at)[:16].replace('T', ' ')}] {text}"
        tags = {} if event.reply_to is None else {"+draft/reply": id_of(event.room, event.reply_to)}
        yield from self._texts(event, target, text, tags, me=event.me)

    def _texts(
        self, event: Logged, target: str, text: str, more: dict[str, str], *, me: bool = False
    ) -> Iterator[Line]:
        """Yield the lines of a text. Those after the first have no id: it is the first one's."""
        source = source_of(event.sender)
        about = more if "message-tags" in self.extras else {}
        own_bytes = len(f":{source} PRIVMSG {target} :".encode()) + LINE_END_BYTES
        act = len("\x01ACTION \x01") if me else 0
        lines = lines_of(text, BODY_BYTES_MAX - own_bytes - act)
        pieces = list(islice(lines, LINES_MAX)) or [""]
        if next(lines, None) is not None:
            pieces.append(f"… it goes on at {self.server}/{event.room}/{event.seq}")
        if me:
            pieces = [f"\x01ACTION {piece}\x01" for piece in pieces]
        first, *others = pieces
        yield Line("PRIVMSG", (target, first), source, {**self.tags(event), **about})
        tags = self.tags(event, has_id=False) if others else {}
        for piece in others:
            yield Line("PRIVMSG", (target, piece), source, tags)

    def _redaction(self, event: Deleted, target: str) -> Iterator[Line]:
        if "draft/message-redaction" in self.extras:
            yield self._line(event, "REDACT", target, id_of(event.room, event.target))
        else:
            said = f"{nick_of(event.sender)} took a message back."
            yield Line("NOTICE", (target, said), HOST, self.tags(event, has_id=False))

    def _presence(self, event: Presence, target: str) -> Iterator[Line]:
        source = source_of(event.name)
        if event.state == "left":  # or goes on under another name, under which they join
            yield Line("PART", (target,), source)
        else:
            yield self.join(event.name, target, event.person, event.kind)
            if event.role in MODES:
                yield Line("MODE", (target, f"+{MODES[event.role]}", nick_of(event.name)), HOST)

    def join(self, name: str, channel: str, person: str, kind: str) -> Line:
        """Return the line which says that somebody came."""
        params: tuple[str, ...] = (channel,)
        if "extended-join" in self.extras:
            params = (channel, account_of(name, person, kind), name)
        return Line("JOIN", params, source_of(name))


_formats: Final[WeakValueDictionary[tuple[frozenset[str], str], IrcFormat]] = WeakValueDictionary()


def format_with(caps: frozenset[str], server: str) -> IrcFormat:
    """Return the format of those who asked for these, at this address; they share encodings.

    It is the same object for all, for as long as one of them has it: rooms go by that.
    """
    key = (caps & SHARED, server)
    if (found := _formats.get(key)) is None:
        found = _formats[key] = IrcFormat(*key)
    return found
