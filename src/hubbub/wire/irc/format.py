"""What is said in rooms, as IRC lines: one encoding for all clients that asked for the same things.

`Extras` are the capabilities on which these lines depend. Whoever has asked for the same ones
shares a format, and with it what one commit brings is encoded once for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple
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
    Reaction,
    Signal,
    Topic,
    Typing,
)
from hubbub.chat.events.channels import Arrival, Departure, Way
from hubbub.chat.events.logged import NO_TAGS
from hubbub.chat.names import is_direct
from hubbub.chat.text import whole_number
from hubbub.wire.framed import LOST
from hubbub.wire.irc.line import BODY_BYTES_MAX, LINE_END_BYTES, Line
from hubbub.wire.irc.modes import MODES
from hubbub.wire.irc.names import HOST, channel_of, nick_of, source_of
from hubbub.wire.irc.texts import Piece, is_plain, marks_in, pieces_of, to_irc

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

if TYPE_CHECKING:
    from hubbub.wire.irc.figures import Figures

Pack = Callable[[bytes], bytes]
"""Puts lines into what lies around them, such as messages of WebSockets."""

SHARED: Final = frozenset(
    (
        *("account-tag", "away-notify", "draft/message-redaction", "extended-join"),
        *("draft/multiline", "message-tags", "server-time"),
    )
)
"""The capabilities that change what everybody in a room is told."""

MULTILINE: Final = "draft/multiline"
CONCAT: Final = "draft/multiline-concat"
REPLY: Final = "+draft/reply"

_PLACE: Final = re.compile(r"[0-9]{1,9}")

SEQ_MAX: Final = 2**63 - 1

EDITED: Final = "(edited) "
SHORT_CHARS: Final = 120
"""Of a text, its sender's name and its target together: they fit into a line, whatever they are."""

MARKS_MAX: Final = 200
"""Of one message: to read one takes as long as a line does. Behind them, they stay as written."""

LINES_MAX: Final = 40
"""Of one message. Each takes its sender's name along, so very many short ones would be too much."""


@lru_cache(maxsize=256)
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


def account_of(figures: Figures | None, name: str, person: str, kind: str = "member") -> str:
    """Return the account of somebody, `*` if they have none: guests log in nowhere.

    It is their own name; they may be called otherwise while they are here.
    """
    if not person or kind == "guest":
        return "*"
    return nick_of((figures is not None and figures.account(person)) or name)


def places_of(tags: Mapping[str, str]) -> Sequence[int]:
    """Return where the sender of a text parted lines that were too long (`parting`)."""
    if CONCAT not in tags:
        return ()
    places = tags[CONCAT].split(",", LINES_MAX)[:LINES_MAX]
    return [int(place) for place in places if _PLACE.fullmatch(place)]


def parting(places: Sequence[int]) -> dict[str, str]:
    """Return what notes these places among the tags of a message: no client's begins like that."""
    return {CONCAT: ",".join(map(str, places))} if places else {}


class Said(NamedTuple):
    """How a text is said: by which command, with which tags, parted where, as an action or not."""

    command: str = "PRIVMSG"
    tags: Mapping[str, str] = NO_TAGS
    parted: Sequence[int] = ()
    is_action: bool = False


class IrcFormat:
    """Encodes what a room is told. Nobody is spoken to in this format alone: see `voice.py`."""

    hears_itself = False
    knows_rooms = True
    gets_answers = True
    reads_by_time = False
    keeps_place = False
    knows_inner = True
    spoken = "irc"

    def __init__(
        self,
        extras: frozenset[str],
        server: str = "",
        figures: Figures | None = None,
        pack: Pack | None = None,
    ) -> None:
        self.extras = extras
        self.server = server
        self._figures = figures
        self._pack = pack

    @property
    def host(self) -> str:
        """What the server is called."""
        return HOST if self._figures is None else self._figures.name

    @property
    def shared(self) -> IrcFormat:
        """Return this."""
        return self

    def encode(self, event: Event, _recipient: str = "") -> bytes:
        """Return the lines that a room's members get of `event`."""
        room = getattr(event, "room", None)
        if room is None or is_direct(room):  # who else is in a talk of two, each voice knows
            return b""
        payload = b"".join([line.encode() for line in self.lines(event, channel_of(room))])
        return payload if self._pack is None else self._pack(payload)

    def lines(self, event: Event, target: str, *, is_stamped: bool = False) -> Iterator[Line]:
        """Yield the lines of an event; `target` is a channel, or the nick of whoever hears it.

        `is_stamped`: a message has its time in its text.
        """
        match event:
            case Message(deleted=False):
                yield from self._message(event, target, is_stamped=is_stamped)
            case Edited():
                tags = {"+draft/edit": id_of(event.room, event.target)}
                yield from self._texts(event, target, EDITED + event.text, Said(tags=tags))
            case Deleted():
                yield from self._redaction(event, target)
            case Signal() if "message-tags" in self.extras:
                yield self._line(event, "TAGMSG", target, tags=self.tags(event, event.tags))
            case Reaction() if "message-tags" in self.extras:
                kind = "+draft/react" if event.on else "+draft/unreact"
                about = {"+draft/reply": id_of(event.room, event.target), kind: event.emoji}
                yield self._line(event, "TAGMSG", target, tags=self.tags(event, about))
            case Pinned():
                what = "pinned a message" if event.on else "took a pin away"
                yield self._line(event, "PRIVMSG", target, f"\x01ACTION {what}\x01")
            case Topic():
                yield self._line(event, "TOPIC", target, to_irc(event.text))
            case Typing() if "message-tags" in self.extras:
                yield Line("TAGMSG", (target,), source_of(event.name), {"+typing": "active"})
            case Arrival():
                yield from self._arrival(event, target)
            case Departure():
                yield from self._departure(event, target)
            case Away() if "away-notify" in self.extras:
                why = ((event.text or "away"),) if event.on else ()
                yield Line("AWAY", why, source_of(event.name))
            case Missing():
                yield Line("NOTICE", (target, LOST), self.host)

    def tags(
        self, event: Logged, more: Mapping[str, str] = NO_TAGS, *, has_id: bool = True
    ) -> dict[str, str]:
        """Return the tags that these clients get with a logged event, and `more` from clients."""
        tags: dict[str, str] = {}
        if "server-time" in self.extras:
            tags["time"] = time_of(event.at)
        if "account-tag" in self.extras and event.person:
            tags["account"] = account_of(self._figures, event.sender, event.person)
        if "message-tags" in self.extras and has_id:
            tags["msgid"] = id_of(event.room, event.seq)
        if more and "message-tags" in self.extras:
            tags |= {name: value for name, value in more.items() if name.startswith("+")}
        if "message-tags" in self.extras and self._figures and self._figures.is_bot(event.sender):
            tags["bot"] = ""
        return tags

    def _line(
        self, event: Logged, command: str, *params: str, tags: dict[str, str] | None = None
    ) -> Line:
        tags = self.tags(event) if tags is None else tags
        return Line(command, params, source_of(event.sender), tags)

    def _message(self, event: Message, target: str, *, is_stamped: bool) -> Iterator[Line]:
        text = event.text
        has_more = event.tags or event.files or event.me or event.imported
        is_bare = event.reply_to is None and not has_more
        is_short = len(text) + len(target) + len(event.sender) <= SHORT_CHARS
        if is_bare and is_short and not is_stamped and is_plain(text):
            command = "NOTICE" if event.notice else "PRIVMSG"  # as nearly always: one line
            yield Line(command, (target, text), source_of(event.sender), self.tags(event))
            return
        parted = places_of(event.tags)
        if event.files:
            text = "\n".join(
                [*([text] if text else []), *(one.line(self.server) for one in event.files)]
            )
        if is_stamped:
            text, parted = f"[{time_of(event.at)[:16].replace('T', ' ')}] {text}", ()
        if event.imported:
            text, parted = f"(from {event.imported}) {text}", ()
        more = event.tags
        if event.reply_to is not None:
            more = {**more, REPLY: id_of(event.room, event.reply_to)}
        # What was said elsewhere, and long ago, no bot is to act on.
        command = "NOTICE" if event.notice or event.imported else "PRIVMSG"
        how = Said(command, more, parted, is_action=event.me)
        yield from self._texts(event, target, text, how)

    def _texts(self, event: Logged, target: str, text: str, how: Said) -> Iterator[Line]:
        """Yield the lines of a text. Those after the first have no id: it is the first one's."""
        source = source_of(event.sender)
        own_bytes = len(f":{source} {how.command} {target} :".encode()) + LINE_END_BYTES
        act = len("\x01ACTION \x01") if how.is_action else 0
        pieces = [*self._pieces(event, text, BODY_BYTES_MAX - own_bytes - act, how.parted)]
        if len(pieces) == 1 or "draft/multiline" not in self.extras or how.is_action:
            tags = self.tags(event, how.tags)
            for piece in [one for one in pieces if one.text] or [Piece("")]:
                said = f"\x01ACTION {piece.text}\x01" if how.is_action else piece.text
                yield Line(how.command, (target, said), source, tags)
                if "msgid" in tags:
                    tags = self.tags(event, how.tags, has_id=False)
            return
        batch = f"m{event.seq}"
        begun = (f"+{batch}", MULTILINE, target)
        yield Line("BATCH", begun, source, self.tags(event, how.tags))
        for piece in pieces:
            tags = {"batch": batch, CONCAT: ""} if piece.goes_on else {"batch": batch}
            yield Line(how.command, (target, piece.text), source, tags)
        yield Line("BATCH", (f"-{batch}",), self.host)

    def _pieces(
        self, event: Logged, text: str, bytes_max: int, parted: Sequence[int]
    ) -> Iterator[Piece]:
        """Yield the lines of a text with IRC's codes; behind very many stands where it goes on."""
        pieces = pieces_of(text, bytes_max, parted)
        marks_left = 0 if "```" in text else MARKS_MAX
        for piece in islice(pieces, LINES_MAX):
            marks_left -= marks_in(piece.text)
            yield piece._replace(text=to_irc(piece.text)) if marks_left >= 0 else piece
        if next(pieces, None) is not None:
            yield Piece(f"… it goes on at {self.server}/{event.room}/{event.seq}")

    def _redaction(self, event: Deleted, target: str) -> Iterator[Line]:
        if "draft/message-redaction" in self.extras:
            why = (event.reason,) if event.reason else ()
            yield self._line(event, "REDACT", target, id_of(event.room, event.target), *why)
        else:
            said = f"{nick_of(event.sender)} took a message back."
            yield Line("NOTICE", (target, said), self.host, self.tags(event, has_id=False))

    def _arrival(self, event: Arrival, target: str) -> Iterator[Line]:
        if event.formerly:  # they were there; it comes before what they say under the new name
            yield Line("NICK", (nick_of(event.name),), source_of(event.formerly))
            return
        yield self.join(event.name, target, event.person, event.kind, event.real)
        if event.role in MODES:
            mode = f"+{MODES[event.role]}"
            yield Line("MODE", (target, mode, nick_of(event.name)), self.host)

    def _departure(self, event: Departure, target: str) -> Iterator[Line]:
        source, why = source_of(event.name), event.why
        match why.way:
            case Way.RENAMED:
                return  # they are still there
            case Way.GONE:
                yield Line("QUIT", (why.reason or "Gone",), source)
            case Way.PUT_OUT:
                by = source_of(why.by) if why.by else self.host
                reason = why.reason or nick_of(why.by) or "Put out"
                yield Line("KICK", (target, nick_of(event.name), reason), by)
            case Way.LEFT:
                yield Line("PART", (target, why.reason) if why.reason else (target,), source)

    def join(self, name: str, channel: str, person: str, kind: str, real: str) -> Line:
        """Return the line which says that somebody came."""
        params: tuple[str, ...] = (channel,)
        if "extended-join" in self.extras:
            params = (channel, account_of(self._figures, name, person, kind), real or name)
        return Line("JOIN", params, source_of(name))


_Key = tuple[frozenset[str], str, "Figures | None", "Pack | None"]

_formats: Final[WeakValueDictionary[_Key, IrcFormat]] = WeakValueDictionary()


def format_with(
    caps: frozenset[str], server: str, figures: Figures, pack: Pack | None
) -> IrcFormat:
    """Return the format of those who asked for these, at this address; they share encodings.

    It is the same object for all, for as long as one of them has it: rooms go by that.
    """
    key = (caps & SHARED, server, figures, pack)
    if (found := _formats.get(key)) is None:
        found = _formats[key] = IrcFormat(*key)
    return found
