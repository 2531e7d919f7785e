"""Other sites, other names and other users get nothing from a side-car, not even what it is."""

import os
import shutil
import socket
import subprocess
import sys
from contextlib import ExitStack, suppress

import pytest

from hubbub.server.sockets.receiving import RECEIVE_BYTES
from hubbub.sidecar import strangers
from hubbub.sidecar.answering import HEAD_BYTES_MAX, UNHEARD_BYTES_MAX, Answering
from hubbub.sidecar.refusals import STRANGERS
from tests.server.http.asking import Answer, ask
from tests.server.websocket_peer import opening
from tests.sidecar.cars import PATIENCE_SECONDS, Car, PagePeer

NOBODY = 65_534


def learns_nothing(answer: Answer) -> bool:
    """Return whether an answer tells nothing of what runs, and gives nothing away."""
    told = " ".join([*answer.headers, *answer.headers.values(), answer.body.decode()]).lower()
    return (
        answer.status == 403
        and answer.body.decode() in (STRANGERS, "")
        and not any(word in told for word in ("hubbub", "aiohttp", "python", "cookie", "chat"))
    )


@pytest.mark.parametrize("path", ["/", "/page/x.js", "/worker.js", "/lobby/1", "/api/rooms", "/x"])
def test_without_the_cookie_nothing_is_answered(car: Car, path: str) -> None:
    assert learns_nothing(ask(car.server, path))
    assert learns_nothing(ask(car.server, path, Cookie="hubbub-side-car=guess"))


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:1234"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Host": "evil.example"},
        {"Host": "localhost"},
    ],
)
def test_pages_of_other_sites_get_nothing_even_with_the_cookie(
    car: Car, headers: dict[str, str]
) -> None:
    for path in ("/", "/api/rooms", "/files/x/y"):
        assert learns_nothing(car.ask(path, **headers))
    posted = car.ask("/api/rooms/lobby/messages", {"text": "hi"}, **headers)
    assert learns_nothing(posted)


def test_what_a_page_could_do_by_a_form_or_a_picture_is_refused(car: Car) -> None:
    form = {"Cookie": car.cookie, "Content_Type": "application/x-www-form-urlencoded"}
    for site in ("https://evil.example", "null"):
        answer = ask(car.server, "/api/rooms/lobby/messages", b"text=hi", Origin=site, **form)
        assert learns_nothing(answer)
    unnamed = ask(car.server, "/api/rooms/lobby/messages", b"text=hi", **form)
    assert learns_nothing(unnamed), "whatever posts says where it comes from"
    picture = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Dest": "image"}
    assert learns_nothing(ask(car.server, "/api/rooms", **picture, Cookie=car.cookie))


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": None},
        {"Host": "evil.example"},
        {"Cookie": None},
        {"Cookie": "hubbub-side-car=guess"},
    ],
)
def test_no_other_page_opens_a_websocket(car: Car, headers: dict[str, str | None]) -> None:
    own = {"Origin": car.origin, "Cookie": car.cookie}
    with socket.create_connection((car.server.host, car.server.port), PATIENCE_SECONDS) as sock:
        sock.sendall(opening(car.server, **{**own, **headers}))
        assert sock.recv(100).startswith(b"HTTP/1.1 403 ")


def test_it_is_no_proxy_for_whoever_is_let_in(car: Car) -> None:
    with socket.create_connection((car.server.host, car.server.port), PATIENCE_SECONDS) as sock:
        known = f"Host: {car.server.address}\r\nCookie: {car.cookie}\r\n\r\n"
        sock.sendall(f"GET http://{car.server.address}/api/rooms HTTP/1.1\r\n{known}".encode())
        assert sock.recv(100).startswith(b"HTTP/1.1 403 ")


def test_a_page_cannot_ask_for_entrances(car: Car) -> None:
    assert learns_nothing(car.ask("/open", {"place": "/"}))
    assert learns_nothing(ask(car.server, "/open", {"place": "/"}, Authorization="Bearer guess"))


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00",
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\0" * 20_000,
        b"GET http://evil.example/api/rooms HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"CONNECT evil.example:80 HTTP/1.1\r\nHost: evil.example:80\r\n\r\n",
    ],
)
def test_what_is_no_http_learns_nothing(car: Car, sent: bytes) -> None:
    with socket.create_connection((car.server.host, car.server.port), PATIENCE_SECONDS) as sock:
        sock.sendall(sent)
        sock.shutdown(socket.SHUT_WR)
        told = b""
        while piece := sock.recv(4096):
            told += piece
    assert not any(word in told.lower() for word in (b"hubbub", b"aiohttp", b"python"))


def test_the_secret_is_taken_out_of_the_address_and_counts_once(car: Car) -> None:
    entrance = car.entrance("/lobby/3#invite=secret")
    first = ask(car.server, entrance)
    assert (first.status, first.headers["location"]) == (303, "/lobby/3#invite=secret")
    assert first.headers["referrer-policy"] == "no-referrer"
    assert first.headers["cache-control"] == "no-store"
    attributes = first.headers["set-cookie"].split("; ")[1:]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} == set(attributes)
    assert learns_nothing(ask(car.server, entrance))
    again = car.ask(entrance)
    assert (again.status, again.headers["location"]) == (303, "/"), (
        "whoever is in may load it again"
    )
    assert "set-cookie" not in again.headers


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Host": "x"}, {"Sec_Fetch_Site": "cross-site"}]
)
def test_another_site_cannot_use_a_ticket(car: Car, headers: dict[str, str]) -> None:
    entrance = car.entrance()
    assert learns_nothing(ask(car.server, entrance, **headers))
    assert learns_nothing(ask(car.server, entrance, method="HEAD"))
    assert learns_nothing(ask(car.server, entrance, b"", method="POST"))
    assert ask(car.server, entrance).status == 303, "nor use it up"


def test_secrets_are_written_nowhere(car: Car, capfd: pytest.CaptureFixture[str]) -> None:
    entrance = car.entrance()
    ask(car.server, entrance)
    ask(car.server, entrance)
    car.ask("/lobby")
    with PagePeer(car, "ann"):
        pass
    told = "".join(capfd.readouterr())
    ticket, cookie = entrance.partition("=")[2], car.cookie.partition("=")[2]
    assert ticket not in told
    assert cookie not in told


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("bash"),
    reason="needs root, to be another user",
)
def test_another_user_of_this_machine_is_not_answered_whatever_they_know(car: Car) -> None:
    request = (
        f"GET / HTTP/1.1\\r\\nHost: {car.server.address}\\r\\nCookie: {car.cookie}\\r\\n\\r\\n"
    )
    asking = (
        f"exec 3<>/dev/tcp/{car.server.host}/{car.server.port} && printf '{request}' >&3; "
        "head -c 100 <&3"
    )

    def asked(user: int) -> bytes:
        ran = subprocess.run(
            ["bash", "-c", asking],
            user=user,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )
        return ran.stdout

    assert asked(0).startswith(b"HTTP/1.1 200 ")
    assert asked(NOBODY) == b""


def connected(car: Car) -> socket.socket:
    """Return a connection that has said nothing."""
    return socket.create_connection((car.server.host, car.server.port), PATIENCE_SECONDS)


def test_of_those_who_say_nothing_the_oldest_make_way_and_the_page_stays(
    car: Car, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strangers, "STRANGERS_MAX", 20)
    with PagePeer(car, "ann") as ann, ExitStack() as stack:
        silent = [stack.enter_context(connected(car)) for _ in range(30)]
        for sock in silent[:10]:
            assert is_cut(sock)
        assert car.ask("/").status == 200
        ann.ask(type="say", room="lobby", text="still here")


def test_nobody_says_little_for_long(car: Car, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strangers, "LOOK_SECONDS", 0.05)
    with PagePeer(car, "ann") as ann, connected(car) as silent, connected(car) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\n")
        monkeypatch.setattr(strangers, "STRANGER_SECONDS", 0.2)  # the page has taken its time
        assert is_cut(silent)
        assert is_cut(slow)
        ann.ask(type="say", room="lobby", text="still here")


def test_a_head_without_an_end_is_cut_unread(car: Car) -> None:
    with connected(car) as sock, suppress(ConnectionError):
        sock.sendall(b"GET / HTTP/1.1\r\n" + b"X-Y: z\r\n" * 10_000)
        assert is_cut(sock)


@pytest.mark.parametrize("guess", [{"Authorization": "Bearer guess"}, {"Cookie": "x=guess"}])
def test_a_body_without_an_end_is_read_in_small_pieces_and_cut(
    car: Car, monkeypatch: pytest.MonkeyPatch, guess: dict[str, str]
) -> None:
    pieces: list[int] = []
    heard = Answering.data_received

    def noted(answering: Answering, data: bytes) -> None:
        pieces.append(len(data))
        heard(answering, data)

    monkeypatch.setattr(Answering, "data_received", noted)
    headers = {"Host": car.server.address, "Content-Length": f"{1 << 30}", **guess}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())

    def send(sock: socket.socket) -> None:
        sock.sendall(f"POST /open HTTP/1.1\r\n{lines}\r\n".encode())
        for _ in range(1 << 14):
            sock.sendall(bytes(RECEIVE_BYTES))

    with connected(car) as sock, pytest.raises(ConnectionError):
        send(sock)
    assert pieces[0] <= HEAD_BYTES_MAX + 1
    assert sum(pieces) < 8 * (HEAD_BYTES_MAX + UNHEARD_BYTES_MAX), "of a gigabyte"


def test_whoever_is_refused_hears_so_behind_a_long_body(car: Car) -> None:
    body = bytes(UNHEARD_BYTES_MAX - HEAD_BYTES_MAX)
    assert learns_nothing(ask(car.server, "/open", body, Authorization="Bearer guess"))


def is_cut(sock: socket.socket) -> bool:
    """Return whether a connection ends without an answer; wait for that."""
    try:
        return sock.recv(1) == b""
    except ConnectionError:
        return True
