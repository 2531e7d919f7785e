"""A hostile connection."""

import re
import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Self

from bench.attacks.target import HungUp, Over, Target
from bench.crowd import FROM_ADDRESS_MAX, IP_BIND_ADDRESS_NO_PORT
from bench.peers.hubbub import OPENING, frame, framed_command
from bench.peers.server import HOST
from hubbub.tls.engine import Engine, Read

READ_BYTES_MAX = 1 << 18
SAID = re.compile(rb'"ref":"said","seq":(\d+)')
RESET = struct.pack("ii", 1, 0)


def believing() -> ssl.SSLContext:
    """Return what takes any certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


BELIEVING = believing()


class Line:
    """One connection to the target. Whatever it waits for ends when the attack does, with Over."""

    def __init__(self, target: Target, *, receive_bytes: int = 0) -> None:
        self._target = target
        with target.tally.connections:
            target.tally.connections.value += 1
            count = target.tally.connections.value
        self.sock = socket.socket()
        self.unsent = memoryview(b"")
        self.under_way = 0
        """How many moves the unsent bytes are the end of."""
        self.moves: Iterator[bytes] = iter(())
        try:
            self.sock.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
            self.sock.bind((_abroad(count) if target.abroad else _here(count), 0))
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if receive_bytes:
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
            self._within(lambda: self.sock.connect((HOST, target.port)))
        except BaseException:
            self.sock.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.sock.close()

    def send(self, data: bytes) -> None:
        """Send it all."""
        self._within(lambda: self.sock.sendall(data))

    def receive(self, size: int = READ_BYTES_MAX) -> bytes:
        """Return what comes next."""
        got = bytearray()
        self._within(lambda: got.extend(self.sock.recv(size)))
        if not got:
            raise HungUp
        return bytes(got)

    def receive_until(self, mark: bytes) -> bytes:
        """Read on until `mark` has come; return all that came."""
        got = b""
        while mark not in got:
            got += self.receive()
        return got

    def load(self, times: int) -> bool:
        """Take up to so many of the moves to send them in one piece; return whether there is one.

        Nothing is unsent before.
        """
        moves = list(islice(self.moves, times))
        self.under_way = len(moves)
        self.unsent = memoryview(b"".join(moves))
        return bool(moves)

    def push(self) -> bool:
        """Send what the socket takes now of what is unsent; return whether all of it is sent."""
        self.sock.settimeout(None)  # with one, Python would wait for the socket, whatever the flag
        try:
            self.unsent = self.unsent[self.sock.send(self.unsent, socket.MSG_DONTWAIT) :]
        except BlockingIOError:
            pass
        except OSError:
            raise HungUp from None
        return not self.unsent

    def discard(self, size: int = READ_BYTES_MAX) -> None:
        """Read what is there, up to so many bytes."""
        self.sock.settimeout(None)  # as above
        try:
            if not self.sock.recv(size, socket.MSG_DONTWAIT):
                raise HungUp
        except BlockingIOError:
            pass
        except OSError:
            raise HungUp from None

    def reset(self) -> None:
        """Hang up with a RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.sock.close()

    def _within(self, step: Callable[[], object]) -> None:
        """Take a step that may wait."""
        left = self._target.left()
        if left <= 0:
            raise Over
        self.sock.settimeout(left)
        try:
            step()
        except TimeoutError:
            raise Over from None
        except OSError:
            raise HungUp from None


def _here(count: int) -> str:
    """Each address has a limited number of ports, and closed connections keep theirs."""
    return f"127.0.0.{1 + count // FROM_ADDRESS_MAX % 250}"


def _abroad(count: int) -> str:
    """Return an address that no other connection had lately, in one of 250 networks."""
    return f"127.{1 + count // 250 % 250}.{count % 250}.1"


class Protected(Line):
    """The same inside TLS. Each move goes in a record of its own, or several if it is long."""

    def __init__(self, target: Target, context: ssl.SSLContext = BELIEVING) -> None:
        super().__init__(target)
        self._engine = Engine(context, server_side=False)
        try:
            while not self._engine.shake():
                super().send(self._engine.unsent())
                self._engine.feed(super().receive())
            super().send(self._engine.unsent())
        except BaseException as error:
            self.sock.close()
            if isinstance(error, ssl.SSLError):
                raise HungUp from None
            raise

    @property
    def certificate(self) -> bytes:
        """The server's, in DER."""
        return self._engine.ssl_object.getpeercert(binary_form=True) or b""

    @property
    def cipher(self) -> str:
        """What both agreed upon."""
        found = self._engine.ssl_object.cipher()
        return found[0] if found else ""

    def send(self, data: bytes) -> None:
        """Send it all."""
        self._engine.write(data)
        super().send(self._engine.unsent())

    def receive(self, size: int = READ_BYTES_MAX) -> bytes:
        """Return what comes next."""
        while (text := self._engine.read(size)) is Read.NOTHING:
            self._engine.feed(super().receive(size))
        if text is Read.END:
            raise HungUp
        assert isinstance(text, bytes)
        return text

    def load(self, times: int) -> bool:
        """Take up to so many of the moves to send them in one piece; return whether there is one.

        Nothing is unsent before.
        """
        self.under_way = 0
        for move in islice(self.moves, times):
            self._engine.write(move)
            self.under_way += 1
        self.unsent = memoryview(self._engine.unsent())
        return self.under_way > 0


Opening = Callable[[Target], Line]


def opened(target: Target, *talk: tuple[bytes, bytes], receive_bytes: int = 0) -> Line:
    """Return a connection on which each is said, and the mark beside it heard, one by one."""
    return _talked(Line(target, receive_bytes=receive_bytes), *talk)


def _talked(line: Line, *talk: tuple[bytes, bytes]) -> Line:
    try:
        for said, mark in talk:
            line.send(said)
            line.receive_until(mark)
    except BaseException:
        line.sock.close()
        raise
    return line


def stranger(target: Target) -> Line:
    """Return a connection that has said nothing."""
    return opened(target)


def named(target: Target) -> Line:
    """Return a classic session, which is in the lobby."""
    return opened(target, _introduced(target))


def named_in_tls(target: Target) -> Line:
    """Return the same inside TLS."""
    return _talked(Protected(target), _introduced(target))


def _introduced(target: Target) -> tuple[bytes, bytes]:
    return frame(target.name().encode()) + frame(b"/topic"), b"topic"


def member(room: str, *, receive_bytes: int = 0) -> Opening:
    """Return how one gets an event session in `room`."""

    def opening(target: Target) -> Line:
        return opened(
            target,
            (frame(target.name().encode(), b"+"), b'"type":"welcome"'),
            (framed_command(type="join", room=room), b'"type":"room"'),
            receive_bytes=receive_bytes,
        )

    return opening


def websocket(target: Target) -> Line:
    """Return a WebSocket that has said nothing."""
    return opened(target, (OPENING, b"\r\n\r\n"))


def say(line: Line, room: str) -> int:
    """Have a member of `room` say something; return its seq."""
    line.send(framed_command(type="say", room=room, text="look", ref="said"))
    answer = b""
    while (found := SAID.search(answer)) is None:
        answer += line.receive()
    return int(found[1])
