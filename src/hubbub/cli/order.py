"""What `hubbub admin` does to keep order, in a room or in the chatroom as a whole."""

from typing import TypedDict

import click

from hubbub.chat.durations import split_duration
from hubbub.chat.events import Room
from hubbub.chat.retention import Retention, parse_retention
from hubbub.chat.rules import TopicBy
from hubbub.cli.asking import confirming
from hubbub.cli.output import show
from hubbub.cli.times import seconds_of, until_when
from hubbub.cli.visiting import Visit, do, govern, room_of
from hubbub.client import Chat
from hubbub.client.power import PowerCommands
from hubbub.desk.standing import rules_told


class Changes(TypedDict, total=False):
    """What is to hold in a room from now on, as in `Chat.rules`."""

    private: bool
    read_only: bool
    locked: bool
    archived: bool
    slow_seconds: int
    topic_by: TopicBy
    revisions: bool
    title: str
    retention: Retention
    held: bool


def rules(visit: Visit, changes: Changes) -> None:
    """Show what holds in a room, after changing it if there are changes."""

    async def deed(power: PowerCommands) -> None:
        room = room_of(visit, power)
        if changes:
            await power.rules(room, **changes)
        now = await power.what_holds(room)
        show(rules_told(now.title or now.room, now))

    govern(visit, deed)


def hold(visit: Visit, one: str, other: str, *, on: bool) -> None:
    """Put a conversation of two under a legal hold, or end that."""

    async def deed(power: PowerCommands) -> None:
        await power.hold(one, other, on=on)
        said = "is under a legal hold now" if on else "is under no legal hold any more"
        show(f"What '{one}' and '{other}' say to each other in private {said}.")

    govern(visit, deed)


async def _enter(chat: Chat) -> Room:
    """Enter the room that there is; `join` alone would open it if there is none."""
    await chat.history(chat.room, limit=1)
    return await chat.join(chat.room)


def slow_seconds(slow: str) -> int:
    """Return a time between two messages, as people write it; "off" is none."""
    if slow == "off":
        return 0
    seconds, rest = split_duration(slow)
    if rest or not seconds:
        raise click.BadParameter(
            f"'{slow}' is no slow mode. Write a time like 30s or 5m, or 'off'."
        )
    return seconds


def retention_of(words: str) -> Retention:
    """Return how long messages are kept, as people write it."""
    retention = parse_retention(words)
    if retention is None:
        raise click.BadParameter(
            f"'{words}' says not what is kept. Write '30 days', '1000 messages', or 'off'."
        )
    return retention


def add(visit: Visit, who: str) -> None:
    """Let somebody into a private room, or tell them of another one."""

    async def deed(power: PowerCommands) -> None:
        room = room_of(visit, power)
        await power.add(room, who)
        show(f"'{who}' is told of {room}, and may enter it.")

    govern(visit, deed)


def kick(visit: Visit, who: str, reason: str) -> None:
    """Put somebody out."""

    async def deed(chat: PowerCommands) -> None:
        await chat.kick(who, visit.room, reason=reason)
        show(f"'{who}' is put out.")

    govern(visit, deed)


def bans(visit: Visit) -> None:
    """List who is banned, and who is muted."""

    async def deed(chat: PowerCommands) -> None:
        found = await chat.bans(visit.room)
        for word, ones in (("banned", found.bans), ("muted", found.mutes)):
            for one in ones:
                why = f" ({one.reason})" if one.reason else ""
                show(f"{one.whom}: {word} {until_when(one.until)} by {one.by}{why}")
        if found.more:
            show("… and older ones; these are the newest.")

    govern(visit, deed)


def ban(visit: Visit, who: str, time: str, reason: str) -> None:
    """Keep somebody out of a room, or of the chatroom."""
    seconds = seconds_of(time)

    async def deed(chat: PowerCommands) -> None:
        await chat.ban(who, visit.room, seconds=seconds, reason=reason)
        show(f"'{who}' is banned.")

    govern(visit, deed)


def unban(visit: Visit, who: str) -> None:
    """Let somebody back in."""

    async def deed(chat: PowerCommands) -> None:
        await chat.unban(who, visit.room)
        show(f"'{who}' may come back.")

    govern(visit, deed)


def mute(visit: Visit, who: str, time: str, reason: str) -> None:
    """Let somebody write nothing."""
    seconds = seconds_of(time)

    async def deed(chat: PowerCommands) -> None:
        await chat.mute(who, visit.room, seconds=seconds, reason=reason)
        show(f"'{who}' is muted.")

    govern(visit, deed)


def unmute(visit: Visit, who: str) -> None:
    """Let somebody write again."""

    async def deed(chat: PowerCommands) -> None:
        await chat.unmute(who, visit.room)
        show(f"'{who}' may write again.")

    govern(visit, deed)


def report(visit: Visit, seq: int, reason: str) -> None:
    """Tell those who look after a room of a message."""

    async def deed(chat: Chat) -> None:
        await chat.report(chat.room, seq, reason=reason)
        show("It is reported to those who look after the room.")

    do(visit, deed)


def delete(visit: Visit, seq: int) -> None:
    """Delete a message; somebody else's only with power in the room."""

    async def deed(power: PowerCommands) -> None:
        if isinstance(power, Chat):
            await _enter(power)
        await power.delete(room_of(visit, power), seq)
        show(f"The message {seq} is deleted.")

    govern(visit, deed)


def delete_room(visit: Visit, room: str, *, is_sure: bool) -> None:
    """Delete a room, once the user has confirmed it."""
    confirm = confirming(is_sure=is_sure)

    async def deed(chat: PowerCommands) -> None:
        await confirm(f"'{room}' goes for good, with all that was said there.")
        await chat.delete_room(room)
        show(f"The room '{room}' is deleted.")

    govern(visit, deed)
