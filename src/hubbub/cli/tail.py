"""`hubbub tail`: print a room's messages as they come, without repeat or gap."""

import asyncio
import contextlib
import signal
import sys

from hubbub.chat.errors import Refused
from hubbub.chat.events import Logged
from hubbub.cli.output import is_pipe, reader_may_leave, report, show, show_lines
from hubbub.cli.transcript import transcript
from hubbub.client import ClassicMessage, Online, connect


def tail(
    address: str, name: str, room: str | None, password: str, *, after: int | None, json: bool
) -> None:
    """Print until SIGTERM, Ctrl-C, or the reader of stdout leaves: each is the usual end."""
    with reader_may_leave(), contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(_tail(address, name, room, password, after=after, json=json))


async def _tail(
    address: str, name: str, room: str | None, password: str, *, after: int | None, json: bool
) -> None:
    task = asyncio.current_task()
    if task is not None:
        _cancel_on_signal(task)
    async with connect(address, name=name, room=room, password=password, after=after) as chat:
        while received := await chat.receive():
            event = received.event
            if isinstance(event, Online) and not event.events and (json or after is not None):
                raise Refused("This server keeps no log, which --json and --after need.")
            report(event)
            if json:
                if isinstance(event, Logged) and event.room == chat.room:
                    show(received.json)
            elif isinstance(event, Logged | ClassicMessage):
                show_lines(transcript(event, chat.room))


def _cancel_on_signal(task: "asyncio.Task[None]") -> None:
    """Cancel `task` on SIGTERM, and when nobody reads stdout any more."""
    loop = asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError):  # Windows has neither
        loop.add_signal_handler(signal.SIGTERM, task.cancel)
        if is_pipe(sys.stdout):
            # Nothing can be read from this end: it becomes readable when the other is closed.
            loop.add_reader(sys.stdout, _reader_left, loop, task)


def _reader_left(loop: asyncio.AbstractEventLoop, task: "asyncio.Task[None]") -> None:
    loop.remove_reader(sys.stdout)
    task.cancel()
