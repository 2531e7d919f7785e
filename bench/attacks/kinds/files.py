"""What can be done with files: uploads that are begun, slow, many or dear to look at."""

import json
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from itertools import chain, repeat

from bench.attacks.kinds.arrivals import again_and_again
from bench.attacks.kinds.http import request
from bench.attacks.line import Line, member, stranger
from bench.attacks.lines import flood, trickle
from bench.attacks.target import Attack, HungUp, Target
from bench.peers.hubbub import framed_command

LOBBY = "lobby"
POST = f"POST /api/rooms/{LOBBY}/files?name=a.png&from=mallory"
ADDRESS = re.compile(rb'"address":"([^"]+)"')
PIECE_BYTES = 65_536
LARGE_BYTES = 90_000_000
SLOW_SECONDS = 0.2
SIDE = 8_000
"""Pixels: 64 million of them are a file of 62 kB."""


def _posted(body: bytes) -> bytes:
    return request(POST, f"Content-Length: {len(body)}", body=body)


def begun(target: Target) -> None:
    """20 sessions begin one upload after the other, and send nothing."""
    begin = framed_command(type="upload", room=LOBBY, name="a.bin", size=LARGE_BYTES)
    flood(target, 20, member(LOBBY), lambda: repeat(begin), 16)


def large(target: Target) -> None:
    """20 connections post files of 90 MB as fast as the server takes them."""

    def moves() -> Iterator[bytes]:
        while True:
            yield request(POST, f"Content-Length: {LARGE_BYTES}")
            yield from repeat(bytes(PIECE_BYTES), LARGE_BYTES // PIECE_BYTES + 1)

    flood(target, 20, stranger, moves)


def slow(target: Target) -> None:
    """200 connections post a file each, five bytes in a second."""
    head = request(POST, f"Content-Length: {LARGE_BYTES}")
    trickle(
        target, target.scale.of(200), stranger, lambda: chain([head], repeat(b"x")), SLOW_SECONDS
    )


def small(target: Target) -> None:
    """20 connections post files of one byte, one after the other."""
    flood(target, 20, stranger, lambda: repeat(_posted(b"x")), 4)


def broken_off(target: Target) -> None:
    """Posting half a file, and resetting the connection, on 3 lines."""
    half = request(POST, f"Content-Length: {2 * PIECE_BYTES}") + bytes(PIECE_BYTES)

    def visit() -> None:
        line = Line(target)
        try:
            line.send(half)
        finally:
            line.reset()

    again_and_again(target, visit)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb() -> bytes:
    """Return a picture that is small, and large once it is decoded."""
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(SIDE + 1) * SIDE, 9)
    parts = (
        b"\x89PNG\r\n\x1a\n",
        _chunk(b"IHDR", head),
        _chunk(b"IDAT", rows),
        _chunk(b"IEND", b""),
    )
    return b"".join(parts)


def pictures(target: Target) -> None:
    """10 connections post pictures of 64 million pixels in 62 kB."""
    picture = _posted(bomb())
    flood(target, 10, stranger, lambda: repeat(picture))


def no_pictures(target: Target) -> None:
    """10 connections post files that only begin like pictures."""
    starts = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\xff\xff\xff\xffWEBP")
    bodies = [_posted(start + bytes(1000)) for start in starts]
    flood(target, 10, stranger, lambda: chain.from_iterable(repeat(bodies)), 2)


def offsets(target: Target) -> None:
    """20 connections send bytes of one upload again and again, all from its beginning."""
    begin = framed_command(type="upload", room=LOBBY, name="a.bin", size=LARGE_BYTES, ref="u")
    with member(LOBBY)(target) as line:
        line.send(begin)
        got = b""
        while (found := ADDRESS.search(got)) is None:
            if b'"type":"error"' in got:
                raise HungUp
            got += line.receive()
        again = request(
            f"PATCH {found[1].decode()}",
            "Upload-Offset: 0",
            "Content-Length: 1000",
            body=bytes(1000),
        )
        flood(target, 20, stranger, lambda: repeat(again), 16)


def _shared(target: Target, content: bytes) -> str:
    """Post a file; return its address."""
    with Line(target) as line:
        line.send(_posted(content))
        got = b""
        while not got.rstrip().endswith(b"}"):
            got += line.receive()
    told = json.loads(got.partition(b"\r\n\r\n")[2])
    if not told.get("files"):
        raise HungUp
    file = told["files"][0]
    return f"/files/{file['id']}/{file['name']}"


def _fetched(times: int, **headers: str) -> Callable[[Target], None]:
    def attack(target: Target) -> None:
        address = _shared(target, bytes(1_000_000))
        written = (f"{name}: {value}" for name, value in headers.items())
        asked = request(f"GET {address}", *written)
        flood(target, 20, stranger, lambda: repeat(asked), times, reads=False)

    return attack


def downloads(target: Target) -> None:
    """20 connections ask for a file of 1 MB again and again, and read nothing of it."""
    _fetched(64)(target)


def ranges(target: Target) -> None:
    """20 connections ask for single bytes of a file, and read nothing."""
    _fetched(64, Range="bytes=999999-")(target)


ATTACKS = (
    Attack("uploads-again", offsets),
    Attack("uploads-begun", begun),
    Attack("uploads-large", large),
    Attack("uploads-slow", slow),
    Attack("uploads-small", small),
    Attack("uploads-broken", broken_off, processes=3),
    Attack("pictures-large", pictures),
    Attack("pictures-broken", no_pictures),
    Attack("downloads", downloads),
    Attack("download-ranges", ranges),
)
