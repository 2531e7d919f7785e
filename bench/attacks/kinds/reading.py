"""Reading that costs the log much; somebody honest asks beside it."""

import socket
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from itertools import cycle, repeat

from bench.attacks.line import Line, member, opened, say
from bench.attacks.lines import flood
from bench.attacks.target import LOG_ROOM, Attack, Target
from bench.log import COMMON
from bench.peers.hubbub import frame, framed_command

LOBBY = "lobby"
MESSAGES = 100_000
REACTIONS = 200
RECEIVE_BYTES = 4096
SIP_BYTES = 16_384


def _asking(target: Target, count: int, moves: Callable[[], Iterable[bytes]]) -> None:
    flood(target, target.scale.of(count), member(LOBBY), moves, 4)


def searches(target: Target) -> None:
    """20 sessions search an empty room for words that all messages of another one have."""
    asked = framed_command(type="search", query=f"{COMMON} message hay", room=LOBBY)
    _asking(target, 20, lambda: repeat(asked))


def common(target: Target) -> None:
    """20 sessions search for the commonest word, and get 200 messages each time."""
    _asking(target, 20, lambda: repeat(framed_command(type="search", query=COMMON, limit=200)))


def dots(target: Target) -> None:
    """5 sessions search for letters with dots between, 130,000 of them."""
    _asking(target, 5, lambda: repeat(framed_command(type="search", query=".a" * 130_000)))


def many_words(target: Target) -> None:
    """5 sessions search for 20,000 different words, and the letters with which others begin."""
    words = " ".join(f"e m h {number:x}" for number in range(20_000))
    _asking(target, 5, lambda: repeat(framed_command(type="search", query=words)))


def beginnings(target: Target) -> None:
    """20 sessions search for single letters, with which many words begin."""
    asked = [framed_command(type="search", query=letter, limit=200) for letter in "mehn0123456789"]
    _asking(target, 20, lambda: cycle(asked))


def from_the_start(target: Target) -> None:
    """200 sessions join with after=0, and again."""
    _asking(target, 200, lambda: repeat(framed_command(type="join", room=LOG_ROOM, after=0)))


def unread_backlogs(target: Target) -> None:
    """200 sessions join with after=0, and read next to nothing."""

    def opening(target: Target) -> Line:
        hello = frame(target.name().encode(), b"+")
        return opened(target, (hello, b'"type":"welcome"'), receive_bytes=RECEIVE_BYTES)

    def moves() -> Iterable[bytes]:
        return repeat(framed_command(type="join", room=LOG_ROOM, after=0))

    flood(target, target.scale.of(200), opening, moves, 4, reads=False)


def half_closed(target: Target) -> None:
    """300 sessions join with after=0, shut their half down, and read it little by little."""

    def opening(target: Target) -> Line:
        hello = frame(target.name().encode(), b"+")
        line = opened(target, (hello, b'"type":"welcome"'), receive_bytes=RECEIVE_BYTES)
        line.send(framed_command(type="join", room=LOG_ROOM, after=0))
        line.sock.shutdown(socket.SHUT_WR)
        return line

    with ExitStack() as stack:
        lines = [stack.enter_context(opening(target)) for _ in range(target.scale.of(300))]
        target.begin()
        while target.goes_on():
            for line in lines:
                line.discard(SIP_BYTES)
            target.moved(len(lines))


def a_byte_at_a_time(target: Target) -> None:
    """200 sessions ask for pages, and read one byte after the other."""
    with ExitStack() as stack:
        lines = [stack.enter_context(member(LOBBY)(target)) for _ in range(target.scale.of(200))]
        for line in lines:
            line.send(framed_command(type="history", room=LOG_ROOM, limit=200) * 20)
        target.begin()
        for line in cycle(lines):
            if not target.goes_on():
                break
            line.receive(1)
            target.moved()


def pages(target: Target) -> None:
    """20 sessions ask for the longest pages."""
    _asking(target, 20, lambda: repeat(framed_command(type="history", room=LOG_ROOM, limit=200)))


def old_pages(target: Target) -> None:
    """20 sessions ask for the longest pages, each from another place."""
    asked = [
        framed_command(type="history", room=LOG_ROOM, limit=200, before=seq)
        for seq in range(MESSAGES, 0, -997)
    ]
    _asking(target, 20, lambda: cycle(asked))


def reacted(target: Target) -> None:
    """10 sessions ask for pages of one message to which 200 people reacted."""
    with member("reacted")(target) as line:
        seq = say(line, "reacted")
    for number in range(target.scale.of(REACTIONS)):
        with Line(target) as guest:
            letter = chr(0x4E00 + number)
            guest.send(frame((letter * 32).encode(), b"+"))
            guest.receive_until(b'"type":"welcome"')
            guest.send(framed_command(type="join", room="reacted"))
            guest.send(
                framed_command(type="react", room="reacted", seq=seq, emoji=letter * 32, ref="r")
            )
            guest.receive_until(b'"ref":"r"')
    _asking(target, 10, lambda: repeat(framed_command(type="history", room="reacted")))


ATTACKS = tuple(
    Attack(name, run, log=MESSAGES)
    for name, run in (
        ("searches", searches),
        ("search-common", common),
        ("search-dots", dots),
        ("search-words", many_words),
        ("search-letters", beginnings),
        ("join-zero", from_the_start),
        ("join-zero-unread", unread_backlogs),
        ("half-closed", half_closed),
        ("byte-readers", a_byte_at_a_time),
        ("pages", pages),
        ("old-pages", old_pages),
        ("reacted-pages", reacted),
    )
)
