"""The networks that this machine is in.

Only IPv4: we announce chatrooms over it alone, and people can type its addresses.
"""

import ipaddress
import socket

from ifaddr import get_adapters

Own = ipaddress.IPv4Interface
"""An address of this machine, with its network."""

_MULTICAST_DNS = ("224.0.0.251", 5353)


def own_networks() -> list[Own]:
    """Return the addresses that others can use, the likeliest first.

    Loopback and link-local addresses are left out unless there are no others.
    """
    outward = _outward_address()
    found = [
        Own(f"{ip.ip}/{ip.network_prefix}")
        for adapter in get_adapters()
        for ip in adapter.ips
        if ip.is_IPv4
    ]
    ranks = {own: (own.is_loopback, own.is_link_local) for own in found}
    best = min(ranks.values(), default=None)
    return sorted(
        (own for own in found if ranks[own] == best), key=lambda own: str(own.ip) != outward
    )


def _outward_address() -> str | None:
    """Return the address that faces the local network, rather than a container's bridge."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect(_MULTICAST_DNS)  # sends nothing; the system only picks a route
        except OSError:
            return None
        return str(sock.getsockname()[0])


def nearest(addresses: list[str], networks: list[Own]) -> str | None:
    """Return the one of a host's IPv4 addresses that is likeliest to be reached from here."""
    hosts = sorted(map(ipaddress.IPv4Address, addresses))
    near = (host for own in networks for host in hosts if host in own.network)
    reached = next(near, None) or next(iter(hosts), None)
    return None if reached is None else str(reached)
