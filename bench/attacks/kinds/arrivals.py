"""People who come, do something, and go, over and over: each has a burst, and no past."""

from collections.abc import Callable

from bench.attacks.line import Line, Opening, member, named, opened, websocket
from bench.attacks.target import Attack, HungUp, Target
from bench.peers.hubbub import frame, framed_command

LOBBY = "lobby"
LOGINS = 10
BURST = 5000
"""More messages than one connection may send at once."""


def again_and_again(target: Target, visit: Callable[[], object]) -> None:
    """Visit for as long as there is time; who is thrown out comes back."""
    target.begin()
    while target.goes_on():
        try:
            visit()
        except HungUp:
            continue
        target.moved()


def resets(target: Target) -> None:
    """Somebody says 5,000 things and hangs up with RST at once, on 3 lines."""
    said = frame(target.name().encode()) + frame(b"still here") * BURST

    def visit() -> None:
        line = Line(target)
        try:
            line.unsent = memoryview(said)
            line.push()
        finally:
            line.reset()

    again_and_again(target, visit)


def ends(target: Target) -> None:
    """The same with an orderly end."""
    said = frame(b"still here") * BURST

    def visit() -> None:
        with Line(target) as line:
            line.unsent = memoryview(frame(target.name().encode()) + said)
            line.push()

    again_and_again(target, visit)


def coming(opening: Opening) -> Callable[[Target], None]:
    """Return an attack that opens a connection and leaves, over and over."""

    def come_and_go(target: Target) -> None:
        def visit() -> None:
            opening(target).sock.close()

        again_and_again(target, visit)

    return come_and_go


def names(target: Target) -> None:
    """Connecting, giving a name and leaving, on 3 lines."""
    coming(named)(target)


def joins(target: Target) -> None:
    """The same as an event session that joins a room of 250."""
    coming(member("crowd"))(target)


def connects(target: Target) -> None:
    """Connecting and leaving, without a word."""
    coming(Line)(target)


def handshakes(target: Target) -> None:
    """Opening a WebSocket and leaving, on 3 lines."""
    coming(websocket)(target)


def _wanting_a_name(target: Target, visit: Callable[[bytes], None]) -> None:
    """Visit over and over, while somebody has the name with which `visit` is called."""
    name = target.name().encode()
    with opened(target, (frame(name) + frame(b"/topic"), b"topic")):
        again_and_again(target, lambda: visit(name))


def refused_names(target: Target) -> None:
    """Asking for a name that somebody has, on 3 lines."""

    def visit(name: bytes) -> None:
        with Line(target) as line:
            line.send(frame(name))
            line.receive()

    _wanting_a_name(target, visit)


def broken_frames(target: Target) -> None:
    """Sending a header that is none, and being told so, on 3 lines."""

    def visit() -> None:
        with Line(target) as line:
            line.send(b"-1        ")
            line.receive()

    again_and_again(target, visit)


def wrong_secrets(target: Target) -> None:
    """Trying to take a name over with a wrong secret, on 3 lines."""

    def visit(name: bytes) -> None:
        with opened(target, (frame(name, b"+"), b'"held":true')) as line:
            line.send(framed_command(type="resume", session="x" * 22))
            line.receive()

    _wanting_a_name(target, visit)


def guesses(target: Target) -> None:
    """Giving a wrong password and leaving at once, on 3 lines, at a server that has one."""

    def visit() -> None:
        with Line(target) as line:
            wrong = framed_command(type="unlock", password="12345678")
            line.send(frame(target.name().encode(), b"+") + wrong)

    again_and_again(target, visit)


def logins(target: Target) -> None:
    """Guessing at somebody's own password ten times and leaving at once, on 3 lines."""
    guesses = [
        framed_command(type="login", name="ann", password=f"guess {number}")
        for number in range(LOGINS)
    ]

    def visit() -> None:
        with opened(target, (frame(target.name().encode(), b"+"), b'"welcome"')) as line:
            line.send(b"".join(guesses))

    again_and_again(target, visit)


ATTACKS = (
    Attack("resets", resets, processes=3),
    Attack("ends", ends, processes=3),
    Attack("connects", connects, processes=3),
    Attack("names", names, processes=3),
    Attack("joins", joins, processes=3, crowd=250),
    Attack("handshakes", handshakes, processes=3),
    Attack("refused-names", refused_names, processes=3),
    Attack("broken-frames", broken_frames, processes=3),
    Attack("wrong-secrets", wrong_secrets, processes=3),
    Attack("guesses", guesses, processes=3, password="open sesame"),
    Attack("logins", logins, processes=3),
)
