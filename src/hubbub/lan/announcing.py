"""Tells the local network of a chatroom, by multicast DNS. Import it only to do so."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from zeroconf import Error, InterfaceChoice, ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

SERVICE = "_hubbub._tcp.local."
NAME_CHARS_MAX = 50
"""Of a machine's name; a number that makes it the only one still fits behind it."""


@asynccontextmanager
async def announced(
    port: int,
    addresses: list[str],
    *,
    version: str,
    locked: bool,
    complain: Callable[[str], None],
    interfaces: Sequence[str] | InterfaceChoice = InterfaceChoice.All,
) -> AsyncIterator[None]:
    """Announce a chatroom, in the background, until the block ends.

    `addresses`: IPv4, where it listens. If it cannot be announced, `complain` is told why.
    """
    properties = {"version": version, "locked": str(int(locked))}
    announcing = asyncio.create_task(_announce(port, addresses, properties, interfaces, complain))
    try:
        yield
    finally:
        announcing.cancel()
        with suppress(asyncio.CancelledError):
            await announcing


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
        async with AsyncZeroconf(interfaces=interfaces) as zeroconf:  # which takes it back at last
            await zeroconf.async_register_service(service, allow_name_change=True)
            await asyncio.Event().wait()
    except (OSError, Error) as error:
        complain(
            f"The network is not told of this chatroom ({str(error) or type(error).__name__}). "
            "Others join it by its address."
        )
