"""`hubbub send`: say something from a script."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path

from hubbub.chat.errors import HubbubError
from hubbub.chat.events import Room
from hubbub.chat.names import same_name
from hubbub.cli.ending import run
from hubbub.cli.output import complain
from hubbub.cli.sharing import share
from hubbub.cli.speaking import Speaker, StdinLines, excerpt
from hubbub.cli.visiting import Visit
from hubbub.cli.waiting import told_of_waiting
from hubbub.client import Backoff, Chat

GIVE_UP_SECONDS = 30
"""How long is waited for a connection that broke, and for a server that cannot take a line."""


def send(visit: Visit, text: str, person: str | None = None, files: Sequence[Path] = ()) -> None:
    """Send `text`, or each line of stdin if it is `-`; return when all is acknowledged.

    With a `person`, it is for them alone. With `files`, it is one message that has them. Lines are
    posted in their order. If one cannot be, says how many were posted, and which is the first that
    was not.
    """
    waits = Backoff(longest_seconds=4, give_up_seconds=GIVE_UP_SECONDS)
    opened = visit.connect(joining=person is None, reconnect=waits)
    if person is None:
        sending = _send(opened, text, files)
    else:
        sending = _send_privately(opened, text, person, files)
    if status := run(sending):
        raise SystemExit(status)


async def _send(opened: Chat, text: str, files: Sequence[Path]) -> None:
    async with opened as chat, told_of_waiting(chat):
        if files:
            await share(chat, chat.room, files, text)
        else:
            await _say(chat.say, text)


async def _send_privately(opened: Chat, text: str, person: str, files: Sequence[Path]) -> None:
    async with opened as chat, told_of_waiting(chat):
        room = await chat.direct(person)
        if files:
            await share(chat, room.room, files, text)
        else:
            await _say(partial(chat.say, room=room.room), text)
        if _is_alone(chat, room):
            complain(f"{person} is not here now, and will find this when they come back.")


def _is_alone(chat: Chat, room: Room) -> bool:
    return all(same_name(one.name, chat.name) for one in room.members)


async def _say(say: Callable[[str], Awaitable[object]], text: str) -> None:
    if text == "-":
        await _say_lines(say)
    else:
        await say(text)


async def _say_lines(say: Callable[[str], Awaitable[object]]) -> None:
    lines = StdinLines()
    with Speaker(say, lines) as speaker:
        try:
            async for line in lines:
                await speaker.say(line)
            await speaker.finish()
        except HubbubError:
            first = await speaker.settle()
            lines_were = "line was" if speaker.posted == 1 else "lines were"
            not_posted = f"; the first that was not is {excerpt(first)}" if first else ""
            complain(f"{speaker.posted} {lines_were} posted{not_posted}")
            raise
