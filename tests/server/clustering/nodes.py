"""Nodes of one chatroom, each a whole server in a thread."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from hubbub.chat.limits import Limits
from hubbub.server.config import ClusterSection, Config, LogSection, ServerSection
from hubbub.testing import LocalServer, serving


def config_of(folder: Path, servers: Sequence[str], stream: str, name: str = "") -> Config:
    return Config(
        server=ServerSection(listen="127.0.0.1:0", data=str(folder)),
        limits=Limits(shutdown_seconds=0.2),
        log=LogSection(),
        cluster=ClusterSection(servers=tuple(servers), stream=stream, name=name),
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
