"""What the server needs of a log; `memory` and `sqlite` implement it, and one suite tests both."""

from collections.abc import Sequence
from typing import Protocol

from hubbub.chat.events import AnyLogged, Page
from hubbub.chat.queries import Epoch, Head, PageQuery, SearchQuery


class Log(Protocol):
    """An ordered durable record. Every method may raise LogError, and then changed nothing.

    One seq counts through all rooms: it increases within a room, is never reused, and orders a
    search across rooms. What is appended at once is counted room by room. An event's `prev` is the
    seq of its room's previous event.
    """

    async def heads(self) -> list[Head]:
        """Return the head of every room that has events."""

    async def epochs(self) -> list[Epoch]:
        """Return the log's epochs in order; the last is the current one.

        Opening a log begins an epoch. What an epoch holds ends where the next one starts: a log
        that was restored from a copy ends the epoch of that time at what the copy held.
        """

    async def append(self, drafts: Sequence[AnyLogged]) -> list[int]:
        """Commit `drafts` in order, all or none; return the seq that each has in the log.

        Sets `seq` and `prev` of each committed draft. A message whose sender already posted its
        nonce within the duplicate window is not committed again: its draft keeps seq 0, and the
        first one's seq is returned for it.
        """

    async def backlog(self, room: str, after: int, bytes_max: int) -> list[AnyLogged]:
        """Return the room's next events after seq `after`, up to about `bytes_max` of them.

        Empty when there are none; if there are, it is at least one.
        """

    async def page(self, query: PageQuery) -> Page:
        """Return a page of messages with edits, deletions and reactions folded in."""

    async def search(self, query: SearchQuery) -> Page:
        """Return the matching messages, folded; a message is found within a second of its commit.

        Words match regardless of case; edited messages are found by their newest text, deleted
        ones not at all. An empty or wordless query finds nothing.
        """

    async def close(self) -> None:
        """Let go of all resources; what was committed stays."""
