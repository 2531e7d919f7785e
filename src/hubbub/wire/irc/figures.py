"""What is told of the server as a whole."""

from typing import Protocol


class Figures(Protocol):
    """The figures of a chatroom, as they are when they are asked for."""

    version: str
    since: int
    """When it was started, in milliseconds since the epoch."""

    def people(self) -> int:
        """Return how many people are here."""

    def rooms(self) -> int:
        """Return how many rooms are open."""
