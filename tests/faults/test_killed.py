"""SIGKILL, five times under load (protocol section 6, promises 1 to 4)."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.serving import ServerProcess
from tests.faults.sessions import (
    LOST,
    Classic,
    Events,
    Json,
    Served,
    assert_chained,
    whole_log,
)

KILLS = 5
ACKNOWLEDGED_BETWEEN_KILLS = 400
IN_FLIGHT_MAX = 16
RECONNECT_SECONDS = 0.02
THE_END = "the end"


class Everyone:
    """What the test knows of the senders and listeners together.

    They come back when they are refused for one of the `passing` reasons.
    """

    def __init__(self, server: Served, passing: tuple[str, ...] = ()) -> None:
        self.server = server
        self.passing = passing
        self.acknowledged: dict[str, int] = {}
        self.heard: list[list[tuple[str, str]]] = []
        self.progress = asyncio.Condition()
        self.stopping = False

    async def acknowledge(self, nonce: str, seq: int) -> None:
        """Keep an acknowledgement; a repeated one must name the same seq."""
        assert self.acknowledged.setdefault(nonce, seq) == seq
        async with self.progress:
            self.progress.notify_all()

    async def reach(self, count: int) -> None:
        """Wait until so many messages are acknowledged."""
        async with self.progress:
            await self.progress.wait_for(lambda: len(self.acknowledged) >= count)


async def send(everyone: Everyone, name: str) -> None:
    """Say things, each with a nonce, and say again after every kill what got no answer."""
    unanswered: dict[str, str] = {}
    answered: list[str] = []
    count, secret = 0, ""
    while unanswered or not everyone.stopping:
        try:
            session = await Events.enter(everyone.server, name, secret)
            secret = session.secret
            async with session:
                await session.ask(type="join", room="lobby")
                # The last of the answered ones too: their repeats must be told the same seq.
                for nonce in [*answered[-3:], *unanswered]:
                    session.command(type="say", room="lobby", text=nonce, nonce=nonce, ref=nonce)
                while unanswered or not everyone.stopping:
                    while len(unanswered) < IN_FLIGHT_MAX and not everyone.stopping:
                        nonce = f"{name}-{count}"
                        count += 1
                        unanswered[nonce] = nonce
                        session.command(
                            type="say", room="lobby", text=nonce, nonce=nonce, ref=nonce
                        )
                    event = await session.event()
                    if event["type"] == "ok":
                        nonce = event["ref"]
                        await everyone.acknowledge(nonce, event["seq"])
                        if unanswered.pop(nonce, None):
                            answered.append(nonce)
                    elif event["type"] == "error":
                        assert event["code"] in everyone.passing, event
                        raise ConnectionResetError
        except LOST:
            await asyncio.sleep(RECONNECT_SECONDS)


async def read(everyone: Everyone) -> list[Json]:
    """Return the whole log as one reader saw it, who came back with a cursor after every kill."""
    seen: list[Json] = []
    secret, cursor = "", 0
    while True:
        try:
            session = await Events.enter(everyone.server, "reader", secret)
            secret = session.secret
            async with session:
                room = await session.ask(type="join", room="lobby", after=cursor)
                assert room["type"] == "room"
                assert room["last"] >= cursor, "the log lost what was seen"
                while (event := await session.next_message())["text"] != THE_END:
                    seen.append(event)
                    cursor = event["seq"]
                return seen
        except LOST:
            await asyncio.sleep(RECONNECT_SECONDS)


async def listen(everyone: Everyone) -> None:
    """Collect what a classic member hears, a list for each of its connections."""
    while True:
        try:
            async with await Classic.enter(everyone.server, "listener") as session:
                everyone.heard.append([])
                while True:
                    everyone.heard[-1].append(await session.pair())
        except LOST:
            await asyncio.sleep(RECONNECT_SECONDS)


async def five_kills(
    server: Served, kill: Callable[[], None], passing: tuple[str, ...] = ()
) -> tuple[Everyone, list[Json], list[Json]]:
    """Return what was acknowledged and heard, what the reader saw, and the log at the end.

    `kill` kills something, and returns when it is there again.
    """
    everyone = Everyone(server, passing)
    async with asyncio.TaskGroup() as tasks:
        reader = tasks.create_task(read(everyone))
        listener = tasks.create_task(listen(everyone))
        senders = [tasks.create_task(send(everyone, f"sender{number}")) for number in range(4)]
        for number in range(1, KILLS + 1):
            await everyone.reach(number * ACKNOWLEDGED_BETWEEN_KILLS)
            await asyncio.to_thread(kill)
        await everyone.reach((KILLS + 1) * ACKNOWLEDGED_BETWEEN_KILLS)
        everyone.stopping = True
        await asyncio.wait(senders)
        log = await whole_log(server)
        async with await Classic.enter(server, "closer") as closer:
            closer.say(THE_END)
            await reader
        listener.cancel()
    return everyone, reader.result(), log


@pytest.mark.parametrize("config", ["", "[server]\nworkers = 2\n"], ids=["alone", "workers"])
def test_five_kills_under_load_lose_repeat_and_reorder_nothing(tmp_path: Path, config: str) -> None:
    """`After kill -9 and a restart every message anyone saw is still there, under the same seq.`
    `A say repeated with the same sender and nonce … is posted once; the repeat's ok carries the
    first one's seq.` `join with after yields every logged event after it, once, in order, then
    live ones.` `All members of a room see its events in the same order.`
    """
    with ServerProcess(tmp_path / "data", config) as server:

        def kill() -> None:
            server.kill()
            server.start()

        everyone, seen, log = asyncio.run(five_kills(server, kill))
    assert len(everyone.heard) >= KILLS
    assert_nothing_lost(everyone, seen, log)


def assert_nothing_lost(everyone: Everyone, seen: list[Json], log: list[Json]) -> None:
    """Check what was heard, acknowledged and seen by those who talked through kills."""
    logged = {event["nonce"]: event["seq"] for event in log}
    assert len(logged) == len(log), "a message is there twice"
    assert logged == everyone.acknowledged, "all were acknowledged in the end, with these seqs"
    assert_chained(seen)
    assert seen == log, "the reader saw the log"
    for heard in everyone.heard:
        said = [text for name, text in heard if name != "hubbub"]
        seqs = [logged[text] for text in said if text != THE_END]
        assert seqs == sorted(set(seqs)), "a listener heard them in the order of the log, once"
        for text in said:
            assert text == THE_END or text in logged, "what was heard is not lost"
    by_sender = [(event["from"], int(event["nonce"].partition("-")[2])) for event in log]
    for name in {sender for sender, _ in by_sender}:
        numbers = [number for sender, number in by_sender if sender == name]
        assert numbers == list(range(len(numbers))), "each sender's messages are in its order"
