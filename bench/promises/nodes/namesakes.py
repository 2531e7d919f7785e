"""Two who want the same name, wherever: one of them has it at a time.

Each comes in under the name, asks something all the time for as long as they stay, and leaves. From
the welcome to the last question that was answered the name is theirs, and so it is nobody else's.
"""

import asyncio
import random
from collections import defaultdict
from contextlib import suppress
from itertools import pairwise
from typing import Final, NamedTuple

from bench.peers.hubbub import frame
from bench.peers.server import PATIENCE_SECONDS
from bench.promises.ledger import Ledger
from bench.promises.talking import LOST, Frames, Line, answer, join, next_event
from bench.promises.way import Way

NAMES: Final = ("sameone", "sametwo")
PEOPLE: Final = 2
"""So many want each of them."""

ASK_SECONDS: Final = 0.1
STAY_SECONDS: Final = (0.1, 0.5, 3.0)
AWAY_SECONDS: Final = 0.2


class Stay(NamedTuple):
    """How long somebody had a name: at least from `since`, up to `upto`."""

    who: str
    since: float
    upto: float


class Namesakes:
    """Everybody who wants a name that another one wants, and when they had it."""

    def __init__(self, ledger: Ledger, way: Way, seed: int) -> None:
        self._ledger = ledger
        self._way = way
        self._seed = seed
        self._stays: dict[str, list[Stay]] = defaultdict(list)
        self._clock = asyncio.get_running_loop().time

    async def run(self) -> None:
        """Come and go until it is over."""
        async with asyncio.TaskGroup() as lives:
            for number, name in enumerate(name for name in NAMES for _ in range(PEOPLE)):
                chance = random.Random(self._seed * 100 + number)
                lives.create_task(self._live(name, f"person {number}", chance))

    async def _live(self, name: str, who: str, chance: random.Random) -> None:
        secret = ""
        while self._ledger.goes_on():
            with suppress(*LOST):
                reader, writer = await self._way.connected()
                try:
                    writer.write(frame(name.encode(), b"+"))
                    line = Frames(reader, writer)
                    secret = await self._enter(line, secret)
                    await self._stay(line, name, who, self._clock() + chance.choice(STAY_SECONDS))
                    writer.write_eof()  # a goodbye, which frees the name
                    async with asyncio.timeout(PATIENCE_SECONDS):
                        await reader.read()
                finally:
                    writer.transport.abort()
            await asyncio.sleep(chance.uniform(0.0, AWAY_SECONDS))

    async def _enter(self, line: Line, secret: str) -> str:
        """Have the name, and return the session's secret; raises one of LOST if another has it."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            welcome = await next_event(line)
        if welcome["type"] != "welcome":
            raise ConnectionResetError(f"There is no way in now: {welcome}")
        if welcome["held"]:
            resumed = await answer(line, type="resume", session=secret)
            if resumed["type"] != "ok":
                raise ConnectionResetError(f"Somebody has the name: {resumed}")
        return str(welcome["session"])

    async def _stay(self, line: Line, name: str, who: str, until: float) -> None:
        since = upto = self._clock()
        try:
            await join(line, room="lobby")
            while (asked := self._clock()) < until and self._ledger.goes_on():
                told = await answer(line, type="members", room="lobby")
                if told["type"] == "error":
                    return
                upto = asked
                await asyncio.sleep(ASK_SECONDS)
        finally:
            self._stays[name].append(Stay(who, since, upto))

    def look(self) -> None:
        """Note whenever two had a name, and if nobody ever had it."""
        for name in NAMES:
            stays = self._stays[name]
            if not stays:
                self._ledger.find(f"Nobody was ever let in as {name}.")
            for one, other in pairwise(sorted(stays, key=lambda stay: stay.since)):
                if other.since < one.upto and one.who != other.who:
                    self._ledger.find(
                        f"{other.who} was let in as {name}, which {one.who} had for another "
                        f"{one.upto - other.since:.2f} seconds."
                    )
