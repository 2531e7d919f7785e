"""What counts as a lost connection, whose name is kept (protocol section 3.1)."""

import socket
import struct
import time
from collections.abc import Callable

import pytest

from hubbub.hub.present import kept
from hubbub.testing import LocalServer
from tests.interop.raw import RawPeer, frame
from tests.server.event_peer import EventPeer
from tests.server.http.asking import ask
from tests.server.http.test_api import MESSAGES
from tests.server.websocket_peer import CLOSE, WebSocketPeer
from tests.wire import websocket_client

POLL_SECONDS = 0.01

Meeting = Callable[[LocalServer, str], EventPeer]


def reset(peer: RawPeer) -> None:
    """End the connection as a system does that knows nothing of it any more."""
    peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.sock.close()


def close_websocket(peer: RawPeer) -> None:
    """Say goodbye as RFC 6455 wants it, and break the connection."""
    peer.send(websocket_client.frame(b"\x03\xe8", CLOSE))
    reset(peer)


def ann_is(bob: EventPeer, state: str) -> None:
    """Wait until ann has joined or left the lobby: who does both at once is told of to nobody."""
    while bob.next("presence")["state"] != state:
        pass


@pytest.mark.parametrize("meeting", [EventPeer, WebSocketPeer])
def test_a_reset_connection_is_lost_and_its_name_waits_for_the_secret(
    hubbub_server: LocalServer, meeting: Meeting
) -> None:
    with EventPeer(hubbub_server, "bob") as bob:
        ann = meeting(hubbub_server, "ann")
        ann_is(bob, "joined")
        reset(ann)
        ann_is(bob, "left")
        with EventPeer(hubbub_server, "ann", room=None) as again:
            assert again.welcome["held"]
            secret = ann.welcome["session"]
            assert again.ask(type="resume", session=secret)["type"] == "ok"
            assert again.ask(type="join", room="lobby")["type"] == "room"


@pytest.mark.parametrize(
    ("meeting", "goodbye"),
    [(EventPeer, RawPeer.leave), (WebSocketPeer, RawPeer.leave), (WebSocketPeer, close_websocket)],
)
def test_a_goodbye_frees_the_name_at_once(
    hubbub_server: LocalServer, meeting: Meeting, goodbye: Callable[[RawPeer], None]
) -> None:
    with EventPeer(hubbub_server, "bob") as bob:
        ann = meeting(hubbub_server, "ann")
        ann_is(bob, "joined")
        goodbye(ann)
        ann_is(bob, "left")
        with RawPeer(hubbub_server.host, hubbub_server.port, "ann") as classic:
            assert classic.who().startswith("2 in lobby")


def test_a_goodbye_counts_while_the_server_waits_for_its_answers_to_be_read(
    hubbub_server: LocalServer,
) -> None:
    """It reads nothing then, so it meets the reset before the end that came first."""
    with EventPeer(hubbub_server, "bob") as bob:
        for number in range(200):
            bob.say_and_wait(f"{number} {'x' * 50_000}")
        ann = EventPeer(hubbub_server, "ann")
        for _ in range(50):
            ann.tell(type="history", room="lobby", limit=200, ref="much")
        ann.sock.recv(1)
        time.sleep(0.5)  # until the answers pile up; if they do not in time, this shows nothing
        ann.sock.shutdown(socket.SHUT_WR)
        ann.sock.close()
        ann_is(bob, "left")
        with EventPeer(hubbub_server, "ann", room=None) as again:
            assert not again.welcome["held"]


def test_over_http_a_kept_name_says_when_it_is_free(hubbub_server: LocalServer) -> None:
    with EventPeer(hubbub_server, "bob") as bob:
        ann = EventPeer(hubbub_server, "ann")
        ann_is(bob, "joined")
        reset(ann)
        ann_is(bob, "left")
    posted = ask(hubbub_server, MESSAGES, {"text": "x", "name": "ann"})
    assert posted.refusal == (409, "name_taken")
    assert 0 < int(posted.headers["retry-after"]) <= kept.KEPT_SECONDS


def test_a_tutorials_client_comes_back_however_it_ended(hubbub_server: LocalServer) -> None:
    with EventPeer(hubbub_server, "bob") as bob:
        for ending in (reset, RawPeer.leave, RawPeer.__exit__):
            ann = RawPeer(hubbub_server.host, hubbub_server.port, "ann")
            ann_is(bob, "joined")
            ending(ann)
            ann_is(bob, "left")


def test_a_lost_name_is_free_in_the_end(
    hubbub_server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "KEPT_SECONDS", 0.5)
    reset(EventPeer(hubbub_server, "ann"))
    deadline = time.monotonic() + 30
    words = b""
    while b"no topic" not in words:  # the name was taken
        assert time.monotonic() < deadline, words
        time.sleep(POLL_SECONDS)
        with RawPeer(hubbub_server.host, hubbub_server.port) as classic:
            classic.send(frame("ann") + frame("/topic"))
            words = classic.sock.recv(1000)
