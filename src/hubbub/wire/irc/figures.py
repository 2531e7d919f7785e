"""What is told of the server as a whole."""

from typing import Protocol


class Figures(Protocol):
    """The figures of a chatroom, as they are when they are asked for."""

    @property
    def name(self) -> str:
        """What the server is called."""

    @property
    def registers(self) -> str:
        """When clients may become members: "before" they are welcomed, "after" it, or "never"."""

    @property
    def sts_seconds(self) -> int:
        """For how long clients are to insist on TLS, once they know it; 0: they need not."""

    @property
    def takes_files(self) -> bool:
        """Whether files can be sent to the server."""

    version: str
    since: int
    """When it was started, in milliseconds since the epoch."""

    def people(self) -> int:
        """Return how many people are here."""

    def most(self) -> int:
        """Return how many there were at the most, as far as anybody asked."""

    def rooms(self) -> int:
        """Return how many rooms are open."""

    def account(self, person: str) -> str:
        """Return the own name of the person with this id; empty if they are not known."""

    def is_bot(self, name: str) -> bool:
        """Return whether somebody of this name is here and says to be a program."""
