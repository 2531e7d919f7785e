"""What is dear about people: accounts, passwords, codes, invitations, tokens."""

import secrets
from collections.abc import Callable, Iterator
from itertools import count, repeat

from bench.attacks.kinds.arrivals import again_and_again
from bench.attacks.kinds.http import PIPELINED_BYTES, request
from bench.attacks.line import Line, Opening, member, opened, stranger
from bench.attacks.lines import flood
from bench.attacks.target import Attack, HungUp, Target
from bench.peers.hubbub import frame, framed_command

SESSIONS = 20
LOBBY = "lobby"
WELCOME = b'"type":"welcome"'


def new_device() -> str:
    """Return a secret that no server has seen."""
    return secrets.token_urlsafe(24)


def known(target: Target) -> Line:
    """Return a session of a guest, who is new; or of somebody in passing, if there are too many."""
    identified = framed_command(type="identify", device=new_device(), ref="known")
    return opened(
        target,
        (frame(target.name().encode(), b"+"), WELCOME),
        (identified, b'"ref":"known"'),
        (framed_command(type="join", room=LOBBY), b'"type":"room"'),
    )


def guests(target: Target) -> None:
    """Coming as a new guest each time, and leaving, on 3 lines."""

    def visit() -> None:
        with known(target):
            pass

    again_and_again(target, visit)


def registrations(target: Target) -> None:
    """Claiming a new name with a password each time, and leaving, on 3 lines."""
    claim = framed_command(type="register", password="four words of mine", ref="mine")

    def visit() -> None:
        with known(target) as line:
            line.send(claim)
            line.receive_until(b'"ref":"mine"')

    again_and_again(target, visit)


def _guessing(moves: Callable[[], Iterator[bytes]], opening: Opening) -> Callable[[Target], None]:
    def guess(target: Target) -> None:
        flood(target, SESSIONS, opening, moves, 8)

    return guess


def logins(target: Target) -> None:
    """20 sessions guess at passwords, each for another name."""
    _guessing(
        lambda: (
            framed_command(type="login", name=f"somebody {number}", password="guess again")
            for number in count()
        ),
        member(LOBBY),
    )(target)


def new_passwords(target: Target) -> None:
    """20 guests claim names, and change their passwords over and over."""

    def moves() -> Iterator[bytes]:
        yield framed_command(type="register", password="password 0 of mine")
        for number in count():
            old, new = (f"password {one} of mine" for one in (number, number + 1))
            yield framed_command(type="password", old=old, new=new)

    flood(target, SESSIONS, known, moves, 8)


def recoveries(target: Target) -> None:
    """20 sessions guess at codes for a new password."""
    _guessing(
        lambda: (
            framed_command(
                type="recover", name="ann", code=f"{number:016}", password="four words of mine"
            )
            for number in count()
        ),
        member(LOBBY),
    )(target)


def links(target: Target) -> None:
    """20 sessions guess at the codes that link devices, while 20 guests ask for such codes."""
    _guessing(
        lambda: (
            framed_command(type="code") + framed_command(type="link", code=f"{number:08}")
            for number in count()
        ),
        known,
    )(target)


def operators(target: Target) -> None:
    """Guessing at the operator's code, and coming back, on 3 lines."""

    def visit() -> None:
        code = secrets.token_hex(8)
        guess = framed_command(type="identify", device=new_device(), invitation=code, ref="guess")
        with opened(target, (frame(target.name().encode(), b"+"), WELCOME)) as line:
            line.send(guess)
            line.receive_until(b'"ref":"guess"')

    again_and_again(target, visit)


def renames(target: Target) -> None:
    """20 guests take one name after the other."""

    def moves() -> Iterator[bytes]:
        whose = secrets.token_hex(4)
        return (framed_command(type="rename", name=f"{whose} {number}") for number in count())

    flood(target, SESSIONS, known, moves, 8)


def invitations(target: Target) -> None:
    """20 guests make invitations, and ask for the list."""
    made = framed_command(type="invite") + framed_command(type="invitations")
    flood(target, SESSIONS, known, lambda: repeat(made), 8)


def accounts(target: Target) -> None:
    """Coming as a guest, saying something, and deleting the account with it, on 3 lines."""
    said = framed_command(type="say", room=LOBBY, text="mine") * 20
    gone = framed_command(type="forget_me", messages="delete", ref="gone")

    def visit() -> None:
        with known(target) as line:
            line.send(said + gone)
            try:
                line.receive_until(b'"ref":"gone"')
            except HungUp:  # the server's goodbye
                return

    again_and_again(target, visit)


def _bearers(make: Callable[[], bytes]) -> Callable[[Target], None]:
    def attack(target: Target) -> None:
        times = PIPELINED_BYTES // len(make())
        flood(target, SESSIONS, stranger, lambda: iter(make, b""), times)

    return attack


def tokens(target: Target) -> None:
    """20 connections ask over HTTP, with another token of a bot each time."""
    _bearers(
        lambda: request("GET /api/rooms", f"Authorization: Bearer hb_{secrets.token_urlsafe(24)}")
    )(target)


def hooks(target: Target) -> None:
    """20 connections post to webhooks that there are not."""
    _bearers(
        lambda: request(
            f"POST /hooks/{secrets.token_urlsafe(16)}", "Content-Length: 13", body=b'{"text":"hi"}'
        )
    )(target)


ATTACKS = (
    Attack("guests", guests, processes=3),
    Attack("registrations", registrations, processes=3),
    Attack("login-floods", logins),
    Attack("new-passwords", new_passwords),
    Attack("recoveries", recoveries),
    Attack("links", links),
    Attack("operator-codes", operators, processes=3),
    Attack("renames", renames),
    Attack("invitations", invitations),
    Attack("deleted-accounts", accounts, processes=3),
    Attack("bot-tokens", tokens),
    Attack("hook-guesses", hooks),
)
