"""What a decision of the hub asks before it goes on, as values; the hub's driver answers."""

import msgspec

from hubbub.chat.commands import PAGE_MESSAGES_DEFAULT


class Head(msgspec.Struct, frozen=True):
    """Where a room stands: oldest kept and newest seq, and its topic."""

    room: str
    first: int
    last: int
    topic: str
    dropped: int = 0
    """The newest seq of the room that the log no longer keeps; 0 if it keeps all."""


class Epoch(msgspec.Struct, frozen=True):
    """One run of a log, from an opening to the next; `start` is the newest seq at the opening.

    `id` is random, so copies of a log share the epochs begun before the copy, and no later ones.
    """

    id: str
    start: int


class PageQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Messages of a room: the newest, the newest before a seq, or the oldest after one."""

    room: str
    before: int | None = None
    after: int | None = None
    limit: int = PAGE_MESSAGES_DEFAULT


class SearchQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The newest messages with all of `words`, of one room or of every public room."""

    words: str
    room: str | None = None
    before: int | None = None
    limit: int = PAGE_MESSAGES_DEFAULT


class Settled(msgspec.Struct, frozen=True):
    """Wait until the first `drafts` drafts that the hub ever accepted are committed or refused."""

    drafts: int


Question = PageQuery | SearchQuery | Settled
