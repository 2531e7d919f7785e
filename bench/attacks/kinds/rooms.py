"""Commands that cost every member of a room of 250 something, or go through all of them."""

from collections.abc import Callable, Iterable
from itertools import count, cycle, repeat

from bench.attacks.kinds.arrivals import again_and_again
from bench.attacks.line import Line, member, say
from bench.attacks.lines import flood
from bench.attacks.target import CROWD_ROOM, Attack, HungUp, Target
from bench.peers.hubbub import frame, framed_command

CROWD = 250
SEND_AT_ONCE = 64
BURST = 900
SESSIONS = 10
CROWD_PROCESS = 1
"""The names of the crowd begin with this, where the attack has one process."""

JOIN = framed_command(type="join", room=CROWD_ROOM)
LEAVE = framed_command(type="leave", room=CROWD_ROOM)
INSIDE = member(CROWD_ROOM)


def _storm(target: Target, moves: Callable[[], Iterable[bytes]]) -> None:
    flood(target, SESSIONS, INSIDE, moves, SEND_AT_ONCE)


def typing(target: Target) -> None:
    """10 members say without end that they are typing."""
    _storm(target, lambda: repeat(framed_command(type="typing", room=CROWD_ROOM)))


def typing_anew(target: Target) -> None:
    """Somebody joins, types 900 times, hangs up, and comes again, on 3 lines."""
    burst = framed_command(type="typing", room=CROWD_ROOM) * BURST

    def visit() -> None:
        with INSIDE(target) as line:
            line.unsent = memoryview(burst)
            line.push()

    again_and_again(target, visit)


def leaving(target: Target) -> None:
    """10 members leave and join without end."""
    both = (
        framed_command(type="leave", room=CROWD_ROOM),
        framed_command(type="join", room=CROWD_ROOM),
    )
    _storm(target, lambda: cycle(both))


def leaving_anew(target: Target) -> None:
    """Somebody joins, leaves and joins 450 times, hangs up, and comes again, on 3 lines."""
    both = framed_command(type="leave", room=CROWD_ROOM) + framed_command(
        type="join", room=CROWD_ROOM
    )
    burst = both * (BURST // 2)

    def visit() -> None:
        with INSIDE(target) as line:
            line.unsent = memoryview(burst)
            line.push()

    again_and_again(target, visit)


def joining_again(target: Target) -> None:
    """10 members join the room in which they are."""
    _storm(target, lambda: repeat(JOIN))


def talking(target: Target) -> None:
    """10 members talk as fast as they may."""
    _storm(target, lambda: repeat(frame(b"on and on")))


def topics(target: Target) -> None:
    """10 members give the room topics of 300 characters."""
    both = [framed_command(type="topic", room=CROWD_ROOM, text=letter * 300) for letter in "ab"]
    _storm(target, lambda: cycle(both))


def seen(target: Target) -> None:
    """10 members move their read markers."""
    _storm(target, lambda: repeat(framed_command(type="seen", room=CROWD_ROOM, seq=1)))


def who(target: Target) -> None:
    """10 members ask /who."""
    _storm(target, lambda: repeat(frame(b"/who")))


def members(target: Target) -> None:
    """10 members ask for the members."""
    _storm(target, lambda: repeat(framed_command(type="members", room=CROWD_ROOM)))


def to_nobody(target: Target) -> None:
    """10 members write to somebody who is not here."""
    _storm(target, lambda: repeat(frame(b"/msg zz zz")))


def _about_one_message(target: Target, moves: Callable[[int], Iterable[bytes]]) -> None:
    """Have somebody say something in the room, and go on about it; `moves` takes its seq."""
    with INSIDE(target) as line:
        seq = say(line, CROWD_ROOM)
        once = iter([line])

        def opening(_target: Target) -> Line:
            for only in once:
                return only
            raise HungUp  # the message is nobody's own any more

        flood(target, 1, opening, lambda: moves(seq), SEND_AT_ONCE)


def edits(target: Target) -> None:
    """One member edits a message without end."""
    fields = {"type": "edit", "room": CROWD_ROOM}
    _about_one_message(
        target, lambda seq: (framed_command(**fields, seq=seq, text=f"edit {n}") for n in count())
    )


def toggles(target: Target) -> None:
    """One member gives a message an emoji and takes it back without end."""
    fields = {"type": "react", "room": CROWD_ROOM, "emoji": "+"}
    _about_one_message(
        target, lambda seq: cycle(framed_command(**fields, seq=seq, on=on) for on in (True, False))
    )


def emoji(target: Target) -> None:
    """One member gives a message one emoji after the other."""
    fields = {"type": "react", "room": CROWD_ROOM}
    _about_one_message(
        target, lambda seq: (framed_command(**fields, seq=seq, emoji=f"e{n}") for n in count())
    )


def private(target: Target) -> None:
    """One member opens a private conversation with each of 250 people, over and over."""
    people = [f"h{CROWD_PROCESS}n{number}" for number in range(1, CROWD + 1)]
    _storm(target, lambda: cycle(framed_command(type="direct", name=name) for name in people))


ATTACKS = tuple(
    Attack(name, run, processes=processes, crowd=CROWD)
    for name, run, processes in (
        ("typing", typing, 1),
        ("typing-anew", typing_anew, 3),
        ("leaving", leaving, 1),
        ("leaving-anew", leaving_anew, 3),
        ("joining-again", joining_again, 1),
        ("talking", talking, 1),
        ("topics", topics, 1),
        ("seen", seen, 1),
        ("who", who, 1),
        ("members", members, 1),
        ("to-nobody", to_nobody, 1),
        ("edits", edits, 1),
        ("toggles", toggles, 1),
        ("emoji", emoji, 1),
        ("private", private, 1),
    )
)
