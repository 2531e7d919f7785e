"""The connection as the user sees it."""

from enum import Enum

import msgspec

from hubbub.client import parse_address
from hubbub.client.trust import page_of

RECONNECT_SECONDS_MAX = 10.0
RECONNECT_LOCALLY_SECONDS_MAX = 2.0
"""On the user's own machine: an attempt costs nothing, and another chat may host at any time."""


class State(Enum):
    """How it stands with the server."""

    CONNECTING = "connecting"
    ONLINE = "online"
    CLASSIC = "classic"
    """A tutorial's server, which relays messages and knows nothing else."""
    OFFLINE = "offline"


class Link(msgspec.Struct):
    """`address`: the chatroom's, the first if it has several; `at`: where the user is, or was.

    `retry_at`: seconds of the steady clock; `latency_seconds` None: not measured yet.
    """

    address: str
    at: str = ""
    state: State = State.CONNECTING
    reason: str = ""
    retry_at: float | None = None
    latency_seconds: float | None = None

    def __post_init__(self) -> None:
        self.at = self.at or self.address

    @property
    def page(self) -> str:
        """Where browsers find the page, as in http://HOST:PORT."""
        return page_of(parse_address(self.at))

    @property
    def is_local(self) -> bool:
        """Whether the address leads to the user's own machine: elsewhere it means another one."""
        return parse_address(self.at).is_local

    @property
    def is_live(self) -> bool:
        """Whether messages can flow."""
        return self.state in (State.ONLINE, State.CLASSIC)


def wait_max(address: str) -> float:
    """Return the longest wait between two attempts to connect, in seconds."""
    is_local = parse_address(address).is_local
    return RECONNECT_LOCALLY_SECONDS_MAX if is_local else RECONNECT_SECONDS_MAX
