"""A server and a relay of it, as processes, with a proxy in each way.

People reach the one and the other through `members`, and the relay reaches the server through
`link`.
"""

import asyncio
import json
import secrets
import shutil
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from bench.peers.server import HOST, PATIENCE_SECONDS, Failed
from bench.promises.proxy import Proxy
from bench.promises.server import Server
from bench.promises.system import System

MADE_ONCE: Final = ("certificate.pem", "certificate.key")
"""The server makes them in its folder, and the relay is given the same."""

POLL_SECONDS: Final = 0.1
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Half:
    """The server or the relay."""

    server: Server
    system: System
    members: Proxy

    async def status(self) -> Json:
        """Return how it does, past all proxies; raises OSError if it cannot be asked now."""
        reader, writer = await asyncio.open_unix_connection(self.server.data / "control")
        try:
            writer.write(b'{"type":"status"}\n')
            found: Json = json.loads(await reader.readline() or "{}")
        finally:
            writer.close()
        return found


class Pair:
    """Both of them; entered, they run and are linked."""

    origin: Half
    relay: Half
    link: Proxy

    def __init__(
        self, folder: Path, durability: str, library: Path, environment: Mapping[str, str]
    ) -> None:
        self._folder = folder
        self._durability = durability
        self._library = library
        self._environment = environment
        self._opened = AsyncExitStack()

    @property
    def halves(self) -> tuple[Half, Half]:
        """The server and the relay."""
        return self.origin, self.relay

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opening:
            self._opened = opening
            secret = f'secret = "{secrets.token_hex(32)}"\n'
            self.origin = await self._half("origin", f"[relay]\n{secret}")
            self.link = await opening.enter_async_context(Proxy(self.origin.server.port))
            of = f'of = "{HOST}:{self.link.port}"\n'
            self.relay = await self._half("relay", f"[relay]\n{of}{secret}")
            await self.until_copied()
            self._opened = opening.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._opened.aclose()

    async def _half(self, name: str, relaying: str) -> Half:
        data = self._folder / name / "data"
        data.mkdir(0o700, parents=True)
        if name == "relay":
            for made in MADE_ONCE:
                shutil.copy2(self.origin.server.data / made, data / made)
        system = System(self._library, data, records=False)
        environment = {**system.environment(), **self._environment}
        server = Server(data, self._durability, environment, relaying)
        self._opened.push_async_callback(server.kill)
        await server.start()
        members = await self._opened.enter_async_context(Proxy(server.port))
        return Half(server, system, members)

    def _files(self, half: Half, folder: str = "") -> set[str]:
        objects = half.server.data / folder / "files" / "objects"
        return {path.name for path in objects.glob("??/*")}

    async def until_copied(self) -> None:
        """Wait until the relay is linked and has all that the server has; raise Failed if never."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        told: Json = {}
        while asyncio.get_running_loop().time() < deadline:
            with suppress(OSError):
                told = await self.origin.status()
                behind = [one.get("behind") for one in told.get("relays", ())]
                if behind == [0] and self._files(self.origin) == self._files(self.relay, "copy"):
                    return
            await asyncio.sleep(POLL_SECONDS)
        raise Failed(
            f"The relay does not copy what there is: {told.get('relays')}; it says: "
            f"{self.relay.server.last_words()}"
        )
