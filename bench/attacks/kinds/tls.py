"""TLS before anything is said inside: handshakes that are many, slow or broken, and idle ones."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from itertools import chain, cycle, repeat

from bench.attacks.kinds.arrivals import again_and_again, coming
from bench.attacks.line import BELIEVING, Line, Protected, named_in_tls, stranger
from bench.attacks.lines import flood
from bench.attacks.target import Attack, HungUp, Target
from bench.peers.hubbub import frame
from hubbub.tls.engine import Engine

HANDSHAKE, VERSION = b"\x16", b"\x03\x01"
LONGEST_RECORD_BYTES = 16_384
LONG_HELLO = b"\x01\x00\xff\xff"
"""Begins a hello that goes on for long."""


@cache
def hello() -> bytes:
    """Return the record with which a client begins; every server answers it, each time."""
    engine = Engine(BELIEVING, server_side=False, hostname="localhost")
    engine.shake()
    return engine.unsent()


def record(payload: bytes, length: int | None = None) -> bytes:
    """Return a record of a handshake, which says that it has this length."""
    size = len(payload) if length is None else length
    return HANDSHAKE + VERSION + size.to_bytes(2) + payload


def until_gone(line: Line) -> None:
    """Read until the server hangs up."""
    with suppress(HungUp):
        while True:
            line.receive()


def _arriving(say: Callable[[], bytes]) -> Callable[[Target], None]:
    """Return an attack that says something wrong until the server hangs up, over and over."""

    def come(target: Target) -> None:
        def visit() -> None:
            with Line(target) as line:
                line.send(say())
                until_gone(line)

        again_and_again(target, visit)

    return come


def handshakes(target: Target) -> None:
    """Whole handshakes, and leaving, on 3 lines."""
    coming(Protected)(target)


def hellos(target: Target) -> None:
    """The same hello each time, and leaving when it is answered, on 3 lines: no work of its own."""

    def visit() -> None:
        with Line(target) as line:
            line.send(hello())
            line.receive()

    again_and_again(target, visit)


def garbage(target: Target) -> None:
    """Records that hold no hello, on 3 lines."""
    _arriving(lambda: record(os.urandom(200)))(target)


def too_long(target: Target) -> None:
    """Records that are longer than any may be, on 3 lines."""
    _arriving(lambda: record(os.urandom(200), 0xFFFF))(target)


def fragments(target: Target) -> None:
    """A hello in thousands of records of one byte each, on 3 lines."""
    _arriving(lambda: b"".join(record(bytes([byte])) for byte in LONG_HELLO + bytes(5500)))(target)


def hello_again(target: Target) -> None:
    """Another hello after the handshake, on 3 lines, as if to have it all over again."""

    def visit() -> None:
        with Protected(target) as line:
            Line.send(line, hello())
            with suppress(HungUp):
                while True:
                    Line.receive(line)

    again_and_again(target, visit)


def half_hellos(target: Target) -> None:
    """2,000 connections send half a hello."""
    half = hello()[: len(hello()) // 2]
    flood(target, target.scale.of(2000), stranger, lambda: (half,))


def long_hellos(target: Target) -> None:
    """500 connections leave out the last byte of a longest record."""
    flood(
        target,
        target.scale.of(500),
        stranger,
        lambda: (record(bytes(LONGEST_RECORD_BYTES - 1), LONGEST_RECORD_BYTES),),
    )


def slow_hellos(target: Target) -> None:
    """200 connections send a longest record, a byte in each segment."""
    flood(
        target,
        target.scale.of(200),
        stranger,
        lambda: chain([record(b"", LONGEST_RECORD_BYTES)], repeat(b"\0", LONGEST_RECORD_BYTES - 1)),
    )


def unfinished(target: Target) -> None:
    """1,000 connections say hello, and then nothing."""
    flood(target, target.scale.of(1000), stranger, lambda: (hello(),))


def idle(target: Target) -> None:
    """1,000 connections are silent after the handshake."""
    flood(target, target.scale.of(1000), Protected)


def small_records(target: Target) -> None:
    """20 sessions send one byte in each record."""

    def moves() -> Iterator[bytes]:
        return cycle(bytes([byte]) for byte in frame(b"/topic"))

    flood(target, 20, named_in_tls, moves, 64)


ATTACKS = (
    Attack("tls-handshakes", handshakes, processes=3, tls=True),
    Attack("tls-hellos", hellos, processes=3, tls=True),
    Attack("tls-hellos-abroad", hellos, processes=3, tls=True, abroad=True),
    Attack("tls-garbage", garbage, processes=3, tls=True),
    Attack("tls-too-long", too_long, processes=3, tls=True),
    Attack("tls-fragments", fragments, processes=3, tls=True),
    Attack("tls-hello-again", hello_again, processes=3, tls=True),
    Attack("tls-half-hellos", half_hellos, tls=True),
    Attack("tls-long-hellos", long_hellos, tls=True),
    Attack("tls-slow-hellos", slow_hellos, tls=True),
    Attack("tls-unfinished", unfinished, tls=True),
    Attack("tls-idle", idle, tls=True),
    Attack("tls-small-records", small_records, tls=True),
)
