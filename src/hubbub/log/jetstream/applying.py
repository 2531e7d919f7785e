"""What comes of the stream is applied to the node's own copy, in the stream's order.

How it works. All that has come by then is one commit of the copy, and is handed out together, so a
busy room is told of many appends at once. Those of this node return one after the other, each
before anybody hears of it; what came before it is handed out with it.

What always holds. The copy is a beginning of the stream: it moves on by whole appends, or by parts
of one that removes rooms, and what was applied, and how far that is, are one commit.
"""

import asyncio
import logging
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Final

import msgspec

from hubbub.background import awaited, keep_going
from hubbub.chat.errors import LogError
from hubbub.chat.events import AnyLogged, Entry, Fact
from hubbub.chat.queries import Drops, Over
from hubbub.chat.removal import removed_by
from hubbub.log.jetstream.appends import Append, whole
from hubbub.log.jetstream.beginnings import Beginnings
from hubbub.log.jetstream.compacting import Compacting
from hubbub.log.jetstream.erasing import Erasing
from hubbub.log.jetstream.leaving import changed_by, look_back, note_what_goes
from hubbub.log.jetstream.link import FORMAT_NOW, Link, Stream
from hubbub.log.jetstream.pieces import (
    SEQS_PER_PIECE,
    is_of_lost,
    kept,
    number_of,
    numbered,
    subjects_of_rests,
    whose_rest,
)
from hubbub.log.jetstream.publishing import Applied, Publishing
from hubbub.log.jetstream.reading import Delivered, Reading
from hubbub.log.sqlite import Projection

BEGIN_SECONDS: Final = 10.0
RETRY_SECONDS: Final = 1.0

CANCEL_SECONDS: Final = 0.1

_FAULT: Final = "This node does not follow its stream any more, and its journal says why."

_logger = logging.getLogger(__name__)


class Copy(Projection):
    """A node's copy of the stream; made by `JetStreamLog.join`."""

    _link: Link | None = None
    _following: asyncio.Task[None] | None = None

    async def _begin(self, found: Stream) -> None:
        """Apply what the stream has behind what is here, and all that comes from then on.

        Returns once the copy is what the stream was at the call. Raises LogError.
        """
        link = self.link
        self._trouble = ""
        """Why the stream is not applied, as a sentence; empty if it is."""
        # Of the newest message, a part may have been applied when the node was killed.
        self._position = self._seen = max(number_of(self.last) - 1, 0)
        self._stream = Reading(link, found.epochs, self._position)
        await self._stream.begin(seconds_max=BEGIN_SECONDS)
        self._publishing = Publishing(link, self._stream.doubt, super()._hand_out)
        self._applied: list[Entry] = []
        """What was applied of what came, until all of it is."""
        self._applying = asyncio.Lock()
        self._has_all = asyncio.Event()
        if not self._stream.pending:
            self._has_all.set()
        token = self._publishing.next_token
        self._erasing = Erasing(link, self._remains, token, found.behind)
        self._compacting = Compacting(link, self.standing, lambda: self._position, token)
        self._beginnings = Beginnings(link)
        await self._beginnings.read()
        await look_back(self, self._erasing)
        self._following = awaited(self._follow())
        self._following.add_done_callback(self._ended)
        self._cleaning = [
            keep_going(self._erasing.run, "erasing what was deleted from the stream"),
            keep_going(self._compacting.run, "erasing what was replaced from the stream"),
        ]
        await self._has_all.wait()
        if self._following.done():
            raise LogError(self._trouble)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._has_all.set()  # nobody waits in vain
        if task.cancelled():
            return
        error = task.exception()
        self._trouble = str(error) if isinstance(error, LogError) else _FAULT
        if isinstance(error, LogError):
            _logger.error("The stream is not followed any more.", exc_info=error)

    async def followed(self) -> None:
        """Wait for ever; raise the fault of ours that ends the following of the stream."""
        assert self._following is not None
        with suppress(LogError):  # which is told: what was said can still be read
            await asyncio.shield(self._following)
        await asyncio.Event().wait()

    def _check_following(self) -> None:
        """Raise LogError if what is appended would not be heard of here."""
        super().check()
        if self._trouble:
            raise LogError(self._trouble)
        if not self._stream.is_live:
            raise LogError("The NATS servers cannot be heard: nothing can be appended until then.")

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
            appends, waiting = whole(waiting, self._read)
            if appends:
                async with self._applying:
                    seqs = await self._apply_until_done(appends)
                    await self._let_be_heard(appends, seqs)
            if is_newer:
                raise LogError("A newer hubbub writes to the stream. Install it here, too.")
            if not waiting and not self._stream.pending:
                self._has_all.set()

    async def _rests_before(self, number: int) -> list[Delivered]:
        """Return what remains of the messages that are missing before this one: they were erased.

        Some may be wholly gone, with their room.
        """
        missing = range(self._seen + 1, number)
        while missing:
            try:
                await self._beginnings.read()
                pattern = subjects_of_rests(missing[0] if len(missing) == 1 else None)
                rests = {whose_rest(one): one for one in await self.link.subjects(pattern)}
                return [
                    Delivered(one, subject, stored.data, "", 0, FORMAT_NOW)
                    for one in missing
                    if (subject := rests.get(one))
                    and (stored := await self.link.message(last_by_subj=subject))
                ]
            except LogError as error:
                _logger.debug("what remains of erased messages cannot be read yet: %s", error)
                await asyncio.sleep(RETRY_SECONDS)
        return []

    def _read(self, message: Delivered) -> list[Entry]:
        if is_of_lost(message.subject):  # which counts for those who come later: they ask for it
            return []
        whose = whose_rest(message.subject)
        try:
            if whose is None:
                return numbered(message.number, message.payload)
            return kept(whose, message.payload) if whose == message.number else []
        except msgspec.DecodeError:
            self.damage.found(f"the stream's message {message.number}, which cannot be read")
            return []

    async def _apply_until_done(self, appends: Sequence[Append]) -> Sequence[Sequence[int]]:
        """Apply all of this, as one commit if it can be; return the seqs of each append."""
        entries = [entry for append in appends for entry in append.entries]
        due: Sequence[set[tuple[str, int]]] | None = None
        while True:
            try:
                self._compacting.expect(entries)
                lost = await self._pass_over_what_is_lost(entries)
                if due is None:  # once part of it is applied, former edits are not known any more
                    due = await changed_by(self, appends)
                standing = iter(await self.apply([one for one in entries if one.seq not in lost]))
            except LogError as error:
                if not self._trouble:
                    _logger.warning("What the stream holds cannot be applied: %s", error)
                self._trouble = f"What the stream holds cannot be applied here: {error}"
                await asyncio.sleep(RETRY_SECONDS)
            else:
                break
        self._trouble = ""
        seqs = [
            [one.seq if one.seq in lost else next(standing) for one in append.entries]
            for append in appends
        ]
        for append, of_append, changed in zip(appends, seqs, due, strict=True):
            is_own = append.token in self._publishing.waiting
            note_what_goes(self._erasing, append.entries, of_append, changed, is_own=is_own)
        self._position = appends[-1].last
        return seqs

    async def _let_be_heard(self, appends: Sequence[Append], seqs: Sequence[Sequence[int]]) -> None:
        """Have the appends of this node return, and hand out all that was applied, in order."""
        applied, self._applied = self._applied, []
        commits: list[Sequence[Entry]] = []
        start = 0
        for append in appends:
            end = bisect_right(applied, append.last, start, key=lambda one: number_of(one.seq))
            commits.append(applied[start:end])
            start = end
        waiting, handed_out = self._publishing.waiting, 0
        own = [place for place, append in enumerate(appends) if append.token in waiting]
        for place, upto in pairwise([*own, len(appends)]):
            append = appends[place]
            came = waiting.get(append.token)
            if came is None or came.done():  # given up meanwhile
                continue
            fresh = commits[handed_out:upto]
            became = Applied(append.entries, seqs[place], fresh, asyncio.Event(), append.last)
            came.set_result(became)
            await became.is_handed_out.wait()
            handed_out = upto
        for commit in commits[handed_out:]:
            super()._hand_out(commit)

    async def _pass_over_what_is_lost(self, entries: Sequence[Entry]) -> set[int]:
        """Have rooms of which the stream has lost what comes next here go on behind that.

        Return the seqs of what is lost itself, though it came before it went: what follows it here
        need not be what followed it when it was said.
        """
        lost = set[int]()
        tails: dict[str, int] = {}
        for one in entries:
            if room := removed_by(one):
                self._beginnings.remove(room, one.seq)
        for one in entries:
            if one.seq <= self.last:  # it was applied before
                continue
            if room := removed_by(one):
                tails[room] = 0
            if isinstance(one, Fact):
                continue
            tail, upto = tails.get(one.room), self._beginnings.lost(one.room, one.seq)
            is_next = tail is None
            tail = self._writer.tail(one.room) if tail is None else tail
            if tail < one.seq <= upto:
                lost.add(one.seq)
                continue
            if tail < upto and one.prev in {0, upto}:
                if is_next and tail:
                    await self.begin_late(one.room, upto)
                one.prev = upto
            tails[one.room] = one.seq
        return lost

    async def drop(self, over: Mapping[str, Over]) -> Drops:
        """Take a step of dropping the beginnings of rooms, from the stream as well."""
        drops = await super().drop(over)
        for room, dropped in drops.dropped.items():
            self._erasing.note_lost(room, dropped, is_own=True)
        return drops

    async def _remains(self, room: str, number: int) -> Sequence[AnyLogged] | None:
        first = number * SEQS_PER_PIECE
        return await self.stored_between(room, first, first + SEQS_PER_PIECE - 1)

    def _hand_out(self, events: Sequence[Entry]) -> None:
        self._applied += events  # nobody hears of it yet

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
