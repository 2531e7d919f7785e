"""Commands about rooms and what is said there."""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from hubbub.chat.commands.base import REF_CHARS_MAX, Command
from hubbub.chat.events import Count, Seq
from hubbub.chat.events.logged import NO_TAGS
from hubbub.chat.files import FILES_MAX, FileId
from hubbub.chat.rules import REASON_CHARS_MAX

PAGE_MESSAGES_MAX = 200


PAGE_MESSAGES_DEFAULT = 50


EPOCH_CHARS_MAX = 64


Zone = Annotated[int, Meta(ge=-18 * 60, le=18 * 60)]


TAG_CHARS_MAX = 4096


# As IRC has them, but without control characters, and encodable: every member receives them.
Tags = Annotated[
    Mapping[
        Annotated[str, Meta(pattern=r"^\+?[A-Za-z0-9./-]{1,128}$")],
        Annotated[
            str,
            Meta(max_length=TAG_CHARS_MAX, pattern=r"^[^\x00-\x1f\x7f-\x9f\ud800-\udfff]*$"),
        ],
    ],
    Meta(max_length=64),
]


# Without control characters, and encodable: every member receives it.
Nonce = Annotated[
    str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f-\x9f\ud800-\udfff]+$")
]


PageLimit = Annotated[int, Meta(ge=1, le=PAGE_MESSAGES_MAX)]


class Join(Command, tag="join"):
    """Enter a room; with `after`, first receive every logged event after that seq.

    `epoch` is that of the `room` event under which the client came to stand at `after`, empty if it
    knows none. Only with it does the answer say the current one.
    """

    room: str
    after: Seq | None = None
    epoch: Annotated[str, Meta(max_length=EPOCH_CHARS_MAX)] | None = None


class Direct(Command, tag="direct"):
    """Open the private room that is shared with the holder of `name`; answered by `room`."""

    name: str


class Leave(Command, tag="leave"):
    """Leave a room."""

    room: str


class Say(Command, tag="say"):
    """Post a message. A repeat with the same `nonce` is posted once.

    `behind`: the ref of an earlier command of this session; if the log could not take that one, it
    must not take this one either, so that nothing overtakes what is repeated. `me`: the text says
    what we do, as "waves". `files`: the ids of finished uploads for this room; with them, the text
    may be empty. `notice` and `tags` are those of `Message`.
    """

    room: str
    text: str
    nonce: Nonce | None = None
    reply_to: Seq | None = None
    behind: Annotated[str, Meta(max_length=REF_CHARS_MAX)] | None = None
    me: bool = False
    files: Annotated[tuple[FileId, ...], Meta(max_length=FILES_MAX)] = ()
    notice: bool = False
    tags: Tags = NO_TAGS


class Signal(Command, tag="signal"):
    """Tell the room what only programs heed."""

    room: str
    tags: Tags


class Upload(Command, tag="upload"):
    """Ask for an address that takes the `size` bytes of a file for a room."""

    room: str
    name: str
    size: Count


class Edit(Command, tag="edit"):
    """Give an own message a new text."""

    room: str
    seq: Seq
    text: str


class Delete(Command, tag="delete"):
    """Take an own message back, or that of somebody over whom one has power; everybody is told why
    if there is a `reason`."""

    room: str
    seq: Seq
    reason: Annotated[str, Meta(max_length=REASON_CHARS_MAX)] = ""


class React(Command, tag="react"):
    """Give (`on`) or take back an emoji on a message."""

    room: str
    seq: Seq
    emoji: Annotated[str, Meta(min_length=1, max_length=32)]
    on: bool = True


class Typing(Command, tag="typing"):
    """Tell the room that a message is being written."""

    room: str


class Seen(Command, tag="seen"):
    """Move the account's read marker; `unread`: back, since what follows is to be read again.

    `by_time`: `seq` is none, but milliseconds since the epoch: what came up to then was read.
    """

    room: str
    seq: Seq
    unread: bool = False
    by_time: bool = False


class History(Command, tag="history"):
    """Ask for a page: the newest messages, those before a seq, after one, or around one.

    `count`: say how many there are after that one, too. `epoch`, that of an earlier page, has it
    checked that what was seen up to `after` is still the history; empty: none is known yet.
    `by_time`: what would be seqs are milliseconds since the epoch. `events`: tell what else was
    logged in the part of the room that the page shows, too.
    """

    room: str
    before: Seq | None = None
    after: Seq | None = None
    around: Seq | None = None
    limit: PageLimit = PAGE_MESSAGES_DEFAULT
    count: bool = False
    epoch: Annotated[str, Meta(max_length=EPOCH_CHARS_MAX)] | None = None
    by_time: bool = False
    events: bool = False


class Search(Command, tag="search"):
    """Ask for the newest messages that hold every word of `query`, which may have filters.

    `zone`: how many minutes our clocks are before UTC, for the days that filters name.
    """

    query: str
    room: str | None = None
    before: Seq | None = None
    limit: PageLimit = PAGE_MESSAGES_DEFAULT
    zone: Zone = 0


class Mentions(Command, tag="mentions"):
    """Ask for the newest messages that mention us or answer ours, in all rooms that we may read."""

    before: Seq | None = None
    limit: PageLimit = PAGE_MESSAGES_DEFAULT


class Rooms(Command, tag="rooms"):
    """Ask for the list of public rooms; with `after`, for those of all whose names come next."""

    after: str | None = None


class Conversations(Command, tag="conversations"):
    """Ask for the list of one's private rooms: with `before`, those whose newest seq is below."""

    before: Seq | None = None


class Members(Command, tag="members"):
    """Ask who is in a room."""

    room: str


class SetTopic(Command, tag="topic"):
    """Give a room a topic."""

    room: str
    text: str


class Ping(Command, tag="ping"):
    """Ask for an `ok`: the connection lives."""
