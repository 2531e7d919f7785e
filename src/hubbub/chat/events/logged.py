"""What the log commits. A draft has the seq and prev 0, and only the log sets them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated

import msgspec
from msgspec import Meta

from hubbub.chat.files import FileSummary
from hubbub.chat.names import SYSTEM_ROOM
from hubbub.chat.times import Milliseconds

Seq = Annotated[int, Meta(ge=0, le=2**63 - 1)]


Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class Event(msgspec.Struct, tag_field="type", omit_defaults=True, kw_only=True, gc=False):
    """Anything that a server sends to an event session.

    No event ever holds itself, so the garbage collector need not look at them: those of a long
    backlog kept it, and with it the whole process, busy for tens of milliseconds.
    """


class Logged(Event, kw_only=True):
    """An event of a room's log. `person` is the id of its sender, if they are known."""

    room: str
    seq: Seq
    prev: Seq
    sender: str = msgspec.field(name="from")
    person: str = ""
    at: Milliseconds


NO_REACTIONS: Mapping[str, Sequence[str]] = MappingProxyType({})
"""One for all messages: a dict for each would be many that nobody needs."""


NO_TAGS: Mapping[str, str] = MappingProxyType({})
"""The same for tags."""


class Message(Logged, tag="message", kw_only=True):
    """Something that a member said.

    Read from the log, it has its newest text: `edited` is when that was given (milliseconds since
    the epoch), `edits` how often it was edited, if more than once. A `deleted` one has neither text
    nor `files` left. `me`: the text says what its sender does, as "waves". `notice`: no program is
    to answer it. `tags`: what its sender's program says besides, to others of its kind. `imported`:
    it was said elsewhere, in what this names, and its sender is nobody who is known here. Only in
    pages appear
    `reactions` (emoji to the names that gave it), `replies`, how many messages answer it, deleted
    ones too, and whether it is `pinned`; only in those of a search `found`: the places in the text,
    from one character to another, at which what was searched for stands.
    """

    text: str
    nonce: str | None = None
    reply_to: Seq | None = None
    me: bool = False
    notice: bool = False
    tags: Mapping[str, str] = NO_TAGS
    edited: Milliseconds | None = None
    edits: Count = 0
    deleted: bool = False
    reactions: Mapping[str, Sequence[str]] = NO_REACTIONS
    replies: Count = 0
    pinned: bool = False
    files: tuple[FileSummary, ...] = ()
    imported: str = ""
    found: tuple[tuple[int, int], ...] = ()


class Edited(Logged, tag="edited", kw_only=True):
    """`target`, a message's seq, now reads `text`; read from the log, that is the newest text.

    `edits`: how often it was edited, this time included. `kept`: the text before can still be read
    (`Revisions`), because the room's rules had it so.
    """

    target: Seq
    text: str
    edits: Count = 1
    kept: bool = False


class Deleted(Logged, tag="deleted", kw_only=True):
    """`target`, a message's seq, was taken back, and why, if its sender says so."""

    target: Seq
    reason: str = ""


class Reaction(Logged, tag="reaction", kw_only=True):
    """`sender` gave (`on`) or took back an emoji on the message `target`."""

    target: Seq
    emoji: str
    on: bool


class Pinned(Logged, tag="pinned", kw_only=True):
    """`sender` pinned (`on`) the message `target` for all in the room, or took the pin away."""

    target: Seq
    on: bool


class Topic(Logged, tag="topic", kw_only=True):
    """The room's topic is now `text`."""

    text: str


class Signal(Logged, tag="signal", kw_only=True):
    """What `sender`'s program says to others of its kind; people see nothing of it."""

    tags: Mapping[str, str]


NOTHING = msgspec.Raw(b"null")


class Fact(Logged, tag="fact", kw_only=True):
    """What stands under `key` from now on: `value`, as JSON; `NOTHING` if nothing does any more.

    It takes only if what stands there so far has the seq `expects`, 0 for nothing; without
    `expects`, it always does (see facts.py). `sender` is the id of the person who caused it, empty
    for the server. No client hears of it. A key holds no control characters. One that ends in `/`
    is the beginning of others: a fact under it clears all of them.
    """

    room: str = SYSTEM_ROOM
    key: str
    value: msgspec.Raw = NOTHING
    expects: Seq | None = None

    @property
    def clears(self) -> bool:
        """Whether nothing stands under the key once it took."""
        return self.value == NOTHING


AnyLogged = Message | Edited | Deleted | Reaction | Pinned | Topic | Signal
"""Whatever is logged in a room of people."""


Entry = AnyLogged | Fact
"""Whatever is logged."""
