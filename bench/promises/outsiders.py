"""Those who are put out of rooms, and try all the time to be there: over events, frames and IRC.

What is said while somebody is out has a word in it, which they may not be told until somebody
begins to let them in again; and until then no answer may be theirs that lets them in.
"""

import asyncio
import json
import random
from contextlib import suppress
from typing import Final

from bench.peers.hubbub import HEADER_BYTES, frame
from bench.promises.asking import Asker
from bench.promises.irc import enter
from bench.promises.ledger import Json, Ledger
from bench.promises.standing import Bar
from bench.promises.talking import LOST, RETURN_SECONDS, Person
from bench.promises.way import Way
from hubbub.chat.errors import Refused

PAUSE_SECONDS: Final = 0.15
TRIES_SECONDS: Final = 0.3
OUT: Final = {"banned", "forbidden", "not_a_member", "no_such_room"}
"""Codes of refusals for somebody who is out, or may not write."""


class EventOutsider(Asker):
    """Asks for whatever there is, and says something."""

    def __init__(self, ledger: Ledger, person: Person, room: str, chance: random.Random) -> None:
        super().__init__(ledger, person)
        self._room = room
        self._chance = chance
        self._out = ledger.standings[room].may_be_put_out(person.name)
        self._silence = ledger.standings[room].silence

    async def run(self) -> None:
        """Try until it is over."""
        async with self:
            is_last = False
            while not is_last:
                is_last = not self.ledger.goes_on()
                await self._try(self._out, type="join", after=0)
                kind = self._chance.choice(("history", "pins", "search", "say", "say"))
                if kind == "say":
                    await self._say()
                else:
                    asked = {"query": "without"} if kind == "search" else {}
                    await self._try(self._out, type=kind, **asked)
                await asyncio.sleep(PAUSE_SECONDS)

    def told(self, event: Json) -> None:
        """Look at whatever is told."""
        self.ledger.overhear_outside(self.person.name, json.dumps(event, ensure_ascii=False))

    async def _say(self) -> None:
        if not self.ledger.goes_on():
            return
        said = self.ledger.say(self.person.name, self._room)
        bar, line = self._silence if self._silence.holds else self._out, self.line
        ok = await self._try(bar, type="say", text=said.text, nonce=said.nonce)
        if ok is None:
            # What is said again over another connection may have been posted the first time.
            said.withdrawn = line is not None and self.line is line
        else:
            await self.ledger.acknowledge(said, ok["seq"])

    async def _try(self, bar: Bar, **fields: object) -> Json | None:
        """Return the answer, None if it is refused; what is barred all the time must be."""
        before = bar.word
        try:
            answer = await self.ask(room=self._room, **fields)
        except Refused as refusal:
            if refusal.code not in OUT:
                self.ledger.find(f"{self.person.name} is refused {fields}: {refusal!r}")
            return None
        if before and before == bar.word:
            self.ledger.find(f"{self.person.name}, {before} asked {fields}, and got {answer}")
        return answer


class ClassicOutsider:
    """Speaks frames as a tutorial's client does. With a `password`, it is a member who logs in."""

    def __init__(self, ledger: Ledger, name: str, way: Way, room: str, password: str = "") -> None:
        self._ledger = ledger
        self._name = name
        self._way = way
        self._room = room
        self._password = password
        self._turn = 0
        self._out = ledger.standings[room].may_be_put_out(name)

    async def run(self) -> None:
        """Try for ever."""
        while True:
            with suppress(*LOST):
                reader, writer = await self._way.connected()
                try:
                    writer.write(frame(self._name.encode()))
                    if self._password:
                        writer.write(frame(f"/login {self._name} {self._password}".encode()))
                    while True:
                        await self._try(reader, writer)
                        await asyncio.sleep(TRIES_SECONDS)
                finally:
                    writer.transport.abort()
            await asyncio.sleep(RETURN_SECONDS)

    async def _try(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        before = self._out.word
        self._turn += 1
        end = f"/turn-{self._turn}"
        for line in (f"/join {self._room}", "/history 5", "/search without", end):
            writer.write(frame(line.encode()))
        await writer.drain()
        told = ""
        while f"no command {end}" not in told:
            header = await reader.readexactly(HEADER_BYTES)
            told = (await reader.readexactly(int(header))).decode("utf-8", "replace")
            self._ledger.overhear_outside(self._name, told)
            if told.startswith("You are in ") and before and before == self._out.word:
                self._ledger.find(f"{self._name}, {before} is in {self._room}: {told}")


class IrcOutsider:
    """Speaks IRC."""

    def __init__(self, ledger: Ledger, name: str, way: Way, room: str) -> None:
        self._ledger = ledger
        self._name = name
        self._way = way
        self._room = room
        self._out = ledger.standings[room].may_be_put_out(name)

    async def run(self) -> None:
        """Try for ever."""
        while True:
            with suppress(*LOST):
                async with enter(self._way, self._name, "lobby") as client:
                    while True:
                        before = self._out.word
                        await client.say(
                            f"JOIN #{self._room}",
                            f"CHATHISTORY LATEST #{self._room} * 20",
                            f"SEARCH text=without;in=#{self._room}",
                            "PING :all",
                        )
                        while (line := await client.line()).command != "PONG":
                            self._ledger.overhear_outside(self._name, str(line))
                            if line.command == "366" and line.params[1] == f"#{self._room}":
                                self._look_at(before)
                        await asyncio.sleep(TRIES_SECONDS)
            await asyncio.sleep(RETURN_SECONDS)

    def _look_at(self, before: str) -> None:
        if before and before == self._out.word:
            self._ledger.find(f"{self._name}, {before} entered {self._room} over IRC.")
