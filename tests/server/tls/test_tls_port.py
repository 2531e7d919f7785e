"""TLS on the same port: whatever is spoken there is spoken inside TLS as well."""

import contextlib
import http.client
import json
import re
import shutil
import socket
import ssl
import struct
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from hubbub.testing import LocalServer, serving
from tests.interop.raw import PATIENCE_SECONDS, RawPeer, frame
from tests.server.conftest import Meet
from tests.server.http.asking import ask
from tests.server.tls.peers import TlsPeer, protected
from tests.tls.pairs import Pair, pair_in


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return pair_in(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def server(pair: Pair) -> Iterator[LocalServer]:
    with protected(pair) as server:
        yield server


def asked(
    server: LocalServer,
    pair: Pair,
    path: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[http.client.HTTPResponse, bytes]:
    """Ask over HTTPS; return the answer, and its body."""
    connection = http.client.HTTPSConnection(
        "localhost", server.port, context=pair.client, timeout=PATIENCE_SECONDS
    )
    with contextlib.closing(connection):
        connection.request("GET" if body is None else "POST", path, body, headers or {})
        answer = connection.getresponse()
        return answer, b"" if answer.status == 101 else answer.read()


def test_frames_inside_and_outside_meet_in_one_room(server: LocalServer, pair: Pair) -> None:
    with TlsPeer(server, pair, "ann") as ann, RawPeer(server.host, server.port, "bob") as bob:
        ann.wait_for("bob")
        ann.say("hello")
        assert bob.pair() == ("ann", "hello")
        bob.say("from outside")
        assert ann.pair() == ("bob", "from outside")


def test_events_long_ones_too(server: LocalServer, pair: Pair) -> None:
    with TlsPeer(server, pair) as ann, TlsPeer(server, pair, "bob") as bob:
        text = "long " * 2000
        join = json.dumps({"type": "join", "room": "lobby"})
        say = json.dumps({"type": "say", "room": "lobby", "text": text})
        for one in ("ann", join, say):
            ann.send(f"+{len(one)}".ljust(10).encode() + one.encode())
        assert json.loads(ann.exactly(int(ann.exactly(10))))["type"] == "welcome"
        assert bob.pair() == ("ann", text)


def test_bytes_that_come_one_by_one_are_read_as_well(server: LocalServer, pair: Pair) -> None:
    with TlsPeer(server, pair) as ann, TlsPeer(server, pair, "bob") as bob:
        for octet in frame("ann") + frame("hi"):
            ann.send(bytes([octet]))
        assert bob.pair() == ("ann", "hi")


def test_the_page_and_the_api(server: LocalServer, pair: Pair) -> None:
    answer, body = asked(server, pair, "/")
    assert answer.status == 200
    assert b"<!doctype html>" in body.lower()
    assert json.loads(asked(server, pair, "/api/rooms")[1])["rooms"]


def test_a_browsers_cookie_is_for_tls_alone(server: LocalServer, pair: Pair) -> None:
    keys = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    origin = f"https://localhost:{server.port}"
    answer, _ = asked(server, pair, "/ws", None, {"Origin": origin} | keys)
    assert answer.status == 101
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"__Secure-hubbub-{server.port}=")
    assert cookie.endswith("; Secure")


def test_classic_sessions_are_told_addresses_of_https(pair: Pair, tmp_path: Path) -> None:
    with (
        protected(pair, data=str(tmp_path)) as server,
        TlsPeer(server, pair, "ann") as ann,
        RawPeer(server.host, server.port, "bob") as bob,
    ):
        ann.wait_for("bob")
        answer, _ = asked(server, pair, "/api/rooms/lobby/files?name=a.txt", b"some text")
        assert answer.status == 201
        assert f"https://{server.address}/files/" in ann.pair()[1]
        assert f"http://{server.address}/files/" in bob.pair()[1]


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_versions_of_tls_are_refused(server: LocalServer, pair: Pair) -> None:
    context = pair.client
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    with (
        socket.create_connection((server.host, server.port), PATIENCE_SECONDS) as sock,
        pytest.raises((ssl.SSLError, ConnectionError)),
    ):
        context.wrap_socket(sock, server_hostname="localhost")


def test_tls_inside_tls_is_no_speech(server: LocalServer, pair: Pair) -> None:
    with TlsPeer(server, pair) as ann:
        ann.send(b"\x16\x03\x01\x00\x05hello")
        assert ann.rest().startswith(b"This is a hubbub chatroom.")


def test_a_server_without_a_certificate_says_what_it_speaks() -> None:
    with serving() as server, RawPeer(server.host, server.port) as peer:
        peer.send(b"\x16\x03\x01\x00\x05hello")
        assert peer.rest().startswith(b"This is a hubbub chatroom.")


@pytest.mark.usefixtures("loops")
@pytest.mark.parametrize("linger", [None, struct.pack("ii", 1, 0)], ids=["end", "reset"])
def test_what_was_sent_inside_tls_before_the_connection_was_lost_is_posted(
    pair: Pair, meet: Meet, tmp_path: Path, linger: bytes | None
) -> None:
    """What is written to a peer that is gone fails, and ends its connection, before all is read."""
    texts = 2500
    with protected(pair, data=str(tmp_path), messages_per_second=1000, burst=100) as server:
        bob = meet(server, "bob")
        with TlsPeer(server, pair, "ann") as ann:
            ann.send(frame("still here") * texts)
            if linger is not None:
                ann.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            ann.sock.close()
        assert {event["from"] for event in bob.messages(texts)} == {"ann"}


# Those who do it wrong.


@pytest.mark.parametrize(
    "broken",
    [
        b"\x16\x03\x01\x00\x05hello",
        b"\x16" + b"\xff" * 500,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 512,
        b"\x16\x03\x01\x40\x00\x01\x00\x3f\xfc" + b"\x00" * 60_000,
    ],
)
def test_a_broken_handshake_ends_its_connection_and_no_other(
    server: LocalServer, pair: Pair, broken: bytes
) -> None:
    with TlsPeer(server, pair, "ann") as ann, RawPeer(server.host, server.port) as peer:
        try:
            peer.send(broken)
            while peer.sock.recv(65536):
                pass
        except ConnectionError:
            pass
        assert "ann" in ann.who()


def test_a_slow_handshake_is_let_go(pair: Pair) -> None:
    with (
        protected(pair, handshake_seconds=1.0) as server,
        RawPeer(server.host, server.port) as peer,
    ):
        peer.send(b"\x16\x03\x01\x02\x00\x01")
        with contextlib.suppress(ConnectionError):
            assert peer.sock.recv(1) == b""


def test_half_a_first_word_inside_tls_wins_no_time(pair: Pair) -> None:
    with protected(pair, handshake_seconds=1.0) as server, TlsPeer(server, pair) as peer:
        peer.send(b"GE")
        assert peer.rest() == b""


def test_many_handshakes_broken_off_leave_no_connection_behind(
    server: LocalServer, pair: Pair
) -> None:
    for _ in range(50):
        with socket.create_connection((server.host, server.port), PATIENCE_SECONDS) as sock:
            sock.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    with TlsPeer(server, pair, "ann"):
        while time.monotonic() < give_up_at:
            figures = ask(server, "/metrics").body.decode()
            found = re.search(r"^hubbub_connections (\d+)", figures, re.MULTILINE)
            if found is None or int(found[1]) <= 3:
                break
            time.sleep(0.05)
        else:
            pytest.fail("connections were left behind")


# Who may do without TLS.


def test_without_tls_each_protocol_is_told_what_is_needed(pair: Pair) -> None:
    with protected(pair, plaintext="forbidden") as server:
        with RawPeer(server.host, server.port) as peer:
            peer.say("ann")
            sender, text = peer.pair()
            assert sender == "hubbub"
            assert "TLS" in text
            assert peer.rest() == b""
        with RawPeer(server.host, server.port) as peer:
            peer.send(b"+3        ann")
            error = json.loads(peer.exactly(int(peer.exactly(10))))
            assert error["type"] == "error"
            assert error["code"] == "tls_needed"
            assert peer.rest() == b""
        with RawPeer(server.host, server.port) as peer:
            peer.send(b"hello?\n")
            assert b"chatroom" in peer.rest()
        moved = ask(server, "/lobby/7?x=y")
        assert moved.status == 308
        assert moved.headers["location"] == f"https://{server.address}/lobby/7?x=y"
        refused = ask(server, "/api/rooms")
        assert refused.refusal == (426, "tls_needed")
        assert "TLS" in refused.headers["upgrade"]
        assert ask(server, "/ws").refusal == (426, "tls_needed")
        with TlsPeer(server, pair, "ann") as ann:
            assert "ann" in ann.who()


def test_this_machine_may_do_without_if_that_is_said(pair: Pair) -> None:
    with (
        protected(pair, plaintext="loopback") as server,
        RawPeer(server.host, server.port, "ann") as ann,
    ):
        assert "ann" in ann.who()
        assert ask(server, "/api/rooms").status == 200


# A new certificate.


def test_a_new_certificate_is_taken_when_the_files_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hubbub.server.tls.certificates.LOOK_SECONDS", 0.05)
    old, new = pair_in(tmp_path / "used"), pair_in(tmp_path / "new")
    with protected(old) as server:
        former = old.client  # trusts the old one
        with TlsPeer(server, old, "ann") as ann:
            shutil.copy(new.certificate, old.certificate)  # at first it does not fit its key
            shutil.copy(new.key, old.key)
            give_up_at = time.monotonic() + PATIENCE_SECONDS
            while time.monotonic() < give_up_at:
                found = ssl.get_server_certificate((server.host, server.port))
                if found.strip() == new.certificate.read_text().strip():
                    break
                time.sleep(0.05)
            else:
                pytest.fail("the new certificate was not taken")
            assert "ann" in ann.who(), "those who are there stay"
        with (
            socket.create_connection((server.host, server.port), PATIENCE_SECONDS) as sock,
            pytest.raises(ssl.SSLCertVerificationError),
        ):
            former.wrap_socket(sock, server_hostname="localhost")
        with TlsPeer(server, new, "bob") as bob:
            assert "bob" in bob.who()
