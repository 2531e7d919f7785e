"""Somebody at each node, who never goes to another: what the node takes of them, and when."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

import aiohttp

from bench.peers.server import HOST
from bench.promises.ledger import Json, Ledger
from bench.promises.nodes.cluster import Node
from bench.promises.senders import EventSender
from bench.promises.talking import LOST, RETURN_SECONDS, Line, Person
from bench.promises.way import Way

NOTICE_SECONDS: Final = 2.5
"""So soon after a cut, a node takes nothing more."""

PATIENCE_SECONDS = 30.0
"""So long, on a busy machine, until a node has said what it knows."""

ASK_SECONDS: Final = 5.0


@dataclass(slots=True)
class Notes:
    """When something was said that was acknowledged later, and when that was; when refused."""

    taken: list[tuple[float, float]] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)

    def said_after(self, moment: float) -> list[tuple[float, float]]:
        """Return what was said later than that, and is acknowledged."""
        return [one for one in self.taken if one[0] > moment]


class Noting:
    """A line on which it is noted what becomes of each message."""

    def __init__(self, line: Line, notes: Notes, known: set[str]) -> None:
        self._line = line
        self._notes = notes
        self._known = known
        self._said: dict[str, float] = {}
        self._clock = asyncio.get_running_loop().time

    async def say(self, **fields: object) -> None:
        """Send a command."""
        if (ref := fields.get("nonce")) is not None:
            self._said[str(ref)] = self._clock()
        await self._line.say(**fields)

    async def event(self) -> Json:
        """Return the next event."""
        event = await self._line.event()
        if (ref := event.get("ref", "")) in self._said:
            said = self._said.pop(ref)
            if event["type"] == "error":
                self._notes.refused.append(self._clock())
            elif ref not in self._known:
                self._known.add(ref)
                self._notes.taken.append((said, self._clock()))
        return event


@dataclass(slots=True)
class Noted(Person):
    """Somebody whose messages are noted."""

    notes: Notes = field(default_factory=Notes)
    known: set[str] = field(default_factory=set)

    @asynccontextmanager
    async def enter(self) -> AsyncIterator[Line]:
        """Give a session under the name; raises one of LOST."""
        async with Person.enter(self) as line:
            yield Noting(line, self.notes, self.known)


class Watched:
    """A node that is watched by somebody who says something there all the time."""

    def __init__(self, node: Node, number: int, ledger: Ledger, seed: int) -> None:
        self.node = node
        self._name = f"n{number}"
        self._ledger = ledger
        self._clock = asyncio.get_running_loop().time
        device = f"the-only-device-of-walter-{number}"
        self._person = Noted(f"walter-{number}", Way(node.members.port), device=device)
        self._sender = EventSender(ledger, self._person, "lobby", random.Random(seed + number))

    async def run(self) -> None:
        """Say something until it is over."""
        await self._sender.run()

    async def must_notice(self, since: float) -> None:
        """See that the node says that it is cut off, which it is since then."""
        notes = self._person.notes
        if not await _in_time(lambda: bool(notes.refused) and notes.refused[-1] > since):
            self._find("does not refuse what is said, though it is cut off.")
        if not await self._answers(HTTPStatus.SERVICE_UNAVAILABLE):
            self._find("does not say at /readyz that it is cut off.")

    def has_taken_nothing(self, since: float) -> bool:
        """Return whether nothing is acknowledged so far that was said too late to be stored."""
        late = self._person.notes.said_after(since + NOTICE_SECONDS)
        for said, acknowledged in late[:1]:
            self._find(
                f"is cut off, and {acknowledged - since:.1f} seconds later it acknowledged "
                f"what was said after {said - since:.1f}."
            )
        return not late

    async def must_take(self) -> None:
        """See that the node takes something now, and says so."""
        since = self._clock()
        notes = self._person.notes
        if not await _in_time(lambda: bool(notes.taken) and notes.taken[-1][0] > since):
            self._find("acknowledges nothing, though it could.")
        if not await self._answers(HTTPStatus.OK):
            self._find("does not say at /readyz that it takes something.")

    async def _answers(self, status: HTTPStatus) -> bool:
        """Return whether /readyz has this status soon."""
        deadline = self._clock() + PATIENCE_SECONDS
        at = f"http://{HOST}:{self.node.server.port}/readyz"
        timeout = aiohttp.ClientTimeout(total=ASK_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as http:
            while self._clock() < deadline:
                with suppress(*LOST):
                    async with http.get(at) as response:
                        if response.status == status:
                            return True
                await asyncio.sleep(RETURN_SECONDS)
        return False

    def _find(self, what: str) -> None:
        self._ledger.find(f"{self._name} {what}")


async def _in_time(holds: Callable[[], bool]) -> bool:
    """Return whether something holds soon."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + PATIENCE_SECONDS
    while not holds():
        if clock() > deadline:
            return False
        await asyncio.sleep(RETURN_SECONDS)
    return True
