"""Many hostile connections at once, which send as fast as the server takes it, or slowly."""

import select
import time
from collections.abc import Callable, Iterable
from typing import Self

from bench.attacks.line import Line, Opening
from bench.attacks.target import HungUp, Target

LOOK_SECONDS = 0.05
RETURN_SECONDS = 0.01
"""Whoever was thrown out comes back after this long."""

Moves = Callable[[], Iterable[bytes]]
"""What one connection sends, move by move; it begins anew for each connection."""


class Lines:
    """Many connections at once. A lost one is opened again.

    Whatever comes back is read if the attack `reads`, and left where it is if not. A connection
    that `rests` sends one piece, and then no more until `wake`.
    """

    def __init__(
        self,
        target: Target,
        opening: Opening,
        moves: Moves,
        *,
        reads: bool = True,
        rests: bool = False,
    ) -> None:
        self._target = target
        self._opening = opening
        self._moves = moves
        self._quiet = select.EPOLLIN if reads else 0
        self._rests = rests
        self._poll = select.epoll()
        self._lines: dict[int, Line] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for line in self._lines.values():
            line.sock.close()
        self._poll.close()

    def open(self, count: int) -> None:
        """Open so many more."""
        for _ in range(count):
            line = self._opening(self._target)
            line.moves = iter(self._moves())
            self._lines[line.sock.fileno()] = line
            self._poll.register(line.sock, self._quiet | select.EPOLLOUT)

    def step(self, times: int = 1) -> None:
        """Wait a while, and let every line send what it can, `times` moves in a piece."""
        for fd, ready in self._poll.poll(min(LOOK_SECONDS, max(0.0, self._target.left()))):
            try:
                self._serve(self._lines[fd], ready, times)
            except HungUp:
                self._lines.pop(fd).sock.close()
                time.sleep(RETURN_SECONDS)
                self.open(1)

    def _serve(self, line: Line, ready: int, times: int) -> None:
        if ready & ~select.EPOLLOUT:
            line.discard()
        if not ready & select.EPOLLOUT:
            return
        if not line.unsent and not line.load(times):
            self._poll.modify(line.sock, self._quiet)
        elif line.push():
            self._target.moved(line.under_way)
            if self._rests:
                self._poll.modify(line.sock, self._quiet)

    def wake(self) -> None:
        """Let every line that rests send again."""
        for fd in self._lines:
            self._poll.modify(fd, self._quiet | select.EPOLLOUT)


def flood(
    target: Target,
    count: int,
    opening: Opening,
    moves: Moves = tuple,
    times: int = 1,
    *,
    reads: bool = True,
) -> None:
    """Send `moves` on `count` connections as fast as they go, then only stay there."""
    with Lines(target, opening, moves, reads=reads) as lines:
        lines.open(count)
        target.begin()
        while target.goes_on():
            lines.step(times)


def trickle(
    target: Target, count: int, opening: Opening, moves: Moves, every_seconds: float
) -> None:
    """Send one move on each of `count` connections every so many seconds."""
    with Lines(target, opening, moves, rests=True) as lines:
        lines.open(count)
        target.begin()
        woken_at = time.monotonic()
        while target.goes_on():
            lines.step()
            if time.monotonic() - woken_at >= every_seconds:
                woken_at = time.monotonic()
                lines.wake()
