"""Drafts to append, and what tests wait for."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import msgspec

from hubbub.chat.events import (
    NOTHING,
    AnyLogged,
    Deleted,
    Edited,
    Entry,
    Fact,
    Message,
    Pinned,
    Reaction,
    Signal,
    Topic,
)
from hubbub.chat.people import Device, Kind, Profile
from hubbub.chat.queries import SearchQuery
from hubbub.log.port import Log
from hubbub.log.sqlite.comparing import compare_window
from hubbub.log.sqlite.kept import KeptLog
from tests.log.dense import Dense

NOON = 1_700_000_000_000
WAIT_SECONDS = 30
ALL_WINDOWS = 1_000_000  # whatever a search looks through, it does so in one step

_clock = itertools.count(NOON)


def said(
    text: str = "hello",
    *,
    room: str = "lobby",
    sender: str = "alice",
    nonce: str | None = None,
    at: int | None = None,
    answers: int | None = None,
) -> Message:
    at = next(_clock) if at is None else at
    return Message(
        room=room, seq=0, prev=0, sender=sender, at=at, text=text, nonce=nonce, reply_to=answers
    )


def edited(
    target: int, text: str, *, room: str = "lobby", at: int = NOON, kept: bool = False
) -> Edited:
    return Edited(
        room=room, seq=0, prev=0, sender="alice", at=at, target=target, text=text, kept=kept
    )


def signalled(tags: dict[str, str], *, room: str = "lobby") -> Signal:
    return Signal(room=room, seq=0, prev=0, sender="bob", at=NOON, tags=tags)


def pinned(target: int, *, room: str = "lobby", on: bool = True) -> Pinned:
    return Pinned(room=room, seq=0, prev=0, sender="bob", at=NOON, target=target, on=on)


def deleted(target: int, *, room: str = "lobby", at: int = NOON) -> Deleted:
    return Deleted(room=room, seq=0, prev=0, sender="alice", at=at, target=target)


def reacted(
    target: int, emoji: str, *, sender: str = "bob", person: str = "", on: bool = True
) -> Reaction:
    return Reaction(
        room="lobby",
        seq=0,
        prev=0,
        sender=sender,
        person=person,
        at=NOON,
        target=target,
        emoji=emoji,
        on=on,
    )


def titled(text: str, *, room: str = "lobby") -> Topic:
    return Topic(room=room, seq=0, prev=0, sender="alice", at=NOON, text=text)


def fact(key: str, value: object, *, expects: int | None = None, sender: str = "") -> Fact:
    raw = NOTHING if value is NOTHING else msgspec.Raw(msgspec.json.encode(value))
    return Fact(seq=0, prev=0, sender=sender, at=NOON, key=key, value=raw, expects=expects)


def person(id_: str, name: str, *hashes: str, kind: Kind = "guest") -> Fact:
    """Return who somebody is, with devices whose secrets have these hashes."""
    devices = tuple(Device(f"id of {one}", one, NOON) for one in hashes)
    profile = Profile(name, kind, since=NOON, seen=NOON, devices=devices)
    return fact(f"person/{id_}", msgspec.to_builtins(profile))


async def all_of(log: Log, room: str, *, after: int = 0) -> list[AnyLogged]:
    """Return the room's events, read as a backlog to its end."""
    found: list[AnyLogged] = []
    while events := await log.backlog(room, found[-1].seq if found else after, 65_536):
        found += events
    return found


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until `condition` holds, far longer than it should take."""
    async with asyncio.timeout(WAIT_SECONDS):
        while not await condition():  # noqa: ASYNC110 (what a file holds signals no event)
            await asyncio.sleep(0.002)


async def indexed(log: Log) -> None:
    """Wait until everything committed can be searched."""
    if isinstance(log, Dense):
        log = log.inner
    if isinstance(log, KeptLog):
        sqlite = log

        async def is_indexed() -> bool:
            return await watermark(sqlite) == sqlite._writer.last

        await until(is_indexed)


async def watermark(log: KeptLog) -> int:
    """Return the seq of the newest event in the search index."""
    (seq,) = await log._writing.run(lambda db: db.execute("SELECT seq FROM watermark").fetchone())
    return int(seq)


async def compared(log: Log) -> int:
    """Compare the search index with the log; return how many windows it has.

    Raises Damaged if they differ.
    """
    if isinstance(log, Dense):
        log = log.inner
    assert isinstance(log, KeptLog)
    windows, after = 0, 0
    while (window := await log._indexing.run(partial(compare_window, after=after))) is not None:
        windows, after = windows + 1, window
    return windows


def seqs(events: Sequence[Entry]) -> list[int]:
    return [event.seq for event in events]


def told(facts: Sequence[Fact]) -> list[tuple[str, int, object]]:
    """Return key, seq and value of each."""
    return [(one.key, one.seq, msgspec.json.decode(one.value)) for one in facts]


async def found(log: Log, words: str, **query: str | int | tuple[str, ...]) -> list[int]:
    """Return the seqs of what a search finds."""
    await indexed(log)
    page = await log.search(msgspec.convert({"words": words, **query}, SearchQuery), ALL_WINDOWS)
    return seqs(page.messages)
