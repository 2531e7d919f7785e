"""Proofs of the chatroom's password, inside TLS: guessed, repeated, passed on, and not ended."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from functools import cache

from bench.attacks.kinds.arrivals import again_and_again
from bench.attacks.line import Protected
from bench.attacks.lines import flood
from bench.attacks.target import Attack, HungUp, Target
from hubbub.tls.certificates import fingerprint_of
from hubbub.tls.pake import METHOD, Proving

PASSWORD = "open sesame"
LINES = 50
HELD = 500


def line_of(**said: str) -> bytes:
    """Return a line of a proof."""
    return json.dumps({"type": "prove", **said}).encode() + b"\n"


def begun(proving: Proving) -> bytes:
    """Return how a proof begins."""
    return line_of(method=METHOD, element=b64encode(proving.element).decode())


def ended(confirmation: bytes) -> bytes:
    """Return how it ends."""
    return line_of(confirmation=b64encode(confirmation).decode())


@cache
def canned_beginning() -> bytes:
    """Return a beginning that is made once: whoever only guesses need not compute."""
    return begun(Proving(b"a guess", "", is_server=False))


def proven(line: Protected, fingerprint: str) -> bytes:
    """Prove the password to a server that shows a certificate; return all that was said."""
    proving = Proving(PASSWORD.encode(), fingerprint, is_server=False)
    line.send(begun(proving))
    answer = json.loads(line.receive())
    if "element" not in answer:
        raise HungUp
    proving.meet(b64decode(answer["element"]))
    said = ended(proving.confirmation)
    line.send(said)
    line.receive()
    return begun(proving) + said


def _saying(said: bytes) -> Callable[[Target], None]:
    def attack(target: Target) -> None:
        flood(target, target.scale.of(LINES), Protected, lambda: (said,))

    return attack


def guesses(target: Target) -> None:
    """50 connections guess, and come back when they are told that it is wrong."""
    _saying(canned_beginning() + ended(bytes(32)))(target)


def replays(target: Target) -> None:
    """50 connections repeat what somebody said whose proof was right."""
    with Protected(target) as line:
        try:
            said = proven(line, fingerprint_of(line.certificate))
        except HungUp:  # there is no password: no proof is right
            said = canned_beginning() + ended(bytes(32))
    _saying(said)(target)


def in_the_middle(target: Target) -> None:
    """People prove the password, on 3 lines, to somebody between who has another certificate."""

    def visit() -> None:
        with Protected(target) as line:
            target.moved()
            proven(line, "00" * 32)

    again_and_again(target, visit)


def not_ended(target: Target) -> None:
    """Beginning a proof, and leaving when that is answered, on 3 lines."""

    def visit() -> None:
        with Protected(target) as line:
            line.send(canned_beginning())
            line.receive()

    again_and_again(target, visit)


def held(target: Target) -> None:
    """500 connections begin a proof, and do not end it."""
    flood(target, target.scale.of(HELD), Protected, lambda: (canned_beginning(),))


ATTACKS = (
    Attack("proof-guesses", guesses, password=PASSWORD, tls=True),
    Attack("proof-guesses-abroad", guesses, password=PASSWORD, tls=True, abroad=True),
    Attack("proof-replays", replays, password=PASSWORD, tls=True),
    Attack("proof-middle", in_the_middle, processes=3, password=PASSWORD, tls=True),
    Attack("proofs-begun", not_ended, processes=3, password=PASSWORD, tls=True),
    Attack("proofs-held", held, password=PASSWORD, tls=True),
)
