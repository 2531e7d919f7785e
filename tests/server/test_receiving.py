"""How much is read at a time: little of those who have no name, whatever they send."""

from collections.abc import Callable
from typing import Any

import pytest

from hubbub.server.http.visit import Visit
from hubbub.server.late import EARLY_BYTES_MAX
from hubbub.server.sessions.connection import Connection
from hubbub.server.sockets.receiving import RECEIVE_BYTES, STRANGER_BYTES
from hubbub.testing import LocalServer
from tests.interop.raw import frame
from tests.server.conftest import Connect, Serve
from tests.server.websocket_peer import opening

POST = (
    b"POST /api/rooms/lobby/messages HTTP/1.1\r\nHost: localhost\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)


@pytest.fixture
def pieces(monkeypatch: pytest.MonkeyPatch) -> dict[bool, int]:
    """Note the longest piece that came, by whether it was a stranger's."""
    longest = {True: 0, False: 0}

    def noting(received: Callable[[Any, bytes], None]) -> Callable[[Any, bytes], None]:
        def note(connection: Any, data: bytes) -> None:
            known = connection.piece_bytes == STRANGER_BYTES
            longest[known] = max(longest[known], len(data))
            received(connection, data)

        return note

    for protocol in (Connection, Visit):
        monkeypatch.setattr(protocol, "data_received", noting(protocol.data_received))
    return longest


FLOODS: dict[str, Callable[[LocalServer], tuple[bytes, bytes]]] = {
    "frames": lambda _: (b"", frame("")),
    "http": lambda _: (POST, b"1\r\nx\r\n"),
    "websocket": lambda server: (opening(server), b"\x89\x80" + bytes(4)),  # empty pings
}


@pytest.mark.usefixtures("loops")
@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
def test_of_strangers_little_is_read_at_a_time(
    serve: Serve,
    connect: Connect,
    pieces: dict[bool, int],
    flood: Callable[[LocalServer], tuple[bytes, bytes]],
) -> None:
    """However much is there: what is not read stays with the system, which has a bound."""
    with serve() as server:
        stranger, ann = connect(server), connect(server, "ann")
        begun, repeated = flood(server)
        stranger.sock.setblocking(False)
        stranger.sock.send(begun + repeated * 100_000)
        while not pieces[True]:
            assert ann.who() == "1 in lobby: ann"
    waited = max(EARLY_BYTES_MAX, 2 * STRANGER_BYTES)  # for aiohttp, or the answer to a handshake
    assert pieces[True] <= waited + STRANGER_BYTES


def test_of_members_more_is_read_at_a_time(
    serve: Serve, connect: Connect, pieces: dict[bool, int]
) -> None:
    with serve(messages_per_second=0) as server:
        ann = connect(server, "ann")
        assert ann.who() == "1 in lobby: ann"
        ann.send(frame("x" * 60_000) * 20)
        ann.who()
    assert STRANGER_BYTES < pieces[False] <= RECEIVE_BYTES
