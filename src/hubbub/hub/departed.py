"""Who bore a name last, so that they are known again when they come back under it."""

import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hubbub.hub.session import Session

DEPARTED_MAX = 10_000
"""Names of which the last bearer is remembered; who left longest ago is forgotten first."""


class Departed:
    """The last session of each name that nobody bears now. Whoever takes the name ends that."""

    def __init__(self) -> None:
        self._sessions: dict[str, tuple[tuple[str, str], int]] = {}

    def remember(self, session: "Session") -> None:
        """Take note of a session that ends."""
        self._sessions.pop(session.key, None)
        self._sessions[session.key] = (session.secrets, session.since)
        if len(self._sessions) > DEPARTED_MAX:
            del self._sessions[next(iter(self._sessions))]

    def since(self, session: "Session", secret: str) -> int | None:
        """Return since when the bearer of the name, who knew `secret`, had it; None if unknown."""
        secrets, since = self._sessions.get(session.key, (("", ""), 0))
        return since if is_one_of(secret, secrets) else None


def is_one_of(secret: str, secrets: tuple[str, str]) -> bool:
    """Tell whether `secret` is one of `secrets`, of which empty ones do not count."""
    given = secret.encode()
    return any(one and hmac.compare_digest(one.encode(), given) for one in secrets)
