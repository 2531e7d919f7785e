"""The last holders of free names: they are known again when they come back."""

import hmac
from typing import NamedTuple

from hubbub.hub.room import Session

DEPARTED_MAX = 10_000
"""Names whose last holder is remembered; the one that left longest ago is forgotten first."""

POSTED_MAX = 100
"""Seqs kept of what others posted under a departed name; one more, and its holder is forgotten."""


class Holder(NamedTuple):
    """The person who held a name last: see `Session` for the fields."""

    secrets: tuple[str, str]
    since: int
    not_own: frozenset[int]


class Departed:
    """The last holder of each free name, until somebody takes it."""

    def __init__(self) -> None:
        self._holders: dict[str, Holder] = {}

    def remember(self, session: Session) -> None:
        """Keep what proves a later session to be the same person as one that ends."""
        self._holders.pop(session.key, None)
        self._holders[session.key] = Holder(session.secrets, session.since, session.not_own)
        if len(self._holders) > DEPARTED_MAX:
            del self._holders[next(iter(self._holders))]

    def known(self, session: Session, secret: str) -> Holder | None:
        """Return the last holder of the session's name if `secret` was theirs."""
        holder = self._holders.get(session.key)
        return holder if holder is not None and is_one_of(secret, holder.secrets) else None

    def posted(self, key: str, seq: int) -> None:
        """Note that somebody else's event was committed under the name with this key."""
        holder = self._holders.get(key)
        if holder is None:
            return
        if len(holder.not_own) >= POSTED_MAX:
            del self._holders[key]
        else:
            self._holders[key] = holder._replace(not_own=holder.not_own | {seq})


def is_one_of(secret: str, secrets: tuple[str, str]) -> bool:
    """Return whether `secret` is one of `secrets`; an empty one proves nothing."""
    given = secret.encode()
    return any(one and hmac.compare_digest(one.encode(), given) for one in secrets)
