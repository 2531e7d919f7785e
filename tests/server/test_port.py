"""One port for everyone, and who is let in."""

import contextlib
import json
import socket
import struct
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from hubbub.chat.errors import ConfigError
from hubbub.chat.events import Page
from hubbub.chat.heard import Heard, PlainLine
from hubbub.chat.limits import Limits
from hubbub.chat.queries import PageQuery
from hubbub.hub import Hub, Session
from hubbub.log.memory import MemoryLog
from hubbub.server.config import Config, ServerSection
from hubbub.testing import SHUTDOWN_SECONDS, LocalServer, serving
from tests.interop.raw import frame
from tests.server.conftest import Connect, Meet, Serve
from tests.server.event_peer import event_frame


@contextlib.contextmanager
def with_limits(**limits: float) -> Iterator[LocalServer]:
    config = Config(
        server=ServerSection(listen="127.0.0.1:0"),
        limits=Limits(**{"shutdown_seconds": SHUTDOWN_SECONDS, **limits}),  # type: ignore[arg-type]
    )
    with serving(config) as server:
        yield server


def test_http_and_frames_share_the_port(hubbub_server: LocalServer, meet: Meet) -> None:
    with meet(hubbub_server, "ann") as ann:
        for path, body in (("/healthz", "ok\n"), ("/", "hubbub join")):
            with urllib.request.urlopen(
                f"http://{hubbub_server.address}{path}", timeout=30
            ) as answer:
                assert body in answer.read().decode()
        assert ann.say_and_wait("hello") == 1


def test_a_request_that_comes_in_pieces_is_answered(
    hubbub_server: LocalServer, connect: Connect
) -> None:
    with connect(hubbub_server) as peer:
        for piece in (b"G", b"E", b"T /healthz HTTP/1.0\r\n", b"\r\n"):
            peer.send(piece)
        assert peer.rest().endswith(b"ok\n")


def test_bad_http_is_answered_and_fills_no_log_with_tracebacks(
    connect: Connect, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with serving() as server:
        visitor = connect(server)
        visitor.send(b"GET / HTTP/1.1\r\nHost: \x00\r\n\r\n")
        assert visitor.rest().startswith(b"HTTP/1.0 400 ")
    assert all("peers were turned away" in note.message for note in caplog.records)
    assert not any(note.exc_info for note in caplog.records)
    assert "Traceback" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("first", [b"hello there\n", b"\x16\x03\x01", b"\xff"])
def test_what_is_neither_gets_one_sentence(
    hubbub_server: LocalServer, first: bytes, connect: Connect
) -> None:
    with connect(hubbub_server) as peer:
        peer.send(first)
        assert peer.rest().decode().startswith("This is a hubbub chatroom. ")


@pytest.mark.parametrize("header", [b"-5        ", b"+ 5       ", b"1_0       ", b" " * 10])
def test_a_wrong_first_header_gets_a_framed_sentence(
    hubbub_server: LocalServer, header: bytes, connect: Connect
) -> None:
    with connect(hubbub_server) as peer:
        peer.send(header)
        assert peer.pair()[0] == "hubbub"
        assert peer.rest() == b""


def test_a_name_that_does_not_come_whole_is_not_waited_for(connect: Connect) -> None:
    with with_limits(handshake_seconds=0.01) as server, connect(server) as half:
        half.send(b"5         an")
        sender, sentence = half.pair()
        assert (sender, "did not say who you are" in sentence) == ("hubbub", True)
        assert half.rest() == b""


def test_who_is_silent_for_too_long_is_let_go_and_told_why(meet: Meet) -> None:
    with with_limits(idle_seconds=0.01) as server, meet(server, "ann") as ann:
        error = ann.next("error")
        assert (error["code"], ann.rest()) == ("idle", b"")


def test_connections_are_limited_and_places_become_free_again(meet: Meet, connect: Connect) -> None:
    with with_limits(connections_max=2) as server:
        ann, second = meet(server, "ann"), connect(server)
        assert b"as many connections" in connect(server).rest()
        assert ann.say_and_wait("still here") == 1
        second.sock.close()
        answer = b""
        while answer != b"+":  # as soon as the server has seen the other leave
            peer = connect(server)
            peer.send(event_frame("bob"))
            answer = peer.sock.recv(1)


def test_per_address_limits_do_not_count_loopback(meet: Meet) -> None:
    with with_limits(connections_per_address_max=1) as server:
        peers = [meet(server, f"p{number}") for number in range(3)]
        assert peers[0].say_and_wait("hello") == 1


def test_per_address_limits_count_each_address(
    monkeypatch: pytest.MonkeyPatch, meet: Meet, connect: Connect
) -> None:
    monkeypatch.setattr("hubbub.server.sockets.places.is_loopback", lambda _host: False)
    with with_limits(connections_per_address_max=1) as server:
        ann = meet(server, "ann")
        assert b"as many connections" in connect(server).rest()
        assert ann.say_and_wait("still here") == 1


def test_who_asks_finds_what_they_said_just_before(
    serve: Serve, meet: Meet, connect: Connect
) -> None:
    with serve() as server:
        ann, bob = meet(server, "ann"), connect(server, "bob")
        for number in range(20):
            ann.tell(type="say", room="lobby", text=f"ann {number}")
            page = ann.ask(type="history", room="lobby", limit=1)
            assert [message["text"] for message in page["messages"]] == [f"ann {number}"]
            bob.send(frame(f"bob {number}") + frame("/history 1"))
            assert bob.pair() == ("ann", f"ann {number}")
            assert bob.pair()[1].endswith(f"bob > bob {number}")


def test_a_peer_that_said_all_still_gets_its_answers(
    hubbub_server: LocalServer, connect: Connect
) -> None:
    with connect(hubbub_server) as peer:
        peer.send(
            event_frame("ann")
            + event_frame({"type": "join", "room": "lobby"})
            + event_frame({"type": "say", "room": "lobby", "text": "bye", "ref": "last"})
        )
        peer.sock.shutdown(socket.SHUT_WR)
        assert b'"ref":"last","seq":1' in peer.rest()


def test_a_peer_that_said_all_still_gets_the_backlog(
    hubbub_server: LocalServer, meet: Meet, connect: Connect
) -> None:
    ann = meet(hubbub_server, "ann")
    count, text = 400, "x" * 50_000  # more than the system takes in at once
    for number in range(count):
        ann.tell(type="say", room="lobby", text=f"{number} {text}")
    ann.messages(count)
    peer = connect(hubbub_server)
    peer.send(event_frame("bob") + event_frame({"type": "join", "room": "lobby", "after": 0}))
    peer.sock.shutdown(socket.SHUT_WR)
    assert b'"text":"399 ' in peer.rest()


def test_one_that_is_gone_leaves_its_messages_behind(meet: Meet, connect: Connect) -> None:
    with with_limits(messages_per_second=50, burst=1) as server, meet(server, "bob") as bob:
        with connect(server) as peer:
            peer.send(frame("ann") + b"".join(frame(str(number)) for number in range(20)))
        assert [event["text"] for event in bob.messages(20)] == [str(n) for n in range(20)]


def test_the_last_words_reach_a_peer_that_sent_more_than_was_read(
    hubbub_server: LocalServer, connect: Connect
) -> None:
    with connect(hubbub_server) as peer:
        with contextlib.suppress(OSError):
            peer.send(frame("ann") + b"9999999999" + b"x" * 1_000_000)
        sender, sentence = peer.pair()
        assert (sender, "too long" in sentence) == ("hubbub", True)
        assert peer.rest() == b"", "the connection ends in peace, not with a reset"


def test_a_shutdown_says_goodbye(meet: Meet, connect: Connect) -> None:
    with serving() as server:
        ann, bob = meet(server, "ann"), connect(server, "bob")
    assert ann.next("bye")["reason"] == "The server is shutting down."
    assert ann.rest() == b""
    assert bob.pair() == ("hubbub", "The server is shutting down.")


def test_a_bug_of_ours_ends_one_session_only(
    hubbub_server: LocalServer, monkeypatch: pytest.MonkeyPatch, meet: Meet
) -> None:
    def fault(*_: object) -> None:
        raise ZeroDivisionError

    with meet(hubbub_server, "ann") as ann, meet(hubbub_server, "bob") as bob:
        monkeypatch.setattr("hubbub.hub.membership.list_rooms", fault)
        monkeypatch.setattr("hubbub.hub.commands.list_rooms", fault)
        ann.tell(type="rooms")
        assert ann.next("error")["code"] == "server_fault"
        assert bob.say_and_wait("still here") == 1


def test_a_bug_met_after_a_commit_ends_one_session_only(
    monkeypatch: pytest.MonkeyPatch, meet: Meet, connect: Connect
) -> None:
    """The commits of all go on, though it is a commit that has the session go on."""
    speak = Hub.speak

    def faulty(hub: Hub, session: Session, heard: Heard, *more: Any) -> Any:
        if heard == PlainLine("the last"):
            raise ZeroDivisionError
        return speak(hub, session, heard, *more)

    monkeypatch.setattr(Hub, "speak", faulty)
    with with_limits(pending_bytes_max=1) as server:  # each line waits for the one before
        bob = meet(server, "bob")
        with connect(server, "eve") as eve:
            eve.send(frame("the first") + frame("the last"))
            assert [event["text"] for event in bob.messages(1)] == ["the first"]
            assert eve.pair() == ("hubbub", "The server has a fault and ends this session.")
            assert eve.rest() == b""
        assert bob.say_and_wait("still here") == 2


@pytest.mark.parametrize(
    ("listen", "reason"),
    [
        ("127.0.0.1", "give HOST:PORT"),
        ("127.0.0.1:99999", "give HOST:PORT"),
        ("192.0.2.1:0", "Choose an address of this machine"),
    ],
)
def test_an_address_that_cannot_be_listened_on(listen: str, reason: str) -> None:
    config = Config(server=ServerSection(listen=listen))
    with pytest.raises(ConfigError, match=reason), serving(config):
        pass


def test_a_port_in_use(hubbub_server: LocalServer) -> None:
    config = Config(server=ServerSection(listen=hubbub_server.address))
    with pytest.raises(ConfigError, match="another program uses that port"), serving(config):
        pass


def test_refusals_carry_the_ref_even_of_commands_that_do_not_decode(
    hubbub_server: LocalServer, meet: Meet
) -> None:
    with meet(hubbub_server, "ann") as ann:
        for wrong in (
            {"type": "sya", "ref": "r"},
            {"type": "say", "room": "lobby", "ref": "r"},
            {"type": 3, "ref": "r"},
            {"ref": "r"},
        ):
            ann.send(event_frame(json.dumps(wrong)))
            error = ann.event()
            assert (error["type"], error["code"], error["ref"]) == ("error", "bad_command", "r")
        assert ann.say_and_wait("the session goes on") == 1


def test_ipv6_is_listened_on_too(connect: Connect) -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    with serving(Config(server=ServerSection(listen="[::1]:0"))) as server:
        assert server.host == "[::1]"
        peer = connect(server, "ann")
        peer.sock.close()


@pytest.mark.parametrize(
    "wrong",
    ['{"type":"resume"}', '{"type":"resume","session":5}', '{"type":"login"}', "not JSON"],
)
def test_a_held_name_answers_everything_but_the_secret_with_name_taken(
    hubbub_server: LocalServer, meet: Meet, wrong: str
) -> None:
    meet(hubbub_server, "ann")
    impostor = meet(hubbub_server, "ann", room=None)
    impostor.send(event_frame(wrong))
    assert impostor.event()["code"] == "name_taken"
    assert impostor.rest() == b""


def test_a_held_name_is_not_waited_for_longer_than_any_other(meet: Meet) -> None:
    with with_limits(handshake_seconds=0.5) as server:
        meet(server, "ann")
        impostor = meet(server, "ann", room=None)
        assert impostor.event()["code"] == "handshake_timeout"
        assert impostor.rest() == b""


class CountingLog(MemoryLog):
    """Counts the pages that were read."""

    pages = 0

    async def page(self, query: PageQuery) -> Page:
        self.pages += 1
        return await super().page(query)


def test_questions_of_who_has_left_are_not_answered(meet: Meet, connect: Connect) -> None:
    log = CountingLog()
    with serving(log=log) as server:
        bob = meet(server, "bob")
        flood = event_frame({"type": "history", "room": "lobby"}) * 500
        with connect(server) as peer:
            peer.send(event_frame("ann") + flood + event_frame({"type": "join", "room": "lobby"}))
            reset = struct.pack("ii", 1, 0)  # to close is to vanish: nothing more can be told
            peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
        bob.say_and_wait("still here")
        meet(server, "ann")
    assert log.pages < 500


def test_empty_frames_mean_nothing(hubbub_server: LocalServer, connect: Connect) -> None:
    ann, bob = connect(hubbub_server), connect(hubbub_server, "bob")
    ann.send(frame("") + frame("ann") + frame("") + b"+0        " + frame("hello") + frame(""))
    assert bob.pair() == ("ann", "hello")
