"""The tick: drafts that arrive while the log commits wait together and go in the next commit.

Three tasks run side by side. `_append` takes batches to the log, one after another; the log
acknowledges each. `_apply` takes what the log hands out to the hub, in the log's order: our events,
and those that others appended, which wait together as drafts do, so that each member is written to
once for many of them. A batch leaves only when the one before it is applied or refused.
What is imported is nobody's draft: `_append` commits a part of it after each batch.
`_announce` has the hub tell who comes, goes and types where no commit does; it waits for none.

When a fault or the server's end has ended them, nothing is committed any more: then nobody waits
for it any longer, whatever they wait for (`State`).
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import Enum
from functools import partial

from hubbub.background import side_by_side
from hubbub.chat.errors import Damaged, LogError
from hubbub.chat.events import AnyLogged, Entry
from hubbub.chat.queries import Settled
from hubbub.faults import faults
from hubbub.hub import Draft, Hub, Session
from hubbub.hub.flow.drafts import BATCH_BYTES_MAX, weight
from hubbub.log.port import Log
from hubbub.server.histogram import FROM_A_MILLISECOND, FROM_A_TENTH_OF_ONE, Histogram
from hubbub.server.notes import logger
from hubbub.server.sockets.sending import Sending

REST_PER_FAN_OUT = 2.0
REST_SECONDS_MAX = 0.005
"""After a fan-out, rest for this multiple of its duration: what is said meanwhile shares the next.

So fan-out takes a third of the time at most, and in a small room nobody notices the rest.
"""

RETRY_SECONDS = 1.0
"""So long after a failed commit, and again, the log is tried, if nobody posts."""

REST_SECONDS_PER_ANNOUNCEMENT = 0.000_05
"""After announcements, rest so long for each member that was written to: several times the work.

Who comes and goes, or types, is told at once in a quiet room, and takes little of a busy server's
time, however often it happens.
"""


Faulty = Sequence[tuple[Session, Exception]]
"""Sessions that did not hear all that they were to hear, and why."""


def _note_faulty(faulty: Faulty) -> None:
    for session, error in faulty:
        faults.note("a session failed", error, name=session.name)


class State(Enum):
    """What there is to wait for."""

    IDLE = "nothing waits to be committed"
    BUSY = "something does"
    OVER = "nothing is committed any more"


def _over() -> LogError:
    return LogError("Nothing is committed any more: the server ends.")


class Commits:
    """Takes batches from the hub to the log, and what the log hands out to the hub."""

    def __init__(self, hub: Hub, log: Log, sending: Sending) -> None:
        self._hub = hub
        self._log = log
        self._sending = sending
        self._feed = log.follow()
        self._weigh = partial(weight, hub.rooms)
        self._clock = asyncio.get_running_loop().time
        self._rested_at = 0.0
        self.commits = 0
        self.events = 0
        self.seconds = 0.0
        """Spent waiting for the log, all in all, by commits that succeeded."""
        self.durations = Histogram(FROM_A_MILLISECOND)
        """Of commits that succeeded."""
        self.fan_outs = Histogram(FROM_A_TENTH_OF_ONE)
        """How long it took to bring what was committed to everybody."""
        self.failures = 0
        self.is_failing = False
        """Whether the newest attempt to write failed."""
        self._begun_at: float | None = None
        self._is_behind = False  # what is committed waits until what others appended is applied
        self._woken = asyncio.Event()
        self._passing = asyncio.Event()
        self._state = State.IDLE
        self._changed = asyncio.Event()  # another one each time that something is settled or over
        self._after: set[Callable[[], None]] = set()
        self._brought: deque[tuple[Sequence[AnyLogged], asyncio.Future[list[int]]]] = deque()
        self.note: Callable[[Sequence[Entry]], None] | None = None
        """Told first of what is committed, if anybody wants that."""
        self.when_faulty: Callable[[Faulty], None] = _note_faulty
        """Ends the sessions that did not hear all, because of a fault of ours."""

    def wake(self) -> None:
        """See whether drafts or announcements wait."""
        if self._hub.has_pending:
            self._begin()
        if self._hub.has_announcements:
            self._passing.set()

    def _begin(self) -> None:
        if self._state is not State.OVER:
            self._state = State.BUSY
            self._woken.set()

    async def bring(self, entries: Sequence[AnyLogged]) -> list[int]:
        """Commit what is imported, in its turn; return the seqs. Raises LogError."""
        if self._state is State.OVER:
            raise _over()
        told: asyncio.Future[list[int]] = asyncio.get_running_loop().create_future()
        self._brought.append((entries, told))
        self._begin()
        return await told

    def call_after(self, callback: Callable[[], None]) -> None:
        """Call back once, after the next commit or its failure, or when commits are over."""
        if self._state is not State.OVER:  # else there is no next one
            self._after.add(callback)

    @property
    def is_blocked(self) -> bool:
        """Whether nothing can be posted: it failed, or somebody who tried now would fail."""
        try:
            self._log.check()
        except LogError:
            return True
        return self.is_failing

    @property
    def waiting_seconds(self) -> float:
        """For how long the commit that is under way has been; 0 if none is."""
        return 0.0 if self._begun_at is None else self._clock() - self._begun_at

    async def run(self) -> None:
        """Commit whatever waits, and apply whatever comes, for ever."""
        try:
            await side_by_side(self._append, self._apply, self._announce)
        finally:
            self._end()

    def _end(self) -> None:
        """Let nobody wait any longer. Whether what was under way is committed, nobody can say."""
        self._state = State.OVER
        for _, told in self._brought:
            if not told.done():
                told.set_exception(_over())
        self._brought.clear()
        self._tell()

    async def _append(self) -> None:
        while True:
            if self.is_failing:
                await self._await_writing()
            else:
                await self._woken.wait()
            self._woken.clear()
            while self._hub.has_pending or self._brought:
                if (rest := self._rest_seconds()) > 0:
                    await asyncio.sleep(rest)
                is_sending = self._sending.owes
                if self._hub.has_pending and (batch := self._hub.take(for_few=is_sending)):
                    await self._commit(batch)
                elif is_sending and (self._hub.has_pending or self._brought):
                    await self._sending.progress()
                    continue
                if self._brought and not self._sending.owes:
                    await self._commit_brought(*self._brought[0])
                    self._brought.popleft()  # not before: if all ends meanwhile, it is told
                self._tell()
            self._state = State.IDLE
            self._change()

    def _rest_seconds(self) -> float:
        rested_at = self._rested_at
        if not self._sending.owes:  # else only what few hear is committed
            rested_at = max(rested_at, self._sending.paid_at + REST_SECONDS_MAX)
        return rested_at - self._clock()

    async def _await_writing(self) -> None:
        """Wait until there is something to commit, or the log can be written again.

        Somebody may keep people away until it can be: so nobody may be needed who tries.
        """
        while self.is_failing:
            with suppress(TimeoutError):
                async with asyncio.timeout(RETRY_SECONDS):
                    await self._woken.wait()
                    return
            try:
                await self._log.try_writing()
            except LogError:
                continue
            self._works()

    async def _commit(self, batch: Sequence[Draft]) -> None:
        started = self._begun_at = self._clock()
        try:
            seqs = await self._log.append([draft.event for draft in batch])
        except LogError as error:
            self._fails(error)
            self._refuse(batch, lasting=isinstance(error, Damaged))
        except Exception as error:  # noqa: BLE001 (a fault of ours: one of them cannot be stored)
            faults.note("what was said cannot be stored", error)
            self.failures += 1
            self._refuse(batch, lasting=True)
        else:
            self._works()
            self.commits += 1
            self.events += len(batch)
            seconds = self._clock() - started
            self.seconds += seconds
            self.durations.observe(seconds)
            # The acknowledgment comes first: an `ok` must not leave after its event. `_apply` can
            # not come between: nothing was awaited since the log handed the events out.
            self._hub.acknowledge(batch, seqs)
            self._apply_what_came()
            self._end_faulty()  # nothing may have come: they were repeats
            while not self._hub.is_settled:
                await self._let_others_come()
        finally:
            self._begun_at = None

    def _refuse(self, batch: Sequence[Draft], *, lasting: bool) -> None:
        # Of many, it is not known whose meets the damage: they are said again, and apart.
        self._hub.refuse(batch, lasting=lasting and len(batch) == 1)
        self._end_faulty()

    async def _commit_brought(
        self, entries: Sequence[AnyLogged], told: asyncio.Future[list[int]]
    ) -> None:
        if told.done():  # whoever asked for it is gone
            return
        entries = self._hub.standing(entries)  # much may have happened meanwhile
        self._begun_at = self._clock()
        try:
            seqs = await self._log.append(entries) if entries else []
        except LogError as error:
            self._fails(error)
            if not told.done():
                told.set_exception(error)
        except Exception as error:  # noqa: BLE001 (a fault of ours ends this import)
            if not told.done():  # whoever asked for it has it noted
                told.set_exception(error)
        else:
            self._works()
            self.events += len(entries)
            self._apply_what_came()
            while self._hub.last < max(seqs, default=0):
                await self._let_others_come()
            if not told.done():
                told.set_result(seqs)
        finally:
            self._begun_at = None

    async def _let_others_come(self) -> None:
        """Wait for `_apply`: what others appended comes before ours, and is more than one part."""
        self._is_behind = True
        self._change()  # it waits for us no longer
        await self._changed.wait()
        self._is_behind = False

    def _fails(self, error: LogError) -> None:
        self.failures += 1
        if not self.is_failing:
            logger.warning("nothing can be posted for now", reason=str(error))
        self.is_failing = True

    def _works(self) -> None:
        if self.is_failing:
            logger.warning("messages are posted again")
        self.is_failing = False

    async def _apply(self) -> None:
        while True:
            await self._feed.wait()
            await self._gather()
            self._apply_what_came()
            self._tell()

    async def _gather(self) -> None:
        """Let others' events wait for more of them, as drafts do, and for a commit that is due.

        That brings them along; if it takes long, they are not kept back. Nor are they if the commit
        itself waits for them.
        """
        while (rest := self._rest_seconds()) > 0:  # noqa: ASYNC110 (a commit begins it anew)
            await asyncio.sleep(rest)
        is_due = self._begun_at is not None or self._hub.has_pending
        if is_due and not self._is_behind:
            with suppress(TimeoutError):
                async with asyncio.timeout(REST_SECONDS_MAX):
                    await self._changed.wait()

    async def _announce(self) -> None:
        while True:
            await self._passing.wait()
            self._passing.clear()
            while self._hub.has_announcements:
                written = self._hub.announce()
                self._end_faulty()
                await asyncio.sleep(written * REST_SECONDS_PER_ANNOUNCEMENT)

    def _apply_what_came(self) -> None:
        if not (events := self._feed.take_some(self._weigh, BATCH_BYTES_MAX)):
            return
        started = self._clock()
        if self.note is not None:
            self.note(events)
        self._hub.apply(events)
        self._end_faulty()
        ended = self._clock()
        self.fan_outs.observe(ended - started)
        self._rested_at = ended + min(REST_PER_FAN_OUT * (ended - started), REST_SECONDS_MAX)

    def _tell(self) -> None:
        self.wake()
        self._change()
        after, self._after = self._after, set()
        for callback in after:
            with faults.contained("what waited for a commit failed"):
                callback()

    def _end_faulty(self) -> None:
        """End the sessions that a fault of ours has kept from hearing what they were to hear."""
        if faulty := self._hub.take_faulty():
            self.when_faulty(faulty)

    def _change(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def settled(self, question: Settled) -> None:
        """Wait until there is an answer to `question`. Raises LogError if none will come."""
        while not self._hub.has_settled(question):
            if self._state is State.OVER:
                raise _over()
            await self._changed.wait()

    async def drained(self) -> None:
        """Wait until nothing waits, or nothing is committed any more."""
        while self._state is State.BUSY:
            await self._changed.wait()
