"""The page of one node at another: it is let in to a WebSocket, and goes nowhere else."""

from contextlib import ExitStack
from pathlib import Path

from hubbub.testing import LocalServer, serving
from tests.interop.raw import RawPeer
from tests.server.clustering.nodes import config_of
from tests.server.event_peer import EventPeer
from tests.server.http.asking import ask
from tests.server.websocket_peer import opening

FIRST, SECOND = "n1.example.org:1234", "hubbubs://n2.example.org:443"
ORIGIN = "https://n2.example.org"


def shaken(server: LocalServer, origin: str) -> str:
    """Return how the answer begins to a page that wants a WebSocket."""
    with RawPeer(server.host, server.port) as peer:
        peer.send(opening(server, Origin=origin))
        return peer.exactly(12).decode()


def two(folder: Path, nats: str, stream: str, stack: ExitStack) -> LocalServer:
    """Run two nodes, and return the first, once it knows the other."""
    first, _ = (
        stack.enter_context(
            serving(config_of(folder / name, [nats], stream, name, address=address))
        )
        for name, address in (("n1", FIRST), ("n2", SECOND))
    )
    ann = stack.enter_context(EventPeer(first, "ann"))
    if len(ann.welcome["addresses"]) < 2:
        ann.next("addresses")
    return first


def test_the_page_of_another_node_is_let_in_to_websockets_and_to_nothing_else(
    tmp_path: Path, nats: str, stream: str
) -> None:
    with ExitStack() as stack:
        first = two(tmp_path, nats, stream, stack)
        assert shaken(first, ORIGIN) == "HTTP/1.1 101"
        for other in (
            "https://n3.example.org",
            "http://n2.example.org",
            "https://n2.example.org:1",
        ):
            assert shaken(first, other) == "HTTP/1.1 403"
        for path, method in [("/api/rooms", "GET"), ("/api/rooms/lobby/messages", "POST")]:
            assert ask(first, path, method=method, Origin=ORIGIN).refusal == (403, "foreign_origin")


def test_the_policy_of_the_page_names_the_nodes_and_nobody_else(
    tmp_path: Path, nats: str, stream: str
) -> None:
    with ExitStack() as stack:
        first = two(tmp_path, nats, stream, stack)
        for path in ("/", "/lobby", "/lobby/1"):
            policy = ask(first, path).headers["content-security-policy"]
            assert f"connect-src 'self' ws://{FIRST} wss://n2.example.org:443;" in policy
        assert "connect-src 'self';" in ask(first, "/api").headers["content-security-policy"]
