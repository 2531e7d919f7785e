"""Takes facts out of the stream that do not stand any more, so that what they said is gone.

How it works. A message of facts cannot simply lose one: a later fact may expect its seq, and would
not take when the stream is read anew. So a pass goes over all messages of facts that are applied
here, from the newest to the oldest. Each is replaced by its rest (erasing.py), in which are the
facts that stand now, and these expect nothing any more. What a reader comes to is the same at every
moment of a pass, wherever it is: what it has read is as it was, and what follows overrides it.

What cleared a key last stays, with no value: a node that was away has to hear of it, and what came
later may expect that nothing stands there. What cleared nothing, because something older stands,
goes. Facts under a key that was written since the pass began stay as they are.

What may race. Several nodes do this. A rest is only ever made of what the message's newest version
in the stream has, and expects that version, so facts leave and never come back. The rest of a
message of which nothing remains is kept for a while, for the same reason.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
from msgspec.structs import replace

from hubbub.chat.errors import LogError
from hubbub.chat.events import Entry, Fact
from hubbub.chat.names import SYSTEM_ROOM
from hubbub.chat.removal import removed_by
from hubbub.log.jetstream.link import Link, Stored
from hubbub.log.jetstream.pieces import (
    Piece,
    kept,
    numbered,
    rest_of,
    subject_of,
    subject_of_rest,
    subjects_of_rests,
    whose_rest,
)

PASS_SECONDS: Final = 600.0
"""So often a pass begins, if facts came since the last one."""

REST_PER_PASS: Final = 10.0
"""After a pass, rest for at least this multiple of its duration."""

EMPTY_KEPT: Final = timedelta(hours=1)

Standing = Callable[[Sequence[str]], Awaitable[Mapping[str, int]]]
"""Returns under which of some keys facts stand, and their seqs."""

_logger = logging.getLogger(__name__)


class Compacting:
    """The passes of a node. `position` returns up to which of the stream's messages it applied."""

    def __init__(
        self,
        link: Link,
        standing: Standing,
        position: Callable[[], int],
        token: Callable[[], str],
    ) -> None:
        self._link = link
        self._standing = standing
        self._position = position
        self._token = token
        self._recent: set[str] = set()
        """The keys of facts that came since the pass began."""
        self._is_broken_off = False
        self._is_due = asyncio.Event()
        self._is_due.set()  # an earlier run may not have come to it

    def expect(self, entries: Sequence[Entry]) -> None:
        """Take in what is about to be applied."""
        facts = [one for one in entries if isinstance(one, Fact)]
        if facts:
            self._recent |= {fact.key for fact in facts}
            self._is_broken_off |= any(_is_of_many(fact) for fact in facts)
            self._is_due.set()

    async def run(self) -> None:
        """Make passes, for ever."""
        clock = asyncio.get_running_loop().time
        took = 0.0
        while True:
            rest = max(PASS_SECONDS, REST_PER_PASS * took)
            await asyncio.sleep(rest * random.uniform(0.9, 1.1))  # noqa: S311 (so that nodes differ)
            await self._is_due.wait()
            self._is_due.clear()
            begun = clock()
            try:
                await self.go_over()
            except LogError as error:
                _logger.info("facts that were replaced are still in the stream: %s", error)
                self._is_due.set()
            took = clock() - begun

    async def go_over(self) -> None:
        """Make a pass; raise LogError if it was broken off."""
        self._recent, self._is_broken_off = set(), False
        upto = self._position()
        cleared: set[str] = set()
        for number in sorted(await self._numbers(upto), reverse=True):
            if self._is_broken_off:
                raise LogError("something was cleared meanwhile")
            await self._renew(number, cleared)

    async def _numbers(self, upto: int) -> set[int]:
        """Return which messages of facts there are, whole or as rests."""
        link = self._link
        rests = await link.subjects(subjects_of_rests(room=SYSTEM_ROOM))
        numbers = {whose for one in rests if (whose := whose_rest(one)) is not None}
        subject, number = link.subject(subject_of(SYSTEM_ROOM)), 1
        while (found := await link.message(seq=number, next_by_subj=subject)) is not None:
            if found.seq > upto:
                break
            numbers.add(found.seq)
            number = found.seq + 1
        return {number for number in numbers if number <= upto}

    async def _renew(self, number: int, cleared: set[str]) -> None:
        """Replace a message by its rest, if anything of it goes."""
        link, subject = self._link, subject_of_rest(SYSTEM_ROOM, number)
        rest = await link.message(last_by_subj=link.subject(subject))
        whole = await link.message(seq=number)
        version = rest or whole
        if version is None or (facts := _read(number, version, is_rest=rest is not None)) is None:
            return
        remaining = await self._remaining(facts, cleared)
        payload = rest_of(remaining)
        if payload != version.data and (remaining != facts or rest is not None):
            expected = 0 if rest is None else rest.seq
            piece = Piece(subject, [], payload)
            await link.publish([piece], self._token(), expected=expected)
            if rest is not None:
                await link.erase(rest.seq)
            rest = Stored(0)
        if rest is not None and whole is not None:
            await link.erase(number)
        if rest is not None and rest.seq and not remaining and _is_old(rest):
            await link.erase(rest.seq)

    async def _remaining(self, facts: Sequence[Fact], cleared: set[str]) -> list[Fact]:
        standing = await self._standing([fact.key for fact in facts])
        remaining: list[Fact] = []
        for fact in reversed(facts):
            key, stands = fact.key, standing.get(fact.key)
            if key in self._recent or _is_of_many(fact):
                remaining.append(fact)
            elif stands == fact.seq:
                remaining.append(_unconditional(fact))
            elif fact.clears and (stands or fact.seq) >= fact.seq and key not in cleared:
                remaining.append(_unconditional(fact))
                cleared.add(key)
        return remaining[::-1]


def _unconditional(fact: Fact) -> Fact:
    """Return a fact that expects nothing; one that expects nothing to be there may do so."""
    return replace(fact, expects=None) if fact.expects or fact.clears else fact


def _is_of_many(fact: Fact) -> bool:
    """Return whether a fact is about several keys, or about a room."""
    return fact.key.endswith("/") or bool(removed_by(fact))


def _read(number: int, version: Stored, *, is_rest: bool) -> list[Fact] | None:
    try:
        found = kept(number, version.data) if is_rest else numbered(number, version.data)
    except msgspec.DecodeError:
        return None
    facts = [one for one in found if isinstance(one, Fact)]
    return facts if len(facts) == len(found) else None


def _is_old(rest: Stored) -> bool:
    return datetime.now(UTC) - rest.time > EMPTY_KEPT
