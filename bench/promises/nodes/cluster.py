"""Three nodes, and the NATS servers that keep their log, all of them processes.

People reach a node through `members`, and a node each NATS server through one of `wires`: proxies.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.peers.server import HOST
from bench.ports import free_port
from bench.promises.nodes.keepers import COUNT, Keepers
from bench.promises.power import Disk
from bench.promises.proxy import Proxy
from bench.promises.server import Server
from bench.promises.system import System

CONFIG: Final = """
[cluster]
servers = [{servers}]
replicas = 3
name = "n{number}"
address = "{address}"
"""
MADE_ONCE: Final = ("certificate.pem", "certificate.key")
"""The first node makes them in its folder; the others are given the same."""


@dataclass(frozen=True, slots=True)
class Node:
    """One of the servers of the chatroom."""

    server: Server
    system: System
    members: Proxy
    wires: tuple[Proxy, ...]
    disk: Disk | None


class Cluster(Keepers):
    """All of it; entered, it runs. `records`: a power cut can be played."""

    def __init__(
        self, folder: Path, library: Path, environment: Mapping[str, str], *, records: bool
    ) -> None:
        super().__init__(folder)
        self.nodes: list[Node] = []
        self._library = library
        self._environment = environment
        self._records = records

    async def _open(self) -> None:
        await super()._open()
        for number in range(COUNT):
            await self._add_node(number)

    async def _add_node(self, number: int) -> None:
        data = self._folder / f"n{number + 1}" / "data"
        data.mkdir(0o700, parents=True)
        for name in MADE_ONCE if self.nodes else ():
            shutil.copy2(self.nodes[0].server.data / name, data / name)
        wires = [await self._opened.enter_async_context(Proxy(one.port)) for one in self.keepers]
        servers = ", ".join(f'"nats://{HOST}:{wire.port}"' for wire in wires)
        port = free_port()
        members = await self._opened.enter_async_context(Proxy(port))
        system = System(self._library, data, records=self._records)
        server = Server(
            data,
            "process",
            {**system.environment(), **self._environment},
            CONFIG.format(servers=servers, number=number + 1, address=f"{HOST}:{members.port}"),
            port,
        )
        disk = Disk(data) if self._records else None
        self._opened.push_async_callback(server.kill)
        await server.start()
        self.nodes.append(Node(server, system, members, tuple(wires), disk))

    @property
    def ended(self) -> str:
        """The last words of a server that ended by itself; nothing if all run."""
        for node in self.nodes:
            if not node.server.runs:
                return node.server.last_words()
        return next((f"{one.name} is gone" for one in self.keepers if not one.runs), "")
