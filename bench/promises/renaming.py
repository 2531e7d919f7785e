"""Somebody who has another name from time to time, while they say something."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from bench.promises.asking import Asker
from bench.promises.ledger import Ledger
from bench.promises.talking import Person, Visitor, answer

PAUSE_SECONDS: Final = 0.03
NAMES_PAUSE_SECONDS: Final = 0.2


@dataclass(slots=True)
class Renamed(Person):
    """Comes back under the name that was acknowledged last, or one that was asked for since."""

    names: list[str] = field(default_factory=list)
    """All that were asked for; the last one may not be acknowledged."""
    settled: int = 0
    """Which of them they have for sure."""

    def may_be(self, name: str) -> bool:
        """Note what they are called; return whether they may be."""
        if name not in self.names[self.settled :]:
            return False
        self.settled = self.names.index(name)
        self.name = name
        return True


class Renamer:
    """Says numbered texts under the `first` of its names, and under all others."""

    def __init__(self, ledger: Ledger, person: Renamed, room: str) -> None:
        self._ledger = ledger
        self._person = person
        self._first = person.name
        self._room = room
        self._asker = Asker(ledger, person, room)

    async def run(self) -> None:
        """Do both until it is over, and everything is acknowledged."""
        async with self._asker, asyncio.TaskGroup() as lives:
            lives.create_task(self._talk())
            lives.create_task(self._rename())

    async def _talk(self) -> None:
        person = self._person
        while self._ledger.goes_on():
            said = self._ledger.say(self._first, self._room)
            since = person.settled
            said.called = person.names[since:]
            about = {"room": self._room, "text": said.text, "nonce": said.nonce}
            ok = await self._asker.ask(type="say", **about)
            said.called = person.names[since:]
            await self._ledger.acknowledge(said, ok["seq"])
            await asyncio.sleep(PAUSE_SECONDS)

    async def _rename(self) -> None:
        person = self._person
        while self._ledger.goes_on():
            person.names.append(f"{self._first}-{len(person.names) + 1}")
            answer = await self._asker.ask(type="rename", name=person.names[-1])
            if not person.may_be(answer["name"]) or person.name != person.names[-1]:
                self._ledger.find(f"{self._first} asks to be {person.names[-1]}, and is {answer}")
            self._ledger.changes += 1
            await asyncio.sleep(NAMES_PAUSE_SECONDS)

    async def look(self, visitor: Visitor) -> None:
        """Look at who others say that they are; raises one of LOST."""
        person = self._person
        # To enter says so if they have another name than the last one.
        async with person.enter(), visitor.enter() as line:
            for name in person.names[-2:]:
                shown = await answer(line, type="profile", name=name)
                if (name == person.name) != (shown.get("person") == person.id):
                    self._ledger.find(f"{person.name} is looked for as '{name}': {shown}")
