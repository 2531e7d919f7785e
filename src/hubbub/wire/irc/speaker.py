"""What is needed of a voice to put lines together."""

from typing import Protocol

from hubbub.wire.irc.line import Line


class Speaker(Protocol):
    """Speaks to one client, which asked for the capabilities `caps`."""

    caps: frozenset[str]

    def numeric(self, number: str, *params: str) -> Line:
        """Return a numeric to this client."""

    def notice(self, text: str) -> Line:
        """Return a sentence of the server's."""
