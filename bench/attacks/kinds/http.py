"""What can be done over HTTP, most of it before anybody has said who they are."""

import json
from collections.abc import Callable, Iterator
from itertools import chain, count, repeat

from bench.attacks.line import Line, opened, stranger
from bench.attacks.lines import flood, trickle
from bench.attacks.target import LOG_ROOM, Attack, Target
from bench.log import COMMON
from bench.peers.hubbub import OPENING, command, websocket_frame

PIPELINED_BYTES = 65_536
POSTED = 32
TALKED = 64
LOBBY = "lobby"
CONNECTIONS = 20
HEADER_BYTES = 8000
BODY_BYTES = 262_144
SLOW_SECONDS = 0.2


def request(line: str, *headers: str, body: bytes = b"") -> bytes:
    """Return a whole request."""
    head = "\r\n".join((f"{line} HTTP/1.1", "Host: localhost", *headers))
    return head.encode() + b"\r\n\r\n" + body


def _pipelined(line: str, *, reads: bool = True) -> Callable[[Target], None]:
    asked = request(line)
    times = PIPELINED_BYTES // len(asked)

    def attack(target: Target) -> None:
        flood(target, CONNECTIONS, stranger, lambda: repeat(asked), times, reads=reads)

    return attack


def nowhere(target: Target) -> None:
    """20 connections of pipelined GET /nowhere."""
    _pipelined("GET /nowhere")(target)


def page(target: Target) -> None:
    """20 connections of pipelined GET /, of which nobody reads the answers."""
    _pipelined("GET /", reads=False)(target)


def rooms(target: Target) -> None:
    """20 connections of pipelined GET /api/rooms."""
    _pipelined("GET /api/rooms")(target)


def metrics(target: Target) -> None:
    """20 connections of pipelined GET /metrics."""
    _pipelined("GET /metrics")(target)


def health(target: Target) -> None:
    """20 connections of pipelined GET /healthz, each of which reads the log."""
    _pipelined("GET /healthz")(target)


def pages(target: Target) -> None:
    """20 connections of pipelined pages of 200 messages."""
    _pipelined(f"GET /api/rooms/{LOG_ROOM}/messages?limit=200")(target)


def searches(target: Target) -> None:
    """20 connections of pipelined searches for what all messages have."""
    _pipelined(f"GET /api/search?query={COMMON}+nowhere")(target)


def long_numbers(target: Target) -> None:
    """20 connections ask for pages with 5,000 digits."""
    _pipelined(f"GET /api/rooms/lobby/messages?limit={'9' * 5000}")(target)


def long_queries(target: Target) -> None:
    """20 connections send 1,000 parameters."""
    _pipelined("GET /api/search?" + "&".join(f"q{number}=" for number in range(1000)))(target)


def bad_requests(target: Target) -> None:
    """20 connections of requests that are none; each ends its connection."""
    flood(target, CONNECTIONS, stranger, lambda: repeat(b"GET / nonsense\r\n\r\n"))


def posts(target: Target) -> None:
    """20 connections post, each time under another name and into another room."""

    def moves() -> Iterator[bytes]:
        for number in count():
            body = json.dumps({"text": "hello", "name": f"p{number}"}).encode()
            line = f"POST /api/rooms/p{number % 1000}/messages"
            yield request(line, f"Content-Length: {len(body)}", body=body)

    flood(target, CONNECTIONS, stranger, moves, POSTED)


def slow_heads(target: Target) -> None:
    """500 connections send one header after the other, five in a second."""

    def moves() -> Iterator[bytes]:
        yield b"GET / HTTP/1.1\r\n"
        yield from (f"x-{number}: y\r\n".encode() for number in count())

    trickle(target, target.scale.of(500), stranger, moves, SLOW_SECONDS)


def slow_bodies(target: Target) -> None:
    """500 connections send a body, five bytes in a second."""
    head = request("POST /api/rooms/lobby/messages", f"Content-Length: {BODY_BYTES}")
    trickle(
        target, target.scale.of(500), stranger, lambda: chain([head], repeat(b" ")), SLOW_SECONDS
    )


def half_handshakes(target: Target) -> None:
    """500 connections begin a WebSocket's handshake, and do not end it."""
    half = (b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n",)
    flood(target, target.scale.of(500), stranger, lambda: half)


def long_heads(target: Target) -> None:
    """200 connections fill their heads with 8,000 bytes each time, and never end them."""
    header = b"x" * HEADER_BYTES
    flood(
        target,
        target.scale.of(200),
        stranger,
        lambda: chain(
            [b"GET / HTTP/1.1\r\nHost: localhost\r\n"],
            (b"x-%d: %b\r\n" % (number, header) for number in range(300)),
        ),
    )


def half_bodies(target: Target) -> None:
    """200 connections leave out the last byte of a longest body."""
    head = request("POST /api/rooms/lobby/messages", f"Content-Length: {BODY_BYTES}")
    flood(target, target.scale.of(200), stranger, lambda: (head + b" " * (BODY_BYTES - 1),))


def queued_requests(target: Target) -> None:
    """200 connections pipeline requests behind one whose body never ends."""
    head = request("POST /api/rooms/lobby/messages", "Transfer-Encoding: chunked")
    chunk = b"ffff\r\n" + b" " * 0xFFFF + b"\r\n"
    flood(target, target.scale.of(200), stranger, lambda: chain([head], repeat(chunk, 40)))


def made_up_addresses(target: Target) -> None:
    """100 WebSockets say that they ask for another address each, and talk as fast as they may."""
    numbers = count()

    def opening(target: Target) -> Line:
        made_up = b"X-Forwarded-For: 198.51.%d.%d" % divmod(next(numbers) % 65_536, 256)
        head = OPENING.removesuffix(b"\r\n") + made_up + b"\r\n\r\n"
        hello = websocket_frame(command(type="hello", name=target.name()))
        join = websocket_frame(command(type="join", room=LOBBY))
        return opened(
            target, (head, b"\r\n\r\n"), (hello, b'"type":"welcome"'), (join, b'"type":"room"')
        )

    say = websocket_frame(command(type="say", room=LOBBY, text="hello"))
    flood(target, target.scale.of(100), opening, lambda: repeat(say), TALKED)


ATTACKS = (
    Attack("http-nowhere", nowhere),
    Attack("http-page", page),
    Attack("http-rooms", rooms),
    Attack("http-metrics", metrics),
    Attack("http-health", health),
    Attack("http-pages", pages, log=20_000),
    Attack("http-searches", searches, log=20_000),
    Attack("http-numbers", long_numbers),
    Attack("http-queries", long_queries),
    Attack("http-bad", bad_requests),
    Attack("http-posts", posts),
    Attack("slow-heads", slow_heads),
    Attack("slow-bodies", slow_bodies),
    Attack("half-handshakes", half_handshakes),
    Attack("long-heads", long_heads),
    Attack("half-bodies", half_bodies),
    Attack("chunks", queued_requests),
    Attack("made-up-addresses", made_up_addresses),
)
