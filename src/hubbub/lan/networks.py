"""The networks that this machine is in.

IPv4 alone: that is where multicast DNS is spoken here, and what people can type.
"""

import ipaddress
import socket

from ifaddr import get_adapters

Own = ipaddress.IPv4Interface
"""An address of this machine, with its network."""

_MULTICAST_DNS = ("224.0.0.251", 5353)


def own_networks() -> list[Own]:
    """Return the addresses that others can use, the likeliest first.

    Addresses that only this machine or this cable knows come only if there are no others.
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
    """Return the address that faces the local network: not that of a container's bridge."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect(_MULTICAST_DNS)  # which sends nothing
        except OSError:
            return None
        return str(sock.getsockname()[0])


def nearest(addresses: list[str], networks: list[Own]) -> str | None:
    """Return the one of a host's IPv4 addresses that is likeliest to be reached from here."""
    hosts = sorted(map(ipaddress.IPv4Address, addresses))
    near = (host for own in networks for host in hosts if host in own.network)
    reached = next(near, None) or next(iter(hosts), None)
    return None if reached is None else str(reached)
