"""WebSockets at /ws (docs/protocol.md, section 3.3)."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from hubbub.server.config import Config, ServerSection
from hubbub.testing import LocalServer, serving
from tests.interop.raw import RawPeer
from tests.server.conftest import Connect, Meet, Serve
from tests.server.websocket_peer import PING, PONG, WebSocketPeer, opening
from tests.wire.websocket_client import frame

Browse = Callable[..., WebSocketPeer]


@pytest.fixture
def browse() -> Iterator[Browse]:
    """Return WebSocket sessions: `browse(server, name, room=…)`; they end with the test."""
    with ExitStack() as stack:
        yield lambda server, name, **options: stack.enter_context(
            WebSocketPeer(server, name, **options)
        )


def test_a_websocket_an_event_and_a_classic_session_chat(
    hubbub_server: LocalServer, browse: Browse, meet: Meet, connect: Connect
) -> None:
    web, event = browse(hubbub_server, "web"), meet(hubbub_server, "event")
    classic = connect(hubbub_server, "classic")
    web.tell(type="say", room="lobby", text="grüße 👋")
    said = event.next("message")
    assert web.next("message") == said
    assert (said["from"], said["text"]) == ("web", "grüße 👋")
    assert classic.pair() == ("web", "grüße 👋")
    classic.say("x" * 60_000)
    assert web.next("message")["text"] == "x" * 60_000


def test_hello_is_answered_by_welcome_with_its_ref(
    hubbub_server: LocalServer, browse: Browse
) -> None:
    ann = browse(hubbub_server, None)
    ann.tell(type="hello", name="Ann  Lee", ref="h")
    welcome = ann.event()
    assert (welcome["type"], welcome["name"], welcome["ref"]) == ("welcome", "Ann Lee", "h")
    again = ann.ask(type="hello", name="other")
    assert (again["type"], again["code"]) == ("error", "bad_command")
    assert ann.ask(type="ping")["type"] == "ok", "the session goes on"


@pytest.mark.parametrize("size", [10, 60, 10_000])
def test_what_comes_in_one_segment_with_the_handshake_is_heard(
    hubbub_server: LocalServer, size: int
) -> None:
    """`Each text message, in either direction, is one JSON object`: the first ones as well."""
    said = opening(hubbub_server) + b"".join(
        frame(json.dumps(command).encode())
        for command in (
            {"type": "hello", "name": "ann"},
            {"type": "join", "room": "lobby"},
            {"type": "say", "room": "lobby", "text": "x" * 60_000, "ref": "1"},
        )
    )
    ann = WebSocketPeer.__new__(WebSocketPeer)
    RawPeer.__init__(ann, hubbub_server.host, hubbub_server.port)
    with ann:
        head = said.index(b"\r\n\r\n")
        ann.send(said[: head + size])
        ann.send(said[head + size :])
        assert ann.head().startswith("HTTP/1.1 101 ")
        told = [ann.event() for _ in range(4)]
    assert [event["type"] for event in told] == ["welcome", "room", "ok", "message"]


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ('{"type":"join","room":"lobby"}', "bad_command"),
        ("ann", "bad_command"),
        ('{"type":"hello"}', "bad_command"),
        ('{"type":"hello","name":"hubbub"}', "name_not_allowed"),
        ('{"type":"hello","name":"<\\u202e>"}', "name_not_allowed"),
    ],
)
def test_who_does_not_say_who_it_is_hears_why(
    hubbub_server: LocalServer, browse: Browse, first: str, code: str
) -> None:
    peer = browse(hubbub_server, None)
    peer.send(frame(first.replace("}", ',"ref":"r"}').encode()))
    refusal = peer.event()
    assert refusal["code"] == code
    assert refusal.get("ref") == ("r" if "}" in first else None)
    assert peer.closed() == 1000


def test_a_name_is_resumed_over_a_websocket(
    hubbub_server: LocalServer, browse: Browse, meet: Meet
) -> None:
    first = meet(hubbub_server, "ann")
    seq = first.say_and_wait("before")
    second = browse(hubbub_server, "ann", room=None)
    assert second.welcome["held"]
    assert second.ask(type="resume", session=first.welcome["session"])["type"] == "ok"
    assert first.next("bye")["code"] == "resumed"
    second.ask(type="join", room="lobby", after=seq - 1)
    assert second.next("message")["text"] == "before"


def test_a_slow_websocket_is_served_from_the_log(serve: Serve, browse: Browse, meet: Meet) -> None:
    with serve(messages_per_second=0) as server:
        slow, ann = browse(server, "slow"), meet(server, "ann")
        texts = [f"{number} " + "x" * 20_000 for number in range(400)]
        for text in texts[:-1]:
            ann.tell(type="say", room="lobby", text=text)
        ann.say_and_wait(texts[-1])
        assert [slow.next("message")["text"] for _ in texts] == texts
        # Live again: what is said now comes as well, after everything else.
        last = ann.say_and_wait("last")
        assert slow.next("message")["seq"] == last


def test_what_waits_at_a_fast_sender_is_not_lost(serve: Serve, browse: Browse) -> None:
    with serve(messages_per_second=200, burst=10) as server:
        ann = browse(server, "ann")
        for number in range(100):
            ann.tell(type="say", room="lobby", text=str(number))
        assert [ann.next("message")["text"] for _ in range(100)] == list(map(str, range(100)))


def test_pings_are_answered_and_a_close_is_closed(
    hubbub_server: LocalServer, browse: Browse
) -> None:
    ann = browse(hubbub_server, "ann")
    ann.send(frame(b"are you there", PING))
    assert ann.message() == (PONG, b"are you there")
    ann.send(frame(b"\x03\xe8", 0x8))
    assert ann.closed() == 1000


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        (b"\x81\x02hi", 1002),
        (frame(b"x", 0x2), 1003),
        (frame(b"\xff"), 1007),
        (frame(b"x" * 300_000), 1009),
        (frame(b"x", first=0xC1), 1002),
    ],
    ids=["no mask", "binary", "no UTF-8", "too long", "compressed"],
)
def test_malformed_frames_end_the_session_with_their_code(
    hubbub_server: LocalServer, browse: Browse, octets: bytes, code: int
) -> None:
    ann, bob = browse(hubbub_server, "ann"), browse(hubbub_server, "bob")
    ann.send(octets)
    assert ann.next("error")["code"] == "protocol_error"
    assert ann.closed() == code
    ann.sock.close()
    assert bob.next("presence", name="ann")["state"] == "left"


@pytest.mark.parametrize(
    "json_text",
    [
        "{}",
        "[]",
        "nonsense",
        '{"type":"say"}',
        '{"type":"say","room":"lobby","text":7}',
        "[" * 5000,
    ],
)
def test_a_bad_command_is_refused_and_the_session_goes_on(
    hubbub_server: LocalServer, browse: Browse, json_text: str
) -> None:
    ann = browse(hubbub_server, "ann")
    ann.send(frame(json_text.encode()))
    assert ann.next("error")["code"] == "bad_command"
    assert ann.ask(type="ping")["type"] == "ok"


@pytest.mark.parametrize(
    "headers",
    [
        {"Upgrade": None},
        {"Connection": "keep-alive"},
        {"Sec_WebSocket_Version": "8"},
        {"Sec_WebSocket_Key": None},
        {"Sec_WebSocket_Key": "c2hvcnQ="},
        {"Sec_WebSocket_Key": "ä" * 24},
    ],
)
def test_a_bad_handshake_gets_a_sentence(
    hubbub_server: LocalServer, connect: Connect, headers: dict[str, str | None]
) -> None:
    peer = connect(hubbub_server)
    peer.send(opening(hubbub_server, **headers))
    head = peer.exactly(12)
    assert head in {b"HTTP/1.1 400", b"HTTP/1.1 426"}
    peer.sock.shutdown(1)
    assert b"." in peer.rest()


def test_a_websocket_needs_the_password() -> None:
    config = Config(server=ServerSection(listen="127.0.0.1:0", password="rolu-mika"))
    with serving(config) as server:
        with WebSocketPeer(server, "ann", room=None) as ann:
            assert ann.welcome["locked"]
            assert ann.ask(type="join", room="lobby")["code"] == "password_needed"
            assert ann.closed() == 1000
        with WebSocketPeer(server, "ann", room=None) as ann:
            assert ann.ask(type="unlock", password="1234")["code"] == "wrong_password"
            assert ann.closed() == 1000
        with WebSocketPeer(server, "ann", room=None) as ann:
            welcome = ann.ask(type="unlock", password="rolu-mika")
            assert (welcome["type"], welcome.get("locked")) == ("welcome", None)
            assert ann.ask(type="join", room="lobby")["type"] == "room"


@pytest.mark.usefixtures("http_is_loaded")
def test_a_websocket_without_a_name_is_let_go(serve: Serve) -> None:
    with serve(handshake_seconds=0.2) as server, WebSocketPeer(server, None) as peer:
        assert peer.event()["code"] == "handshake_timeout"
        assert peer.closed() == 1000


def test_members_of_websockets_say_goodbye(serve: Serve, browse: Browse) -> None:
    with serve() as server:
        ann = browse(server, "ann")
    assert ann.next("bye")["reason"] == "The server is shutting down."
    assert ann.closed() == 1000


def test_events_are_the_same_bytes_as_in_frames(
    hubbub_server: LocalServer, browse: Browse, meet: Meet
) -> None:
    web, event = browse(hubbub_server, "web"), meet(hubbub_server, "event")
    event.tell(type="say", room="lobby", text="one")
    while b'"message"' not in (payload := web.message()[1]):
        pass
    assert json.loads(payload) == event.next("message")


def test_who_says_all_with_the_handshake_and_closes_its_half_is_answered(
    hubbub_server: LocalServer, caplog: pytest.LogCaptureFixture
) -> None:
    """The end comes with the handshake, and comes again each time that reading goes on."""
    says = 300
    commands = [
        {"type": "hello", "name": "ann"},
        {"type": "join", "room": "lobby"},
        *({"type": "say", "room": "lobby", "text": "x", "ref": str(n)} for n in range(says)),
    ]
    said = opening(hubbub_server)
    said += b"".join(frame(json.dumps(one).encode()) for one in commands)
    for _ in range(3):  # the first one comes before aiohttp is loaded, the others find it there
        ann = WebSocketPeer.__new__(WebSocketPeer)
        RawPeer.__init__(ann, hubbub_server.host, hubbub_server.port)
        with ann:
            ann.send(said)
            ann.sock.shutdown(socket.SHUT_WR)
            assert ann.head().startswith("HTTP/1.1 101 ")
            answered = 0
            while answered < says:
                event = ann.event()
                assert event["type"] != "error", event
                answered += event["type"] == "ok"
            ann.rest()
    assert "Traceback" not in caplog.text


def test_a_raw_peer_that_hangs_up_within_a_handshake_harms_nobody(
    hubbub_server: LocalServer, browse: Browse
) -> None:
    for cut in (10, 60, 150):
        with RawPeer(hubbub_server.host, hubbub_server.port) as peer:
            peer.send(opening(hubbub_server)[:cut])
    assert browse(hubbub_server, "ann").ask(type="ping")["type"] == "ok"
