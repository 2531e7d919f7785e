"""Whom a ban is for, as moderators write it: a name, a pattern of names, an address, a network."""

import ipaddress
import re
from enum import Enum
from functools import lru_cache
from typing import Final, NamedTuple
from unicodedata import normalize

from hubbub.chat.errors import Refused
from hubbub.chat.names import NAME_CHARS_MAX
from hubbub.chat.text import inert_line

PATTERN_CHARS_MIN: Final = 2
"""What a pattern must say of a name; less would hold for strangers."""

PREFIX_BITS: Final = 64
"""The hub knows IPv6 addresses only so far."""

BITS_MIN: Final = {4: 8, 6: 16}
"""By IP version: a shorter prefix is a large part of the Internet."""

_LOOPBACK: Final = (ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1"))

_MEANT_AS_NETWORK: Final = re.compile(r"\d+(\.\d+){3}(/\d*)?|(\d+\.){1,3}\*", re.ASCII)
"""Such as 203.0.113.7/33 and 203.0.113.*: as the name of somebody, it would keep nobody out."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Where(Enum):
    """Where in a name a pattern's text must stand."""

    WHOLE = "the name"
    BEGINNING = "its beginning"
    END = "its end"
    ANYWHERE = "anywhere in it"


class Pattern(NamedTuple):
    """The names that have `text` at that place, or something that looks like it."""

    where: Where
    text: str


def parse_pattern(raw: str) -> Pattern:
    """Return what `eve`, `eve*`, `*eve` or `*eve*` means; raise Refused if it is none of these."""
    raw = " ".join(inert_line(raw).split())
    text = raw.strip("*").strip()
    if "*" in text:
        raise Refused(
            f"'{raw[:NAME_CHARS_MAX]}' has a '*' inside. It may stand at the beginning, at the "
            "end, or both: eve*, *eve or *eve*."
        )
    where = {
        (False, False): Where.WHOLE,
        (False, True): Where.BEGINNING,
        (True, False): Where.END,
        (True, True): Where.ANYWHERE,
    }[raw.startswith("*"), raw.endswith("*")]
    text = normalize("NFKC", text)
    if where is not Where.WHOLE and len(text) < PATTERN_CHARS_MIN:
        raise Refused(
            f"'{raw[:NAME_CHARS_MAX]}' would hold for nearly everybody. Write at least "
            f"{PATTERN_CHARS_MIN} characters beside the '*', or lock the door."
        )
    if not 0 < len(text) <= NAME_CHARS_MAX:
        raise Refused(f"A name has 1 to {NAME_CHARS_MAX} characters; this one has {len(text)}.")
    return Pattern(where, text)


def parse_network(raw: str) -> Network | None:
    """Return the network that an address or CIDR names, None if it is neither.

    An IPv6 address stands for its /64. Raises Refused for this machine, for what is too much,
    and for what can only be meant as a network.
    """
    try:
        network = ipaddress.ip_network(raw.partition("%")[0].strip("[]"), strict=False)
    except ValueError:
        if _MEANT_AS_NETWORK.fullmatch(raw):
            raise Refused(
                f"'{raw[:NAME_CHARS_MAX]}' is no network. Write an address, such as 203.0.113.7, "
                "or a network, such as 203.0.113.0/24."
            ) from None
        return None
    if isinstance(network, ipaddress.IPv6Network):
        mapped = network.network_address.ipv4_mapped
        if mapped is not None and network.prefixlen >= 96:
            network = ipaddress.ip_network((mapped, network.prefixlen - 96), strict=False)
        elif network.prefixlen > PREFIX_BITS:
            network = network.supernet(new_prefix=PREFIX_BITS)
    if network.prefixlen < BITS_MIN[network.version]:
        raise Refused(
            f"'{raw}' is a large part of the Internet. Ban a smaller network, or lock the door."
        )
    if network.is_loopback or any(address in network for address in _LOOPBACK):
        raise Refused(
            f"'{raw}' is the server's own machine, whose people can only be banned by name."
        )
    return network


@lru_cache(maxsize=4096)  # the address of whoever comes is asked for in every room
def network_of(address: str) -> Network | None:
    """Return the network of an address as the hub knows it, None if there is none."""
    try:
        return ipaddress.ip_network(address)
    except ValueError:
        return None
