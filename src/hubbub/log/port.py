"""What the server needs of a log; `memory` and `sqlite` implement it, and one suite tests both."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from hubbub.chat.events import AnyLogged, Entry, Fact, Page, Reaction, Revisions
from hubbub.chat.queries import (
    Drops,
    Epoch,
    HappenedQuery,
    Head,
    Over,
    PageQuery,
    ReactionsQuery,
    RevisionsQuery,
    SearchQuery,
    TimeQuery,
)
from hubbub.log.damage import Damage
from hubbub.log.feed import Feed


class Objects(Protocol):
    """Where the nodes of a log keep files in common, by names that say which bytes they are.

    All of it raises LogError if the servers that have them cannot be asked.
    """

    async def keep(self, name: str, path: Path) -> None:
        """Have a file kept from now on, which stands at `path`."""

    async def fetch(self, name: str, path: Path) -> bool:
        """Write a file to `path`; return whether there is one. Raises OSError of the disk."""

    async def remove(self, name: str, is_held: Callable[[], Awaitable[bool]]) -> None:
        """Remove a file, unless `is_held` once all that the log had at the call is applied."""


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
       Only `revisions` gives the text before an edit that is `kept`, until a deletion.
    7. Events that were handed in or out are not changed, except that `append` sets seq and prev.
    8. No read takes longer because the log is longer, nor does any step of a search.
    9. What is damaged and cannot be read is left out, and noted in `damage`: for a backlog, `prev`
       shows it, for a page, `missing`. A read raises Damaged if it can read nothing at all. Every
       other LogError passes by itself, or once somebody has done what its sentence says.
    10. Facts are counted like all else, those of a batch before the rest of it, and in its order.
       Each takes or not (facts.py). Of the system room the log keeps what stands, and no more: it
       has no head, no backlog and no page, and nothing that a fact replaced makes the log longer.
    11. A search across rooms finds nothing in a room that is private, as a fact says, unless the
       query names it: from the commit of the fact on, whenever the rest was said.
    12. A fact under `gone/` and the name of a room removes the room, before all else of its batch.
       From its commit on nothing of the room can be read, found or repeated, and no fact that goes
       with it stands (chat/removal.py); its head says up to where it went. A room of the same name
       begins anew. Other commits wait for none of it, and what it leaves behind goes soon.

    13. A file is held by the message that it was posted with, from its commit on, and by none any
       more from the commit on that deletes the message or removes its room, and is `loose` then.

    What its callers MUST keep to: an edit, deletion, reaction, pin or answer is about an earlier
    message of its own room, and not in the batch that removes the room.
    """

    damage: Damage
    """What was found damaged so far."""

    objects: Objects | None = None
    """Where files are that other nodes of the log took in; None if there are no others."""

    @property
    def search_seconds(self) -> float:
        """How long the newest step of a search took, without what it waited for the event loop."""

    async def heads(self) -> list[Head]:
        """Return the head of every room that has events, or had some and was removed."""

    async def epochs(self) -> list[Epoch]:
        """Return the log's epochs in order; the last is the current one.

        Opening a log begins an epoch. What an epoch holds ends where the next one starts: a log
        that was restored from a copy ends the epoch of that time at what the copy held.
        """

    async def append(self, drafts: Sequence[Entry]) -> list[int]:
        """Commit `drafts` in order, all or none; return the seq that each has in the log.

        Sets `seq` and `prev` of each committed draft. A message whose sender already posted its
        nonce in its room, however long ago, is not committed again: its draft keeps seq 0, and the
        first one's seq is returned for it. A fact that does not take has a seq all the same. No
        follower takes the events before this has returned.
        """

    async def facts(self, prefix: str = "") -> list[Fact]:
        """Return the facts that stand under the keys with this beginning, in order of the keys.

        `expects` and `prev` are those with which they were committed. One that is damaged is noted;
        if its key is known, it stands all the same, with the value `NOTHING`.
        """

    def look_up(self, keys: Sequence[str]) -> list[Fact]:
        """Return the facts that stand under these keys, at once: for the event loop's thread.

        Each takes about 20 µs, however many stand. Raises Damaged if one of them stands and cannot
        be read.
        """

    def led_to(self, lead: str, limit: int) -> list[Fact]:
        """Return the facts to which this leads (chat/leads.py), the `limit` newest, as `look_up`.

        The newest comes first.
        """

    def guests(self, limit: int) -> list[Fact]:
        """Return the facts of guests (chat/leads.py), the `limit` oldest, as `look_up`.

        The oldest comes first.
        """

    def check(self) -> None:
        """Raise LogError if it is plain, without trying, that nothing can be appended now."""

    async def try_writing(self) -> None:
        """Raise LogError if nothing can be appended now; events are not needed to find out."""

    def free_bytes(self) -> int | None:
        """Return how much may be appended before it is refused for want of space, if that is known.

        It is negative where something is refused already.
        """

    def follow(self) -> Feed:
        """Return a feed of all that is committed from now on, in order, whoever appended it."""

    async def backlog(self, room: str, after: int, bytes_max: int) -> list[AnyLogged]:
        """Return the room's next events after seq `after`, up to about `bytes_max` of them.

        Empty when there are none that can be read; if there are, it is at least one. Reactions are
        not folded in.
        """

    async def page(self, query: PageQuery) -> Page:
        """Return a page of messages with their newest texts and their reactions."""

    async def happened(self, query: HappenedQuery) -> list[AnyLogged]:
        """Return what was logged in a room besides messages, in order; nothing if any is damaged.

        Of very many edits and deletions among it, not all are passed over to find the rest.
        """

    async def seqs_at(self, query: TimeQuery) -> tuple[int, int]:
        """Return between which seqs the first event that came at a time or later stands."""

    async def reactions(self, query: ReactionsQuery) -> list[Reaction]:
        """Return the reactions that somebody gave to some messages, in order; none if damaged."""

    async def revisions(self, query: RevisionsQuery) -> Revisions:
        """Return the former texts of a message that are kept; the newest, if they are many."""

    async def holder(self, file: str) -> tuple[str, int] | None:
        """Return the room and the seq of the standing message that holds the file with this id.

        Whoever may read that message may read the file.
        """

    async def was_said(self, file: str) -> bool:
        """Return whether the file with this id is, or was, in a message, and its bytes are here.

        Of a message that is gone, this is known until the bytes are as well (`forget_loose`).
        """

    async def drop(self, over: Mapping[str, Over]) -> Drops:
        """Take a step of dropping the beginnings of rooms, one after another; return what went.

        What is over in a room stays if it was committed together with something that is not. From a
        step on, what it took is as if it had never been said: only the heads tell of it, and the
        next event's `prev`. Texts of later edits of it are empty.
        """

    async def surplus(self, room: str, messages: int) -> int:
        """Return the seq up to which a room has more than its newest `messages`; 0 if it has not.

        Of what was committed together, none is too many if not all are.
        """

    async def stored(self) -> dict[str, int]:
        """Return how many bytes of files the messages of each room hold."""

    @property
    def loosenings(self) -> int:
        """A number that changes when files may have lost their messages."""

    async def loose(self) -> list[str]:
        """Return the hashes of some files whose messages are gone, and which are not forgotten."""

    async def held(self, hashes: Sequence[str]) -> set[str]:
        """Return which of these hashes are of files that messages hold."""

    async def forget_loose(self, hashes: Sequence[str]) -> None:
        """Forget the files with these hashes whose messages are gone."""

    async def search(self, query: SearchQuery, windows: int) -> Page:
        """Return the newest messages that match, each found within a second of its commit.

        This is one step of a search: it looks through so many windows of the log, which are about
        as costly as each other. If the page has `reached`, and neither enough messages nor `more`,
        the next step is to look before that seq. Raises Interrupted if it was broken off.

        What is a word, and when it matches, is said in words.py. Edited messages are found by their
        newest text, deleted ones not at all. An empty or wordless query finds nothing, unless it
        asks for senders or contents (tags.py), or is about all messages.
        """

    async def close(self) -> None:
        """Let go of all resources; what was committed stays."""
