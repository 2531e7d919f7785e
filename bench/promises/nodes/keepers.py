"""Three NATS servers, which keep the log of nodes; a proxy stands in each way between two of them.

No server tells of another way, so what is cut is cut.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final, Self

from nats.aio.client import Client
from nats.errors import Error as NatsError

from bench.peers.nats_server import NatsServer
from bench.peers.server import PATIENCE_SECONDS, Failed
from bench.ports import free_ports
from bench.promises.proxy import Proxy

COUNT: Final = 3
STREAM: Final = "hubbub"
ASK_SECONDS: Final = 2
POLL_SECONDS: Final = 0.1
_NOT_FOUND: Final = 10059
Json = dict[str, Any]


class Keepers:
    """Entered, they run; their files are in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.keepers: list[NatsServer] = []
        self.routes: dict[tuple[int, int], Proxy] = {}
        """From one server to another, by their places."""
        self._folder = folder
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
        await ready(self.keepers)

    def routes_of(self, number: int) -> list[Proxy]:
        """Return the ways between a server and the others."""
        return [proxy for pair, proxy in self.routes.items() if number in pair]

    async def stream(self) -> Json:
        """Return what the servers say of the stream; raise Failed if they never do."""
        return await self.asked(f"STREAM.INFO.{STREAM}", {})

    async def leader(self) -> int:
        """Return which server leads the stream."""
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
        await self.asked(f"STREAM.UPDATE.{STREAM}", {**config, "max_msgs": messages})

    async def asked(self, subject: str, body: Json) -> Json:
        """Return what JetStream answers; raise Failed if it does not."""
        return await _asked(self.keepers, subject, body)

    def client(self) -> AbstractAsyncContextManager[Client]:
        """Give a client of the servers, past all proxies."""
        return _client(self.keepers)


async def ready(servers: Sequence[NatsServer]) -> None:
    """Wait until a stream can be kept on all of these, which were just started.

    They accept connections before they have a leader, and before that knows what each can keep.
    """
    probe = {"name": "probe", "subjects": ["probe"], "num_replicas": len(servers)}
    await _asked(servers, "STREAM.CREATE.probe", probe)
    await _asked(servers, "STREAM.DELETE.probe", {}, _is_gone)


def _is_right(told: Json) -> bool:
    return "error" not in told


def _is_gone(told: Json) -> bool:
    return _is_right(told) or told["error"].get("err_code") == _NOT_FOUND


async def _asked(
    servers: Sequence[NatsServer],
    subject: str,
    body: Json,
    is_answer: Callable[[Json], bool] = _is_right,
) -> Json:
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while True:
        try:
            async with _client(servers) as client:
                answer = await client.request(
                    f"$JS.API.{subject}", json.dumps(body).encode(), timeout=ASK_SECONDS
                )
        except (NatsError, OSError, TimeoutError) as error:
            told: Json = {"error": {"description": repr(error)}}
        else:
            told = json.loads(answer.data)
        if is_answer(told):
            return told
        if asyncio.get_running_loop().time() > deadline:
            raise Failed(f"The NATS servers do not answer {subject}: {told['error']}")
        await asyncio.sleep(POLL_SECONDS)


@asynccontextmanager
async def _client(servers: Sequence[NatsServer]) -> AsyncIterator[Client]:
    client = Client()
    try:
        await client.connect(
            [one.address for one in servers if one.runs],
            allow_reconnect=False,
            connect_timeout=ASK_SECONDS,
            error_cb=_pass_over,
        )
        yield client
    finally:
        await client.close()


async def _pass_over(_: Exception) -> None:
    """Say nothing of what the client notices: whoever asked hears of it."""
