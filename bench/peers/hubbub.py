"""hubbub itself, with everything on: names, limits, durable log. Only the flood limit is lifted."""

import base64
import json
import os
import platform
import re
import sys
from pathlib import Path

from bench.peers.api import Conversation
from bench.peers.ngircd import User
from bench.peers.peer import NAME_BYTES, TEXT_BYTES, Dialect, Keeps, Peer
from hubbub import __version__
from hubbub.wire.irc.names import HOST

CONFIG = "[limits]\nmessages_per_second = 0\n"
POWER = '[log]\ndurability = "power"\n'
HEADER_BYTES = 10
TEXT_MESSAGE = 0x81
OPENING = (
    b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %b\r\n\r\n" % base64.b64encode(bytes(16))
)


def frame(payload: bytes, plus: bytes = b"") -> bytes:
    """Return a frame; with `plus` it is one of an event session."""
    return b"%-10b%b" % (b"%b%d" % (plus, len(payload)), payload)


def websocket_frame(payload: bytes, first: int = TEXT_MESSAGE) -> bytes:
    """Return a frame as a client sends it, masked; `first` is its first byte, the payload short."""
    mask = os.urandom(4)
    masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
    return bytes((first, 0x80 | len(payload))) + mask + masked


def command(**fields: object) -> bytes:
    """Return a command of an event session, as JSON."""
    return json.dumps(fields).encode()


def framed_command(**fields: object) -> bytes:
    """Return a command as an event session sends it over frames."""
    return frame(command(**fields), b"+")


class Classic(Dialect):
    """A classic session: a name, then plain lines."""

    joined = b"You are in "

    def join(self, name: str, room: str) -> bytes:
        return frame(name.encode()) + frame(f"/join {room}".encode())

    def heard_bytes(self, room: str, first: int, count: int) -> int:
        del room, first
        return count * (HEADER_BYTES + NAME_BYTES + HEADER_BYTES + TEXT_BYTES)


class Event(Dialect):
    """A session that speaks events in frames. Deliveries hold seq and prev, which grow."""

    opened = b'"type":"welcome"'
    joined = b'"type":"room"'
    header_bytes = HEADER_BYTES

    def opening(self, name: str) -> bytes:
        return frame(name.encode(), b"+")

    def join(self, name: str, room: str) -> bytes:
        del name
        return framed_command(type="join", room=room)

    def heard_bytes(self, room: str, first: int, count: int) -> int:
        blank = json.dumps(
            {
                "type": "message",
                "room": room,
                "seq": 0,
                "prev": 0,
                "from": "n" * NAME_BYTES,
                "at": 10**12,
                "text": "t" * TEXT_BYTES,
            },
            separators=(",", ":"),
        )
        fixed = len(blank) - 2 + self.header_bytes
        seqs = _digits(first, count)
        prevs = _digits(first - 1, count)
        return count * fixed + seqs + prevs


class WebSocket(Event):
    """The same over a WebSocket, whose header has four bytes for a message of this length."""

    opened = b"\r\n\r\n"
    header_bytes = 4

    def opening(self, name: str) -> bytes:
        del name
        return OPENING

    def join(self, name: str, room: str) -> bytes:
        hello = command(type="hello", name=name)
        enter = command(type="join", room=room)
        return websocket_frame(hello) + websocket_frame(enter)


class Irc(User):
    """An IRC client that asks for no capabilities."""

    host = HOST


def _digits(first: int, count: int) -> int:
    """Return how many digits `count` numbers from `first` on have together."""
    total = count
    power = 10
    while power < first + count:
        total += first + count - max(first, power)
        power *= 10
    return total


class Hubbub(Peer):
    """A hubbub whose members speak the given dialects in turn; its speakers are classic.

    `workers`: so many processes hold the connections; 0: it does itself.
    """

    speaker = Classic()
    hears_others = True
    _reader = Event()

    def __init__(
        self, name: str, *members: Dialect, keeps: Keeps = Keeps.KILL, workers: int = 0
    ) -> None:
        self.name = name
        self.members = members
        self.keeps = keeps
        self._workers = workers

    def absence(self) -> str | None:
        return None

    def version(self) -> str:
        return f"hubbub {__version__}, Python {platform.python_version()}"

    def command(self, folder: Path, port: int) -> list[str]:
        config = folder / "hubbub.toml"
        config.write_text(CONFIG + (POWER if self.keeps is Keeps.POWER else ""))
        return [
            *(sys.executable, "-m", "hubbub.cli", "serve"),
            *("--listen", f"127.0.0.1:{port}"),
            *("--data", str(folder / "log"), "--config", str(config)),
            *("--workers", str(self._workers)),
        ]

    def say(self, room: str, text: bytes) -> bytes:
        del room  # the speaker is in no other
        return frame(text)

    def saying(self, port: int, room: str, name: str, text: str) -> list[str]:
        to = f"127.0.0.1:{port}"
        program = (sys.executable, "-m", "hubbub.cli", "send")
        return [*program, "--to", to, "--room", room, "--name", name, text]

    def stored(self, port: int, room: str) -> int:
        with Conversation(port) as server:
            server.say(self._reader.opening("counter"))
            server.read_until(self._reader.opened)
            server.say(framed_command(type="history", room=room, limit=1, ref="newest"))
            page = server.read_until(b'"type":"page"', b'"ref":"newest"')
        newest = re.search(rb'"seq":(\d+)', page[page.index(b'"type":"page"') :])
        return int(newest[1]) if newest else 0  # nothing but messages was logged
