"""Words that cost far more than others of their length."""

from collections.abc import Callable, Iterator
from itertools import count, cycle, repeat

from bench.attacks.kinds.arrivals import again_and_again
from bench.attacks.line import Line, member, named, websocket
from bench.attacks.lines import flood
from bench.attacks.target import Attack, HungUp, Target
from bench.peers.hubbub import frame, framed_command

SESSIONS = 10
LOBBY = "lobby"

NASTY = (
    "\u30fb" * 511,  # katakana middle dots
    "\ufdfa" * 256,  # one letter that is eighteen in a compatible form
    "\u0390" * 256,  # a letter that decomposes in two steps
    "\u0344\u0345" * 128,  # marks that are put in order
    "\U0001d15e" * 128,  # musical symbols that decompose, and compose no more
    "rn" * 128 + "vv" * 128,  # letters that look like others
    "\u0130\u1e9e\ufb03" * 85,  # letters whose capitals and small ones have other lengths
)


def _moves(**fields: object) -> Callable[[], Iterator[bytes]]:
    """Return commands with a nasty word in the field whose value is None."""
    field = next(key for key, value in fields.items() if value is None)
    return lambda: cycle(framed_command(**{**fields, field: word}) for word in NASTY)


def rooms(target: Target) -> None:
    """10 sessions join rooms with nasty names."""
    flood(target, SESSIONS, member(LOBBY), _moves(type="join", room=None), 16)


def asked_rooms(target: Target) -> None:
    """10 sessions ask for pages of rooms with nasty names."""
    flood(target, SESSIONS, member(LOBBY), _moves(type="history", room=None), 16)


def people(target: Target) -> None:
    """10 sessions write to people with nasty names."""
    flood(target, SESSIONS, member(LOBBY), _moves(type="direct", name=None), 16)


def emoji(target: Target) -> None:
    """10 sessions react with nasty emoji to a message that there is not."""
    flood(target, SESSIONS, member(LOBBY), _moves(type="react", room=LOBBY, seq=1, emoji=None), 16)


def texts(target: Target) -> None:
    """10 sessions say nasty words."""
    lines = [frame(word.encode()) for word in NASTY]
    flood(target, SESSIONS, named, lambda: cycle(lines), 16)


def names(target: Target) -> None:
    """Connecting with nasty names, on 3 lines."""
    words = cycle(NASTY)

    def visit() -> None:
        with Line(target) as line:
            line.send(frame(next(words).encode()))
            line.receive()

    again_and_again(target, visit)


def first_names(target: Target) -> None:
    """Connecting with names as long as a frame may be, on 3 lines."""
    words = [frame((word * 9999)[: 262_144 // len(word[0].encode())].encode()) for word in NASTY]

    def visit() -> None:
        for word in words:
            with Line(target) as line:
                line.send(word)
                line.receive()

    again_and_again(target, visit)


def long_numbers(target: Target) -> None:
    """10 sessions ask /history with 5,000 digits."""
    asked = frame(b"/history " + b"9" * 5000)
    flood(target, SESSIONS, named, lambda: repeat(asked), 16)


def odd_lines(target: Target) -> None:
    """10 sessions try commands that there are not, each another one of 10,000 letters."""
    flood(
        target,
        SESSIONS,
        named,
        lambda: (frame(b"/" + b"%d" % number * 2000 + b" x") for number in count()),
    )


def bad_websocket_texts(target: Target) -> None:
    """Opening a WebSocket and sending a message of no use, on 3 lines."""

    def visit() -> None:
        with websocket(target) as line:
            line.send(b"\x82\x80\x00\x00\x00\x00")
            try:
                while True:
                    line.receive()
            except HungUp:
                pass

    again_and_again(target, visit)


ATTACKS = (
    Attack("nasty-rooms", rooms),
    Attack("nasty-pages", asked_rooms),
    Attack("nasty-people", people),
    Attack("nasty-emoji", emoji),
    Attack("nasty-texts", texts),
    Attack("nasty-names", names, processes=3),
    Attack("longest-names", first_names, processes=3),
    Attack("long-numbers", long_numbers),
    Attack("odd-lines", odd_lines),
    Attack("binary-messages", bad_websocket_texts, processes=3),
)
