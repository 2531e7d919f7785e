"""Lists of who is connected: however long, they keep nobody waiting for long."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from hubbub.server.control.figures import LISTED_AT_ONCE, Figures
from hubbub.server.sessions.clock import Clock


class Connection:
    """One that nobody has introduced themselves on; it counts when it is looked at."""

    def __init__(self, number: int, looked_at: list[int]) -> None:
        self.id, self.host = f"c{number}", "192.0.2.1"
        self.conversation = SimpleNamespace(session=None, began_at=0.0, heard_at=0.0)
        self._looked_at = looked_at

    def unread_bytes(self) -> int:
        self._looked_at[-1] += 1
        return 0


class Listed:
    """A server with so many connections; `looked_at` has how many in each turn of the loop."""

    def __init__(self, count: int) -> None:
        self.looked_at = [0]
        self.all = [Connection(number, self.looked_at) for number in range(count)]
        here, clock = dict.fromkeys(self.all), Clock(lambda: 0.0, lambda: 0)
        self.chatroom = cast("Any", SimpleNamespace(connections=here, clock=clock, folder=None))
        self.figures = Figures(self.chatroom, "127.0.0.1:8765")

    async def lists(self, count: int, limit: int) -> list[list[str]]:
        """Ask for so many lists at once; return whose connections are in each."""
        asked = asyncio.gather(*(self.figures.sessions(None, limit) for _ in range(count)))
        while not asked.done():
            await asyncio.sleep(0)
            self.looked_at.append(0)
        return [[one.id for one in given.sessions] for given in await asked]


def test_a_few_are_looked_at_in_each_turn_however_many_lists_are_asked_for() -> None:
    async def work() -> None:
        here = Listed(5 * LISTED_AT_ONCE + 1)
        for given in await here.lists(4, 1000):
            assert given == [one.id for one in here.all]
        assert max(here.looked_at) == LISTED_AT_ONCE

    asyncio.run(work())


def test_whoever_goes_meanwhile_is_left_out() -> None:
    async def work() -> None:
        here = Listed(2 * LISTED_AT_ONCE)
        asking = asyncio.create_task(here.figures.sessions(None, 1000))
        await asyncio.sleep(0)
        del here.chatroom.connections[here.all[-1]]
        assert [one.id for one in (await asking).sessions] == [one.id for one in here.all[:-1]]

    asyncio.run(work())


def test_the_newest_are_shown_and_that_there_are_more() -> None:
    async def work() -> None:
        here = Listed(3)
        assert await here.lists(1, 2) == [["c1", "c2"]]
        assert (await here.figures.sessions(None, 2)).more
        assert not (await here.figures.sessions(None, 3)).more

    asyncio.run(work())
