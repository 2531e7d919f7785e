"""For whom a proxy asks: the address in `X-Forwarded-For` or `Forwarded` (RFC 7239).

Anybody can write such a header. It is believed only of programs on this machine, and of the proxies
that the operator named; of several addresses, the last one counts that is none of these.
"""

import ipaddress
import re
from collections.abc import Collection, Mapping

from hubbub.server.fairness.addresses import is_loopback

_FORWARDED = re.compile(r'\bfor="?([^",;\s]+)', re.IGNORECASE)


def client_of(host: str, headers: Mapping[str, str], proxies: Collection[str]) -> str:
    """Return the host that a request comes from in truth; `host` has sent it."""
    if not _is_believed(host, proxies):
        return host
    named = headers.get("X-Forwarded-For", "").split(",")
    if not any(map(str.strip, named)):
        named = _FORWARDED.findall(headers.get("Forwarded", ""))
    for name in reversed(named):
        if (client := _address(name)) is None:
            break  # whatever stands before it, nobody has vouched for
        if not _is_believed(client, proxies):
            return client
    return host


def _is_believed(host: str, proxies: Collection[str]) -> bool:
    return is_loopback(host) or host in proxies


def _address(name: str) -> str | None:
    """Return the address of `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1` or `[2001:db8::1]:80`."""
    name = name.strip()
    if name.startswith("["):
        name = name[1:].partition("]")[0]
    elif name.count(":") == 1:
        name = name.partition(":")[0]
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        return None
