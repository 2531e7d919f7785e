"""Two nodes that tell of each other, each in a process of its own."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.ports import free_ports

from hubbub.testing import LocalServer
from tests.faults.serving import ServerProcess
from tests.server.event_peer import EventPeer


@contextmanager
def telling(
    folder: Path, nats: str, stream: str, more: str = "", password: str = ""
) -> Iterator[tuple[ServerProcess, ServerProcess]]:
    """Run two nodes that have told each other where they are; `more` is configured at both.

    With a `password`, it is that of the chatroom, as `more` has it.
    """
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(
                ServerProcess(
                    folder / f"n{number}",
                    f'[cluster]\nservers = ["{nats}"]\nstream = "{stream}"\n'
                    f'address = "127.0.0.1:{port}"\n{more}',
                    port=port,
                )
            )
            for number, port in enumerate(free_ports(2), 1)
        )
        for one in (first, second):
            wait_until_told(one, password)
        yield first, second


def wait_until_told(node: ServerProcess, password: str = "") -> None:
    """Wait until members of a node are told of another one, too."""
    with EventPeer(LocalServer(node.host, node.port), f"probe{node.port}", room=None) as probe:
        welcome = probe.ask(type="unlock", password=password) if password else probe.welcome
        if len(welcome["addresses"]) < 2:
            probe.next("addresses")


def address_of(node: ServerProcess) -> str:
    """Return where members reach a node."""
    return f"{node.host}:{node.port}"
