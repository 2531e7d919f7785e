"""Nonces for messages: alike in their beginning, then increasing, with an end nobody can foresee.

So a server adds each beside the one before, however many it keeps. Everybody in a room can read the
earlier ones, and under our name, while we are away, anybody may post.
"""

import itertools
import secrets

_RANDOM_BYTES = 6


class Nonces:
    """The nonces of one program."""

    def __init__(self) -> None:
        self._beginning = secrets.token_hex(_RANDOM_BYTES)
        self._numbers = itertools.count()

    def next(self) -> str:
        """Return a nonce that no message has."""
        return f"{self._beginning}{next(self._numbers):06x}{secrets.token_hex(_RANDOM_BYTES)}"
