"""Takes out of the stream what was deleted or edited away: the message that held it is erased.

How it works. A message of the stream holds other events as well, which must keep their seqs. So
what remains of it, as the node's own copy has it, is appended as its *rest*; then the message is
overwritten, and an older rest with it. A node that reads the stream later finds the number missing,
and applies the rest in its place (`JetStreamLog`). Whoever is past the number has applied the
change, and passes the rest over.

A room that was removed goes as a whole, by its subject. So does the beginning of a room that is
kept no longer, as far as whole messages go: a message that says up to where it went comes before
that, since the first event that stays follows what is gone.

Who does it. The node on which the change was made, at once. All others look OTHERS_SECONDS later,
in case it was killed: to do it twice does no harm.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final, NamedTuple

import msgspec

from hubbub.chat.errors import LogError
from hubbub.chat.events import AnyLogged
from hubbub.chat.queries import Dropped
from hubbub.log.jetstream.link import Link
from hubbub.log.jetstream.pieces import (
    Piece,
    as_published,
    number_of,
    rest_of,
    subject_of,
    subject_of_lost,
    subject_of_rest,
    subjects_of_rests,
    whose_rest,
)

OTHERS_SECONDS: Final = 60.0
RETRY_SECONDS: Final = 1.0

Remains = Callable[[str, int], Awaitable[Sequence[AnyLogged] | None]]
"""Returns what the copy has of a room's message with a number; None if it keeps that no longer."""

_logger = logging.getLogger(__name__)


class _Part(NamedTuple):
    """What must go: something of the room's message `number`, or all of the room before it."""

    room: str
    number: int
    is_all_before: bool
    lost: int = 0
    """The seq up to which the beginning of the room goes; 0 if the room was removed."""


class Erasing:
    """What must go out of the stream, and when it is time.

    `behind`: the number behind which the stream began; what was said before is not in it.
    """

    def __init__(self, link: Link, remains: Remains, token: Callable[[], str], behind: int) -> None:
        self._link = link
        self._behind = behind
        self._remains = remains
        self._token = token
        self._due: dict[_Part, float] = {}
        self._woken = asyncio.Event()
        self._clock = asyncio.get_running_loop().time

    def note(self, room: str, number: int, *, is_own: bool) -> None:
        """Have a message of a room erased, but for what remains; `is_own`: by this node, now."""
        self._note(_Part(room, number, is_all_before=False), is_own=is_own)

    def note_removed(self, room: str, number: int, *, is_own: bool) -> None:
        """Have all of a room erased that stands before the message with this number."""
        self._note(_Part(room, number, is_all_before=True), is_own=is_own)

    def note_lost(self, room: str, dropped: Dropped, *, is_own: bool) -> None:
        """Have the beginning of a room erased, which is kept no longer."""
        number = number_of(dropped.first) if dropped.first else number_of(dropped.last) + 1
        self._note(_Part(room, number, is_all_before=True, lost=dropped.last), is_own=is_own)

    def _note(self, part: _Part, *, is_own: bool) -> None:
        if part.number <= self._behind:
            return
        at = self._clock() + (0.0 if is_own else OTHERS_SECONDS)
        self._due[part] = min(at, self._due.get(part, at))
        self._woken.set()

    async def run(self) -> None:
        """Erase what is due, for ever."""
        fails = False
        while True:
            self._woken.clear()
            now = self._clock()
            for part in [part for part, at in self._due.items() if at <= now]:
                del self._due[part]  # before the work: what changes meanwhile makes it due again
                try:
                    await (self._purge(part) if part.is_all_before else self._erase(part))
                except LogError as error:
                    self._due.setdefault(part, now + RETRY_SECONDS)
                    if not fails:
                        _logger.warning("What was deleted is still in the stream: %s", error)
                    fails = True
                else:
                    fails = False
            with suppress(TimeoutError):
                async with asyncio.timeout_at(min(self._due.values(), default=None)):
                    await self._woken.wait()

    async def _erase(self, part: _Part) -> None:
        link, subject = self._link, subject_of_rest(part.room, part.number)
        if (remaining := await self._remains(part.room, part.number)) is None:
            return
        whole = await link.message(seq=part.number)
        if whole is not None and whole.data == as_published(remaining):
            return  # nothing of it went
        if whole is None and not remaining:
            return  # it went with its room
        payload = rest_of(remaining)
        newest = await link.message(last_by_subj=link.subject(subject))
        if newest is None or newest.data != payload:
            number = await link.publish([Piece(subject, [], payload)], self._token())
        else:
            number = newest.seq
        while (former := await link.message(seq=1, next_by_subj=link.subject(subject))) is not None:
            if former.seq >= number:
                break
            await link.erase(former.seq)
        if whole is not None:
            await link.erase(part.number)

    async def _purge(self, part: _Part) -> None:
        link = self._link
        if part.lost:
            await self._say_lost(part)
        else:
            await link.purge(link.subject(subject_of_lost(part.room)), part.number)
        await link.purge(link.subject(subject_of(part.room)), part.number)
        # A rest may have been published after the room went, by a node that did not know it yet.
        for subject in await link.subjects(subjects_of_rests(room=part.room)):
            if (whose := whose_rest(subject)) is not None and whose < part.number:
                await link.purge(subject)

    async def _say_lost(self, part: _Part) -> None:
        """Tell those who read the stream later up to where a room is lost."""
        link, subject = self._link, subject_of_lost(part.room)
        newest = await link.message(last_by_subj=link.subject(subject))
        if newest is not None and lost_of(newest.data).last >= part.lost:
            return
        payload = msgspec.json.encode(Lost(part.room, part.lost))
        expected = 0 if newest is None else newest.seq
        await link.publish([Piece(subject, [], payload)], self._token(), expected=expected)
        if newest is not None:
            await link.erase(newest.seq)


class Lost(msgspec.Struct):
    """Up to which seq a room is lost."""

    room: str = ""
    last: int = 0


def lost_of(payload: bytes) -> Lost:
    """Return what a message says of a room; nothing if it is none that hubbub wrote."""
    try:
        return msgspec.json.decode(payload, type=Lost)
    except msgspec.DecodeError:
        return Lost()
