"""What pages say reaches the server as it is, and its answers come back."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from hubbub.testing import LocalServer
from tests.server.conftest import Meet
from tests.server.files.conftest import ServeFiles
from tests.server.http.asking import ask
from tests.server.websocket_peer import PING, PONG, TEXT, opening
from tests.sidecar.cars import PATIENCE_SECONDS, Car, PagePeer, side_car
from tests.wire.websocket_client import frame

PHOTO = bytes(range(256)) * 4096


def test_the_page_is_that_of_this_installation_and_knows_the_chatrooms_address(
    car: Car, server: LocalServer
) -> None:
    page = car.ask("/").body.decode()
    assert f'<meta name="home" content="http://{server.address}">' in page
    assert page.replace(server.address, "") == ask(server, "/").body.decode().replace(
        'name="home" content=""', 'name="home" content="http://"'
    )
    assert car.ask("/lobby/3").body.decode() == page
    for path in ("/worker.js", "/manifest.webmanifest", "/icon.svg", "/emoji.txt"):
        assert car.ask(path).status == 200


def test_a_websocket_is_carried_in_both_directions(
    car: Car, server: LocalServer, meet: Meet
) -> None:
    bob = meet(server, "bob")
    with PagePeer(car, "ann") as ann:
        ann.ask(type="say", room="lobby", text="hello")
        assert bob.next("message")["text"] == "hello"
        bob.ask(type="say", room="lobby", text="日本" * 1000)
        assert ann.next("message", **{"from": "bob"})["text"] == "日本" * 1000


def test_frames_pass_unchanged(tmp_path: Path) -> None:
    sent = [
        frame(b"first", final=False),
        frame(b"ping", PING),
        frame(b"second", 0x0),
        frame(b"\x00\xff" * 50_000, 0x2, first=0xF2),
        b"\x88\x82abcd\x02\x89",
    ]
    with echoing() as address, side_car(address, tmp_path) as car, browser_of(car) as page:
        asked = opening(car.server, Origin=car.origin, Cookie=car.cookie)
        page.sendall(asked + sent[0])  # behind the handshake, before its answer
        for one in sent[1:]:
            page.sendall(one)
        expected = b"".join(sent)
        came = b""
        while len(came.partition(b"\r\n\r\n")[2]) < len(expected):
            came += page.recv(65_536)
        head, _, rest = came.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 ")
        assert rest == expected


def browser_of(car: Car) -> socket.socket:
    """Return a connection of a browser."""
    return socket.create_connection((car.server.host, car.server.port), PATIENCE_SECONDS)


@contextmanager
def echoing() -> Iterator[str]:
    """Be a server that opens any WebSocket and sends back what comes; yields its address."""
    answer = (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    )

    def serve() -> None:
        while True:
            try:
                sock, _ = listening.accept()
            except OSError:
                return
            with sock:
                head = b""
                while b"\r\n\r\n" not in head and (piece := sock.recv(65_536)):
                    head += piece
                rest = head.partition(b"\r\n\r\n")[2]
                if head:
                    sock.sendall(answer + rest)
                while piece := sock.recv(65_536):
                    sock.sendall(piece)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        host, port = listening.getsockname()
        yield f"{host}:{port}"
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(PATIENCE_SECONDS)


def test_where_no_server_answers_that_is_said(serve_files: ServeFiles, tmp_path: Path) -> None:
    with ExitStack() as open_:
        with serve_files() as server:
            car = open_.enter_context(side_car(server.address, tmp_path / "side-cars"))
            peer = open_.enter_context(PagePeer(car, "ann"))
        peer.rest()  # its end is that of the server
        answer = car.ask("/api/rooms")
        assert answer.refusal == (503, "http_unavailable")
        assert server.address in answer.json["detail"]
        page = open_.enter_context(browser_of(car))
        page.sendall(opening(car.server, Origin=car.origin, Cookie=car.cookie))
        assert page.recv(100).startswith(b"HTTP/1.1 503 ")
        assert car.ask("/").status == 200, "the page is there all the same"


def test_files_are_carried_both_ways(car: Car, server: LocalServer) -> None:
    with PagePeer(car, "ann") as ann:
        address = shared(car, ann, "lobby")
        whole = car.ask(address)
        assert (whole.status, whole.body) == (200, PHOTO)
        part = car.ask(address, Range="bytes=100-199")
        assert (part.status, part.body) == (206, PHOTO[100:200])
        assert part.headers["content-range"] == f"bytes 100-199/{len(PHOTO)}"
        head = car.ask(address, method="HEAD")
        assert (head.status, head.body) == (200, b"")
        assert head.headers["content-length"] == f"{len(PHOTO)}"
        tag = whole.headers["etag"]
        assert car.ask(address, If_None_Match=tag).status == 304


def shared(car: Car, peer: PagePeer, room: str) -> str:
    """Upload a file as a page does, in two parts, and say it; return its address."""
    begun = peer.ask(type="upload", room=room, name="photo.bin", size=len(PHOTO))
    half = len(PHOTO) // 2
    kind = "application/offset+octet-stream"
    for offset, part in ((0, PHOTO[:half]), (half, PHOTO[half:])):
        where = car.ask(begun["address"], method="HEAD", Tus_Resumable="1.0.0")
        assert where.headers["upload-offset"] == f"{offset}"
        answer = car.ask(
            begun["address"], part, method="PATCH", Upload_Offset=f"{offset}", Content_Type=kind
        )
        assert answer.status in {200, 204}, answer
    said = peer.ask(type="say", room=room, text="", files=[answer.json["file"]["id"]])
    assert said["type"] == "ok", said
    return f"/files/{answer.json['file']['id']}/photo.bin"


def test_private_files_are_the_pages_though_the_key_stays_in_the_side_car(
    car: Car, server: LocalServer
) -> None:
    with PagePeer(car, "ann") as ann, PagePeer(car, "ben") as ben:
        assert "set-cookie" not in ann.answer.lower() + ben.answer.lower()
        for peer, room in ((ann, "den"), (ben, "nook")):
            peer.ask(type="identify", device=f"the-device-of-somebody-called-{room}")
            assert peer.ask(type="join", room=room)["type"] == "room"
            peer.say_and_wait("mine", room=room)
            assert peer.ask(type="rules", room=room, private=True)["type"] == "ok"
            address = shared(car, peer, room)
            assert ask(server, address).status == 403, "nobody else reads it"
            assert car.ask(address).body == PHOTO


def test_whoever_uses_it_cannot_say_that_they_come_from_elsewhere(car: Car, tmp_path: Path) -> None:
    with listening_once() as (address, heard), side_car(address, tmp_path / "other") as other:
        answer = other.ask(
            "/api/rooms?limit=3&x=%2F..%2F",
            X_Forwarded_For="192.0.2.7",
            Forwarded="for=192.0.2.7",
            X_Real_IP="192.0.2.7",
            Referer=f"{other.origin}/?open=secret",
            Accept_Language="de",
        )
        assert answer.status == 200
        head = heard[-1]
        assert head.startswith("GET /api/rooms?limit=3&x=%2F..%2F HTTP/1.1\r\n")
        assert f"\r\nHost: {address}\r\n" in head
        assert f"\r\nOrigin: http://{address}\r\n" in head
        assert "\r\nAccept-Language: de\r\n" in head
        for word in ("192.0.2.7", "secret", "cookie", "referer", other.cookie.partition("=")[2]):
            assert word.lower() not in head.lower()


@contextmanager
def listening_once() -> Iterator[tuple[str, list[str]]]:
    """Be a server that answers `{}` to all requests; yields its address and their heads."""
    heard: list[str] = []

    def serve() -> None:
        while True:
            try:
                sock, _ = listening.accept()
            except OSError:
                return
            with sock:
                head = b""
                while b"\r\n\r\n" not in head and (piece := sock.recv(65_536)):
                    head += piece
                if head:
                    heard.append(head.decode())
                    sock.sendall(
                        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
                    )

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        host, port = listening.getsockname()
        yield f"{host}:{port}", heard
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(PATIENCE_SECONDS)


def test_a_reader_that_stops_reading_stops_the_server_too(tmp_path: Path) -> None:
    """Memory stays bounded: what nobody takes is not read."""
    sent = 0
    stalled = threading.Event()

    def serve() -> None:
        nonlocal sent
        listening.accept()[0].close()  # the side-car looks whether anybody is there
        sock, _ = listening.accept()
        with sock:
            sock.recv(65_536)
            sock.sendall(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\n\r\n"
            )
            sock.settimeout(2)
            try:
                while sent < 100_000_000:
                    sent += sock.send(b"x" * 65_536)
            except TimeoutError:
                stalled.set()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        host, port = listening.getsockname()
        with (
            side_car(f"{host}:{port}", tmp_path) as car,
            socket.create_connection((car.server.host, car.server.port), PATIENCE_SECONDS) as page,
        ):
            page.sendall(opening(car.server, Origin=car.origin, Cookie=car.cookie))
            assert stalled.wait(PATIENCE_SECONDS)
            assert sent < 30_000_000
        thread.join(PATIENCE_SECONDS)


def test_an_upload_that_the_server_does_not_read_waits_in_the_browser(tmp_path: Path) -> None:
    ended = threading.Event()

    def serve() -> None:
        listening.accept()[0].close()  # the side-car looks whether anybody is there
        sock, _ = listening.accept()
        with sock:
            ended.wait(PATIENCE_SECONDS)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        host, port = listening.getsockname()
        with side_car(f"{host}:{port}", tmp_path) as car, browser_of(car) as page:
            head = f"PATCH /files/uploads/x HTTP/1.1\r\nHost: {car.server.address}\r\n"
            more = f"Origin: {car.origin}\r\nCookie: {car.cookie}\r\nContent-Length: 100000000"
            page.sendall(f"{head}{more}\r\n\r\n".encode())
            page.settimeout(2)
            sent = 0
            with suppress(TimeoutError):
                while sent < 100_000_000:
                    sent += page.send(b"x" * 65_536)
            assert sent < 30_000_000
            ended.set()
        thread.join(PATIENCE_SECONDS)


def test_api_answers_are_the_servers(car: Car, server: LocalServer) -> None:
    posted = car.ask("/api/rooms/lobby/messages", {"from": "ci", "text": "built"})
    assert posted.status == 201
    assert (
        json.loads(ask(server, "/api/rooms/lobby/messages").body)
        == car.ask("/api/rooms/lobby/messages").json
    )
    assert car.ask("/api/nothing").refusal == (404, "not_found")
    assert car.ask("/hooks/x").status == 404, "what no page needs is not carried"
    assert car.ask("/metrics").status == 404


def test_pings_are_answered_by_the_server(car: Car) -> None:
    with PagePeer(car, "ann") as ann:
        ann.send(frame(b"are you there", PING))
        kind, payload = ann.message()
        while kind == TEXT:
            kind, payload = ann.message()
        assert (kind, payload) == (PONG, b"are you there")


@pytest.mark.parametrize("half", [b"", b"x" * 50])
def test_a_download_that_the_server_breaks_off_is_broken_off_here(
    tmp_path: Path, half: bytes
) -> None:
    """And nothing follows on its connection that could be taken for the rest."""

    def serve() -> None:
        listening.accept()[0].close()  # the side-car looks whether anybody is there
        sock, _ = listening.accept()
        with sock:
            sock.recv(65_536)
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + half)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        host, port = listening.getsockname()
        with side_car(f"{host}:{port}", tmp_path) as car, browser_of(car) as page:
            for path in ("/files/x/y", "/"):
                more = f"Host: {car.server.address}\r\nCookie: {car.cookie}"
                page.sendall(f"GET {path} HTTP/1.1\r\n{more}\r\n\r\n".encode())
            came = b""
            with suppress(ConnectionResetError):
                while piece := page.recv(65_536):
                    came += piece
            assert came.partition(b"\r\n\r\n")[2] == half
            assert came.count(b"HTTP/1.1 ") <= 1
        thread.join(PATIENCE_SECONDS)
