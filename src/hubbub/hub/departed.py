"""Who bore a name last, so that they are known again when they come back under it."""

import hmac
from typing import NamedTuple

from hubbub.hub.room import Session

DEPARTED_MAX = 10_000
"""Names whose last bearer is remembered; whoever left longest ago is forgotten first."""

POSTED_MAX = 1000
"""Seqs kept of what others posted under a departed name; one more, and its bearer is forgotten."""


class Bearer(NamedTuple):
    """The person who bore a name last: see `Session` for the fields."""

    secrets: tuple[str, str]
    since: int
    not_own: frozenset[int]


class Departed:
    """The last bearer of each name that nobody bears now. Taking the name ends that."""

    def __init__(self) -> None:
        self._bearers: dict[str, Bearer] = {}

    def remember(self, session: Session) -> None:
        """Keep what proves a later session to be the same person as one that ends."""
        self._bearers.pop(session.key, None)
        self._bearers[session.key] = Bearer(session.secrets, session.since, session.not_own)
        if len(self._bearers) > DEPARTED_MAX:
            del self._bearers[next(iter(self._bearers))]

    def known(self, session: Session, secret: str) -> Bearer | None:
        """Return the last bearer of the session's name if `secret` was theirs."""
        bearer = self._bearers.get(session.key)
        return bearer if bearer is not None and is_one_of(secret, bearer.secrets) else None

    def posted(self, key: str, seq: int) -> None:
        """Note that somebody else's event was committed under the name with this key."""
        bearer = self._bearers.get(key)
        if bearer is None:
            return
        if len(bearer.not_own) >= POSTED_MAX:
            del self._bearers[key]
        else:
            self._bearers[key] = bearer._replace(not_own=bearer.not_own | {seq})


def is_one_of(secret: str, secrets: tuple[str, str]) -> bool:
    """Return whether `secret` is one of `secrets`; an empty one proves nothing."""
    given = secret.encode()
    return any(one and hmac.compare_digest(one.encode(), given) for one in secrets)
