"""Tickets: how a browser first shows that it is the person's own. Each counts once.

A ticket stands in the address that is opened, and so in histories and, for a moment, in the list of
processes. It is therefore exchanged for a cookie at once, and nothing that came with it, such as an
invitation, is in that address: it is kept here.
"""

import secrets
from typing import Final

SECRET_BYTES: Final = 16
"""128 bits: nobody finds them by trying."""

TICKETS_MAX: Final = 100
"""Of those that were not used, the oldest counts no longer."""


def new_secret() -> str:
    """Return a secret that nobody can guess."""
    return secrets.token_urlsafe(SECRET_BYTES)


class Tickets:
    """Those that were given out, each with the place to which it leads."""

    def __init__(self) -> None:
        self._places: dict[str, str] = {}

    def issue(self, place: str) -> str:
        """Return a new ticket for a place: a path on this side-car, with what follows its `#`."""
        if len(self._places) >= TICKETS_MAX:
            del self._places[next(iter(self._places))]
        ticket = new_secret()
        self._places[ticket] = place
        return ticket

    def use(self, ticket: str) -> str | None:
        """Return the place of a ticket, which counts no longer; None if it never did."""
        return self._places.pop(ticket, None)
