"""What a client asks for: the commands of protocol section 4, as typed structs.

`ref` (at most 64 characters) asks for exactly one answer that carries it.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

PAGE_MESSAGES_MAX = 200
PAGE_MESSAGES_DEFAULT = 50
REF_CHARS_MAX = 64
EPOCH_CHARS_MAX = 64

# Without control characters, and encodable: every member receives it.
Nonce = Annotated[
    str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f-\x9f\ud800-\udfff]+$")
]
Seq = Annotated[int, Meta(ge=0, le=2**63 - 1)]
PageLimit = Annotated[int, Meta(ge=1, le=PAGE_MESSAGES_MAX)]


class Command(msgspec.Struct, tag_field="type", omit_defaults=True, kw_only=True):
    """Anything that a client sends after `welcome`."""

    ref: Annotated[str, Meta(max_length=REF_CHARS_MAX)] | None = None


class Hello(Command, tag="hello"):
    """The first message of a session whose transport has no username frame (WebSocket)."""

    name: str


class Resume(Command, tag="resume"):
    """Take the name over from the ghost of the connection whose `welcome` carried `session`."""

    session: str


class Unlock(Command, tag="unlock"):
    """Give the chatroom's password; answered by a new `welcome`."""

    password: str


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
    """Post a message. A repeat with the same `nonce` is posted once."""

    room: str
    text: str
    nonce: Nonce | None = None
    reply_to: Seq | None = None


class Edit(Command, tag="edit"):
    """Give an own message a new text."""

    room: str
    seq: Seq
    text: str


class Delete(Command, tag="delete"):
    """Take an own message back."""

    room: str
    seq: Seq


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
    """Move the account's read marker."""

    room: str
    seq: Seq


class History(Command, tag="history"):
    """Ask for a page: the newest messages, those before a seq, or those after one."""

    room: str
    before: Seq | None = None
    after: Seq | None = None
    limit: PageLimit = PAGE_MESSAGES_DEFAULT


class Search(Command, tag="search"):
    """Ask for the newest messages that hold every word of `query`."""

    query: str
    room: str | None = None
    before: Seq | None = None
    limit: PageLimit = PAGE_MESSAGES_DEFAULT


class Rooms(Command, tag="rooms"):
    """Ask for the list of public rooms."""


class Members(Command, tag="members"):
    """Ask who is in a room."""

    room: str


class SetTopic(Command, tag="topic"):
    """Give a room a topic."""

    room: str
    text: str


class Ping(Command, tag="ping"):
    """Ask for an `ok`: the connection lives."""


AnyCommand = (
    Hello
    | Resume
    | Unlock
    | Join
    | Direct
    | Leave
    | Say
    | Edit
    | Delete
    | React
    | Typing
    | Seen
    | History
    | Search
    | Rooms
    | Members
    | SetTopic
    | Ping
)
