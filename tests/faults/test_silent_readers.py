"""Readers that never read while others chat (protocol section 6, promise 5)."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import NamedTuple

from tests.faults.serving import PATIENCE_SECONDS, ServerProcess
from tests.faults.sessions import Classic, Events, assert_chained
from tests.interop.raw import frame

UNHURRIED = "[limits]\nmessages_per_second = 0\n"
SMALL = 20_000
LARGE = 450
LARGE_TEXT = "é" * 30_000
EVERY = SMALL // LARGE


def texts(sender: str) -> list[str]:
    """Return what one sender says: about 15 MB, small messages with a large one now and then."""
    said = []
    for number in range(SMALL // 2):
        said.append(f"{sender} {number}")
        if number % EVERY == 0:
            said.append(f"{sender} {number} {LARGE_TEXT}")
    return said


class Heard(NamedTuple):
    """What one reader received, by sender."""

    by_sender: dict[str, list[str]]
    bytes: int


async def say_all(session: Classic, said: list[str]) -> None:
    """Say everything as fast as the server takes it."""
    for start in range(0, len(said), 100):
        session.write(b"".join(map(frame, said[start : start + 100])))
        await session.drain()


async def hear_classic(session: Classic, count: int) -> Heard:
    """Read so many messages from a classic session."""
    heard = Heard({}, 0)
    size = 0
    for _ in range(count):
        sender, text = await session.pair()
        heard.by_sender.setdefault(sender, []).append(text)
        size += len(sender) + len(text.encode())
    return heard._replace(bytes=size)


async def hear_events(session: Events, count: int) -> Heard:
    """Read so many messages from an event session; checks the chain of prev."""
    heard = Heard({}, 0)
    size, seqs = 0, []
    for _ in range(count):
        event = await session.next_message()
        seqs.append({"seq": event["seq"], "prev": event["prev"]})
        heard.by_sender.setdefault(event["from"], []).append(event["text"])
        size += len(event["text"].encode())
    assert_chained(seqs, after=seqs[0]["prev"])
    return heard._replace(bytes=size)


async def within_patience(work: Awaitable[Heard]) -> Heard:
    """Wait for what is bounded, and generously so."""
    return await asyncio.wait_for(work, PATIENCE_SECONDS)


async def silence_and_chatter(server: ServerProcess) -> tuple[int, int]:
    """Return by how much the server grew, and how much it was not rid of."""
    said = {name: texts(name) for name in ("ann", "bob")}
    count = sum(map(len, said.values()))
    async with (
        await Classic.enter(server, "ann") as ann,
        await Classic.enter(server, "bob") as bob,
        await Classic.enter(server, "attentive") as attentive,
        await Events.enter(server, "attentive too") as attentive_too,
        await Classic.enter(server, "silent") as silent,
        await Events.enter(server, "silent too") as silent_too,
    ):
        for events in (attentive_too, silent_too):
            await events.ask(type="join", room="lobby")
        # What the machinery itself takes is taken now: everyone hears the first few.
        await say_all(ann, warm_up := [LARGE_TEXT] * 50)
        await asyncio.gather(
            *(hear_classic(one, len(warm_up)) for one in (bob, attentive, silent)),
            *(hear_events(one, len(warm_up)) for one in (attentive_too, silent_too)),
        )
        before = server.resident_bytes_peak()
        heard_by_all = await asyncio.gather(
            within_patience(hear_classic(attentive, count)),
            within_patience(hear_events(attentive_too, count)),
            within_patience(hear_classic(ann, len(said["bob"]))),
            within_patience(hear_classic(bob, len(said["ann"]))),
            say_all(ann, said["ann"]),
            say_all(bob, said["bob"]),
        )
        grown = server.resident_bytes_peak() - before
        for heard in heard_by_all[:2]:
            assert heard.by_sender == said, "those who read heard everything meanwhile, in order"
        unread_bytes = 2 * heard_by_all[0].bytes
        heard = await within_patience(hear_classic(silent, count))
        assert heard.by_sender == said, "everything in order, once, and the pairs in step"
        heard = await within_patience(hear_events(silent_too, count))
        assert heard.by_sender == said
        # Live again, both of them.
        ann.say("the end")
        assert await silent.pair() == ("ann", "the end")
        assert (await silent_too.next_message())["text"] == "the end"
    return grown, unread_bytes


def test_who_never_reads_costs_no_memory_slows_nobody_and_misses_nothing(tmp_path: Path) -> None:
    """`What the server holds for one connection is bounded, whatever the peer does. A reader that
    falls behind is not dropped and not buffered for: it is marked as lagging and served from the
    log at its own pace until it has caught up.`
    """
    with ServerProcess(tmp_path / "data", UNHURRIED) as server:
        grown_bytes, unread_bytes = asyncio.run(silence_and_chatter(server))
    assert unread_bytes > 50_000_000
    assert grown_bytes < unread_bytes / 3
