"""Members of one room who read more slowly than others talk there. The pair is elsewhere."""

from contextlib import ExitStack
from itertools import repeat

from bench.attacks.line import member
from bench.attacks.lines import Lines
from bench.attacks.target import CROWD_ROOM, Attack, Target
from bench.peers.hubbub import frame

READERS = 300
RECEIVE_BYTES = 4096
SIP_BYTES = 65_536
TALKERS = 2
LONG_TEXT = frame(b"word " * 13_000)
SHORT_TEXTS = frame(b"on and on, and nobody keeps up") * 64

INSIDE = member(CROWD_ROOM)
SLOW = member(CROWD_ROOM, receive_bytes=RECEIVE_BYTES)


def _reading(target: Target, said: bytes, sip_bytes: int) -> None:
    """Have the readers read so many bytes now and then of what the talkers say without end."""
    with ExitStack() as stack, Lines(target, INSIDE, lambda: repeat(said)) as talkers:
        count = target.scale.of(READERS)
        readers = [stack.enter_context(SLOW(target)) for _ in range(count)]
        talkers.open(TALKERS)
        target.begin()
        while target.goes_on():
            talkers.step()
            for reader in readers if sip_bytes else ():
                reader.discard(sip_bytes)


def slow(target: Target) -> None:
    """300 members read little of the long texts of 2 others."""
    _reading(target, LONG_TEXT, SIP_BYTES)


def slow_short(target: Target) -> None:
    """The same with short texts."""
    _reading(target, SHORT_TEXTS, RECEIVE_BYTES)


def silent(target: Target) -> None:
    """300 members read nothing of the long texts of 2 others."""
    _reading(target, LONG_TEXT, 0)


ATTACKS = (
    Attack("slow-readers", slow),
    Attack("slow-readers-short", slow_short),
    Attack("silent-readers", silent),
)
