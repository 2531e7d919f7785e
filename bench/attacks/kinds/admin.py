"""Running the server over HTTP: by those who may not, and by one who may and asks for too much."""

import json
import secrets
from collections.abc import Callable, Iterator
from itertools import repeat

from bench.attacks.kinds.http import PIPELINED_BYTES, request
from bench.attacks.kinds.people import known
from bench.attacks.line import stranger
from bench.attacks.lines import flood
from bench.attacks.target import Attack, Target
from bench.peers.hubbub import framed_command

CONNECTIONS = 20
BOT = "deploy"


def asking(verb: str, token: str = "", **fields: object) -> bytes:
    """Return a request that has the server do something."""
    body = json.dumps(fields).encode()
    bearer = [f"Authorization: Bearer {token}"] if token else []
    return request(f"POST /api/admin/{verb}", f"Content-Length: {len(body)}", *bearer, body=body)


def _asked(moves: Callable[[], Iterator[bytes]]) -> Callable[[Target], None]:
    def attack(target: Target) -> None:
        flood(target, CONNECTIONS, stranger, moves, PIPELINED_BYTES // len(next(moves())))

    return attack


def guesses(target: Target) -> None:
    """20 connections give another token each time."""
    _asked(lambda: iter(lambda: asking("status", f"hb_{secrets.token_urlsafe(24)}"), b""))(target)


def nobody(target: Target) -> None:
    """20 connections give no token."""
    _asked(lambda: repeat(asking("status")))(target)


def _operating(verb: str) -> Callable[[Target], None]:
    def attack(target: Target) -> None:
        with known(target) as line:  # who comes first is the operator
            made = framed_command(type="token", name=BOT, scopes=["admin"], ref="made")
            line.send(made + framed_command(type="appoint", name=BOT, role="operator", ref="may"))
            answer = line.receive_until(b'"ref":"may"')
            _, _, rest = answer.partition(b'"token":"')
            token = rest.partition(b'"')[0].decode()
            _asked(lambda: repeat(asking(verb, token)))(target)

    return attack


def status(target: Target) -> None:
    """20 connections of an operator's bot ask how the server does."""
    _operating("status")(target)


def people(target: Target) -> None:
    """20 connections of an operator's bot ask for all who are known."""
    _operating("people")(target)


def sessions(target: Target) -> None:
    """20 connections of an operator's bot ask for all sessions, in a room of 250."""
    _operating("sessions")(target)


ATTACKS = (
    Attack("admin-guesses", guesses),
    Attack("admin-nobody", nobody),
    Attack("admin-status", status),
    Attack("admin-people", people),
    Attack("admin-sessions", sessions, crowd=250),
)
