"""Those who are in no private room, and try to hear of it: in every way that they can speak.

Whatever is said in private has a word in it that is said nowhere else. Nobody here may ever be told
it, and whatever they ask of a private room must be refused.
"""

import asyncio
import json
from contextlib import suppress
from typing import Any, Final

import aiohttp

from bench.peers.hubbub import HEADER_BYTES, frame
from bench.promises.irc import enter
from bench.promises.ledger import HUSH, Json, Ledger
from bench.promises.senders import REQUEST_SECONDS
from bench.promises.talking import LOST, RETURN_SECONDS, Line, Person, next_event
from bench.promises.way import Way

PAUSE_SECONDS: Final = 0.5
TRIED: Final = "a spy was here"
SOUGHT: Final = HUSH.rpartition("-")[2]
"""A part of the word, which answers may quote."""


def attempts(room: str, spy: str) -> list[Json]:
    """Return commands that nobody may give who is not in a private room."""
    commands: list[Json] = [
        {"type": "join", "after": 0},
        {"type": "history"},
        {"type": "search", "query": SOUGHT},
        {"type": "members"},
        {"type": "pins"},
        {"type": "replies", "seq": 1},
        {"type": "revisions", "seq": 1},
        {"type": "say", "text": TRIED},
        {"type": "react", "seq": 1, "emoji": "👀"},
        {"type": "topic", "text": TRIED},
        {"type": "upload", "name": "a", "size": 1},
        {"type": "add", "name": spy},
        {"type": "rules", "private": False},
        {"type": "bans"},
        {"type": "hooks"},
        {"type": "delete_room"},
    ]
    return [{**command, "room": room} for command in commands]


class EventSpy:
    """Gives commands over frames or a WebSocket."""

    def __init__(self, ledger: Ledger, person: Person) -> None:
        self._ledger = ledger
        self._person = person

    async def run(self) -> None:
        """Try for ever."""
        while True:
            with suppress(*LOST):
                async with self._person.enter() as line:
                    while True:
                        await self._try(line)
                        await asyncio.sleep(PAUSE_SECONDS)
            await asyncio.sleep(RETURN_SECONDS)

    async def _try(self, line: Line) -> None:
        name = self._person.name
        for room in self._ledger.hidden:
            for command in attempts(room, name):
                got = await self._ask(line, command)
                if got["type"] != "error":
                    self._ledger.find(f"{name} asked '{command}', and got {str(got)[:300]}")
        await self._ask(line, {"type": "search", "query": SOUGHT})
        listed = await self._ask(line, {"type": "rooms"})
        rooms = {one["room"] for one in listed.get("rooms", ())}
        if shown := rooms & self._ledger.hidden:
            self._ledger.find(f"{name} finds {shown} in the list of rooms.")

    async def _ask(self, line: Line, command: Json) -> Json:
        await line.say(**command, ref="tried")
        async with asyncio.timeout(REQUEST_SECONDS):
            while True:
                event = await next_event(line)
                self._ledger.overhear(self._person.name, json.dumps(event))
                if event.get("ref") == "tried":
                    return event


class HttpSpy:
    """Asks over HTTP, for files as well, whose names it knows."""

    def __init__(self, ledger: Ledger, name: str, way: Way) -> None:
        self._ledger = ledger
        self._name = name
        self._way = way

    async def run(self) -> None:
        """Try for ever."""
        async with self._way.http(REQUEST_SECONDS) as http:
            while True:
                with suppress(*LOST):
                    await self._try(http)
                await asyncio.sleep(PAUSE_SECONDS)

    async def _try(self, http: aiohttp.ClientSession) -> None:
        for room in self._ledger.hidden:
            said = {"text": TRIED, "name": self._name}
            await self._ask(http, "GET", f"/api/rooms/{room}/messages")
            await self._ask(http, "GET", f"/api/search?query={SOUGHT}&room={room}")
            await self._ask(http, "POST", f"/api/rooms/{room}/messages", json=said)
            await self._ask(http, "POST", f"/api/rooms/{room}/files?name=a", data=b"a")
        for id_ in self._files()[-3:]:
            await self._ask(http, "GET", f"/files/{id_}/a.bin")
        await self._ask(http, "GET", f"/api/search?query={SOUGHT}", is_allowed=True)
        told = await self._ask(http, "GET", "/api/rooms", is_allowed=True)
        for room in self._ledger.hidden:
            if f'"{room}"' in told:
                self._ledger.find(f"{self._name} finds {room} in the list of rooms.")

    def _files(self) -> list[str]:
        """Return the ids of the files that are in private rooms."""
        return [
            file["id"]
            for reading in self._ledger.readings
            if reading.room in self._ledger.hidden
            for event in reading.events
            for file in event.get("files", ())
        ]

    async def _ask(
        self,
        http: aiohttp.ClientSession,
        method: str,
        path: str,
        *,
        is_allowed: bool = False,
        **body: Any,
    ) -> str:
        async with http.request(method, f"{self._way.url}{path}", **body) as response:
            told = (await response.read()).decode("utf-8", "replace")
            self._ledger.overhear(self._name, told)
            if response.status < 300 and not is_allowed:
                self._ledger.find(f"{self._name} asked {method} {path}, and got {told[:300]}")
            return told


class IrcSpy:
    """Speaks IRC."""

    def __init__(self, ledger: Ledger, name: str, way: Way) -> None:
        self._ledger = ledger
        self._name = name
        self._way = way

    async def run(self) -> None:
        """Try for ever."""
        while True:
            with suppress(*LOST):
                async with enter(self._way, self._name, "lobby") as client:
                    while True:
                        for room in self._ledger.hidden:
                            await client.say(
                                f"JOIN #{room}",
                                f"CHATHISTORY LATEST #{room} * 50",
                                f"PRIVMSG #{room} :{TRIED}",
                                *(f"{word} #{room}" for word in ("NAMES", "WHO", "TOPIC", "MODE")),
                                f"INVITE {self._name} #{room}",
                            )
                        await client.say("LIST", "PING :all")
                        while (line := await client.line()).command != "PONG":
                            self._ledger.overhear(self._name, str(line))
                            if line.command == "322" and line.params[1][1:] in self._ledger.hidden:
                                self._ledger.find(f"{self._name} finds {line.params[1]} in LIST.")
                        await asyncio.sleep(PAUSE_SECONDS)
            await asyncio.sleep(RETURN_SECONDS)


class ClassicSpy:
    """Speaks frames as a tutorial's client does, with lines that begin with `/`."""

    def __init__(self, ledger: Ledger, name: str, way: Way) -> None:
        self._ledger = ledger
        self._name = name
        self._way = way

    async def run(self) -> None:
        """Try for ever."""
        while True:
            with suppress(*LOST):
                reader, writer = await self._way.connected()
                hearing = asyncio.create_task(self._hear(reader))
                try:
                    writer.write(frame(self._name.encode()))
                    while not hearing.done():
                        for room in self._ledger.hidden:
                            for line in (f"/join {room}", f"/search {SOUGHT}", "/rooms"):
                                writer.write(frame(line.encode()))
                        await writer.drain()
                        await asyncio.sleep(PAUSE_SECONDS)
                finally:
                    hearing.cancel()
                    await asyncio.gather(hearing, return_exceptions=True)
                    writer.transport.abort()
            await asyncio.sleep(RETURN_SECONDS)

    async def _hear(self, reader: asyncio.StreamReader) -> None:
        while True:
            header = await reader.readexactly(HEADER_BYTES)
            payload = await reader.readexactly(int(header))
            self._ledger.overhear(self._name, payload.decode("utf-8", "replace"))
