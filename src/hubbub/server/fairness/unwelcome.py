"""Peers that were turned away, for the journal: one line a minute at most, whatever they are."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from hubbub.server.notes import logger

if TYPE_CHECKING:
    from collections.abc import Callable

LINE_SECONDS: Final = 60.0
NAMED_MAX: Final = 3
COUNTED_MAX: Final = 1000
"""Kinds of what came from where, counted one by one until the next line."""

OTHERS: Final = "others"

TOLD: Final = frozenset(
    (
        *("protocol_error", "handshake_timeout", "slow_frame", "unknown_protocol", "bad_request"),
        *("wrong_password", "wrong_login", "wrong_code", "wrong_token", "wrong_invitation"),
        "wrong_secret",
        *("slow_down", "banned", "not_admitted", "foreign_origin", "unknown_host"),
        "too_many_connections",
    )
)
"""Codes of refusals that an operator may want to know of. Others happen to everybody."""


class Unwelcome:
    """Counts who was turned away, and why. `clock` returns seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._told_at = -LINE_SECONDS
        self._counted: Counter[tuple[str, str]] = Counter()
        self._connection = ""
        self.total: Counter[str] = Counter()
        """How often each reason was met so far."""

    def note(self, why: str, host: str, connection: str = "") -> None:
        """Count a peer: `why` is the code of a refusal."""
        if why not in TOLD:
            return
        self.total[why] += 1
        key = why, host
        if key not in self._counted and len(self._counted) >= COUNTED_MAX:
            key = why, OTHERS
        self._counted[key] += 1
        self._connection = connection or self._connection

    def tell(self) -> None:
        """Write the line, if there is something to tell and the last one is a minute ago."""
        now = self._clock()
        if not self._counted or now < self._told_at + LINE_SECONDS:
            return
        self._told_at = now
        most = self._counted.most_common(NAMED_MAX)
        logger.warning(
            "peers were turned away",
            most=", ".join(f"{host}: {why} ({times} times)" for (why, host), times in most),
            times=self._counted.total(),
            connection=self._connection,
        )
        self._counted.clear()
