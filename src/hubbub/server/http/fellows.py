"""The pages of other nodes of the same chatroom: what they may do here, and where ours goes on.

A page goes on at another node when its own does not answer. It comes from its own server all the
same, so that one has to allow it to go there, and the other one has to let it in: to WebSockets,
and to nothing else. There a page gives its secrets itself; no browser does it for a page that it
knows nothing of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_TLS = "hubbubs://"
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def sources(addresses: Sequence[str], *, secure: bool) -> str:
    """Return what a policy allows a page to connect to, so that it can go on at these addresses.

    `secure`: whether the page comes over TLS, and so goes nowhere without it.
    """
    places = [(one.removeprefix(_TLS), secure or one.startswith(_TLS)) for one in addresses]
    return "".join(f" {'wss' if is_secure else 'ws'}://{place}" for place, is_secure in places)


def is_fellow(origin: str, addresses: Sequence[str], *, secure: bool) -> bool:
    """Return whether an `Origin` is that of the page of one of the nodes at these addresses.

    `secure`: whether it asks over TLS. A page without it, which anybody on the way may have written
    into, stays out then.
    """
    scheme, _, place = origin.lower().partition("://")
    if scheme not in _DEFAULT_PORTS or (secure and scheme != "https"):
        return False
    if not place.rpartition(":")[2].isdigit():
        place += _DEFAULT_PORTS[scheme]
    allowed = {one.removeprefix(_TLS) for one in addresses if scheme == "https" or _TLS not in one}
    return place in allowed
