"""Announces a chatroom on the local network, by multicast DNS. Slow to import."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from zeroconf import Error, InterfaceChoice, ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

from hubbub.background import begin

SERVICE = "_hubbub._tcp.local."
NAME_CHARS_MAX = 50
"""Characters of the machine's name; a number that makes it unique still fits behind it."""


@asynccontextmanager
async def announced(
    port: int,
    addresses: list[str],
    *,
    version: str,
    locked: bool,
    fingerprint: str = "",
    complain: Callable[[str], None],
    interfaces: Sequence[str] | InterfaceChoice = InterfaceChoice.All,
) -> AsyncIterator[None]:
    """Announce a chatroom, in the background, until the block ends.

    `addresses`: the IPv4 addresses where it listens. `fingerprint`: that of its certificate, empty
    if it does not speak TLS. `complain` is called if announcing fails.
    """
    properties = {"version": version, "locked": str(int(locked))}
    if fingerprint:
        properties |= {"tls": "1", "pake": str(int(locked)), "fp": fingerprint}
    announcing = begin(
        _announce(port, addresses, properties, interfaces, complain),
        "the chatroom cannot be announced on the network",
    )
    try:
        yield
    finally:
        announcing.cancel()
        await asyncio.wait([announcing])


async def _announce(
    port: int,
    addresses: list[str],
    properties: dict[str, str],
    interfaces: Sequence[str] | InterfaceChoice,
    complain: Callable[[str], None],
) -> None:
    name = socket.gethostname().partition(".")[0][:NAME_CHARS_MAX] or "hubbub"
    try:
        service = ServiceInfo(
            SERVICE,
            f"{name}.{SERVICE}",
            port=port,
            parsed_addresses=addresses,
            properties={"name": name, **properties},
        )
        # At its end zeroconf takes the announcement back.
        async with AsyncZeroconf(interfaces=interfaces) as zeroconf:
            await zeroconf.async_register_service(service, allow_name_change=True)
            await asyncio.Event().wait()
    except (OSError, Error) as error:
        complain(
            f"This chatroom cannot be announced ({str(error) or type(error).__name__}). "
            "Others can still join it by its address."
        )
