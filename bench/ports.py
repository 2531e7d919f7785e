"""Ports for servers that are told where to listen, and that may come back there after a restart.

To listen at any port, to close it and to use its number later is a race: until then, the system
may give the same port to a connection, or to somebody else who listens at any.
"""

import random
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.peers.server import HOST, Failed
from hubbub.sidecar import ports as side_cars

FIRST: Final = 10_000
"""Below it are ports that people know by heart, and that some tests expect to be as they are."""

LAST: Final = 65_535
SYSTEM_GIVES: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")
ELSEWHERE_GIVES: Final = (49_152, LAST)
"""What systems give out that do not say so there: IANA's range."""


def free_ports(count: int) -> list[int]:
    """Return ports at which nobody listens, and which only those get who name them.

    The system gives out none of them by itself, side-cars choose others, and this process is given
    each only once: so a server that has ended finds its port free when it comes back.
    """
    return [next(_DRAWN) for _ in range(count)]


def free_port() -> int:
    """Return one such port."""
    (port,) = free_ports(1)
    return port


def drawn(system_gives: Path = SYSTEM_GIVES) -> Iterator[int]:
    """Yield all such ports, one after another; raise Failed behind the last.

    Each process begins somewhere else, so that those which run beside each other do not meet.
    """
    ports = given_by_nobody(system_gives)
    begin = random.SystemRandom().randrange(len(ports))  # pytest's plugins seed the other one
    for port in ports[begin:] + ports[:begin]:
        if _is_free(port):
            yield port
    raise Failed(f"All {len(ports)} ports that nobody else gives out are used.")


def given_by_nobody(system_gives: Path) -> list[int]:
    """Return the ports that nobody gets who does not name them, as far as there are any."""
    try:
        low, high = map(int, system_gives.read_text().split())
    except FileNotFoundError:
        low, high = ELSEWHERE_GIVES
    every = range(FIRST, LAST + 1)
    given = {*range(low, high + 1), *range(side_cars.FIRST, side_cars.LAST + 1)}
    # A system may be told to give out all of them; there, one can only hope.
    return [port for port in every if port not in given] or list(every)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


_DRAWN: Final = drawn()
