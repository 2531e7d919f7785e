"""What a conversation needs around it: its peer, its turns, and what all of them share."""

from typing import Final, Protocol

from hubbub.hub import Hub
from hubbub.hub.present.outlet import Outlet
from hubbub.server.fairness.shares import Shares
from hubbub.server.sessions.clock import Clock
from hubbub.server.sessions.guesses import Guesses


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
    is_proven: bool
    """Whether it has proven the chatroom's password before it said who it is."""
    is_relayed: bool
    """Whether it is the member of a relay."""

    def unsent_bytes(self) -> int:
        """Return how many written bytes the connection has not taken yet."""


class Gone(Peer):
    """Stands for a peer that is gone."""

    host = ""
    is_proven = False
    is_relayed = False

    def write(self, payload: bytes) -> None:
        """Do nothing."""

    def end(self) -> None:
        """Do nothing."""

    def unsent_bytes(self) -> int:
        """Return 0."""
        return 0


GONE: Final = Gone()


class Turn(Protocol):
    """When the conversation may act, and what it owes for that."""

    @property
    def id(self) -> str:
        """What the journal and operators call its connection."""

    def turned_away(self, why: str) -> None:
        """Count its peer among those that the journal tells of; `why` is the code of a refusal."""

    def grant(self) -> float:
        """Return how many units may be used now; 0: not before its turn."""

    def spend(self, units: float) -> None:
        """Charge what was done."""

    def outlive(self) -> None:
        """Go on without the connection, which is gone: not all that it said is acted on."""

    def depart(self) -> None:
        """Let those go first whose peers are there; to be asked for again if it is waited for."""

    def admit(self) -> None:
        """Charge somebody who has a name from now on."""
