"""docs/proxies.md: what it shows is given to the real nginx and Caddy, before a real server."""

import base64
import http.client
import os
import re
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from bench.ports import free_port

from hubbub.chat.limits import Limits
from hubbub.server.config import Config, ServerSection
from hubbub.testing import SHUTDOWN_SECONDS, LocalServer, serving
from tests.server.control.asking import ask
from tests.tui.tmux import require

PAGE = (Path(__file__).parents[2] / "docs" / "proxies.md").read_text("utf-8")
NAME = "chat.example.org"
PATIENCE_SECONDS = 60.0
ELSEWHERE = "203.0.113.9"


def shown(kind: str) -> str:
    """Return the configuration that the page shows for a proxy."""
    found = re.search(rf"<!-- {kind} -->\n```{kind}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for the name, with its key beside it."""
    require("openssl")
    made = tmp_path / f"{NAME}.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}",
         "-keyout", str(made.with_suffix(".key")), "-out", str(made)],
        check=True, capture_output=True, timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    return made


def nginx(folder: Path, server: LocalServer, port: int, certificate: Path) -> list[str]:
    """Return the command line of nginx with the site that the page shows."""
    site = shown("nginx")
    for there, here in (
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        (f"/etc/ssl/{NAME}.pem", str(certificate)),
        (f"/etc/ssl/{NAME}.key", str(certificate.with_suffix(".key"))),
        ("127.0.0.1:1234", server.address),
    ):
        assert there in site
        site = site.replace(there, here)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"error_log {folder}/error.log;\npid {folder}/nginx.pid;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{temporary}{site}}}\n"
    )
    user = ["-g", "user root; daemon off;"] if os.geteuid() == 0 else ["-g", "daemon off;"]
    return ["nginx", "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf", *user]


def caddy(folder: Path, server: LocalServer, port: int, certificate: Path) -> list[str]:
    """Return the command line of Caddy with the site that the page shows."""
    site = shown("caddy")
    for there, here in (
        (
            f"{NAME} {{",
            f"https://{NAME}:{port} {{\ntls {certificate} {certificate.with_suffix('.key')}",
        ),
        ("127.0.0.1:1234", server.address),
    ):
        assert there in site
        site = site.replace(there, here, 1)
    options = "{\nadmin off\nauto_https disable_redirects\n}\n"
    (folder / "Caddyfile").write_text(options + site)
    return ["caddy", "run", "--config", f"{folder}/Caddyfile", "--adapter", "caddyfile"]


PROXIES = {"nginx": nginx, "caddy": caddy}


class Proxied:
    """A server behind a proxy."""

    def __init__(self, port: int, folder: Path, certificate: Path) -> None:
        self.port = port
        self.folder = folder
        self._trusted = ssl.create_default_context(cafile=str(certificate))

    def connect(self) -> ssl.SSLSocket:
        """Return a TLS connection to the proxy, which shows the certificate of the name."""
        sock = socket.create_connection(("127.0.0.1", self.port), PATIENCE_SECONDS)
        return self._trusted.wrap_socket(sock, server_hostname=NAME)

    def get(self, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(f"{NAME}:{self.port}", timeout=PATIENCE_SECONDS)
        connection.sock = self.connect()
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("GET" if body is None else "POST", path, body, named)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def is_up(self) -> bool:
        try:
            return self.get("/healthz") == (200, b"ok\n")
        except OSError:
            return False


@contextmanager
def behind(kind: str, tmp_path: Path, certificate: Path) -> Iterator[Proxied]:
    require(kind)
    folder = tmp_path / "data"
    config = Config(
        server=ServerSection(listen="127.0.0.1:0", data=str(folder), hosts=(NAME,)),
        limits=Limits(shutdown_seconds=SHUTDOWN_SECONDS),
    )
    with serving(config) as server:
        port = free_port()
        process = subprocess.Popen(
            PROXIES[kind](tmp_path, server, port, certificate),
            env=os.environ | {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            proxied = Proxied(port, folder, certificate)
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not proxied.is_up():
                assert process.poll() is None, "the proxy did not start"
                assert time.monotonic() < deadline, "the proxy is not up in time"
                time.sleep(0.05)
            yield proxied
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_SECONDS)


@pytest.mark.parametrize("kind", PROXIES)
def test_what_the_page_shows_works(kind: str, tmp_path: Path, certificate: Path) -> None:
    with behind(kind, tmp_path, certificate) as proxied:
        status, page = proxied.get("/")
        assert (status, b"<!doctype html>" in page.lower()) == (200, True)
        large = b"x" * 5_000_000
        status, _ = proxied.get("/api/rooms/lobby/files?name=large.bin", large)
        assert status == 201
        origin = f"https://{NAME}:{proxied.port}"
        with proxied.connect() as websocket:
            key = base64.b64encode(bytes(16)).decode()
            websocket.sendall(
                f"GET /ws HTTP/1.1\r\nHost: {NAME}:{proxied.port}\r\nOrigin: {origin}\r\n"
                "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                f"Sec-WebSocket-Key: {key}\r\nX-Forwarded-For: {ELSEWHERE}\r\n\r\n".encode()
            )
            assert websocket.recv(1000).startswith(b"HTTP/1.1 101")
            # The proxy says where it comes from, whatever the client has made up.
            sessions = ask(proxied.folder, type="sessions")["sessions"]
            assert [one["address"] for one in sessions] == ["127.0.0.1"]
        foreign = proxied.get("/api/rooms", Origin="https://elsewhere.example")
        assert foreign[0] == 403
