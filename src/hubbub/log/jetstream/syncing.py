"""Whether what the servers of a stream acknowledge survives a power cut: asked of them, or stated.

A NATS server writes what it acknowledges, and has the disk sync it every two minutes, unless its
configuration says `sync_interval: always`. JetStream itself does not tell which, but the monitoring
port of each server does.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

import aiohttp
import msgspec

from hubbub.chat.errors import LogError

ASK_SECONDS: Final = 5.0


class _Config(msgspec.Struct):
    sync_always: bool = False


class _JetStream(msgspec.Struct):
    config: _Config = msgspec.field(default_factory=_Config)


class _Server(msgspec.Struct):
    """What a server says of itself."""

    server_name: str
    jetstream: _JetStream = msgspec.field(default_factory=_JetStream)


_servers = msgspec.json.Decoder(_Server)


async def check_syncing(names: Sequence[str], monitors: Sequence[str]) -> None:
    """Raise LogError unless all servers with these names are known to sync always.

    `monitors` are the addresses of their monitoring ports, as `http://n1:8222`.
    """
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(ASK_SECONDS)) as session:
        asked = await asyncio.gather(*(_asked(session, monitor) for monitor in monitors))
    lazy = [server.server_name for server in asked if not server.jetstream.config.sync_always]
    unknown = {*names} - {server.server_name for server in asked}
    if lazy:
        raise LogError(
            f"What is acknowledged would not survive a power cut: {', '.join(sorted(lazy))} syncs "
            "now and then. Set 'sync_interval: always' in the configuration of the NATS servers."
        )
    if unknown or not asked:
        which = ", ".join(sorted(unknown)) or "the NATS server"
        raise LogError(
            f'Whether {which} syncs always, as durability = "power" needs, is not known. Name '
            "the monitoring addresses of all NATS servers, or state that they do."
        )


async def _asked(session: aiohttp.ClientSession, monitor: str) -> _Server:
    try:
        async with session.get(f"{monitor.rstrip('/')}/varz") as answer:
            return _servers.decode(await answer.read())
    except (aiohttp.ClientError, ValueError, TimeoutError, msgspec.DecodeError) as error:
        raise LogError(
            f"The monitoring port of a NATS server cannot be asked at {monitor}: "
            f"{str(error).rstrip('.') or 'no answer came in time'}."
        ) from error
