"""What the chatroom needs of a connection."""

from typing import Protocol


class Outlet(Protocol):
    """The sending half of a connection.

    1. `write` MUST keep the order of its calls, and MUST NOT block.
    2. `write` MUST NOT call the hub, except `Hub.lag` for this very session.
    3. After `end`, or once the peer is gone, `write` MUST do nothing.
    """

    def write(self, payload: bytes, /) -> None:
        """Send `payload` after everything written before."""

    def end(self) -> None:
        """Close the connection once everything written has been sent."""
