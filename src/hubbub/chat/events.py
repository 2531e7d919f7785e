"""What the server says: the events of protocol section 5, as typed structs.

An event that the log commits is a `Logged`; until then it is a draft: its `seq` and `prev` are 0,
and only the log sets them. After the commit no event object is changed: a later read of the log
gives another one, with the text that the event has by then.
"""

from typing import Literal

import msgspec

PROTOCOL_VERSION = 1


class Event(msgspec.Struct, tag_field="type", omit_defaults=True, kw_only=True):
    """Anything that a server sends to an event session."""


class Logged(Event):
    """An event of a room's log. `at`: milliseconds since the Unix epoch, UTC."""

    room: str
    seq: int
    prev: int
    sender: str = msgspec.field(name="from")
    at: int


class Message(Logged, tag="message"):
    """Something that a member said.

    Read from the log, it has its newest text: `edited` is when that was given (milliseconds since
    the epoch), and a `deleted` one has no text left. `reactions` (emoji to the names that gave it)
    appear only in pages.
    """

    text: str
    nonce: str | None = None
    reply_to: int | None = None
    edited: int | None = None
    deleted: bool = False
    reactions: dict[str, list[str]] = msgspec.field(default_factory=dict)


class Edited(Logged, tag="edited"):
    """`target`, a message's seq, now reads `text`; read from the log, that is the newest text."""

    target: int
    text: str


class Deleted(Logged, tag="deleted"):
    """`target`, a message's seq, was taken back."""

    target: int


class Reaction(Logged, tag="reaction"):
    """`sender` gave (`on`) or took back an emoji on the message `target`."""

    target: int
    emoji: str
    on: bool


class Topic(Logged, tag="topic"):
    """The room's topic is now `text`."""

    text: str


AnyLogged = Message | Edited | Deleted | Reaction | Topic


class MemberSummary(msgspec.Struct):
    """One entry of a list of members."""

    name: str


class RoomSummary(msgspec.Struct):
    """One entry of the list of rooms. `members` is a count, `last` the newest seq or 0."""

    room: str
    topic: str
    members: int
    last: int


class Welcome(Event, tag="welcome"):
    """The first event of every session. `session` is the secret that `resume` wants.

    `held`: only `resume` is accepted. `locked`: only `unlock`, which is answered by a new one.
    """

    protocol: int
    server: str
    name: str
    session: str
    held: bool
    limits: dict[str, int]
    features: list[str]
    locked: bool = False
    ref: str | None = None


class Room(Event, tag="room"):
    """The answer to `join`. `direct` names the two who share a private room.

    `more`: the room has more members than the list shows. `epoch`: under which run of the log the
    member now stands here; `replaced`: what it saw up to its `after` is not this log's history.
    """

    room: str
    topic: str
    members: list[MemberSummary]
    last: int
    first: int
    gap: bool
    epoch: str = ""
    replaced: bool = False
    direct: list[str] = msgspec.field(default_factory=list)
    more: bool = False
    ref: str | None = None


class Presence(Event, tag="presence"):
    """A member came or went."""

    room: str
    name: str
    state: Literal["joined", "left"]


class Typing(Event, tag="typing"):
    """`name` is writing a message; holds for a few seconds."""

    room: str
    name: str


class Seen(Event, tag="seen"):
    """The account's read marker moved, in one of its sessions."""

    room: str
    seq: int


class Page(Event, tag="page"):
    """Messages in ascending order of seq, with later edits, deletions and reactions folded in.

    `room` is null in a search across rooms. `more`: the direction asked for holds more.
    `last` is the newest seq of the log when the page was read: what came later is not folded in.
    """

    room: str | None
    messages: list[Message]
    more: bool
    last: int
    ref: str | None = None


class Rooms(Event, tag="rooms"):
    """The answer to `rooms`."""

    rooms: list[RoomSummary]
    ref: str | None = None


class Members(Event, tag="members"):
    """The answer to `members`. `more`: the room has more members than the list shows."""

    room: str
    members: list[MemberSummary]
    more: bool = False
    ref: str | None = None


class Ok(Event, tag="ok"):
    """The command with this `ref` is done; `seq` is the event that it logged."""

    ref: str
    seq: int | None = None


class Error(Event, tag="error"):
    """A refusal: `code` for programs, `message` a sentence for people."""

    code: str
    message: str
    ref: str | None = None


class Notice(Event, tag="notice"):
    """The server answers a line that began with `/`."""

    text: str


class Bye(Event, tag="bye"):
    """The server ends the session; `reason` is a sentence.

    `code` is "resumed" when the session goes on in another connection.
    """

    reason: str
    code: str = ""


AnyEvent = (
    AnyLogged
    | Welcome
    | Room
    | Presence
    | Typing
    | Seen
    | Page
    | Rooms
    | Members
    | Ok
    | Error
    | Notice
    | Bye
)
