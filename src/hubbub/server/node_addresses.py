"""Where members reach the nodes of a chatroom, as each node is told in its configuration.

Nobody else knows: a node may listen behind a proxy, in a container, or at an address of a network
of its own. So nothing is derived from where it listens.
"""

import ipaddress
import re
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

from hubbub.chat.errors import ConfigError

DEFAULT_PORT: Final = 1234
TLS: Final = "hubbubs://"

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?")

ADDRESSES_MAX: Final = 16
"""So many members are told."""

KEPT_SECONDS: Final = 86_400.0
"""As long a node may be away, and is still among those that members are told of."""


def as_told(address: str) -> str:
    """Return an address as members are told it; raise ConfigError if they could not go there."""
    scheme, _, place = address.strip().lower().rpartition("://")
    try:
        parts = urlsplit(f"//{place}")
        host, port = parts.hostname or "", parts.port or DEFAULT_PORT
    except ValueError:
        host, port = "", 0
    bare = f"[{host}]" if ":" in host else host
    is_all = place in (bare, f"{bare}:{port}")
    if scheme not in ("", "hubbub", "hubbubs") or not (is_all and _leads_somewhere(host)):
        raise ConfigError(
            f"'cluster.address': members cannot reach a node at '{address}'. Write HOST:PORT as "
            "they would, such as n1.example.org:1234, or hubbubs://HOST:PORT if TLS is all that "
            "is spoken there."
        )
    return f"{TLS if scheme == 'hubbubs' else ''}{bare}:{port}"


def _leads_somewhere(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return _NAME.fullmatch(host) is not None


class Addresses:
    """That of this node, its `own`, empty if it has none, and those of others that were heard."""

    def __init__(self, own: str) -> None:
        self.own = own
        self._heard: dict[str, float] = {}

    def hear(self, address: str, now: float) -> None:
        """Take in that the node at an address is there, at `now` seconds."""
        with suppress(ConfigError):  # it is told on, so nothing else may be in it
            if address:
                self._heard[as_told(address)] = now

    def told(self, now: float) -> list[str]:
        """Return what members are told: its own first, then the others, from there on around.

        So members of a node that is lost do not all come to the same one.
        """
        self._heard = {one: at for one, at in self._heard.items() if now - at < KEPT_SECONDS}
        others = sorted(self._heard.keys() - {self.own})
        following = [one for one in others if one > self.own]
        around = following + others[: len(others) - len(following)]
        return [*([self.own] if self.own else []), *around][:ADDRESSES_MAX]
