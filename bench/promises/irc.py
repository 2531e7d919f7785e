"""Those who speak IRC: one says something, one reads and asks for what it missed (chathistory).

They know the specifications of IRCv3 and docs/irc.md, and no line of hubbub's code.
"""

import asyncio
import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Final, NamedTuple

from bench.peers.server import PATIENCE_SECONDS
from bench.promises.ledger import Json, Ledger, Look, Said, Seen
from bench.promises.talking import LOST, RETURN_SECONDS
from bench.promises.way import Way

CAPABILITIES: Final = (
    "batch draft/chathistory echo-message labeled-response message-tags server-time "
    "standard-replies"
)
PAUSE_SECONDS: Final = 0.02
UNANSWERED_MAX: Final = 12
PAGE_MESSAGES: Final = 100

_MEANINGS: Final = {":": ";", "s": " ", "\\": "\\", "r": "\r", "n": "\n"}


class Line(NamedTuple):
    """A message of IRC."""

    command: str
    params: tuple[str, ...]
    source: str
    tags: Mapping[str, str]

    @property
    def nick(self) -> str:
        """Whose it is."""
        return self.source.partition("!")[0]

    @property
    def seq(self) -> int:
        """The seq of what was said, which its id ends with; 0 if it has none."""
        return int(self.tags.get("msgid", "0").rpartition("/")[2])

    @property
    def is_said(self) -> bool:
        """Whether it is the beginning of a message in a room, and no edit of one."""
        spoken = self.command in ("PRIVMSG", "NOTICE") and self.params[0].startswith("#")
        return spoken and "msgid" in self.tags and "+draft/edit" not in self.tags


def read(raw: str) -> Line:
    """Return the message that a line is."""
    tags = {}
    if raw.startswith("@"):
        written, _, raw = raw[1:].partition(" ")
        for tag in written.split(";"):
            key, _, value = tag.partition("=")
            pieces = iter(value)
            tags[key] = "".join(
                _MEANINGS.get(after := next(pieces, ""), after) if char == "\\" else char
                for char in pieces
            )
    source = ""
    if raw.startswith(":"):
        source, _, raw = raw[1:].partition(" ")
    middle, colon, last = raw.partition(" :")
    command, *params = middle.split()
    return Line(command, (*params, last) if colon else tuple(params), source, tags)


class Client:
    """A connection that is welcomed."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def say(self, *lines: str) -> None:
        """Send lines."""
        self._writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await self._writer.drain()

    async def line(self) -> Line:
        """Return the next line; raises one of LOST."""
        raw = await self._reader.readuntil(b"\n")
        line = read(raw.decode().rstrip("\r\n"))
        if line.command == "ERROR":
            raise ConnectionResetError(f"The server ends it: {line.params}")
        return line

    async def until(self, command: str) -> Line:
        """Return the next line with a command; raises one of LOST, as if it never came."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (line := await self.line()).command != command:
                pass
        return line


@asynccontextmanager
async def enter(way: Way, nick: str, room: str, password: str = "") -> AsyncIterator[Client]:
    """Give somebody in a room, a member if there is a password; raises one of LOST."""
    reader, writer = await way.connected()
    client = Client(reader, writer)
    try:
        if password:
            plain = base64.b64encode(f"\0{nick}\0{password}".encode()).decode()
            await client.say("CAP REQ :sasl", "AUTHENTICATE PLAIN", f"AUTHENTICATE {plain}")
        await client.say(f"CAP REQ :{CAPABILITIES}", f"NICK {nick}", f"USER {nick} 0 * :{nick}")
        await client.say("CAP END")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (line := await client.line()).command != "001":
                if line.command == "433":
                    raise ConnectionResetError("The server has not noticed yet that we are gone.")
        await client.say(f"JOIN #{room}")
        await client.until("366")
        yield client
    finally:
        writer.transport.abort()


class IrcSender:
    """Says lines, and knows of each by its label what became of it. Nothing is said twice."""

    def __init__(self, ledger: Ledger, name: str, way: Way, room: str) -> None:
        self._ledger = ledger
        self._name = name
        self._way = way
        self._room = room
        self._unanswered: dict[str, Said] = {}

    async def run(self) -> None:
        """Say something until it is over, and everything is answered."""
        while self._ledger.goes_on():
            with suppress(*LOST):
                async with enter(self._way, self._name, self._room) as client:
                    self._unanswered.clear()
                    await self._converse(client)
            await asyncio.sleep(RETURN_SECONDS)

    async def _converse(self, client: Client) -> None:
        hearing = asyncio.create_task(self._hear(client))
        try:
            while not hearing.done() and (self._unanswered or self._ledger.goes_on()):
                if len(self._unanswered) < UNANSWERED_MAX and self._ledger.goes_on():
                    said = self._ledger.say(self._name, self._room)
                    self._unanswered[said.nonce] = said
                    await client.say(f"@label={said.nonce} PRIVMSG #{self._room} :{said.text}")
                await asyncio.sleep(PAUSE_SECONDS)
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)

    async def _hear(self, client: Client) -> None:
        while True:
            line = await client.line()
            if (said := self._unanswered.get(line.tags.get("label", ""))) is None:
                continue
            if line.is_said:
                await self._ledger.acknowledge(said, line.seq)
            elif line.command == "FAIL":
                self._ledger.count_refusal()
                said.withdrawn = True
            else:
                self._ledger.find(f"{self._name} is answered '{said.text}' with {line}.")
            del self._unanswered[said.nonce]


class IrcReader:
    """Reads what is said, and after each loss first what was said meanwhile."""

    def __init__(self, ledger: Ledger, name: str, way: Way, room: str) -> None:
        self._ledger = ledger
        self._way = way
        self._reading = ledger.reading(name, room, messages_only=True)

    async def run(self) -> None:
        """Read for ever."""
        reading = self._reading
        while True:
            with suppress(*LOST):
                async with enter(self._way, reading.reader, reading.room) as client:
                    live: list[Json] = []
                    await self._catch_up(client, live)
                    read_up_to = reading.cursor
                    for event in live:
                        if event["seq"] > read_up_to:
                            self._ledger.see(reading, event)
                    while True:
                        line = await client.line()
                        # History is what the log has: members may hear some of it a little later.
                        if line.is_said and line.seq > read_up_to:
                            self._ledger.see(reading, _event_of(line))
            await asyncio.sleep(RETURN_SECONDS)

    async def _catch_up(self, client: Client, live: list[Json]) -> None:
        """Read what was said up to now; what is said from now on is put into `live`."""
        reading = self._reading
        while True:
            before = reading.cursor
            for event in await page(client, reading.room, before, live):
                self._ledger.see(reading, event)
            if reading.cursor == before:
                return


async def page(client: Client, room: str, after: int, live: list[Json]) -> list[Json]:
    """Return the next messages of a room after a seq, as events; none: there are no more.

    What is said meanwhile is put into `live`.
    """
    await client.say(f"CHATHISTORY AFTER #{room} msgid={room}/{after} {PAGE_MESSAGES}")
    found: list[Json] = []
    batch = ""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            line = await client.line()
            if line.command == "BATCH" and "chathistory" in line.params:
                batch = line.params[0][1:]
            elif line.command == "BATCH" and line.params[0] == f"-{batch}":
                return found
            elif line.command == "FAIL":
                raise ConnectionResetError(f"There is no history now: {line.params}")
            elif line.is_said:
                (found if batch and line.tags.get("batch") == batch else live).append(
                    _event_of(line)
                )


async def look(way: Way, room: str) -> Look:
    """Return how a room reads in IRC: of each message the first line."""
    seen: dict[int, Seen] = {}
    async with enter(way, "irc-looks", room) as client:
        while events := await page(client, room, max(seen, default=0), []):
            for event in events:
                seen[event["seq"]] = Seen(event["text"], reactions=None)
    return Look("IRC", room, seen, is_cut=True)


def _event_of(line: Line) -> Json:
    said = {"type": "message", "seq": line.seq, "from": line.nick, "text": line.params[1]}
    return {**said, "is_cut": True}
