"""`hubbub tail`: print a room's messages as they come, without repeat or gap."""

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from hubbub.chat.errors import Refused
from hubbub.chat.events import Logged, Missing
from hubbub.cli.ending import run
from hubbub.cli.output import complain, is_pipe, reader_may_leave, show, show_lines
from hubbub.cli.reporting import report
from hubbub.cli.restored import Restored
from hubbub.cli.stamps import Stamps
from hubbub.cli.transcript import lost, transcript
from hubbub.cli.visiting import Visit, read
from hubbub.client import AnyClientEvent, ClassicMessage, Online
from hubbub.wire.codec import encode


def tail(visits: Sequence[Visit], *, after: int | None, json: bool, stamps: Stamps) -> None:
    """Print until a signal ends it, or the reader of stdout leaves: each is the usual end."""
    with reader_may_leave(), contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
        run(_tail(visits, partial(_follow, after=after, json=json, stamps=stamps)))


async def _tail(visits: Sequence[Visit], follow: Callable[[Visit], Awaitable[None]]) -> None:
    task = asyncio.current_task()
    if task is not None:
        _cancel_without_reader(task)
    await read(visits, follow)


async def _follow(visit: Visit, *, after: int | None, json: bool, stamps: Stamps) -> None:
    async with visit.connect(after=after) as chat:
        restored = Restored(chat)
        while received := await chat.receive():
            event = received.event
            if isinstance(event, Online) and not event.events and (json or after is not None):
                raise Refused("This server keeps no log, which --json and --after need.")
            report(event)
            for message in await restored.unseen(event):
                if json:
                    show(encode(message).decode())
                elif not chat.is_ignored(message):
                    show_lines(stamps.put(message, transcript(message, chat.room, chat.address)))
            if isinstance(event, Missing) and event.room == chat.room:
                complain(lost(event.room, event.after, event.upto))
            if json:
                if _is_of(event, chat.room):
                    show(received.json)
            elif not chat.is_ignored(event) and (
                isinstance(event, ClassicMessage) or _is_of(event, chat.room)
            ):
                show_lines(stamps.put(event, transcript(event, chat.room, chat.address)))


def _is_of(event: AnyClientEvent, room: str) -> bool:
    return isinstance(event, Logged) and event.room == room


def _cancel_without_reader(task: "asyncio.Task[None]") -> None:
    """Cancel `task` when nobody reads stdout any more."""
    loop = asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError):  # Windows has no such call
        if is_pipe(sys.stdout):
            # Nothing can be read from this end: it becomes readable when the other is closed.
            loop.add_reader(sys.stdout, _reader_left, loop, task)


def _reader_left(loop: asyncio.AbstractEventLoop, task: "asyncio.Task[None]") -> None:
    loop.remove_reader(sys.stdout)
    task.cancel()
