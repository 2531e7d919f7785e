"""Who may ask, and what browsers are told (docs/protocol.md, section 9)."""

import socket
import threading
from collections.abc import Iterator

import pytest

from hubbub.server.config import Config, ServerSection
from hubbub.server.fairness.accounts import Accounts, Connected
from hubbub.server.http import own_name
from hubbub.testing import LocalServer, serving
from tests.interop.raw import RawPeer
from tests.server.conftest import Connect, Meet, Serve
from tests.server.http.asking import PATIENCE_SECONDS, ask
from tests.server.websocket_peer import opening

MESSAGES = "/api/rooms/lobby/messages"
PASSWORD = "rolu-mika"


@pytest.fixture(scope="module")
def named() -> Iterator[LocalServer]:
    """A server that is known as chat.example.org."""
    config = Config(server=ServerSection(listen="127.0.0.1:0", hosts=("chat.example.org",)))
    with serving(config) as server:
        yield server


@pytest.fixture(scope="module")
def locked() -> Iterator[LocalServer]:
    """A server with a password."""
    config = Config(server=ServerSection(listen="127.0.0.1:0", password=PASSWORD))
    with serving(config) as server:
        yield server


@pytest.mark.parametrize(
    "path", ["/icon.svg", "/api/rooms", "/api/nothing", "/healthz", "/metrics", "/ws"]
)
def test_every_response_tells_browsers_what_the_page_may_do(named: LocalServer, path: str) -> None:
    headers = ask(named, path).headers
    policy = dict(
        directive.strip().split(" ", 1)
        for directive in headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["server"] == "hubbub"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "192.168.1.5:1234",
        "[::1]:1234",
        "localhost:1234",
        "chat.localhost",
        "laptop",
        "Laptop.local:1234",
        "chat.example.org",
        "CHAT.example.org.:443",
        socket.gethostname(),
    ],
)
def test_names_of_this_server_are_answered(named: LocalServer, host: str) -> None:
    assert ask(named, "/api/rooms", Host=host).status == 200
    assert ask(named, "/", Host=host).status == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:1234", "127.0.0.1.evil.example"])
def test_other_names_may_be_those_of_an_attacker(named: LocalServer, host: str) -> None:
    for path in ("/", "/api/rooms", "/ws"):
        assert ask(named, path, Host=host).refusal == (421, "unknown_host")
    assert ask(named, MESSAGES, {"text": "x"}, Host=host).refusal == (421, "unknown_host")


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "http://127.0.0.1:1",
        f"http://{socket.gethostname()}:1",
        "null",
        "nonsense",
        "http://[",
        "",
    ],
)
def test_pages_of_other_sites_may_neither_read_nor_post(named: LocalServer, origin: str) -> None:
    refusal = (403, "foreign_origin")
    assert ask(named, "/api/rooms", Origin=origin).refusal == refusal
    assert ask(named, MESSAGES, {"text": "x"}, Origin=origin).refusal == refusal
    assert ask(named, "/metrics", Origin=origin).refusal == refusal
    assert not ask(named, MESSAGES).json["messages"]
    with RawPeer(named.host, named.port) as peer:
        peer.send(opening(named, Origin=origin))
        assert peer.exactly(12) == b"HTTP/1.1 403"


@pytest.mark.parametrize("header", [b"Host", b"Origin", b"Authorization", b"Idempotency-Key"])
def test_headers_that_are_no_text_harm_nobody(
    serve: Serve, connect: Connect, header: bytes
) -> None:
    with serve() as server:
        peer = connect(server)
        peer.send(b"POST %b HTTP/1.1\r\nContent-Length: 12\r\n" % MESSAGES.encode())
        peer.send(b"" if header == b"Host" else b"Host: 127.0.0.1\r\n")
        peer.send(header + b': \xff\r\nConnection: close\r\n\r\n{"text":"x"}')
        answer = peer.rest()
        assert answer.startswith(b"HTTP/1.1 400")
        assert b"bad_request" in answer
        assert ask(server, MESSAGES, {"text": "on it goes"}).status == 201


def test_nobody_waits_for_the_name_of_this_machine(
    meet: Meet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked for at the first visit, and the answer may take seconds."""
    asked, told = threading.Event(), threading.Event()

    def name_that_takes_long() -> str:
        asked.set()
        assert told.wait(PATIENCE_SECONDS)
        return "chat.of-this-machine.example"

    monkeypatch.setattr(socket, "getfqdn", name_that_takes_long)
    with serving() as server, RawPeer(server.host, server.port) as visitor:
        ann = meet(server, "ann")
        visitor.send(b"GET /healthz HTTP/1.1\r\nHost: chat.of-this-machine.example\r\n\r\n")
        assert asked.wait(PATIENCE_SECONDS)
        assert ann.ask(type="ping")["type"] == "ok"
        assert ask(server, "/healthz").status == 200
        told.set()
        assert visitor.exactly(12) == b"HTTP/1.1 200"


def test_a_name_that_this_machine_gets_later_is_known_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The question may have failed for want of a network, or of a descriptor."""
    names = ["no-network", "chat.of-this-machine.example"]
    monkeypatch.setattr(socket, "getfqdn", lambda: names[0])
    with serving() as server:

        def status() -> int:
            return ask(server, "/healthz", Host="chat.of-this-machine.example").status

        assert status() == 421
        names.reverse()
        assert status() == 421, "it is not asked for each time"
        monkeypatch.setattr(own_name, "ASKED_AGAIN_SECONDS", 0.0)
        assert status() == 200


def test_the_page_of_the_same_server_may(named: LocalServer) -> None:
    origin = f"http://{named.address}"
    assert ask(named, "/api/rooms", Origin=origin).status == 200
    with RawPeer(named.host, named.port) as peer:
        peer.send(opening(named, Origin=origin))
        assert peer.exactly(12) == b"HTTP/1.1 101"
    with RawPeer(named.host, named.port) as peer:
        peer.send(opening(named, Origin="https://chat.example.org", Host="chat.example.org"))
        assert peer.exactly(12) == b"HTTP/1.1 101"


@pytest.mark.parametrize("path", ["/api", "/api/rooms", MESSAGES, "/api/search?q=x", "/metrics"])
def test_the_api_wants_the_password(locked: LocalServer, path: str) -> None:
    refused = ask(locked, path)
    assert refused.refusal == (401, "password_needed")
    assert refused.headers["www-authenticate"] == "Bearer"
    assert ask(locked, path, Authorization=f"Bearer {PASSWORD}").status == 200
    assert ask(locked, path, Authorization="Basic cm9sdQ==").refusal[0] == 401


def test_a_post_without_the_password_is_not_said(locked: LocalServer) -> None:
    for path in (MESSAGES, "/api/rooms/lobby/webhook"):
        assert ask(locked, path, {"text": "x"}).refusal == (401, "password_needed")
    assert not ask(locked, MESSAGES, Authorization=f"bearer {PASSWORD}").json["messages"]


def test_the_page_itself_needs_no_password(locked: LocalServer) -> None:
    for path in ("/", "/icon.svg", "/healthz"):
        assert ask(locked, path).status == 200


def test_passwords_are_not_guessed_by_trying_many() -> None:
    config = Config(server=ServerSection(listen="127.0.0.1:0", password=PASSWORD))
    with serving(config) as server:
        tried = [ask(server, "/api", Authorization=f"Bearer {n}").refusal for n in range(11)]
        assert tried == [(401, "wrong_password")] * 10 + [(429, "slow_down")]
        late = ask(server, "/api", Authorization="Bearer 11")
        assert late.headers["retry-after"]
        assert ask(server, "/api", Authorization=f"Bearer {PASSWORD}").status == 200


def test_who_asks_through_a_proxy_is_charged_below_it(
    monkeypatch: pytest.MonkeyPatch, hubbub_server: LocalServer
) -> None:
    charged: list[tuple[str, str]] = []
    stranger = Accounts.stranger

    def noted(accounts: Accounts, host: str, proxy: str = "") -> Connected:
        charged.append((host, proxy))
        return stranger(accounts, host, proxy)

    monkeypatch.setattr(Accounts, "stranger", noted)
    for number in range(3):
        assert ask(hubbub_server, "/", X_Forwarded_For=f"198.51.100.{number}").status == 200
    below = [names for names in charged if names[1]]
    assert below == [(f"198.51.100.{number}", "127.0.0.1") for number in range(3)]


def test_guesses_that_come_through_a_proxy_are_counted_for_those_who_made_them() -> None:
    config = Config(server=ServerSection(listen="127.0.0.1:0", password=PASSWORD))
    with serving(config) as server:

        def tried(client: str, times: int) -> list[tuple[int, str]]:
            answers = [
                ask(server, "/api/rooms", Authorization="Bearer wrong", X_Forwarded_For=client)
                for _ in range(times)
            ]
            return [answer.refusal for answer in answers]

        assert tried("198.51.100.1", 11)[-1] == (429, "slow_down")
        assert tried("198.51.100.2", 1) == [(401, "wrong_password")]
        assert tried("198.51.100.1", 1) == [(429, "slow_down")]
