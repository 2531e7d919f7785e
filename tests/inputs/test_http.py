"""Every part of a request over HTTP: what it costs grows with its length alone."""

import socket
from collections.abc import Callable, Iterator
from urllib.parse import quote

import msgspec
import pytest
from msgspec.structs import fields

from hubbub.chat.limits import Limits
from hubbub.chat.names import allowed_name
from hubbub.server.config import Config
from hubbub.server.http.api import HistoryParameters, Post, SearchParameters
from hubbub.testing import LocalServer, serving
from tests.inputs.alphabets import NUMBERS, PIECES_OF_JSON, UNITS, made_of
from tests.inputs.steps import Lines

CHARS = (60, 1200)  # aiohttp takes 8190 bytes of a line, and most of these are percent-encoded
BODY_CHARS = (60, 250, 10_000)
LEAST_LINES = 250  # with the server's
LINES_MAX = 10_000
LINES_PER_BYTE_MAX = 8
ANSWERED_BYTES_MAX = 80_000  # the page itself, unpacked
ANSWERED_PER_BYTE_MAX = 4
PATIENCE_SECONDS = 30

MESSAGES = "/api/rooms/lobby/messages"
WEBHOOK = "/api/rooms/lobby/webhook"
FORM = "Content-Type: application/x-www-form-urlencoded"
HEADERS = [
    *("Host", "Origin", "Authorization", "Idempotency-Key", "Content-Type", "Content-Length"),
    *("Transfer-Encoding", "Content-Encoding", "Connection", "Upgrade", "Expect", "Cookie"),
    *("Sec-WebSocket-Key", "Sec-WebSocket-Version", "Accept-Encoding", "If-None-Match", "Range"),
    *("If-Modified-Since", "X-Forwarded-For", "X-Unknown"),
]


@pytest.fixture(scope="module")
def lines() -> Iterator[Lines]:
    allowed_name("é")  # tables are read once
    lines = Lines()
    with lines.installed():
        yield lines


@pytest.fixture(scope="module")
def server(lines: Lines) -> Iterator[LocalServer]:  # its thread is watched
    with serving(Config(limits=Limits(messages_per_second=0))) as server:
        exchange(server, request("GET", "/"))
        exchange(server, request("POST", MESSAGES, b'{"text":"hello"}'))
        assert lines.of(lambda: exchange(server, request("GET", "/api"))) > LEAST_LINES
        yield server


def request(method: str, target: str, body: bytes = b"", *headers: str) -> bytes:
    """Return a request whose answer ends the connection; the last header of a name counts."""
    lines = [f"{method} {target} HTTP/1.1", *headers]
    names = {line.partition(":")[0].lower() for line in headers}
    usual = ("Host: localhost", "Connection: close", f"Content-Length: {len(body)}")
    lines += [line for line in usual if line.partition(":")[0].lower() not in names]
    return (
        "".join(f"{line}\r\n" for line in lines).encode("utf-8", "surrogateescape") + b"\r\n" + body
    )


def exchange(server: LocalServer, sent: bytes) -> bytes:
    """Send a request and no more; return all that is answered."""
    with socket.create_connection((server.host, server.port), PATIENCE_SECONDS) as peer:
        peer.sendall(sent)
        peer.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: peer.recv(65_536), b""))


def check(lines: Lines, server: LocalServer, sent: bytes) -> None:
    """Send a request, and check what it costs, how much is answered, and that it is no fault."""
    answers: list[bytes] = []
    taken = lines.of(lambda: answers.append(exchange(server, sent)))
    assert taken <= LINES_MAX + LINES_PER_BYTE_MAX * len(sent), sent[:200]
    assert not answers[0].startswith(b"HTTP/1.1 50"), (sent[:200], answers[0])
    assert len(answers[0]) <= ANSWERED_BYTES_MAX + ANSWERED_PER_BYTE_MAX * len(sent), sent[:200]


TARGETS: dict[str, Callable[[str], str]] = {
    "path": lambda text: f"/{text}",
    "room": lambda text: f"/api/rooms/{text}/messages",
    "webhook": lambda text: f"/api/rooms/{text}/webhook",
    "asset": lambda text: f"/page/{text}",
    "name of a parameter": lambda text: f"{MESSAGES}?{text}=1",
    **{
        f"{place} {field.name}": lambda text, at=f"{place}{field.name}=": f"{at}{text}"  # type: ignore[misc]
        for place, kind in ((f"{MESSAGES}?", HistoryParameters), ("/api/search?", SearchParameters))
        for field in fields(kind)
    },
}


@pytest.mark.parametrize("place", TARGETS)
@pytest.mark.parametrize("encoded", [True, False], ids=["encoded", "raw"])
def test_a_target(lines: Lines, server: LocalServer, place: str, *, encoded: bool) -> None:
    for unit in (*UNITS, *NUMBERS):
        for chars in CHARS:
            text = made_of(unit, chars)
            target = TARGETS[place](quote(text) if encoded else text)
            check(lines, server, request("GET", target))


@pytest.mark.parametrize("name", HEADERS)
def test_a_header(lines: Lines, server: LocalServer, name: str) -> None:
    for unit in (*UNITS, *NUMBERS):
        for chars in CHARS:
            text = made_of(unit, chars).replace("\n", " ")
            check(lines, server, request("GET", MESSAGES, b"", f"{name}: {text}"))


HANDSHAKE = {
    "Host": "localhost",
    "Origin": "http://localhost",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Protocol": "chat",
    "Sec-WebSocket-Extensions": "permessage-deflate",
}


@pytest.mark.parametrize("name", HANDSHAKE)
def test_a_header_of_a_handshake(lines: Lines, server: LocalServer, name: str) -> None:
    for unit in (*UNITS, *NUMBERS):
        for chars in CHARS:
            headers = {**HANDSHAKE, name: made_of(unit, chars).replace("\n", " ")}
            written = [f"{header}: {value}" for header, value in headers.items()]
            check(lines, server, request("GET", "/ws", b"", *written))


@pytest.mark.parametrize("target", [MESSAGES, WEBHOOK])
@pytest.mark.parametrize("field", [field.encode_name for field in fields(Post)])
def test_a_field_of_a_body(lines: Lines, server: LocalServer, target: str, field: str) -> None:
    for unit in UNITS:
        for chars in BODY_CHARS:
            body = msgspec.json.encode({"text": "hello", field: made_of(unit, chars)})
            check(lines, server, request("POST", target, body))


HOOKS: dict[str, Callable[[str], object]] = {
    "title": lambda text: {"title": text, "text": text},
    "attachment": lambda text: {"attachments": [{"text": text, "author_name": text}]},
    "block": lambda text: {"text": text, "blocks": [{"text": {"text": text}}]},
    "rich text": lambda text: {"blocks": [{"type": "rich_text", "elements": [{"text": text}]}]},
    "embed": lambda text: {"embeds": [{"title": text, "fields": [{"name": text}]}]},
    "card": lambda text: {"sections": [{"facts": [{"name": text}]}]},
    "alert": lambda text: {"alerts": [{"labels": {text: text}}]},
    "commit": lambda text: {
        "repository": {"full_name": text},
        "ref": text,
        "commits": [{"message": text}],
    },
}


@pytest.mark.parametrize("place", HOOKS)
def test_a_part_of_a_webhooks_body(lines: Lines, server: LocalServer, place: str) -> None:
    for unit in (*UNITS, "<a:", "<!date^", "<@|", "&amp;", "<t:1"):
        for chars in BODY_CHARS:
            body = msgspec.json.encode(HOOKS[place](made_of(unit, chars)))
            check(lines, server, request("POST", WEBHOOK, body))


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x"])
def test_a_webhooks_body_of_another_kind(lines: Lines, server: LocalServer, kind: str) -> None:
    for unit in (*UNITS, "--x", "=", 'name="'):
        for chars in BODY_CHARS:
            body = made_of(unit, chars).encode()
            check(lines, server, request("POST", WEBHOOK, body, f"Content-Type: {kind}"))


@pytest.mark.parametrize("begin", ["", "{", '{"text":', '{"text":"x","name":'])
def test_a_body_that_is_hardly_json(lines: Lines, server: LocalServer, begin: str) -> None:
    for unit in PIECES_OF_JSON:
        for chars in BODY_CHARS:
            body = f"{begin}{made_of(unit, chars)}".encode()
            check(lines, server, request("POST", MESSAGES, body))


@pytest.mark.parametrize("begin", ["", "payload=", 'payload={"text":"', "a=", "payload=1&"])
def test_a_form(lines: Lines, server: LocalServer, begin: str) -> None:
    for unit in UNITS:
        for chars in BODY_CHARS:
            body = f"{begin}{made_of(unit, chars)}".encode()
            check(lines, server, request("POST", WEBHOOK, body, FORM))
