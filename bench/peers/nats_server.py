"""A nats-server with JetStream, alone or in a cluster: it is started, killed, and stands still."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from bench.peers import installed
from bench.peers.server import HOST, Failed

START_SECONDS: Final = 30.0
POLL_SECONDS: Final = 0.02

CONFIG: Final = """
server_name: "n{number}"
listen: "{host}:{port}"
max_payload: {most_bytes}
http: "{host}:{monitor}"
jetstream {{ store_dir: "{folder}/{number}", sync_interval: "{sync}" }}
"""
ROUTED: Final = """
cluster {{
    name: "several", listen: "{host}:{route}", routes: [{routes}]
    {about}
}}
"""
ALONE: Final = 'no_advertise: true, pool_size: -1, advertise: "127.0.0.1:1"'
"""Nobody is told another way to a server than the configured ones: nothing listens at that port."""


class NatsServer:
    """A nats-server whose files are in `folder`; `start` it, again after `kill`.

    `route`: where the others of its cluster reach it. `routes`: where it reaches them; if all that
    is behind proxies, nobody is told another way. `login`: what its configuration says of who may
    connect. `most_bytes`: of a message.
    """

    def __init__(
        self,
        folder: Path,
        number: int,
        *,
        port: int,
        monitor: int,
        route: int = 0,
        routes: Sequence[int] = (),
        has_proxies: bool = False,
        sync: str = "2m",
        login: str = "",
        most_bytes: int = 8_000_000,
    ) -> None:
        self.name = f"n{number}"
        self.port = port
        self.address = f"nats://{HOST}:{port}"
        self.monitor = f"http://{HOST}:{monitor}"
        self._config = folder / f"{self.name}.conf"
        self._process: subprocess.Popen[bytes] | None = None
        about = {"number": number, "host": HOST, "port": port, "monitor": monitor}
        text = CONFIG.format(**about, folder=folder, sync=sync, most_bytes=most_bytes) + login
        if routes:
            listed = ", ".join(f'"nats://{HOST}:{one}"' for one in routes)
            only = ALONE if has_proxies else ""
            text += ROUTED.format(host=HOST, route=route, routes=listed, about=only)
        self._config.write_text(text)

    @property
    def runs(self) -> bool:
        """Whether it was started, and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The id of its process, while it runs."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it, and wait until it accepts connections; raise Failed if it does not."""
        program = installed.program("nats-server")
        assert program is not None
        log = self._config.with_suffix(".log")
        self._process = subprocess.Popen([program, "-c", str(self._config), "-l", str(log)])
        deadline = time.monotonic() + START_SECONDS
        while not self._listens():
            if self._process.poll() is not None or time.monotonic() > deadline:
                said = log.read_text()[-2000:] if log.exists() else "nothing"
                raise Failed(f"The nats-server {self.name} accepts nobody, and says: {said}")
            time.sleep(POLL_SECONDS)

    def _listens(self) -> bool:
        try:
            with closing(socket.create_connection((HOST, self.port), timeout=1)):
                return True
        except OSError:
            return False

    def hang(self) -> None:
        """Have it stand still, connections and all, until `go_on`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        os.waitpid(self._process.pid, os.WUNTRACED)  # until all of its threads stand

    def go_on(self) -> None:
        """Have it go on after `hang`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it at once, if it runs."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait(timeout=START_SECONDS)
            self._process = None
