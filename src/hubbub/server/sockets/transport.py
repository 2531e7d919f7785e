"""What hubbub's protocols ask of a transport, as far as all of our own answer alike.

What a protocol may rely on, whatever carries its bytes:

1. What comes is told to the protocol that was set last, and to no other.
2. What was read before a pause comes after it, and resuming tells nothing before the loop's next
   turn: so a protocol can be handed a connection, and then what was read of it.
3. Before `write` returns, the protocol may be asked to pause writing or to resume it, and it is
   told nothing else.
4. After `close` or `abort` nothing more is read, and the loss is told once, in a later turn.
5. A fault in the protocol ends this connection, and no other.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from hubbub.server.sockets.receiving import AnyProtocol

HIGH_BYTES: Final = 65_536
"""How much may be unsent before a protocol is asked to pause, unless it says so itself."""

LOW_SHARE: Final = 4
"""It is asked to go on when a fourth of that is unsent."""


class OwnTransport(asyncio.Transport):
    """A connection that reads, and is not closing, at first. It has a protocol once one is set."""

    __slots__ = ("_high", "_is_closing", "_is_reading", "_protocol")

    def __init__(self) -> None:
        # Not that of the class above: it makes a dictionary for each.
        self._protocol: AnyProtocol
        self._high = HIGH_BYTES
        self._is_closing = False
        self._is_reading = True

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Have another one be told from now on."""
        self._protocol = cast("AnyProtocol", protocol)

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Return who is told."""
        return self._protocol

    def is_closing(self) -> bool:
        """Whether the end was asked for, or has come."""
        return self._is_closing

    def is_reading(self) -> bool:
        """Whether the protocol wants what comes."""
        return self._is_reading

    @property
    def _low(self) -> int:
        return self._high // LOW_SHARE

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """Return at how many unsent bytes a pause ends and begins."""
        return self._low, self._high

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Ask the protocol to pause when more than `high` is unsent."""
        assert low is None, "it follows from the other one"
        self._high = HIGH_BYTES if high is None else high

    def can_write_eof(self) -> bool:
        """Return that a half can be closed."""
        return True
