"""Whether the event loop goes on, and where it stands when it does not.

The loop beats, and measures how late each beat is: that costs nothing and misses nothing, but the
loop only knows afterwards. A thread beside it listens. When a beat is overdue it looks, once, at
what the loop's thread is doing at that moment, and has the journal tell.

What may race: the loop may beat while the thread looks. Then the place is one where the loop was a
moment later, and the stall is counted all the same.
"""

from __future__ import annotations

import asyncio.runners
import os
import sys
import threading
import time
from collections import Counter, deque
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hubbub.background import in_thread
from hubbub.faults import faults
from hubbub.server.histogram import FROM_A_MILLISECOND, Histogram
from hubbub.server.notes import logger

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

BEAT_SECONDS: Final = 0.1
STALL_SECONDS: Final = 0.25
"""A beat that is later than this is a stall."""

RECENT_SECONDS: Final = 10.0
JOURNAL_SECONDS: Final = 60.0
"""The journal tells of one stall in this time, and then how many there were."""

CALLS_TOLD: Final = 6
ELSEWHERE: Final = "elsewhere"
"""The place of a stall that ended before anybody looked, or that was not in our code."""

_PACKAGE: Final = f"{Path(__file__).parents[1]}{os.sep}"


class Heartbeat:
    """The stalls of one event loop. `clock` returns seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._due: float | None = None
        self._looked_for: float | None = None
        """The overdue beat for which the loop was looked at last."""

        self._place = ELSEWHERE
        self._recent: deque[tuple[float, float]] = deque(maxlen=int(RECENT_SECONDS / STALL_SECONDS))
        self._told_at: float | None = None
        self._untold = 0
        self.lags = Histogram(FROM_A_MILLISECOND)
        """How late the beats were."""

        self.stalled_seconds = 0.0
        self.stalls: Counter[str] = Counter()
        """How many there were, by the function in which the loop stood."""

        self.place = ELSEWHERE
        """Where the newest one was."""

    def beat(self) -> None:
        """Count a stall if this beat is late; the next one is due soon."""
        now = self._clock()
        late = 0.0 if self._due is None else now - self._due
        self.lags.observe(max(0.0, late))
        if late >= STALL_SECONDS:
            self.place, self._place = self._place, ELSEWHERE
            self.stalls[self.place] += 1
            self.stalled_seconds += late
            self._recent.append((now, late))
        self._due = now + BEAT_SECONDS

    def look(self, frame: Callable[[], FrameType | None]) -> None:
        """If a beat is overdue, note where the loop is, once, and tell the journal now and then.

        `frame` returns the innermost call of the loop's thread. It is another thread that looks.
        """
        due, now = self._due, self._clock()
        if due is None or now - due < STALL_SECONDS or due == self._looked_for:
            return
        self._looked_for = due
        calls = calls_within(frame())
        self._place = calls[0][0] if calls else ELSEWHERE
        where = " < ".join(f"{place}:{line}" for place, line in calls[:CALLS_TOLD])
        self._untold += 1
        if self._told_at is None or now - self._told_at >= JOURNAL_SECONDS:
            logger.warning(
                "the event loop stands still",
                seconds=round(now - due, 2),
                where=where or ELSEWHERE,
                stalls=self._untold,
            )
            self._told_at, self._untold = now, 0

    def recent_seconds(self) -> float:
        """Return for how long, of the last `RECENT_SECONDS`, the loop stood still."""
        since = self._clock() - RECENT_SECONDS
        return sum(late for at, late in self._recent if at > since)


def calls_within(frame: FrameType | None) -> list[tuple[str, int]]:
    """Return the functions of this package, and their lines, that led to `frame`, innermost first.

    Whatever runs the loop does not count. So there are none if the loop waits for something to do.
    """
    calls: list[tuple[str, int]] = []
    while frame is not None and frame.f_code.co_filename != asyncio.runners.__file__:
        code = frame.f_code
        if code.co_filename.startswith(_PACKAGE):
            file = code.co_filename.removeprefix(_PACKAGE)
            calls.append((f"{file} {code.co_name}", frame.f_lineno))
        frame = frame.f_back
    return calls


class Watchdog:
    """A thread that listens to the heart of the loop in which it is made, until it is ended."""

    def __init__(self, loop: asyncio.AbstractEventLoop, heartbeat: Heartbeat) -> None:
        self._loop = loop
        self._heartbeat = heartbeat
        self._watched = threading.get_ident()
        self._ended = threading.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._thread = in_thread(self._watch, "hubbub-watchdog")

    def start(self) -> None:
        """Have the loop beat, and the thread listen."""
        self._beat()
        try:
            self._thread.start()
        except RuntimeError as error:  # the system gives us no thread: stalls have no place then
            logger.warning("nobody watches the event loop", reason=str(error))

    def end(self) -> None:
        """End both."""
        if self._timer is not None:
            self._timer.cancel()
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def _beat(self) -> None:
        self._timer = self._loop.call_later(BEAT_SECONDS, self._beat)
        self._heartbeat.beat()

    def _watch(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            with faults.contained("the event loop cannot be looked at"):
                # The one way to see another thread's calls, documented in spite of its name.
                self._heartbeat.look(
                    lambda: sys._current_frames().get(self._watched)  # noqa: SLF001
                )
