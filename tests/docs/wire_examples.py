"""Reads the examples of docs/protocol.md and plays them, byte for byte, against a server.

An example is a block of lines: `WHO > BYTES` is what the connection called WHO sends, `WHO < BYTES`
what it receives next, `WHO < closed` that the server ends it. `\\n` and `\\xNN` stand for bytes.
Times, session secrets, codes, ids and epochs differ from run to run: their form is compared, and a
secret or code that was received is sent where the example sends it. `curl > …` runs curl, and what
it prints is compared. A `locked` block is for a server with a password, a `files` block for one
that keeps files.
"""

import codecs
import contextlib
import re
import select
import shlex
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Self

import msgspec

from hubbub.chat.errors import ProtocolError
from hubbub.testing import LocalServer
from hubbub.wire.frames import Frame, FrameDecoder, encode_event_frame

PATIENCE_SECONDS = 10
CLOSED = b"closed"
CURL = "curl"
TOLD = b"127.0.0.1:1234"
_BLOCK = re.compile(r"^```wire( locked| files)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINE = re.compile(r"(\w+) ([<>]) (.*)")
_ESCAPE = re.compile(r"\\(n|x[0-9a-f]{2})")
_HEADER = re.compile(rb"\d[\d ]{9}")
_TIME = re.compile(rb'"(at|edited|seen|since)":1\d{12}')
_CODE = re.compile(rb'"code":"([0-9A-Z]{4}-[0-9A-Z]{4})"')
_EPOCH = re.compile(rb'"epoch":"[\w-]{16}"')
_PERSON = re.compile(rb'"(person|id)":"[0-9A-Za-z]{11}"')
_ROOM = re.compile(rb'"room":"(@[0-9a-f]{24})"')
_ID = re.compile(rb'"id":"([0-9A-Za-z]{11})"')
_HOOK = re.compile(rb'"hook":"([\w-]{22})"')
_UPLOAD = re.compile(rb'"upload":"([\w-]{22})"')
_ADDRESS = re.compile(rb'"/files/uploads/([\w-]{22})"')
_FILE = re.compile(rb'"id":"([\w-]{22})"')
_SECRET = re.compile(rb'"session":"([\w-]{22})"')


class Step(NamedTuple):
    """One line of an example."""

    who: str
    sends: bool
    octets: bytes


class Example(NamedTuple):
    """One block, the line of the page on which it begins, and whether its server is `locked`.

    `files`: whether it keeps files.
    """

    line: int
    steps: list[Step]
    locked: bool = False
    files: bool = False


def read_examples(page: Path) -> list[Example]:
    """Return the examples of a page; raise ValueError for a line that is none."""
    text = page.read_text("utf-8")
    return [
        Example(
            text.count("\n", 0, block.start()) + 1,
            list(map(_step, block[2].splitlines())),
            block[1] == " locked",
            block[1] == " files",
        )
        for block in _BLOCK.finditer(text)
    ]


def _step(line: str) -> Step:
    match = _LINE.fullmatch(line)
    if match is None:
        raise ValueError(f"no line of an example: {line!r}")
    octets = b"".join(_octets(match[3]))
    return Step(match[1], match[2] == ">", octets)


def _octets(text: str) -> Iterator[bytes]:
    for index, part in enumerate(_ESCAPE.split(text)):
        yield (
            codecs.decode(rf"\{part}", "unicode_escape").encode("latin-1")
            if index % 2
            else (part.encode())
        )


class Stage:
    """A server, and the connections that an example opens to it."""

    def __init__(
        self, server: LocalServer, patience_seconds: float = PATIENCE_SECONDS, password: str = ""
    ) -> None:
        self._address = (server.host, server.port)
        self._place = server.address
        self._answer = b""
        self._patience_seconds = patience_seconds
        self._sockets: dict[str, socket.socket] = {}
        self._secrets: dict[bytes, bytes] = {}
        self._observer = self._connect()
        self._observer.sendall(encode_event_frame(b"observer"))
        if password:
            unlock = msgspec.json.encode({"type": "unlock", "password": password})
            self._observer.sendall(encode_event_frame(unlock))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for sock in (self._observer, *self._sockets.values()):
            sock.close()

    def _connect(self) -> socket.socket:
        return socket.create_connection(self._address, timeout=self._patience_seconds)

    def play(self, example: Example) -> None:
        """Do what the example says; raise AssertionError where the server does otherwise."""
        for step in example.steps:
            if step.sends:
                self._send(step)
            elif step.octets == CLOSED:
                with self._sockets.pop(step.who) as sock:
                    assert sock.recv(1) == b"", "the server goes on"
            else:
                self._expect(step)
        self._expect_no_more()

    def _send(self, step: Step) -> None:
        if step.who == CURL:
            self._curl(step)
            return
        sock = self._sockets.pop(step.who, None)
        new = sock is None
        self._sockets[step.who] = sock = sock or self._connect()  # the last sender is the last
        octets = self._real(step.octets)
        sock.sendall(octets)
        if new and not octets.startswith(b"+"):
            self._await_begin(sock, octets)

    def _real(self, octets: bytes) -> bytes:
        for told, real in self._secrets.items():
            octets = octets.replace(told, real)
        return octets

    def _curl(self, step: Step) -> None:
        asked = self._real(step.octets).decode().replace(TOLD.decode(), self._place)
        arguments = ["curl", "--silent", "--show-error", *shlex.split(asked)]
        ended = subprocess.run(arguments, capture_output=True, check=False, timeout=30)
        assert (ended.returncode, ended.stderr) == (0, b"")
        self._answer = ended.stdout

    def _placed(self, octets: bytes) -> bytes:
        """Return a line that names the server, as one at this port says it."""
        before, told, after = octets.partition(TOLD)
        if not told:
            return octets
        place = self._place.encode()
        *_, header = _HEADER.finditer(before)
        size = b"%-10d" % (int(header[0]) + len(place) - len(TOLD))
        before = before[: header.start()] + size + before[header.end() :]
        return self._real(before + place + after)

    def _await_begin(self, sock: socket.socket, octets: bytes) -> None:
        """Wait until a classic session has begun, which it is not told, or was refused."""
        frames = FrameDecoder(1_000_000).receive(octets)
        with contextlib.suppress(ProtocolError):
            listed = b'"name":"%b"' % next(frames, Frame("")).text.encode()
            while listed not in self._members() and not select.select([sock], [], [], 0)[0]:
                pass

    def _members(self) -> bytes:
        self._observer.sendall(encode_event_frame(b'{"type":"members","room":"lobby"}'))
        return self._observer.recv(65_536)

    def _expect(self, step: Step) -> None:
        if step.who == CURL:
            assert _comparable(self._answer) == _comparable(self._real(step.octets))
            return
        sock, received = self._sockets[step.who], b""
        expected = self._placed(step.octets)
        while len(received) < len(expected):
            chunk = sock.recv(len(expected) - len(received))
            assert chunk, f"{step.who} is closed after {received!r}, not {expected!r}"
            received += chunk
        for secret in (_SECRET, _CODE, _ROOM, _ID, _UPLOAD, _ADDRESS):
            told, real = secret.search(step.octets), secret.search(received)
            if told and real:
                self._secrets[told[1]] = real[1]
        assert _comparable(received) == _comparable(self._placed(step.octets)), (
            f"{step.who} receives {received!r}"
        )

    def _expect_no_more(self) -> None:
        # A connection ends when what it said is committed: the last speaker's has the rest told.
        for who, sock in reversed(self._sockets.items()):
            sock.shutdown(socket.SHUT_WR)
            rest = b"".join(iter(lambda sock=sock: sock.recv(65_536), b""))  # type: ignore[misc]
            more = [
                frame
                for frame in FrameDecoder(1_000_000).receive(rest)
                if not _is_leave(frame.text)
            ]
            assert not more, f"{who} receives more: {more}"


def _is_leave(text: str) -> bool:
    """Return whether the frame only says that another connection of the example has ended."""
    try:
        event = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return False
    return isinstance(event, dict) and (event.get("type"), event.get("state")) == (
        "presence",
        "left",
    )


def _comparable(octets: bytes) -> bytes:
    """Return the bytes with the same time, secret, id and epoch everywhere."""
    octets = _CODE.sub(b'"code":"..."', octets)
    if _PERSON.search(octets):  # the room is named after ids
        octets = _ROOM.sub(b'"room":"@..."', octets)
    octets = _PERSON.sub(rb'"\1":"..."', _EPOCH.sub(b'"epoch":"..."', octets))
    octets = _HOOK.sub(b'"hook":"..."', octets)
    octets = _ADDRESS.sub(b'"..."', _UPLOAD.sub(b'"upload":"..."', octets))
    octets = _FILE.sub(b'"id":"..."', octets)
    return _SECRET.sub(b'"session":"..."', _TIME.sub(rb'"\1":0', octets))
