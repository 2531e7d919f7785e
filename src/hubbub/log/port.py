"""What the server needs of a log; `memory` and `sqlite` implement it, and one suite tests both."""

from collections.abc import Sequence
from typing import Protocol

from hubbub.chat.events import AnyLogged, Page
from hubbub.chat.queries import Epoch, Head, PageQuery, SearchQuery
from hubbub.log.feed import Feed


class Log(Protocol):
    """An ordered durable record.

    What every log MUST keep to, and its callers may rely on:

    1. A method that raises LogError changed nothing, and may be called again.
    2. One seq counts through all rooms: it increases within a room, is never given twice, and
       orders a search across rooms. What is appended at once is counted room by room.
    3. An event's `prev` is the seq of its room's previous event, 0 for the first.
    4. What `append` returned for stays, under its seq, whatever kills the process afterwards.
    5. Every read sees all or nothing of what was appended at once.
    6. From the commit of an edit or deletion on, no read gives a former text of its message, and no
       search finds it by one: the message and all edits of it read as the newest does, or have no
       text once it is deleted. All else about them stays: seq, prev, at, sender, nonce, reply_to.
    7. Events that were handed in or out are not changed, except that `append` sets seq and prev.
    8. No read takes longer because the log is longer.

    What its callers MUST keep to: an edit, deletion or reaction targets a message of its own room.
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
        first one's seq is returned for it. No follower takes the events before this has returned.
        """

    def follow(self) -> Feed:
        """Return a feed of all that is committed from now on, in order, whoever appended it."""

    async def backlog(self, room: str, after: int, bytes_max: int) -> list[AnyLogged]:
        """Return the room's next events after seq `after`, up to about `bytes_max` of them.

        Empty when there are none; if there are, it is at least one. Reactions are not folded in.
        """

    async def page(self, query: PageQuery) -> Page:
        """Return a page of messages with their newest texts and their reactions."""

    async def search(self, query: SearchQuery) -> Page:
        """Return the page of messages that match, each found within a second of its commit.

        What is a word, and when it matches, is said in words.py. Edited messages are found by their
        newest text, deleted ones not at all. An empty or wordless query finds nothing.
        """

    async def close(self) -> None:
        """Let go of all resources; what was committed stays."""
