"""The side-car of a person: other users of their machine, other sites in their browser, and their
own page run wild. Only the last one has the cookie."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain, repeat

from bench.attacks.kinds.arrivals import again_and_again
from bench.attacks.kinds.http import BODY_BYTES, HEADER_BYTES
from bench.attacks.line import Line, stranger
from bench.attacks.lines import flood, trickle
from bench.attacks.target import Attack, HungUp, Target
from bench.peers.hubbub import OPENING, command, websocket_frame

SLOW_SECONDS = 0.2
GUESSES = 16
FIELDS = 30
"""Of a head: as many as there may be, about."""


def head(target: Target, line: str = "GET / HTTP/1.1", **more: str) -> bytes:
    """Return a request to the side-car; `more` are headers, of which Host may be another one."""
    headers = {"Host": f"127.0.0.1:{target.port}", **more}
    lines = (f"{name.replace('_', '-')}: {value}" for name, value in headers.items())
    return "\r\n".join((line, *lines, "", "")).encode()


def _answered(target: Target, asked: Callable[[], bytes]) -> None:
    """Ask until the side-car hangs up, over and over."""

    def visit() -> None:
        with Line(target) as line:
            line.send(asked())
            with suppress(HungUp):
                while True:
                    line.receive()

    again_and_again(target, visit)


def asks(target: Target) -> None:
    """Requests without the cookie, a connection for each, on 3 lines."""
    _answered(target, lambda: head(target))


def guesses(target: Target) -> None:
    """Guessed cookies, tickets and secrets of programs, on 3 lines."""

    def guess() -> bytes:
        secret = os.urandom(GUESSES).hex()
        line = f"GET /?open={secret} HTTP/1.1"
        return head(target, line, Cookie=f"hubbub-side-car-{target.port}={secret}")

    _answered(target, guess)


def programs(target: Target) -> None:
    """Bodies without an end for what programs of the person ask, with guessed secrets."""

    def bodies() -> Iterator[bytes]:
        line, secret = "POST /open HTTP/1.1", os.urandom(GUESSES).hex()
        asked = head(
            target, line, Authorization=f"Bearer {secret}", Content_Length=f"{10 * BODY_BYTES}"
        )
        return chain([asked], repeat(bytes(BODY_BYTES), 10))

    flood(target, 20, stranger, bodies)


def silent(target: Target) -> None:
    """2,000 connections say nothing."""
    flood(target, target.scale.of(2000), stranger)


def halves(target: Target) -> None:
    """2,000 connections send half a head."""
    half = head(target)[:-2]
    flood(target, target.scale.of(2000), stranger, lambda: (half,))


def slow(target: Target) -> None:
    """200 connections send a head, a byte now and then."""
    trickle(
        target,
        target.scale.of(200),
        stranger,
        lambda: (bytes([byte]) for byte in head(target)),
        SLOW_SECONDS,
    )


def long_heads(target: Target) -> None:
    """500 connections send a long head, and not its end."""
    fields = {f"X-{number}": "x" * HEADER_BYTES for number in range(FIELDS)}
    asked = head(target, **fields)[:-2]
    flood(target, target.scale.of(500), stranger, lambda: (asked,))


def sites(target: Target) -> None:
    """Pages of other sites open WebSockets, on 3 lines, one with the cookie of a page of ours."""
    more = {"Cookie": target.cookie} if target.number else {}
    opening = _opening(target, "http://127.0.0.1:8000", **more)
    _answered(target, lambda: opening)


def rebound(target: Target) -> None:
    """Sites whose names lead to this machine ask for the page, on 3 lines."""
    _answered(target, lambda: head(target, Host=f"evil.example:{target.port}"))


def pages(target: Target) -> None:
    """Our own page opens WebSockets, says hello and leaves, on 3 lines."""
    said = _opening(target, f"http://127.0.0.1:{target.port}", Cookie=target.cookie)

    def visit() -> None:
        with Line(target) as line:
            line.send(said + websocket_frame(command(type="hello", name=target.name())))
            line.receive()

    again_and_again(target, visit)


def open_pages(target: Target) -> None:
    """Our own page opens 300 WebSockets and keeps them."""
    said = _opening(target, f"http://127.0.0.1:{target.port}", Cookie=target.cookie)
    flood(target, target.scale.of(300), stranger, lambda: (said,))


def _opening(target: Target, origin: str, **more: str) -> bytes:
    host = f"Host: 127.0.0.1:{target.port}\r\nOrigin: {origin}"
    fields = "".join(f"\r\n{name}: {value}" for name, value in more.items())
    return OPENING.replace(b"Host: 127.0.0.1", f"{host}{fields}".encode())


ATTACKS = (
    Attack("car-connects", asks, processes=3, car=True, by_others=True),
    Attack("car-asks", asks, processes=3, car=True),
    Attack("car-guesses", guesses, processes=3, car=True),
    Attack("car-programs", programs, car=True),
    Attack("car-silent", silent, car=True),
    Attack("car-silent-others", silent, car=True, by_others=True),
    Attack("car-half-heads", halves, car=True),
    Attack("car-slow-heads", slow, car=True),
    Attack("car-long-heads", long_heads, car=True),
    Attack("car-sites", sites, processes=3, car=True),
    Attack("car-rebound", rebound, processes=3, car=True),
    Attack("car-pages", pages, processes=3, car=True),
    Attack("car-open-pages", open_pages, car=True),
)
