"""For tests of programs that talk to hubbub: a real server in this process, on a free port.

With pytest the fixture is there as soon as hubbub is installed:

    def test_my_bot(hubbub_server):
        run_my_bot(hubbub_server.address)
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hubbub.log.port import Log
    from hubbub.server.config import Config


SHUTDOWN_SECONDS = 1.0
"""How long a server without a configuration waits when it stops: tests may leave peers open."""


class LocalServer(NamedTuple):
    """Where a server for tests listens."""

    host: str
    port: int

    @property
    def address(self) -> str:
        """The address as `hubbub.connect` and the command line take it."""
        return f"{self.host}:{self.port}"


@contextmanager
def serving(config: Config | None = None, log: Log | None = None) -> Iterator[LocalServer]:
    """Run a server in a thread until the block ends.

    Its log is the one given, else that of the configured folder, else one in memory. Everything
    else is as configured, except that it listens on a free port where no address is. Without a
    configuration it stops soon, though some peers do not hang up.
    """
    # Imported here, so that pytest can load the fixture at no cost to other projects' tests.
    from msgspec import structs  # noqa: PLC0415

    from hubbub.chat.limits import Limits  # noqa: PLC0415
    from hubbub.log.memory import MemoryLog  # noqa: PLC0415
    from hubbub.server.config import Config, ServerSection  # noqa: PLC0415
    from hubbub.server.thread import serving_in_thread  # noqa: PLC0415

    config = config or Config(limits=Limits(shutdown_seconds=SHUTDOWN_SECONDS))
    if config.server.listen == ServerSection().listen:
        server = structs.replace(config.server, listen="127.0.0.1:0")
        config = structs.replace(config, server=server)
    if log is None and not config.server.data:
        log = MemoryLog()
    with serving_in_thread(config, log) as address:
        host, _, port = address.rpartition(":")
        yield LocalServer(host, int(port))


@pytest.fixture
def hubbub_server() -> Iterator[LocalServer]:
    """A running server; `hubbub_server.address` says where."""
    with serving() as server:
        yield server
