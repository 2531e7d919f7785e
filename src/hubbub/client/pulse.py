"""Whether the server lives: when to ask it for a sign, and when to give it up. Pure.

Anything heard is a sign of life, and so is progress with what we send: a server slows a fast sender
down by not reading, and then reads our ping late. `web/js/chat/pulse.js` follows the same rules.
"""

import math

QUIET_SECONDS = 20.0
"""Silence after which the server is asked for a sign of life."""

SAY_SECONDS = 4.0
"""Silence after something was said, after which the server is asked sooner."""

SIGN_SECONDS = 8.0
"""How long it has to give the sign; then the connection is dead."""


class Pulse:
    """Whether one connection lives. Times are seconds of a steady clock."""

    def __init__(self, now: float) -> None:
        self._heard_at = now
        self._asked_at: float | None = None
        self._said_at: float | None = None

    def heard(self, now: float) -> None:
        """Take in a sign of life."""
        self._heard_at = now
        self._asked_at = None

    def posting(self, now: float, *, is_unanswered: bool) -> None:
        """Take in whether something was said that the server has not answered yet."""
        if not is_unanswered:
            self._said_at = None
        elif self._said_at is None:
            self._said_at = now

    def asked(self, now: float) -> None:
        """The server was asked for a sign of life."""
        self._asked_at = now

    @property
    def ask_at(self) -> float:
        """When to ask for a sign of life; never while one is waited for."""
        if self._asked_at is not None:
            return math.inf
        quiet = self._heard_at + QUIET_SECONDS
        if self._said_at is None:
            return quiet
        return min(quiet, max(self._heard_at, self._said_at) + SAY_SECONDS)

    @property
    def dead_at(self) -> float:
        """When to give the server up, unless it gives a sign before."""
        return math.inf if self._asked_at is None else self._asked_at + SIGN_SECONDS
