"""The connection as the user sees it."""

from enum import Enum

import msgspec

from hubbub.client import parse_address


class State(Enum):
    """How it stands with the server."""

    CONNECTING = "connecting"
    ONLINE = "online"
    CLASSIC = "classic"
    """A tutorial's server, which relays messages and knows nothing else."""
    OFFLINE = "offline"


class Link(msgspec.Struct):
    """`retry_at`: seconds of the steady clock; `latency_seconds` None: not measured yet."""

    address: str
    state: State = State.CONNECTING
    reason: str = ""
    retry_at: float | None = None
    latency_seconds: float | None = None

    @property
    def is_local(self) -> bool:
        """Whether the address leads to the user's own machine: elsewhere it means another one."""
        return parse_address(self.address).is_local

    @property
    def is_live(self) -> bool:
        """Whether messages can flow."""
        return self.state in (State.ONLINE, State.CLASSIC)
