"""Those who follow a room from its beginning, and go on where they were after each loss.

Each notes what it saw. The notes must be the room as it is in the log: nothing left out, twice, or
in another order, and nothing that is not there.
"""

import asyncio
from contextlib import suppress
from typing import Final

import aiohttp
import msgspec

from bench.peers.hubbub import frame
from bench.promises.ledger import Json, Ledger
from bench.promises.senders import REQUEST_SECONDS, chatting, hear
from bench.promises.talking import LOST, RETURN_SECONDS, Person, join, next_event
from bench.promises.way import Way

POLL_SECONDS: Final = 0.1
PAGE_MESSAGES: Final = 200
LOGGED: Final = {"message", "edited", "deleted", "reaction", "pinned", "topic", "signal"}
"""The types of events that are in the log (protocol, section 5.1)."""


class EventReader:
    """Joins the room with its cursor and epoch, over frames or a WebSocket."""

    def __init__(self, ledger: Ledger, person: Person, room: str) -> None:
        self._ledger = ledger
        self._person = person
        self._reading = ledger.reading(person.name, room)
        self._epoch = ""

    async def run(self) -> None:
        """Read for ever."""
        while True:
            with suppress(*LOST):
                async with self._person.enter() as line:
                    reading = self._reading
                    at = {"room": reading.room, "after": reading.cursor, "epoch": self._epoch}
                    self._look_at(await join(line, **at))
                    while True:
                        self._take(await next_event(line))
            await asyncio.sleep(RETURN_SECONDS)

    def _look_at(self, entered: Json) -> None:
        if entered.get("replaced") or entered["last"] < self._reading.cursor:
            self._ledger.find(
                f"{self._reading.reader} has seen the seq {self._reading.cursor}, and the server "
                f"lost it: {entered}"
            )
        self._epoch = entered["epoch"]

    def _take(self, event: Json) -> None:
        if event["type"] == "missing":
            self._ledger.find(f"{self._reading.reader} is told that events are missing: {event}")
        elif event["type"] in LOGGED and event["room"] == self._reading.room:
            self._ledger.see(self._reading, event)
        elif event["type"] in LOGGED:
            self._ledger.find(f"{self._reading.reader} is told of another room: {event}")


class LibraryReader:
    """Reads with the client library, which makes up for losses by itself."""

    def __init__(self, ledger: Ledger, person: Person, room: str) -> None:
        self._ledger = ledger
        self._person = person
        self._reading = ledger.reading(person.name, room)

    async def run(self) -> None:
        """Read for ever."""
        reading = self._reading
        async with chatting(self._person, reading.room, after=0) as chat:
            while (received := await chat.receive()) is not None:
                if not received.json:
                    continue
                event: Json = msgspec.json.decode(received.json)
                if event["type"] == "missing":
                    self._ledger.find(f"{reading.reader} is told that events are missing: {event}")
                elif event["type"] in LOGGED and event["room"] == reading.room:
                    self._ledger.see(reading, event)
                elif event["type"] in LOGGED:
                    self._ledger.find(f"{reading.reader} is told of another room: {event}")
        self._ledger.find(f"{reading.reader} lost its chat for good.")


class HttpReader:
    """Asks for the page after its cursor, again and again."""

    def __init__(self, ledger: Ledger, name: str, way: Way, room: str) -> None:
        self._ledger = ledger
        self._way = way
        self._reading = ledger.reading(name, room, messages_only=True)

    async def run(self) -> None:
        """Read for ever."""
        async with self._way.http(REQUEST_SECONDS) as http:
            while True:
                with suppress(*LOST):
                    await self._read(http)
                await asyncio.sleep(POLL_SECONDS)

    async def _read(self, http: aiohttp.ClientSession) -> None:
        place = {"after": self._reading.cursor, "limit": PAGE_MESSAGES}
        at = f"{self._way.url}/api/rooms/{self._reading.room}/messages"
        async with http.get(at, params=place) as response:
            page = await response.json(content_type=None)
            if response.status != 200:
                return
        if page.get("missing"):
            self._ledger.find(f"{self._reading.reader} has a page with holes: {page['missing']}")
        for message in page["messages"]:
            self._ledger.see(self._reading, message)


class ClassicListener:
    """Hears what is said in the lobby while it is there."""

    def __init__(self, ledger: Ledger, name: str, way: Way) -> None:
        self._ledger = ledger
        self._name = name
        self._way = way

    async def run(self) -> None:
        """Listen for ever."""
        while True:
            with suppress(*LOST):
                reader, writer = await self._way.connected()
                try:
                    writer.write(frame(self._name.encode()))
                    await hear(self._ledger, reader)
                finally:
                    writer.transport.abort()
            await asyncio.sleep(RETURN_SECONDS)
