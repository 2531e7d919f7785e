"""Somebody who owns a room, and decides about it over IRC: by TOPIC, MODE and KICK.

Each line has a label, and is said again until it is answered. What is said to all is not: nobody
could tell whether it was posted.
"""

import asyncio
import random
from contextlib import AsyncExitStack
from typing import Final, NamedTuple

from bench.peers.server import PATIENCE_SECONDS
from bench.promises.irc import Client, Line, enter
from bench.promises.ledger import Ledger
from bench.promises.owners import Decider
from bench.promises.standing import Standing
from bench.promises.talking import LOST, RETURN_SECONDS
from bench.promises.way import Way

PASSING: Final = {"LOG_UNAVAILABLE", "TOO_MUCH", "SLOW_DOWN", "SERVER_FAULT"}
"""Codes of FAIL for what may be done in a moment."""


class Member(NamedTuple):
    """Somebody who logs in with a password."""

    name: str
    password: str
    way: Way


class IrcOwner(Decider):
    """Is a member; what it asks for goes over a connection that is made anew once it is lost."""

    def __init__(
        self, ledger: Ledger, member: Member, standing: Standing, chance: random.Random
    ) -> None:
        super().__init__(ledger, member.name, standing, chance)
        self._member = member
        self._at = f"#{standing.room}"
        self._client: Client | None = None
        self._opened = AsyncExitStack()
        self._labels = 0

    async def run(self) -> None:
        """Decide until it is over, and everything is acknowledged."""
        async with self._opened:
            await self.decide_until_it_is_over(
                *(self._say, self._topic, self._rule, self._guest, self._guest)
            )

    async def _say(self) -> None:
        said = self.ledger.say(self.name, self.standing.room)
        line = await self._asked(f"PRIVMSG {self._at} :{said.text}")
        if line is not None and line.is_said:
            await self.ledger.acknowledge(said, line.seq)
        elif line is not None:
            self._look_at(line)
            said.withdrawn = True

    async def _topic(self) -> None:
        topic = self.draw_topic()
        await self._done(f"TOPIC {self._at} :{topic}")
        self.standing.topic = topic

    async def _rule(self) -> None:
        name, value = self.chance.choice(
            (
                ("read_only", not self.standing.rules.get("read_only", False)),
                ("topic_by", self.chance.choice(("moderator", "passing"))),
            )
        )
        mode = {"read_only": "m", "topic_by": "t"}[name]
        is_on = value in (True, "moderator")
        self.begin_rule(name, value)
        await self._done(f"MODE {self._at} {'+' if is_on else '-'}{mode}")
        self.end_rule(name, value)

    async def _guest(self) -> None:
        who, bar = self.draw_guest()
        if bar.holds:
            bar.open()
            await self._done(f"MODE {self._at} -b {who}!*@*")
            self.standing.banned.discard(who)
        else:
            await self._done(f"MODE {self._at} +b {who}!*@*")
            bar.close()
            self.standing.banned.add(who)
            await self._say()

    async def _done(self, command: str) -> None:
        """Have something done: it is said again until that is answered."""
        while (line := await self._asked(command)) is None or line.command == "FAIL":
            if line is not None:
                self._look_at(line)
            await asyncio.sleep(RETURN_SECONDS)
        if line.command.isdigit():
            self.ledger.find(f"{self.name} is refused '{command}' over IRC: {line}")

    def _look_at(self, refusal: Line) -> None:
        if refusal.command == "FAIL" and refusal.params[1] in PASSING:
            self.ledger.count_refusal()
        else:
            self.ledger.find(f"{self.name} is refused over IRC: {refusal}")

    async def _asked(self, command: str) -> Line | None:
        """Return the first line of the answer; None if the connection was lost before it."""
        self._labels += 1
        label = f"{self.name}-{self._labels}"
        try:
            if self._client is None:
                entered = enter(
                    self._member.way, self.name, self.standing.room, self._member.password
                )
                self._client = await self._opened.enter_async_context(entered)
            await self._client.say(f"@label={label} {command}")
            async with asyncio.timeout(PATIENCE_SECONDS):
                while (line := await self._client.line()).tags.get("label") != label:
                    pass
                if line.command == "BATCH":
                    line = await self._client.line()
        except LOST:
            self._client = None
            await self._opened.aclose()
            await asyncio.sleep(RETURN_SECONDS)
            return None
        return line
