"""What those who look after a room can do without end, and what cost others most of it."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import count, cycle, repeat

from bench.attacks.kinds.http import request
from bench.attacks.kinds.people import known
from bench.attacks.line import Line, member, say, stranger
from bench.attacks.lines import Lines, flood
from bench.attacks.target import Attack, HungUp, Target
from bench.peers.hubbub import framed_command

SEATS = 250
ROOM = "mine"
SECRET = re.compile(rb'"hook":"([^"]+)"')
EDITS = 50
AT_ONCE = 16


def owner(target: Target) -> Line:
    """Return a session of a guest who owns a room of their own."""
    line = known(target)
    room = f"{ROOM}-{target.number}"
    line.send(framed_command(type="join", room=room, ref="mine"))
    line.receive_until(b'"ref":"mine"')
    return line


def _within(
    target: Target, moves: Callable[[str, int], Iterable[bytes]], *, seats: int = SEATS
) -> None:
    """Have the owner of a room do something without end, while so many others sit in it.

    `moves` takes the room, and the seq of something said there.
    """
    room = f"{ROOM}-{target.number}"
    with owner(target) as line, Lines(target, member(room), tuple) as others:
        others.open(target.scale.of(seats))
        line.moves = iter(moves(room, say(line, room)))
        target.begin()
        while target.goes_on():
            others.step()
            line.discard()
            if line.unsent or line.load(AT_ONCE):
                line.push()
                target.moved(0 if line.unsent else line.under_way)


def rules(target: Target) -> None:
    """The owner of a room of 250 changes its rules without end."""
    _within(
        target,
        lambda room, _: cycle(
            framed_command(type="rules", room=room, slow_seconds=seconds) for seconds in (1, 2)
        ),
    )


def titles(target: Target) -> None:
    """The owner of a room of 250 gives it one title after the other."""
    _within(
        target,
        lambda room, _: (
            framed_command(type="rules", room=room, title=f"{room}.{n}") for n in count()
        ),
    )


def pins(target: Target) -> None:
    """The owner of a room of 250 pins a message and takes the pin away without end."""

    def moves(room: str, seq: int) -> Iterator[bytes]:
        return cycle(framed_command(type="pin", room=room, seq=seq, on=on) for on in (True, False))

    _within(target, moves)


def bans(target: Target) -> None:
    """The owner of a room of 250 bans one pattern of names after the other."""
    _within(
        target,
        lambda room, _: (framed_command(type="ban", room=room, who=f"zz{n}*") for n in count()),
    )


def retention(target: Target) -> None:
    """The owner of a room talks there, and has the server keep one message, or all, in turn."""

    def moves(room: str, _: int) -> Iterator[bytes]:
        said = framed_command(type="say", room=room, text="on and on") * 10
        for kept in cycle(({"messages": 1}, {})):
            yield said + framed_command(type="rules", room=room, retention=kept)

    _within(target, moves, seats=10)


def revisions(target: Target) -> None:
    """10 sessions ask what a message of 50 edits said before each."""
    room = f"{ROOM}-{target.number}"
    with owner(target) as line:
        line.send(framed_command(type="rules", room=room, revisions=True))
        seq = say(line, room)
        texts = [framed_command(type="edit", room=room, seq=seq, text="x" * 9000 + f"{n}")
                 for n in range(EDITS)]  # fmt: skip
        line.send(b"".join(texts) + framed_command(type="ping", ref="said"))
        line.receive_until(b'"ref":"said"')
        asked = framed_command(type="revisions", room=room, seq=seq)
        flood(target, 10, member(room), lambda: repeat(asked), 4)


def mentions(target: Target) -> None:
    """20 guests ask what mentions them, among 100,000 messages."""
    flood(target, 20, known, lambda: repeat(framed_command(type="mentions")), 4)


def ignoring(target: Target) -> None:
    """20 guests ignore one person after the other."""
    flood(
        target,
        20,
        known,
        lambda: (framed_command(type="ignore", name=f"h0n{n % 50}") for n in count()),
        8,
    )


def webhook(target: Target) -> None:
    """20 connections post to one webhook what takes long to read, over and over."""
    room = f"{ROOM}-{target.number}"
    with owner(target) as line:
        line.send(framed_command(type="hook", room=room, name="builds", ref="made"))
        if (found := SECRET.search(line.receive_until(b'"ref":"made"'))) is None:
            raise HungUp
        fields = [{"title": "x", "value": "<http://x.org|y> *z* " * 5} for _ in range(100)]
        body = json.dumps({"attachments": [{"fallback": "f", "fields": fields}] * 5}).encode()
        post = request(
            f"POST /hooks/{found[1].decode()}",
            f"Content-Length: {len(body)}",
            "Content-Type: application/json",
            body=body,
        )
        flood(target, 20, stranger, lambda: repeat(post), 2)


ATTACKS = (
    Attack("rules", rules),
    Attack("titles", titles),
    Attack("pins", pins),
    Attack("bans", bans),
    Attack("retention", retention),
    Attack("revisions", revisions),
    Attack("mentions", mentions, log=100_000),
    Attack("ignoring", ignoring),
    Attack("webhook", webhook),
)
