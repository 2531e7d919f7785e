"""What a connection needs to know of the language of its peer."""

from collections.abc import Iterator
from typing import Protocol

from hubbub.chat.format import Format
from hubbub.chat.heard import Heard


class Dialect(Protocol):
    """One peer's language: bytes to vocabulary here, vocabulary to bytes in its `Format`."""

    @property
    def opening(self) -> Format:
        """The format to speak in until the peer has introduced itself."""

    def reached_at(self, server: str, certificate: str = "", /) -> None:
        """Take in at which `http://host:port` the peer reached the server.

        `certificate`: the fingerprint of the one that it showed, if it showed one.
        """

    def receive(self, data: bytes) -> Iterator[Heard]:
        """Yield what the peer said, as it is asked for: an `Introduction`, or a `Refusal`, first.

        Raises ProtocolError when the bytes cannot be trusted any more.
        """

    @property
    def unfinished_bytes(self) -> int:
        """How many bytes wait for the rest of what they begin."""

    def farewell(self) -> bytes:
        """Return the bytes that must close the connection."""
