"""What a conversation needs around it: the peer, and what all conversations share."""

from typing import Protocol

from hubbub.hub import Hub
from hubbub.hub.outlet import Outlet
from hubbub.server.clock import Clock
from hubbub.server.guesses import Guesses
from hubbub.server.shares import Shares


class Shared(Protocol):
    """What all conversations of a chatroom have in common."""

    hub: Hub
    clock: Clock
    shares: Shares
    guesses: Guesses

    def new_secret(self) -> str:
        """Return text that nobody can guess."""


class Peer(Outlet, Protocol):
    """The other side, at `host`, as far as the conversation sees it."""

    host: str

    def unsent_bytes(self) -> int:
        """Return how many written bytes the connection has not taken yet."""
