"""Nodes of one chatroom, each a whole server in a thread."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Thread

from bench.promises.proxy import Proxy

from hubbub.chat.limits import Limits
from hubbub.server.config import ClusterSection, Config, LogSection, ServerSection
from hubbub.testing import LocalServer, serving
from tests.faults.serving import ServerProcess
from tests.interop.raw import PATIENCE_SECONDS, POLL_SECONDS
from tests.server.event_peer import EventPeer


def config_of(
    folder: Path, servers: Sequence[str], stream: str, name: str = "", address: str = ""
) -> Config:
    return Config(
        server=ServerSection(listen="127.0.0.1:0", data=str(folder)),
        limits=Limits(shutdown_seconds=0.2),
        log=LogSection(),
        cluster=ClusterSection(servers=tuple(servers), stream=stream, name=name, address=address),
    )


@contextmanager
def nodes(folder: Path, address: str, stream: str, count: int = 2) -> Iterator[list[LocalServer]]:
    """Run so many nodes; those of one test have folders of one folder."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                serving(config_of(folder / f"n{one}", [address], stream, f"n{one}"))
            )
            for one in range(1, count + 1)
        ]


def wait_to_see(peer: EventPeer, *names: str) -> None:
    """Wait until somebody at a node is told that these people are in the lobby, and no others."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        told = peer.ask(type="members", room="lobby")["members"]
        if (found := sorted(one["name"] for one in told)) == sorted(names):
            return
        assert time.monotonic() < deadline, found
        time.sleep(POLL_SECONDS)


def given(stack: ExitStack, node: LocalServer | ServerProcess, name: str) -> EventPeer:
    """Return somebody who has a name in passing at a node, once it is free there.

    Whoever had it at another node and left is heard of in a moment; if that node is killed in this
    moment, only once it is taken for gone.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        server = LocalServer(node.host, node.port)
        peer = stack.enter_context(EventPeer(server, name, room=None))
        if peer.welcome["type"] == "welcome" and not peer.welcome["held"]:
            peer.ask(type="join", room="lobby")
            return peer
        peer.leave()
        assert time.monotonic() < deadline
        time.sleep(POLL_SECONDS)


class Cable:
    """A way to a NATS server that can be pulled out and put back."""

    def __init__(self, loop: asyncio.AbstractEventLoop, proxy: Proxy) -> None:
        self._loop = loop
        self._proxy = proxy
        self.address = f"nats://127.0.0.1:{proxy.port}"

    def pull(self) -> None:
        """Carry nothing, so that each side hears silence."""
        self._do(self._proxy.hold)

    def put_back(self) -> None:
        """Carry what waited, and all else."""
        self._do(self._proxy.release)

    def _do(self, act: Callable[[], None]) -> None:
        done = Event()

        def do() -> None:
            act()
            done.set()

        self._loop.call_soon_threadsafe(do)
        assert done.wait(30)


@contextmanager
def cable(address: str) -> Iterator[Cable]:
    """Lay a cable to a NATS server."""
    ready, over = Event(), asyncio.Event()
    cables: list[Cable] = []

    async def carry() -> None:
        async with Proxy(int(address.rpartition(":")[2])) as proxy:
            cables.append(Cable(asyncio.get_running_loop(), proxy))
            ready.set()
            await over.wait()

    thread = Thread(target=asyncio.run, args=(carry(),))
    thread.start()
    try:
        assert ready.wait(30)
        yield cables[0]
    finally:
        for one in cables:
            one._do(over.set)
        thread.join(30)
