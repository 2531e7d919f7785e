"""What a service manager passes, and what it is told, with real sockets in its place."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hubbub.chat.errors import ConfigError
from hubbub.server.service import Service, passed_sockets
from hubbub.testing import LocalServer
from tests.cli.commands import PATIENCE_SECONDS, environment
from tests.server.conftest import Meet
from tests.server.event_peer import EventPeer

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other services")

ACTIVATE = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ["LISTEN_PID"], os.environ["LISTEN_FDS"] = str(os.getpid()), "1"
os.execv(sys.executable, [sys.executable, "-m", "hubbub.cli", *sys.argv[2:]])
"""
"""Stands for systemd: passes a socket as descriptor 3, and becomes the server."""


class Manager:
    """Hears what services tell, at a socket of its own."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "notify"
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.sock.bind(str(self.path))
        self.sock.settimeout(PATIENCE_SECONDS)

    def told(self, line: str) -> list[str]:
        """Return the next lines that were told together with this one."""
        while True:
            lines = self.sock.recv(10_000).decode().split("\n")
            if line in lines:
                return lines


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    one = Manager(tmp_path)
    yield one
    one.sock.close()


@contextmanager
def port() -> Iterator[socket.socket]:
    """Listen for a service, as systemd does."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        sock.set_inheritable(True)
        yield sock


@contextmanager
def service(
    manager: Manager, listening: socket.socket, folder: Path, **more: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a server that is given the socket; it is killed if it does not end."""
    descriptor = listening.fileno()
    process = subprocess.Popen(
        [sys.executable, "-c", ACTIVATE, str(descriptor), "serve", "--data", str(folder)],
        pass_fds=[descriptor],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(NOTIFY_SOCKET=str(manager.path), **more),
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(PATIENCE_SECONDS)


def server_at(listening: socket.socket) -> LocalServer:
    return LocalServer(*listening.getsockname())


def test_it_is_told_when_the_server_is_ready_reloads_and_stops(
    manager: Manager, tmp_path: Path
) -> None:
    with port() as listening, service(manager, listening, tmp_path / "data") as process:
        address = server_at(listening).address
        assert f"STATUS=hubbub is listening on {address}" in manager.told("READY=1")
        with EventPeer(server_at(listening), "ann") as ann:
            assert ann.say_and_wait("hello") == 1
        process.send_signal(signal.SIGHUP)
        (usec,) = (one for one in manager.told("RELOADING=1") if one.startswith("MONOTONIC_USEC="))
        assert int(usec.partition("=")[2]) > 0
        manager.told("READY=1")
        process.send_signal(signal.SIGTERM)
        manager.told("STOPPING=1")
        assert process.wait(PATIENCE_SECONDS) == 0


def test_it_is_told_that_the_event_loop_goes_on(manager: Manager, tmp_path: Path) -> None:
    with port() as listening, service(
        manager, listening, tmp_path / "data", WATCHDOG_USEC="300000"
    ):  # fmt: skip
        for _ in range(3):
            manager.told("WATCHDOG=1")


def test_a_restart_refuses_nobody(manager: Manager, tmp_path: Path) -> None:
    """Whoever connects while no server runs waits, and is served by the next one."""
    with port() as listening:
        server = server_at(listening)
        with service(manager, listening, tmp_path / "data") as process:
            manager.told("READY=1")
            with EventPeer(server, "ann") as ann:
                ann.say_and_wait("before")
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_SECONDS) == 0
        with socket.create_connection((server.host, server.port), PATIENCE_SECONDS) as between:
            between.sendall(b"+3        bob")
            with service(manager, listening, tmp_path / "data"):
                assert between.recv(1) == b"+"
                with EventPeer(server, "ann") as ann:
                    page = ann.ask(type="history", room="lobby")
                    assert [one["text"] for one in page["messages"]] == ["before"]


def test_what_is_passed_to_another_process_is_not_ours() -> None:
    assert passed_sockets({"LISTEN_PID": str(os.getpid() + 1), "LISTEN_FDS": "1"}) == []
    assert passed_sockets({"LISTEN_FDS": "1"}) == []
    assert passed_sockets({}) == []


def test_a_socket_of_another_kind_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        monkeypatch.setattr("hubbub.server.service.FIRST_DESCRIPTOR", os.dup(sock.fileno()))
        mine = {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
        with pytest.raises(ConfigError, match="none of TCP"):
            passed_sockets(mine)
    assert mine == {}


def test_without_a_service_manager_nothing_is_told(meet: Meet) -> None:
    quiet = Service({})
    quiet.ready("here")
    quiet.stopping()
    assert quiet.watchdog_seconds == 0


def test_a_service_manager_that_is_gone_is_in_nobody_s_way(tmp_path: Path) -> None:
    told = {"NOTIFY_SOCKET": str(tmp_path / "gone"), "WATCHDOG_USEC": "soon"}
    service = Service(told)
    service.ready("here")
    assert (service.watchdog_seconds, told) == (0, {})
