"""Three nodes and three NATS servers, all of them processes; a proxy stands in each way.

People reach a node through `members`, a node each NATS server through one of `wires`, and each NATS
server each of the others through one of `routes`. No server tells of another way.
"""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from nats.aio.client import Client
from nats.errors import Error as NatsError

from bench.peers.nats_server import NatsServer, free_ports
from bench.peers.server import HOST, PATIENCE_SECONDS, Failed
from bench.promises.power import Disk
from bench.promises.proxy import Proxy
from bench.promises.server import Server
from bench.promises.system import System

COUNT: Final = 3
STREAM: Final = "hubbub"
CONFIG: Final = """
[cluster]
servers = [{servers}]
replicas = 3
name = "n{number}"
"""
MADE_ONCE: Final = ("certificate.pem", "certificate.key")
"""The first node makes them in its folder; the others are given the same."""

POLL_SECONDS: Final = 0.1
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Node:
    """One of the servers of the chatroom."""

    server: Server
    system: System
    members: Proxy
    wires: tuple[Proxy, ...]
    disk: Disk | None


class Cluster:
    """All of it; entered, it runs. `records`: a power cut can be played."""

    def __init__(
        self, folder: Path, library: Path, environment: Mapping[str, str], *, records: bool
    ) -> None:
        self.nodes: list[Node] = []
        self.keepers: list[NatsServer] = []
        """The NATS servers."""
        self.routes: dict[tuple[int, int], Proxy] = {}
        self._folder = folder
        self._library = library
        self._environment = environment
        self._records = records
        self._opened = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opening:
            self._opened = opening
            await self._open()
            self._opened = opening.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._opened.aclose()

    async def _open(self) -> None:
        ports = free_ports(3 * COUNT)
        clients, listening, monitors = ports[:COUNT], ports[COUNT : 2 * COUNT], ports[2 * COUNT :]
        for one in range(COUNT):
            for other in range(COUNT):
                if one != other:
                    route = await self._opened.enter_async_context(Proxy(listening[other]))
                    self.routes[one, other] = route
        for number in range(COUNT):
            keeper = NatsServer(
                self._folder,
                number,
                port=clients[number],
                monitor=monitors[number],
                route=listening[number],
                routes=[proxy.port for (one, _), proxy in self.routes.items() if one == number],
                has_proxies=True,
            )
            self.keepers.append(keeper)
            self._opened.callback(keeper.kill)
            await asyncio.to_thread(keeper.start)
        for number in range(COUNT):
            await self._add_node(number)

    async def _add_node(self, number: int) -> None:
        data = self._folder / f"n{number + 1}" / "data"
        data.mkdir(0o700, parents=True)
        for name in MADE_ONCE if self.nodes else ():
            shutil.copy2(self.nodes[0].server.data / name, data / name)
        wires = [await self._opened.enter_async_context(Proxy(one.port)) for one in self.keepers]
        servers = ", ".join(f'"nats://{HOST}:{wire.port}"' for wire in wires)
        system = System(self._library, data, records=self._records)
        server = Server(
            data,
            "process",
            {**system.environment(), **self._environment},
            CONFIG.format(servers=servers, number=number + 1),
        )
        disk = Disk(data) if self._records else None
        self._opened.push_async_callback(server.kill)
        await server.start()
        members = await self._opened.enter_async_context(Proxy(server.port))
        self.nodes.append(Node(server, system, members, tuple(wires), disk))

    @property
    def ended(self) -> str:
        """The last words of a server that ended by itself; nothing if all run."""
        for node in self.nodes:
            if not node.server.runs:
                return node.server.last_words()
        return next((f"{one.name} is gone" for one in self.keepers if not one.runs), "")

    def routes_of(self, number: int) -> list[Proxy]:
        """Return the ways between a NATS server and the others."""
        return [proxy for pair, proxy in self.routes.items() if number in pair]

    async def stream(self) -> Json:
        """Return what the NATS servers say of the stream; raise Failed if they never do."""
        return await self._asked(f"STREAM.INFO.{STREAM}", {})

    async def leader(self) -> int:
        """Return which NATS server leads the stream."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        names = [one.name for one in self.keepers]
        while (name := (await self.stream())["cluster"].get("leader")) not in names:
            if asyncio.get_running_loop().time() > deadline:
                raise Failed("No NATS server leads the stream.")
            await asyncio.sleep(POLL_SECONDS)
        return names.index(name)

    async def limit(self, messages: int) -> None:
        """Let the stream have so many messages; -1: as many as there are."""
        config = (await self.stream())["config"]
        await self._asked(f"STREAM.UPDATE.{STREAM}", {**config, "max_msgs": messages})

    async def _asked(self, subject: str, body: Json) -> Json:
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while True:
            try:
                async with self.client() as client:
                    answer = await client.request(
                        f"$JS.API.{subject}", json.dumps(body).encode(), timeout=2
                    )
            except (NatsError, OSError, TimeoutError) as error:
                told: Json = {"error": repr(error)}
            else:
                told = json.loads(answer.data)
            if "error" not in told:
                return told
            if asyncio.get_running_loop().time() > deadline:
                raise Failed(f"The NATS servers do not answer {subject}: {told['error']}")
            await asyncio.sleep(POLL_SECONDS)

    @asynccontextmanager
    async def client(self) -> AsyncIterator[Client]:
        """Give a client of the NATS servers, past all proxies."""
        client = Client()
        await client.connect(
            [one.address for one in self.keepers if one.runs],
            allow_reconnect=False,
            connect_timeout=2,
            error_cb=_pass_over,
        )
        try:
            yield client
        finally:
            await client.close()


async def _pass_over(_: Exception) -> None:
    """Say nothing of what the client notices: whoever asked hears of it."""
