"""What counts as one address: nobody who has one can have more of them for the asking."""

import ipaddress

PREFIX_BITS = 64
"""An IPv6 prefix that counts as one address: networks hand out whole ones, to one customer."""

NETWORK_BITS = {4: 24, 6: 48}
"""The prefix, by IP version, of what one customer may well have, and rarely more."""

LOOPBACK = "this machine"


def is_loopback(host: str) -> bool:
    """Whether a peer at this address is on this machine."""
    return host.startswith(("127.", "::ffff:127.")) or host == "::1"


def address_of(host: str) -> str:
    """Return the address that a peer at `host` is counted under: its own, or its IPv6 prefix."""
    if is_loopback(host):
        return LOOPBACK
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, PREFIX_BITS), strict=False))
    return str(address)


def network_of(host: str) -> str:
    """Return the network around a peer at `host`, which may all be one customer's."""
    try:
        address = ipaddress.ip_address(address_of(host).partition("/")[0])
    except ValueError:
        return f"around {address_of(host)}"
    bits = NETWORK_BITS[address.version]
    return str(ipaddress.ip_network((address, bits), strict=False))


def origin_of(host: str) -> str:
    """Return the same for the hub, to which this machine has no address."""
    return "" if is_loopback(host) else address_of(host)
