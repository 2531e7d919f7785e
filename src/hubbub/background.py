"""Work in the background, none of which ends without a word.

There are four kinds, by what a fault in them means:

    keep_going  it never ends, and begins again in a while: others do not wait for it
    Needed      it never ends, and nothing can go on without it: its fault ends its owner
    side_by_side  it is part of other work: its fault is a fault of all of that
    begin       it ends by itself, and nobody awaits it: its fault is noted
    awaited     it ends by itself, and somebody awaits it: its fault is theirs

Callbacks of the event loop are nobody's, so `heed_callbacks` has their faults noted, too. A timer
that goes on for ever sets the next one before it does anything else.

No other module begins a task or a thread; a test sees to that.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

from hubbub.faults import faults

PAUSE_SECONDS_MIN: Final = 1.0
PAUSE_SECONDS_MAX: Final = 60.0
"""Work begins again after a pause, which is twice as long each time."""

SOUND_SECONDS: Final = 60.0
"""Work that has gone on for so long works, and a pause after it is a short one again."""

T = TypeVar("T")

Work = Coroutine[Any, Any, T]

_begun: set[asyncio.Task[None]] = set()  # the loop itself keeps none of its tasks


def keep_going(work: Callable[[], Work[None]], what: str) -> asyncio.Task[None]:
    """Do work that never ends, and again after a fault in it; cancel the task to end it.

    `what` names it for the operator. If it returns, it is over, and has told why.
    """
    return asyncio.get_running_loop().create_task(_keep_going(work, what))


async def _keep_going(work: Callable[[], Work[None]], what: str) -> None:
    loop, pause = asyncio.get_running_loop(), PAUSE_SECONDS_MIN
    try:
        while True:
            begun = loop.time()
            sound = loop.call_later(SOUND_SECONDS, faults.works, what)
            try:
                return await _whole(work)
            except Exception as error:  # noqa: BLE001 (whatever it is, it begins again)
                faults.note("background work failed, and begins again", error, work=what)
            finally:
                sound.cancel()
            faults.fails(what)
            if loop.time() - begun >= SOUND_SECONDS:
                pause = PAUSE_SECONDS_MIN
            await asyncio.sleep(pause)
            pause = min(2 * pause, PAUSE_SECONDS_MAX)
    finally:
        faults.works(what)


async def _whole(work: Callable[[], Work[None]]) -> None:
    """Do the work; raise RuntimeError if it ended as if cancelled, and nobody had cancelled it."""
    task = asyncio.current_task()
    assert task is not None, "work is done in a task"
    try:
        await work()
    except asyncio.CancelledError as error:
        if task.cancelling():
            raise
        raise RuntimeError("what it waited for was given up") from error


class Needed:
    """Work without which its owner cannot go on: the task that makes this.

    A fault in any of it cancels the owner, which is to call `end` when it has tidied up.
    """

    def __init__(self) -> None:
        self._owner = asyncio.current_task()
        self._tasks: list[asyncio.Task[None]] = []
        self._fault: Exception | None = None

    def begin(self, work: Callable[[], Work[None]], what: str) -> None:
        """Do work that never ends; `what` names it for the operator."""
        self._tasks.append(asyncio.get_running_loop().create_task(self._do(work, what)))

    async def _do(self, work: Callable[[], Work[None]], what: str) -> None:
        try:
            await _whole(work)
            raise RuntimeError("it has ended, and was to go on for ever")
        except Exception as error:  # noqa: BLE001 (the owner raises it)
            faults.note("the server ends: it cannot go on without what failed", error, work=what)
            # Whatever fails after that must not break off what the owner does to tidy up.
            if self._fault is None:
                self._fault = error
                if self._owner is not None:
                    self._owner.cancel()

    async def end(self) -> Exception | None:
        """End all of it; return the fault that ended the owner, if one did."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        return self._fault


async def side_by_side(*work: Callable[[], Work[None]]) -> None:
    """Do several pieces of work; when one fails, end the others and raise its fault."""
    try:
        async with asyncio.TaskGroup() as tasks:
            for one in work:
                tasks.create_task(_whole(one))
    except ExceptionGroup as group:
        raise group.exceptions[0] from None


def begin(work: Work[None], what: str, **values: object) -> asyncio.Task[None]:
    """Do work that nobody awaits; a fault in it is noted, with `values`: `what` is a clause."""

    def ended(task: asyncio.Task[None]) -> None:
        _begun.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            faults.note(what, error, **values)

    task = asyncio.get_running_loop().create_task(work)
    _begun.add(task)
    task.add_done_callback(ended)
    return task


def awaited(work: Work[T]) -> asyncio.Task[T]:
    """Do work beside what its owner does, who awaits it later, or cancels it."""
    return asyncio.get_running_loop().create_task(work)


def in_thread(work: Callable[[], None], name: str) -> threading.Thread:
    """Return a thread, to be started, that does not keep the program from ending.

    A fault in it is noted.
    """

    def do() -> None:
        with faults.contained("a thread failed", thread=name):
            work()

    return threading.Thread(target=do, name=name, daemon=True)


def heed_callbacks(loop: asyncio.AbstractEventLoop) -> None:
    """Have what is raised in the loop's callbacks noted from now on."""
    loop.set_exception_handler(_heard)


def _heard(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    # What the system says of a socket is no fault of ours.
    if isinstance(error, Exception) and not isinstance(error, OSError):
        faults.note("a callback failed", error)
    else:
        loop.default_exception_handler(context)
