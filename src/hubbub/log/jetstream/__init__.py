"""The log as a stream of NATS JetStream, which many nodes read and append to alike.

How it works. A node publishes what is appended, and hears of it as every other node does: from the
stream, in its order. There it is numbered (pieces.py) and applied to the node's own copy in SQLite,
which drops repeats by what the copy holds; all apply the same in the same order, and drop the same.
So nothing is decided but the order, the stream's. An append has succeeded once it is applied.

What always holds. The copy is a beginning of the stream: it moves on by whole appends, or by parts
of one that removes rooms, and what was applied, and how far that is, are one commit. A node that
was away, or starts with an empty folder, reads on from what it has, and serves once it has read up
to where the stream stood.

What is not known. If the servers do not answer in time, an append may have been stored all the
same. It has failed, as far as anybody was told, and may yet come as another node's would: then
whoever says it again under the same nonce has said it once. Nothing is sent again by this module.
"""

import asyncio
import logging
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple, Self

import msgspec

from hubbub.chat.errors import LogError
from hubbub.chat.events import AnyLogged, Deleted, Edited, Entry, Fact, Page
from hubbub.chat.queries import Dropped, Drops, Over, PageQuery
from hubbub.chat.removal import removed_by
from hubbub.log.epochs import begun_at
from hubbub.log.jetstream.appends import Append, whole
from hubbub.log.jetstream.beginnings import Beginnings
from hubbub.log.jetstream.compacting import Compacting
from hubbub.log.jetstream.erasing import Erasing
from hubbub.log.jetstream.link import (
    FORMAT_NOW,
    Link,
    NotReady,
    Unexpected,
    check_is_same,
    patiently,
)
from hubbub.log.jetstream.objects import Objects
from hubbub.log.jetstream.pieces import (
    SEQS_PER_PIECE,
    Piece,
    cut,
    is_of_lost,
    kept,
    mark,
    number_of,
    numbered,
    subjects_of_rests,
    whose_rest,
)
from hubbub.log.jetstream.reading import Delivered, Reading
from hubbub.log.jetstream.syncing import check_syncing
from hubbub.log.jetstream.tenure import Tenure, shut_out
from hubbub.log.sqlite import Projection
from hubbub.log.sqlite.connection import Durability

PATIENCE_SECONDS: Final = 5.0
"""An append that has not come back by then has failed."""

DOUBT_SECONDS: Final = 1.0
"""What was stored, and has not come by then, is read with another consumer."""

BEGIN_SECONDS: Final = 10.0
RETRY_SECONDS: Final = 1.0

LOOKED_BACK: Final = 10_000
"""In so many of the stream's newest messages a node looks at its start for what was not erased."""

CANCEL_SECONDS: Final = 0.1
TOKEN_BYTES: Final = 9

_FAULT: Final = "This node does not follow its stream any more, and its journal says why."

_logger = logging.getLogger(__name__)


class _Applied(NamedTuple):
    """What became of an append of this node."""

    entries: Sequence[Entry]
    seqs: Sequence[int]
    fresh: Sequence[Entry]
    """What is to be handed out by the append, once it returns."""
    is_handed_out: asyncio.Event
    last: int
    """The number of its last message in the stream."""


class JetStreamLog(Projection):
    """A node's log; made by `JetStreamLog.join`."""

    _link: Link | None = None
    _following: asyncio.Task[None] | None = None
    tenure: Tenure | None = None
    """Of the run as which all is appended, once it is registered."""
    _held: list[Entry] | None = None
    """What was applied of an append of this node, until all of it is."""

    @classmethod
    async def join(
        cls,
        folder: Path,
        servers: Sequence[str],
        stream: str,
        *,
        durability: Durability = "process",
        monitors: Sequence[str] | None = (),
        free_bytes_min: int = 0,
        replicas: int = 1,
        credentials: str = "",
    ) -> Self:
        """Return the log that is the stream with this name, with the node's copy in `folder`.

        The stream is made if there is none, with so many `replicas`. Returns once the copy is what
        the stream was at the call. Raises LogError if the servers cannot be reached, or if the
        folder holds another log than this, or one that ends before the stream begins.

        What was appended survives that any process is killed. With the `durability` "power", that
        all servers lose power, too: each of them must sync always, which is asked at their
        `monitors` (syncing.py), or stated by None. `credentials`: a file, if the servers need one.
        """
        # The copy need not survive a power cut: what it loses, it reads again.
        log = await cls.open(folder, durability="process", free_bytes_min=free_bytes_min)
        try:
            link = await Link.open(servers, stream, credentials)
            await log.go_on(folder, link, replicas)
            if durability == "power" and monitors is not None:
                found = await link.stream_found()
                await check_syncing([] if found is None else found.servers, monitors)
        except BaseException:
            await log.close()
            raise
        return log

    async def go_on(self, folder: Path, link: Link, replicas: int) -> None:
        """Apply what the stream has behind what the folder has, and all that comes from then on."""
        self._link = link
        self._node = secrets.token_urlsafe(TOKEN_BYTES)
        self._appends = 0
        self._waiting: dict[str, asyncio.Future[_Applied]] = {}
        self._trouble = ""
        """Why the stream is not applied, as a sentence; empty if it is."""
        found = await patiently(link.stream_found)
        if found is None:
            found = await patiently(lambda: link.stream_made(replicas, [begun_at(0)]))
            found = found or await link.stream_found()  # another node made it just now
            assert found is not None, "it was made"
        if not await self.keep_epochs(found.epochs):
            raise LogError(
                f"The folder {folder} holds another log than the stream '{link.stream}'. "
                "Choose an empty folder, or one that a node of it used."
            )
        if found.state.last_seq <= found.behind:
            await patiently(lambda: link.begin(found.behind))
        newest = number_of(self.last)
        if found.first > newest + 1:
            raise LogError(
                f"The stream '{link.stream}' begins at its message {found.first}, and the folder "
                f"{folder} ends before that. Restore a backup of another node into the folder, and "
                "start again."
            )
        check_is_same(found, found.epochs, newest)
        # Of the newest message, a part may have been applied when the node was killed.
        self._position = self._seen = max(newest - 1, 0)
        self._stream = Reading(link, found.epochs, self._position)
        await self._stream.begin(seconds_max=BEGIN_SECONDS)
        self._applying = asyncio.Lock()
        self._has_all = asyncio.Event()
        if not self._stream.pending:
            self._has_all.set()
        self.objects = Objects(link, found.config.num_replicas, self._come_up_to_now)
        self._erasing = Erasing(link, self._remains, self._next_token, found.behind)
        self._compacting = Compacting(link, self.standing, lambda: self._position, self._next_token)
        self._beginnings = Beginnings(link)
        await self._beginnings.read()
        await self._look_back()
        self._following = asyncio.create_task(self._follow())
        cleaning = [self._erasing.run(), self._compacting.run()]
        self._cleaning = [asyncio.create_task(one) for one in cleaning]
        for task in (self._following, *self._cleaning):
            task.add_done_callback(self._ended)
        await self._has_all.wait()
        if self._following.done():
            raise LogError(self._trouble)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._has_all.set()  # nobody waits in vain
        if task.cancelled():
            return
        error = task.exception()
        self._trouble = str(error) if isinstance(error, LogError) else _FAULT
        _logger.error("The stream is not followed any more.", exc_info=error)

    async def append(self, drafts: Sequence[Entry]) -> list[int]:
        """Publish `drafts`, and wait until they are applied here (see log/port.py)."""
        if not (pieces := cut(drafts)):
            return []
        self.check()
        entries, numbers, *_ = await self._published(pieces, self.tenure)
        seqs = [0] * len(drafts)
        places = [place for piece in pieces for place in piece.places]
        for place, entry, seq in zip(places, entries, numbers, strict=True):
            seqs[place] = seq
            if entry.seq == seq:
                drafts[place].seq, drafts[place].prev = entry.seq, entry.prev
        return seqs

    async def _come_up_to_now(self) -> None:
        """Wait until all that the stream holds is applied here."""
        await self._published([mark()])

    async def register(self, run: str) -> None:
        """Append as this run of a node from now on, until another one shuts it out.

        Returns once all is applied that was stored before. Raises LogError.
        """
        assert self._link is not None
        tenure = self.tenure = self.tenure or Tenure(self._link, run, self._stream.doubt)
        tenure.begin((await self._published([tenure.registration])).last)

    async def sign_off(self) -> None:
        """Append nothing more, and leave nothing of the registration, if that can be."""
        if self.tenure is not None and self._stream.is_live:
            with suppress(LogError):
                await self.tenure.end()

    async def shut_out(self, run: str) -> None:
        """Have nothing stored any more that this run of a node appends; raises LogError."""
        assert self._link is not None
        await shut_out(self._link, run)

    async def _published(self, pieces: Sequence[Piece], tenure: Tenure | None = None) -> _Applied:
        """Publish an append, and wait until it is applied here; raise LogError as `append` does."""
        assert self._link is not None
        self._check_following()
        token = self._next_token()
        came: asyncio.Future[_Applied] = asyncio.get_running_loop().create_future()
        self._waiting[token] = came
        failure = LogError("The NATS servers took too long to store it.")
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._publish(pieces, token, tenure)
                await asyncio.wait({came}, timeout=DOUBT_SECONDS)
                if not came.done():
                    self._stream.doubt()
                await asyncio.wait({came}, timeout=PATIENCE_SECONDS)
        except TimeoutError:
            self._stream.doubt()
        except LogError as error:
            failure = error
            if isinstance(error, NotReady):
                self._stream.doubt()  # what is heard may come from a server that is cut off itself
        finally:
            del self._waiting[token]
            if came.done():
                # Nothing is awaited from here on: nobody hears of it before this has returned.
                self._hand_out(came.result().fresh)
                came.result().is_handed_out.set()
            else:
                came.cancel()
        if came.cancelled():
            raise failure
        return came.result()

    async def _publish(self, pieces: Sequence[Piece], token: str, tenure: Tenure | None) -> None:
        assert self._link is not None
        if tenure is None:
            await self._link.publish(pieces, token)
            return
        try:
            await self._link.publish(pieces, token, checked=tenure.headers)
        except Unexpected:  # or the servers were not done with the append before
            await tenure.look()
            raise

    def _next_token(self) -> str:
        self._appends += 1
        return f"{self._node}-{self._appends}"

    def check(self) -> None:
        """Raise LogError if nothing can be appended now."""
        self._check_following()
        if self.tenure is not None:
            self.tenure.check()

    def _check_following(self) -> None:
        super().check()
        if self._trouble:
            raise LogError(self._trouble)
        if not self._stream.is_live:
            raise LogError("The NATS servers cannot be heard: nothing can be appended until then.")

    async def page(self, query: PageQuery) -> Page:
        """Return a page; raise LogError if edits that are yet to come have all of a text."""
        page = await super().page(query)
        if page.missing and self.behind:  # without its edit a message looks damaged
            raise LogError("This node still reads what was said while it was away.")
        return page

    async def try_writing(self) -> None:
        """Raise LogError if nothing can be appended now."""
        assert self._link is not None
        await super().try_writing()
        await self._link.stream_found()

    @property
    def link(self) -> Link:
        """The connection to the servers; nodes tell each other more over it."""
        assert self._link is not None
        return self._link

    @property
    def silence_seconds(self) -> float:
        """For how long the servers have not been heard."""
        return self._stream.silence_seconds

    @property
    def behind(self) -> int:
        """How many messages the stream has that are not applied yet, as far as is known."""
        return self._stream.pending + max(0, self._seen - self._position)

    async def stand_still(self) -> None:
        """Apply nothing until `move_on`, so that all reads see the same."""
        await self._applying.acquire()

    def move_on(self) -> None:
        """Apply what came meanwhile, and all else from now on."""
        self._applying.release()

    # What comes.

    async def _follow(self) -> None:
        """Apply all that the stream has and will have, for ever."""
        waiting: list[Delivered] = []
        while True:
            is_newer = False
            for message in await self._stream.take():
                if is_newer := message.format > FORMAT_NOW:
                    break
                waiting += await self._rests_before(message.number)
                waiting.append(message)
                self._seen = message.number
            appends, waiting = whole(waiting, self._waiting, self._read)
            for append in appends:
                async with self._applying:
                    await self._apply_until_done(append)
            if is_newer:
                raise LogError("A newer hubbub writes to the stream. Install it here, too.")
            if not waiting and not self._stream.pending:
                self._has_all.set()

    async def _rests_before(self, number: int) -> list[Delivered]:
        """Return what remains of the messages that are missing before this one: they were erased.

        Some may be wholly gone, with their room.
        """
        assert self._link is not None
        missing = range(self._seen + 1, number)
        while missing:
            try:
                await self._beginnings.read()
                pattern = subjects_of_rests(missing[0] if len(missing) == 1 else None)
                rests = {whose_rest(one): one for one in await self._link.subjects(pattern)}
                return [
                    Delivered(one, subject, stored.data, "", 0, FORMAT_NOW)
                    for one in missing
                    if (subject := rests.get(one))
                    and (stored := await self._link.message(last_by_subj=subject))
                ]
            except LogError as error:
                _logger.debug("what remains of erased messages cannot be read yet: %s", error)
                await asyncio.sleep(RETRY_SECONDS)
        return []

    def _read(self, message: Delivered) -> list[Entry]:
        if is_of_lost(message.subject):
            self._beginnings.hear(message.payload)
            return []
        whose = whose_rest(message.subject)
        try:
            if whose is None:
                return numbered(message.number, message.payload)
            return kept(whose, message.payload) if whose == message.number else []
        except msgspec.DecodeError:
            self.damage.found(f"the stream's message {message.number}, which cannot be read")
            return []

    async def _apply_until_done(self, append: Append) -> None:
        came = self._waiting.get(append.token)
        if came is not None:
            self._held = []  # of ours nobody hears before `append` has returned: it hands them out
        due: set[tuple[str, int]] | None = None
        while True:
            try:
                self._compacting.expect(append.entries)
                await self._pass_over_what_is_lost(append.entries)
                if due is None:  # once part of it is applied, former edits are not known any more
                    due = await self._changed_by(append.entries)
                seqs = await self.apply(append.entries)
            except LogError as error:
                if not self._trouble:
                    _logger.warning("What the stream holds cannot be applied: %s", error)
                self._trouble = f"What the stream holds cannot be applied here: {error}"
                await asyncio.sleep(RETRY_SECONDS)
            else:
                break
        self._trouble = ""
        due |= {  # repeats: the first has the text, and it may be deleted
            (one.room, number_of(one.seq))
            for one, seq in zip(append.entries, seqs, strict=True)
            if one.seq != seq
        }
        for room, number in due:
            self._erasing.note(room, number, is_own=came is not None)
        for entry in append.entries:
            if room := removed_by(entry):
                self._erasing.note_removed(room, number_of(entry.seq), is_own=came is not None)
        self._position = append.last
        held, self._held = self._held or (), None
        if came is None or came.done():  # of another node, or given up here
            self._hand_out(held)
            return
        applied = _Applied(append.entries, seqs, held, asyncio.Event(), append.last)
        came.set_result(applied)
        await applied.is_handed_out.wait()

    async def _pass_over_what_is_lost(self, entries: Sequence[Entry]) -> None:
        """Have rooms of which the stream has lost what comes next here go on behind that."""
        first: dict[str, AnyLogged] = {}
        for one in entries:
            if room := removed_by(one):
                self._beginnings.remove(room, one.seq)
            elif not isinstance(one, Fact):
                first.setdefault(one.room, one)
        for room, one in first.items():
            lost, tail = self._beginnings.lost(room), self._writer.tail(room)
            if tail < lost < one.seq and one.prev in {0, lost}:
                if tail:
                    await self.begin_late(room, lost)
                one.prev = lost

    async def drop(self, over: Mapping[str, Over]) -> Drops:
        """Take a step of dropping the beginnings of rooms, from the stream as well."""
        drops = await super().drop(over)
        for room, dropped in drops.dropped.items():
            self._erasing.note_lost(room, dropped, is_own=True)
        return drops

    async def _changed_by(self, entries: Sequence[Entry]) -> set[tuple[str, int]]:
        """Return the messages of the stream, with their rooms, that hold what is to change."""
        changes = [one for one in entries if isinstance(one, Edited | Deleted)]
        if not changes:
            return set()
        newest = await self.newest_edits([one.target for one in changes])
        due = set()
        for one in changes:
            due.add((one.room, number_of(one.target)))
            if (former := newest.get(one.target)) is not None:
                due.add((one.room, number_of(former)))
            newest[one.target] = one.seq
        return due

    async def _look_back(self) -> None:
        """Have erased what an earlier run of this node may have left in the stream."""
        for one in await self.changes(self.last - LOOKED_BACK * SEQS_PER_PIECE):
            for seq in (one.target, one.seq):
                self._erasing.note(one.room, number_of(seq), is_own=False)
        for head in await self.heads():
            if head.dropped:
                dropped = Dropped(head.dropped, head.first)
                self._erasing.note_lost(head.room, dropped, is_own=False)

    async def _remains(self, room: str, number: int) -> Sequence[AnyLogged] | None:
        first = number * SEQS_PER_PIECE
        return await self.stored_between(room, first, first + SEQS_PER_PIECE - 1)

    def _hand_out(self, events: Sequence[Entry]) -> None:
        if self._held is None:
            super()._hand_out(events)
        else:
            self._held += events

    async def close(self) -> None:
        """Let go of all resources; what was stored stays."""
        if self._following is not None:
            tasks = {self._following, *self._cleaning}
            while tasks:  # the client of NATS swallows a cancellation now and then
                for task in tasks:
                    task.cancel()
                _, tasks = await asyncio.wait(tasks, timeout=CANCEL_SECONDS)
        if self._link is not None:
            await self._link.close()
        await super().close()
