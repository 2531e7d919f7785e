"""Looks for chatrooms announced on the local network. Slow to import."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from typing import NamedTuple

from zeroconf import (
    DNSQuestionType,
    Error,
    InterfaceChoice,
    IPVersion,
    ServiceStateChange,
    Zeroconf,
)
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from hubbub.lan.announcing import SERVICE
from hubbub.lan.networks import Own, nearest, own_networks

FOUND_MAX = 50
NAME_CHARS_MAX = 32

_WAYS = [
    # Answered at once, and to us alone, but some firewalls block such answers.
    (True, DNSQuestionType.QU),
    # Answered to everybody, but at most once a second.
    (False, DNSQuestionType.QM),
]


class Found(NamedTuple):
    """An announced chatroom: a `name` to show, and what it claims to have."""

    name: str
    host: str
    port: int
    locked: bool
    """Whether it has a password."""

    tls: bool = False
    """Whether it speaks TLS."""


async def look(
    seconds: float, interfaces: Sequence[str] | InterfaceChoice = InterfaceChoice.All
) -> list[Found]:
    """Return the chatrooms that are announced within `seconds`; none if there is no network."""
    async with AsyncExitStack() as stack:
        ears: list[_Ear] = []
        for unicast, question in _WAYS:
            with suppress(OSError):
                zeroconf = await stack.enter_async_context(
                    AsyncZeroconf(interfaces=interfaces, unicast=unicast)
                )
                ear = _Ear(zeroconf.zeroconf)
                browser = AsyncServiceBrowser(
                    ear.zeroconf, SERVICE, handlers=[ear.notice], question_type=question
                )
                await stack.enter_async_context(browser)
                ears.append(ear)
        if not ears:
            return []
        await asyncio.sleep(seconds)
        networks = own_networks()
        found = {one for ear in ears for name in ear.names if (one := ear.known(name, networks))}
        return sorted(found)[:FOUND_MAX]


class _Ear:
    """Hears the announcements that come in one of the ways of answering."""

    def __init__(self, zeroconf: Zeroconf) -> None:
        self.zeroconf = zeroconf
        self.names: set[str] = set()

    def notice(self, *, name: str, state_change: ServiceStateChange, **_: object) -> None:
        """Add or remove a name that zeroconf says came or went."""
        if state_change is ServiceStateChange.Removed:
            self.names.discard(name)
        elif len(self.names) < FOUND_MAX:
            self.names.add(name)

    def known(self, name: str, networks: list[Own]) -> Found | None:
        """Return the chatroom announced under a name; None if no address and port came with it."""
        try:
            service = AsyncServiceInfo(SERVICE, name)
        except Error:  # not a name that a service may have
            return None
        if not service.load_from_cache(self.zeroconf) or not service.port:
            return None
        host = nearest(service.parsed_addresses(IPVersion.V4Only), networks)
        label = name.removesuffix(f".{SERVICE}")
        # Strangers choose these names: nothing in one may move what stands beside it.
        shown = "".join(filter(str.isprintable, label))[:NAME_CHARS_MAX].strip()
        locked = service.properties.get(b"locked") == b"1"
        tls = service.properties.get(b"tls") == b"1"
        return Found(shown or "unnamed", host, service.port, locked, tls) if host else None
