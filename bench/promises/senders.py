"""Those who say something: over frames, events, WebSockets, HTTP, and with the client library.

Each says numbered texts at its own pace, and says again what was not acknowledged, as the protocol
tells clients to (sections 4.2, 5.4 and 9). A classic sender cannot know what was posted, and says
nothing twice.
"""

import asyncio
import hashlib
import random
from contextlib import suppress
from typing import Any, Final

import aiohttp

from bench.peers.hubbub import HEADER_BYTES, frame
from bench.promises.ledger import Ledger, Said
from bench.promises.talking import (
    LOST,
    PASSING,
    RETURN_SECONDS,
    Line,
    Person,
    join,
    next_event,
)
from bench.promises.way import Way
from hubbub.chat.errors import Refused, Unreachable
from hubbub.client import Backoff, Chat, connect, one_chatroom

PAUSE_SECONDS: Final = 0.02
WINDOW: Final = 12
"""So many are under way at once."""

REPEATED: Final = 3
"""So many of the acknowledged ones are said again after each loss, and must not be posted twice."""

PADDING_MAX: Final = 1500
FILE_BYTES_MAX: Final = 200_000
REQUEST_SECONDS: Final = 30.0
"""A file is looked at in a process of its own, which takes seconds to start on a busy machine."""

RETRIES: Final = Backoff(0.05, 0.5)
UNANSWERED: Final = (Refused, Unreachable, OSError, TimeoutError)
AGAIN: Final = {408, 409, 429, 500, 503, 507}
"""Statuses of requests that may be repeated: 507 while the disk is full."""


def padding(chance: random.Random) -> int:
    """Return how long a text is: mostly short."""
    return chance.choice((0, 0, 10, 100, PADDING_MAX))


class EventSender:
    """Has some messages under way, each behind the one before, over frames or a WebSocket.

    Once one is refused, those under way are awaited, and all that is not acknowledged is said again
    in its order.
    """

    def __init__(self, ledger: Ledger, person: Person, room: str, chance: random.Random) -> None:
        self._ledger = ledger
        self._person = person
        self._room = room
        self._chance = chance
        self._unanswered: list[Said] = []
        self._answered: list[Said] = []
        self._under_way: dict[str, Said] = {}
        self._newest = ""
        self._is_refused = False

    async def run(self) -> None:
        """Say something until it is over, and everything is acknowledged."""
        while self._goes_on():
            with suppress(*LOST):
                async with self._person.enter() as line:
                    await join(line, room=self._room)
                    self._under_way.clear()
                    self._is_refused = False
                    await self._send(line, *self._answered[-REPEATED:], *self._unanswered)
                    await self._converse(line)
            await asyncio.sleep(RETURN_SECONDS)

    def _goes_on(self) -> bool:
        return bool(self._unanswered) or self._ledger.goes_on()

    async def _converse(self, line: Line) -> None:
        hearing = asyncio.create_task(self._hear(line))
        try:
            while self._goes_on() and not hearing.done():
                if self._is_refused:
                    if not self._under_way:
                        await asyncio.sleep(RETURN_SECONDS)
                        self._is_refused = False
                        await self._send(line, *self._unanswered)
                elif len(self._unanswered) < WINDOW and self._ledger.goes_on():
                    said = self._ledger.say(self._person.name, self._room, padding(self._chance))
                    self._unanswered.append(said)
                    await self._send(line, said)
                await asyncio.sleep(PAUSE_SECONDS)
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)

    async def _send(self, line: Line, *messages: Said) -> None:
        for said in messages:
            behind = {"behind": self._newest} if self._newest in self._under_way else {}
            self._under_way[said.nonce] = said
            self._newest = said.nonce
            about = {"room": self._room, "nonce": said.nonce, "ref": said.nonce, **behind}
            await line.say(type="say", text=said.text, **about)

    async def _hear(self, line: Line) -> None:
        while True:
            event = await next_event(line)
            if (said := self._under_way.pop(event.get("ref", ""), None)) is None:
                continue
            if event["type"] == "ok":
                await self._ledger.acknowledge(said, event["seq"])
                self._answered.append(said)
            elif event["code"] in PASSING:
                self._ledger.count_refusal()
                self._is_refused = True
                continue
            else:
                self._ledger.find(f"{said.sender} is refused for good: {event}")
                said.withdrawn = True
            if said in self._unanswered:
                self._unanswered.remove(said)


class ClassicSender:
    """Says plain lines, and nothing twice; hears the others."""

    def __init__(self, ledger: Ledger, name: str, way: Way) -> None:
        self._ledger = ledger
        self._name = name
        self._way = way

    async def run(self) -> None:
        """Say something until it is over."""
        while self._ledger.goes_on():
            with suppress(*LOST):
                reader, writer = await self._way.connected()
                hearing = asyncio.create_task(hear(self._ledger, reader))
                try:
                    writer.write(frame(self._name.encode()))
                    while self._ledger.goes_on() and not hearing.done():
                        said = self._ledger.say(self._name, "lobby")
                        writer.write(frame(said.text.encode()))
                        await writer.drain()
                        await asyncio.sleep(2 * PAUSE_SECONDS)
                finally:
                    hearing.cancel()
                    await asyncio.gather(hearing, return_exceptions=True)
                    writer.transport.abort()
            await asyncio.sleep(RETURN_SECONDS)


async def hear(ledger: Ledger, reader: asyncio.StreamReader) -> None:
    """Note what a classic member hears, to the end of the connection."""
    heard: list[tuple[str, str]] = []
    ledger.heard.append(heard)
    while True:
        pair = []
        for _ in range(2):
            header = await reader.readexactly(HEADER_BYTES)
            pair.append((await reader.readexactly(int(header))).decode())
        heard.append((pair[0], pair[1]))


class HttpSender:
    """Posts over HTTP, one after the other; every few messages with a file."""

    def __init__(
        self, ledger: Ledger, name: str, way: Way, room: str, chance: random.Random
    ) -> None:
        self._ledger = ledger
        self._name = name
        self._way = way
        self._room = room
        self._chance = chance

    async def run(self) -> None:
        """Say something until it is over, and everything is acknowledged."""
        async with self._way.http(REQUEST_SECONDS) as http:
            while self._ledger.goes_on():
                if self._chance.random() < 0.2:
                    await self.post_file(http)
                else:
                    said = self._ledger.say(self._name, self._room, padding(self._chance))
                    body = {"text": said.text, "name": self._name}
                    await self._post(http, said, "messages", json=body)
                await asyncio.sleep(PAUSE_SECONDS)

    async def post_file(self, http: aiohttp.ClientSession) -> Said:
        """Say something with a file, and return it."""
        content = self._chance.randbytes(self._chance.randint(1, FILE_BYTES_MAX))
        files = (hashlib.sha256(content).hexdigest(),)
        said = self._ledger.say(self._name, self._room, files=files)
        about = {"name": "a.bin", "text": said.text, "from": self._name}
        await self._post(http, said, "files", params=about, data=content)
        return said

    async def _post(
        self, http: aiohttp.ClientSession, said: Said, what: str, **request: Any
    ) -> None:
        headers = {"Idempotency-Key": said.nonce}
        while True:
            with suppress(*LOST):
                at = f"{self._way.url}/api/rooms/{self._room}/{what}"
                async with http.post(at, headers=headers, **request) as response:
                    told = await response.json(content_type=None)
                    if response.status == 201:
                        await self._ledger.acknowledge(said, told["seq"])
                        return
                    self._ledger.count_refusal()
                    if response.status not in AGAIN:
                        self._ledger.find(f"{said.sender} is refused for good: {told}")
                        said.withdrawn = True
                        return
            await asyncio.sleep(RETURN_SECONDS)


def chatting(person: Person, room: str, after: int | None = None) -> Chat:
    """Return a chat of the client library that comes back for ever; to be entered."""
    return connect(
        one_chatroom(person.way.address),
        name=person.name,
        room=room,
        device=person.device,
        after=after,
        reconnect=RETRIES,
        patient=True,
        spoke_events=True,
        remember=False,
    )


class LibrarySender:
    """Says something with the client library, some at once; every few messages with a file."""

    def __init__(self, ledger: Ledger, person: Person, room: str, chance: random.Random) -> None:
        self._ledger = ledger
        self._person = person
        self._name = person.name
        self._room = room
        self._chance = chance

    async def run(self) -> None:
        """Say something until it is over, and everything is acknowledged."""
        async with chatting(self._person, self._room) as chat:
            reading = asyncio.create_task(pass_over(chat))
            saying: set[asyncio.Task[None]] = set()
            try:
                while self._ledger.goes_on() and not reading.done():
                    if self._chance.random() < 0.1:
                        await asyncio.gather(*saying)
                        await self._say_file(chat)
                    said = self._ledger.say(self._name, self._room, padding(self._chance))
                    saying = {task for task in saying if not task.done()}
                    saying.add(asyncio.create_task(self._say(chat, said)))
                    if len(saying) >= WINDOW:
                        await asyncio.wait(saying, return_when=asyncio.FIRST_COMPLETED)
                    await asyncio.sleep(PAUSE_SECONDS)
                await asyncio.gather(*saying)
                if reading.done():
                    self._ledger.find(f"{self._name} lost its chat: {reading.exception()!r}")
            finally:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)

    async def _say(self, chat: Chat, said: Said, files: tuple[str, ...] = ()) -> None:
        try:
            seq = await chat.say(said.text, said.room, nonce=said.nonce, files=files)
        except Refused as refusal:
            said.withdrawn = True
            if refusal.code != "no_such_file":  # uploads are forgotten with the one who sent them
                self._ledger.find(f"{said.sender} is refused for good: {refusal.code}, {refusal}")
        except Unreachable as error:
            self._ledger.find(f"{said.sender} cannot say anything: {error}")
        else:
            assert seq is not None
            await self._ledger.acknowledge(said, seq)

    async def _say_file(self, chat: Chat) -> None:
        content = self._chance.randbytes(self._chance.randint(1, FILE_BYTES_MAX))
        try:
            file = await chat.upload(self._room, content, name="a.bin")
        except UNANSWERED:
            self._ledger.count_refusal()
            return
        files = (hashlib.sha256(content).hexdigest(),)
        said = self._ledger.say(self._name, self._room, files=files)
        await self._say(chat, said, (file.id,))


async def pass_over(chat: Chat) -> None:
    """Read what comes, and do nothing with it."""
    async for _ in chat:
        pass
