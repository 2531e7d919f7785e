"""Turns at a lane, such as the log's readers, with reads that end when the test says so."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from hubbub.chat.errors import LogError
from hubbub.server.fairness.lanes import CREDIT_SECONDS, Lane

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine


class Reader:
    """A lane whose reads take as long as the test says, on its own clock."""

    def __init__(self, places: int = 1) -> None:
        self.seconds = 0.0
        self.places = places
        self.lane = Lane(lambda: self.seconds, places)
        self.begun: list[str] = []
        self._reads: dict[str, asyncio.Future[str]] = {}

    def ask(self, name: str, party: object = None, *, host: str = "192.0.2.1") -> asyncio.Task[str]:
        """Have somebody ask, who may be a `party` that asked before."""
        if party is None:
            party = self.lane.party(host)
        return asyncio.ensure_future(self.lane.turn(party, partial(self._read, name)))  # type: ignore[arg-type]

    async def _read(self, name: str) -> str:
        assert sum(not read.done() for read in self._reads.values()) < self.places
        self.begun.append(name)
        self._reads[name] = asyncio.get_running_loop().create_future()
        return await self._reads[name]

    async def end(self, name: str, seconds: float = 0.01, error: Exception | None = None) -> None:
        """Let a read end that took so long."""
        self.seconds += seconds
        if error is None:
            self._reads[name].set_result(f"what {name} asked for")
        else:
            self._reads[name].set_exception(error)
        await settle()


async def settle() -> None:
    """Let everything happen that is not waiting for a read."""
    for _ in range(10):
        await asyncio.sleep(0)


def play(scenario: Callable[[Reader], Coroutine[None, None, None]], places: int = 1) -> None:
    async def session() -> None:
        async with asyncio.timeout(10):
            await scenario(Reader(places))

    asyncio.run(session())


def test_one_turn_at_a_time_and_each_gets_its_own_answer() -> None:
    async def scenario(reader: Reader) -> None:
        tasks = [reader.ask(name) for name in ("a", "b", "c")]
        for name in ("a", "b", "c"):
            await settle()
            assert reader.begun[-1] == name
            await reader.end(name)
        assert [await task for task in tasks] == [f"what {name} asked for" for name in "abc"]
        assert (reader.lane.turns, round(reader.lane.seconds, 6)) == (3, 0.03)

    play(scenario)


def test_many_connections_of_an_address_do_not_delay_another() -> None:
    async def scenario(reader: Reader) -> None:
        crowd = [reader.ask(f"crowd {n}") for n in range(20)]
        await settle()
        await reader.end("crowd 0")
        honest = reader.ask("honest", host="192.0.2.2")
        await settle()
        await reader.end("crowd 1")
        assert reader.begun[-1] == "honest"
        await reader.end("honest")
        assert await honest == "what honest asked for"
        for task in crowd:
            task.cancel()

    play(scenario)


def test_addresses_that_a_proxy_names_are_one_beside_the_others() -> None:
    async def scenario(reader: Reader) -> None:
        crowd = [
            reader.ask(f"crowd {n}", reader.lane.party(f"198.51.100.{n}", "127.0.0.1"))
            for n in range(20)
        ]
        await settle()
        await reader.end("crowd 0")
        honest = [reader.ask(f"honest {n}") for n in range(3)]
        await settle()
        while not all(task.done() for task in honest):
            await reader.end(reader.begun[-1])
        assert len(reader.begun) <= 2 * len(honest) + 3, "they took turns with the whole crowd"
        for task in honest + crowd:
            task.cancel()

    play(scenario)


def test_the_addresses_of_one_ipv6_network_are_one() -> None:
    async def scenario(reader: Reader) -> None:
        tasks = [reader.ask(f"crowd {n}", host=f"2001:db8::{n}") for n in range(5)]
        tasks.append(reader.ask("other", host="2001:db8:0:1::1"))
        await settle()
        await reader.end("crowd 0")
        assert reader.begun[-1] == "other"
        for task in tasks:
            task.cancel()

    play(scenario)


def test_one_who_reads_little_goes_before_those_of_its_address_who_read_much() -> None:
    async def scenario(reader: Reader) -> None:
        quiet = reader.lane.party("::1")
        tasks = [reader.ask("first", quiet)]
        await settle()
        await reader.end("first", 0.001)
        dear = [reader.lane.party("127.0.0.1") for _ in range(20)]
        for turn in range(40):
            tasks += [reader.ask(f"{turn} {n}", party) for n, party in enumerate(dear)]
            await settle()
            for _ in dear:
                await reader.end(reader.begun[-1], CREDIT_SECONDS / 20)
        tasks += [reader.ask(f"last {n}", party) for n, party in enumerate(dear)]
        await settle()
        for step in range(10):
            tasks.append(reader.ask(f"step {step}", quiet))
            await settle()
            await reader.end(reader.begun[-1], CREDIT_SECONDS / 20)
            assert reader.begun[-1] == f"step {step}"
            await reader.end(f"step {step}", CREDIT_SECONDS / 20)
        for task in tasks:
            task.cancel()

    play(scenario)


def test_what_is_short_gets_half_the_time_beside_all_that_is_long() -> None:
    async def scenario(reader: Reader) -> None:
        short = reader.lane.party("::1")
        tasks = []
        for n in range(20):
            long = reader.lane.party("::1", is_long=True)
            tasks.append(reader.ask(f"long {n}", long))
        await settle()
        for turn in range(8):
            tasks.append(reader.ask(f"short {turn}", short))
            await settle()
            await reader.end(reader.begun[-1])
            if not reader.begun[-1].startswith("short"):  # at the very beginning both are new
                await reader.end(reader.begun[-1])
            assert reader.begun[-1] == f"short {turn}"
            await reader.end(reader.begun[-1])
        assert sum(name.startswith("long") for name in reader.begun) <= 8 + 2
        for task in tasks:
            task.cancel()

    play(scenario)


def test_whoever_goes_away_is_forgotten_while_it_waits() -> None:
    async def scenario(reader: Reader) -> None:
        first, gone, last = (reader.ask(name) for name in ("first", "gone", "last"))
        await settle()
        assert reader.lane.waiting == 2
        gone.cancel()
        await settle()
        assert reader.lane.waiting == 1
        await reader.end("first")
        assert reader.begun == ["first", "last"]
        await reader.end("last")
        assert [await first, await last] == ["what first asked for", "what last asked for"]

    play(scenario)


def test_a_turn_that_has_begun_goes_on_to_its_end() -> None:
    async def scenario(reader: Reader) -> None:
        gone, last = reader.ask("gone"), reader.ask("last")
        await settle()
        gone.cancel()
        await settle()
        assert gone.cancelled()
        assert reader.begun == ["gone"]  # the reader is occupied
        await reader.end("gone", error=LogError("The disk is gone."))
        assert reader.begun == ["gone", "last"]
        await reader.end("last")
        await last

    play(scenario)


def test_whoever_goes_away_just_as_its_turn_comes_lets_the_next_one_go() -> None:
    async def scenario(reader: Reader) -> None:
        first, gone, last = (reader.ask(name) for name in ("first", "gone", "last"))
        await settle()
        reader._reads["first"].set_result("")
        while reader.lane.waiting == 2:  # noqa: ASYNC110 (to the very step)
            await asyncio.sleep(0)
        gone.cancel()  # its turn has come, and it does not know yet
        await settle()
        assert reader.begun == ["first", "last"]
        await reader.end("last")
        await asyncio.gather(first, last)

    play(scenario)


def test_a_failed_read_tells_its_asker_and_ends_the_turn() -> None:
    async def scenario(reader: Reader) -> None:
        first, last = reader.ask("first"), reader.ask("last")
        await settle()
        await reader.end("first", error=LogError("The disk is gone."))
        assert isinstance(first.exception(), LogError)
        await reader.end("last")
        await last

    play(scenario)


def test_it_is_known_how_long_the_oldest_has_been_waiting() -> None:
    async def scenario(reader: Reader) -> None:
        lane = reader.lane
        assert (lane.waiting, lane.waiting_seconds) == (0, 0.0)
        tasks: list[Awaitable[str]] = [reader.ask("a"), reader.ask("b")]
        await settle()
        reader.seconds += 2.0
        tasks.append(reader.ask("c"))
        await settle()
        assert (lane.waiting, lane.waiting_seconds) == (2, 2.0)
        await reader.end("a", 1.0)
        assert (lane.waiting, lane.waiting_seconds) == (1, 1.0)
        await reader.end("b", 0.0)
        await reader.end("c", 0.0)
        await asyncio.gather(*tasks)
        assert (lane.waiting, lane.waiting_seconds) == (0, 0.0)

    play(scenario)


def test_as_many_turns_at_once_as_there_are_places() -> None:
    async def scenario(reader: Reader) -> None:
        tasks = [reader.ask(name) for name in "abcd"]
        await settle()
        assert reader.begun == ["a", "b"]
        tasks[2].cancel()
        await reader.end("b")
        assert reader.begun == ["a", "b", "d"]
        await reader.end("d")
        tasks.append(reader.ask("e", host="192.0.2.2"))
        await settle()
        assert reader.begun[-1] == "e"
        await reader.end("a")
        await reader.end("e")
        assert reader.lane.turns == 4

    play(scenario, places=2)
