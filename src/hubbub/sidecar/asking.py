"""Asks a side-car that runs already for an address to open."""

import http.client
import time
from typing import Final

import msgspec

from hubbub.chat.errors import Unreachable
from hubbub.sidecar.guard import HOST
from hubbub.sidecar.noted import Note, Noted
from hubbub.sidecar.site import Asked, Entrance

ANSWER_SECONDS: Final = 5.0
START_SECONDS: Final = 10.0
"""How long another program may take from its claim until its side-car answers."""

ASKED_AGAIN_SECONDS: Final = 0.05


def asked(note: Note, what: Asked) -> Entrance | None:
    """Ask the side-car that holds a note's lock; return None if it has ended meanwhile.

    Then the lock is ours. Raises Unreachable if it does not answer.
    """
    give_up_at = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up_at:
        noted = note.read()
        if noted is not None and noted.secret:
            try:
                return _answer(noted, what)
            except (OSError, http.client.HTTPException, msgspec.DecodeError):
                pass  # it ends just now, or has not begun
        if note.claim():
            return None
        time.sleep(ASKED_AGAIN_SECONDS)
    raise Unreachable(
        "The side-car that runs for this chatroom does not answer. End it, and retry."
    )


def _answer(noted: Noted, what: Asked) -> Entrance:
    connection = http.client.HTTPConnection(HOST, noted.port, timeout=ANSWER_SECONDS)
    try:
        connection.request(
            "POST",
            "/open",
            msgspec.json.encode(what),
            {"Authorization": f"Bearer {noted.secret}", "Content-Type": "application/json"},
        )
        answer = connection.getresponse()
        return msgspec.json.decode(answer.read(), type=Entrance)
    finally:
        connection.close()
