"""What becomes of TLS handshakes and of proofs of the password, for operators to see."""

from __future__ import annotations

import time
from collections import Counter
from enum import Enum
from typing import TYPE_CHECKING

from hubbub.server.histogram import FROM_A_MILLISECOND, Histogram

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable


class Handshake(Enum):
    """How a handshake ended."""

    DONE = "done"
    REFUSED = "refused"
    """By the peer, which said so: most often it does not trust the certificate."""

    BROKEN = "broken"
    """What the peer sent is no TLS, none that the server speaks, or too much."""

    LEFT = "left"
    """The peer hung up within it."""

    LATE = "late"


class Proof(Enum):
    """How a proof of the password ended."""

    DONE = "done"
    WRONG = "wrong"
    """Another password, or somebody in between."""

    BROKEN = "broken"
    LEFT = "left"
    LATE = "late"


class TlsCounts:
    """Counts from the start of the server on. `clock` returns seconds."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.clock = clock
        self.handshakes = Counter(dict.fromkeys(Handshake, 0))
        self.proofs = Counter(dict.fromkeys(Proof, 0))
        self.durations = Histogram(FROM_A_MILLISECOND)
        """Of handshakes that were done: from the whole hello on."""


def why(error: ssl.SSLError) -> Handshake:
    """Return how a handshake ended that failed with this error."""
    return Handshake.REFUSED if "_ALERT_" in (error.reason or "") else Handshake.BROKEN
