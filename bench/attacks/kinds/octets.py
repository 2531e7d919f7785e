"""Bytes as fast as they go, of which each asks for little and all of them for much."""

import json
from collections.abc import Iterator
from itertools import chain, cycle, repeat

from bench.attacks.line import member, named, stranger, websocket
from bench.attacks.lines import flood
from bench.attacks.target import Attack, Target
from bench.peers.hubbub import frame, framed_command, websocket_frame

PIECE = 4096
"""How many small things one send holds."""

PING, TEXT_BEGUN, CONTINUED = 0x89, 0x01, 0x00
FRAME_BYTES_MAX = 262_144
LOBBY = "lobby"

EMPTY = frame(b"")


def empty_frames(target: Target) -> None:
    """One connection of empty frames, before a name."""
    flood(target, 1, stranger, lambda: repeat(EMPTY), PIECE)


def empty_frames_named(target: Target) -> None:
    """The same after a name."""
    flood(target, 1, named, lambda: repeat(EMPTY), PIECE)


def pings(target: Target) -> None:
    """One WebSocket of empty pings, before a name."""
    flood(target, 1, websocket, lambda: repeat(websocket_frame(b"", PING)), PIECE)


def long_pings(target: Target) -> None:
    """The same with 125 bytes each; nobody reads the pongs."""
    ping = websocket_frame(b"x" * 125, PING)
    flood(target, 1, websocket, lambda: repeat(ping), PIECE, reads=False)


def fragments(target: Target) -> None:
    """One WebSocket message in endlessly many empty fragments."""
    begun, more = websocket_frame(b"", TEXT_BEGUN), websocket_frame(b"", CONTINUED)
    flood(target, 1, websocket, lambda: chain([begun], repeat(more)), PIECE)


def fragments_with_pings(target: Target) -> None:
    """The same with a ping after each."""
    begun = websocket_frame(b"", TEXT_BEGUN)
    more = websocket_frame(b"", CONTINUED) + websocket_frame(b"p", PING)
    flood(target, 1, websocket, lambda: chain([begun], repeat(more)), PIECE)


def tiny_segments(target: Target) -> None:
    """50 sessions send one byte in each TCP segment."""
    stream = frame(b"/who")
    flood(target, 50, named, lambda: cycle(bytes([byte]) for byte in stream))


def slow_names(target: Target) -> None:
    """200 connections send a long name over the whole time, a byte in each segment."""

    def moves() -> Iterator[bytes]:
        yield b"262144    "
        yield from repeat(b"x", FRAME_BYTES_MAX - 1)

    flood(target, 200, stranger, moves)


def bad_commands(target: Target) -> None:
    """20 sessions send a command that there is not."""
    bad = framed_command(type="membrs")
    flood(target, 20, member(LOBBY), lambda: repeat(bad), 256)


def ping_commands(target: Target) -> None:
    """20 sessions of the command ping."""
    ping = framed_command(type="ping", ref="r")
    flood(target, 20, member(LOBBY), lambda: repeat(ping), 256)


def unread_answers(target: Target) -> None:
    """200 sessions ask, and read no answer."""
    ask = framed_command(type="members", room=LOBBY, ref="r")
    flood(target, target.scale.of(200), member(LOBBY), lambda: repeat(ask), 64, reads=False)


def deep_json(target: Target) -> None:
    """5 sessions send JSON with 100,000 brackets."""
    deep = frame(b'{"type":"ping","a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", b"+")
    flood(target, 5, member(LOBBY), lambda: repeat(deep))


def wide_json(target: Target) -> None:
    """5 sessions send JSON with 15,000 fields."""
    fields = {f"k{number}": number for number in range(15_000)}
    wide = frame(json.dumps({"type": "ping", **fields}).encode(), b"+")
    flood(target, 5, member(LOBBY), lambda: repeat(wide))


def half_frames(target: Target) -> None:
    """500 connections leave out the last byte of a longest frame."""
    half = b"%-10d" % FRAME_BYTES_MAX + b"x" * (FRAME_BYTES_MAX - 1)
    flood(target, target.scale.of(500), stranger, lambda: (half,))


def long_texts(target: Target) -> None:
    """5 sessions say texts of 65,000 bytes."""
    flood(target, 5, named, lambda: repeat(frame(b"word " * 13_000)))


ATTACKS = (
    Attack("empty-frames", empty_frames),
    Attack("empty-frames-named", empty_frames_named),
    Attack("pings", pings),
    Attack("long-pings", long_pings),
    Attack("fragments", fragments),
    Attack("fragments-pings", fragments_with_pings),
    Attack("tiny-segments", tiny_segments),
    Attack("slow-names", slow_names),
    Attack("bad-commands", bad_commands),
    Attack("ping-commands", ping_commands),
    Attack("unread-answers", unread_answers),
    Attack("deep-json", deep_json),
    Attack("wide-json", wide_json),
    Attack("half-frames", half_frames),
    Attack("long-texts", long_texts),
)
