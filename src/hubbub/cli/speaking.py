"""Lines of stdin as messages: read in a thread, which works for every kind of stdin everywhere."""

import asyncio
import contextlib
import itertools
import sys
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import CancelledError
from types import TracebackType
from typing import Self

from hubbub.background import awaited, in_thread
from hubbub.chat.errors import HubbubError, Refused
from hubbub.chat.text import inert
from hubbub.cli.output import complain
from hubbub.faults import faults

READ_BYTES = 65_536
LINE_BYTES_MAX = 1_048_576
UNFINISHED_MAX = 256
"""Messages that are on their way before the next line is taken."""

EXCERPT_CHARS = 60
"""How much of a line is repeated to tell which one it is."""


class StdinLines:
    """The lines of stdin that are not empty, without their ends; to be iterated over once.

    They are read about `READ_BYTES` ahead. Iterating raises Refused `too_long` at a line that no
    message can hold.
    """

    def __init__(self) -> None:
        self._waiting: deque[str] = deque()

    @property
    def waiting(self) -> list[str]:
        """The lines that were read and not given yet."""
        return list(self._waiting)

    async def __aiter__(self) -> AsyncIterator[str]:
        unfinished = b""
        async for chunk in _chunks_from_thread():
            *lines, unfinished = (unfinished + chunk).split(b"\n")
            self._waiting.extend(filter(None, map(_text, lines)))
            while self._waiting:
                yield self._waiting.popleft()
            if len(unfinished) > LINE_BYTES_MAX:
                raise Refused("A line is too long for a message. Break it up.", code="too_long")
        if text := _text(unfinished):
            yield text


async def _chunks_from_thread() -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    chunks: asyncio.Queue[bytes] = asyncio.Queue(1)

    def pump() -> None:
        for chunk in _stdin_chunks():
            put = chunks.put(chunk)
            try:
                asyncio.run_coroutine_threadsafe(put, loop).result()
            except CancelledError:  # the loop ended meanwhile
                return
            except RuntimeError:  # it ended before, and will never begin this
                put.close()
                return

    in_thread(pump, "stdin").start()
    while chunk := await chunks.get():
        yield chunk


def _stdin_chunks() -> Iterator[bytes]:
    """Yield what stdin brings, then an empty chunk; also if there is no stdin."""
    # Raw: a thread that waits inside the buffered reader would hold its lock at exit.
    raw = getattr(getattr(sys.stdin, "buffer", None), "raw", None)
    with contextlib.suppress(OSError, ValueError):
        while raw is not None and (chunk := raw.read(READ_BYTES)):
            yield chunk
    yield b""


def _text(line: bytes) -> str:
    return inert(line.decode("utf-8", "replace"))


class Speaker:
    """Says many lines in order without waiting for each; at most `UNFINISHED_MAX` at a time.

    If the end comes before the server took or refused them all, it says how many are left, those
    that still wait in `lines` included, and which is the first of them. After a refusal, which has
    its own sentence, it does not.
    """

    def __init__(self, say: Callable[[str], Awaitable[object]], lines: StdinLines) -> None:
        self._say = say
        self._lines = lines
        self._numbers = itertools.count()
        self._unconfirmed: dict[int, str] = {}
        self._refused: dict[int, str] = {}
        self._unfinished: deque[asyncio.Task[None]] = deque()
        self.posted = 0
        """How many lines the server has confirmed."""

    async def say(self, text: str) -> None:
        """Say a line after those before; raises what an earlier one met."""
        if len(self._unfinished) >= UNFINISHED_MAX:
            await self._unfinished.popleft()
        number = next(self._numbers)
        self._unconfirmed[number] = text
        self._unfinished.append(awaited(self._said(number, text)))

    async def _said(self, number: int, text: str) -> None:
        try:
            await self._say(text)
        except Refused:
            self._refused[number] = self._unconfirmed.pop(number)
            raise
        del self._unconfirmed[number]
        self.posted += 1

    async def do(self, line: str, act: Callable[[], Awaitable[object]]) -> None:
        """Do what another line asks for, after those before."""
        number = next(self._numbers)
        self._unconfirmed[number] = line
        await self.finish()
        await act()
        del self._unconfirmed[number]

    async def finish(self) -> None:
        """Wait until all is said; raises what one of them met."""
        while self._unfinished:
            await self._unfinished.popleft()

    async def settle(self) -> str | None:
        """Wait until nothing more becomes of any line; return the first that was refused."""
        if self._unfinished:
            await asyncio.wait(self._unfinished)
        return self._refused[min(self._refused)] if self._refused else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        left = [*self._unconfirmed.values(), *self._lines.waiting]
        if left and not isinstance(error, Refused):
            first = excerpt(left[0])
            lines = f"line: {first}" if len(left) == 1 else f"{len(left)} lines, from {first} on"
            complain(f"the server has not confirmed the last {lines}")
        for task in self._unfinished:
            let_go(task)


def excerpt(line: str) -> str:
    """Return the beginning of a line in quotes, for a sentence."""
    return f"'{line}'" if len(line) <= EXCERPT_CHARS else f"'{line[:EXCERPT_CHARS]}…'"


def let_go(task: asyncio.Task[None]) -> None:
    """Cancel a task that nobody awaits any more; a refusal that it met is known from elsewhere."""
    if not task.cancel() and not task.cancelled():
        error = task.exception()
        if error is not None and not isinstance(error, HubbubError):
            faults.note("work beside the command failed", error)
