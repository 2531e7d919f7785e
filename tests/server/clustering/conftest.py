"""A NATS server for all tests of nodes, and a stream for each."""

import secrets
from collections.abc import Iterator

import pytest

from tests.log.nats_servers import servers


@pytest.fixture(scope="session")
def nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a NATS server that all tests may use."""
    with servers(tmp_path_factory.mktemp("nats")) as (server,):
        yield server.address


@pytest.fixture
def stream() -> str:
    """The name of a stream that nobody else uses."""
    return f"t{secrets.token_hex(8)}"
