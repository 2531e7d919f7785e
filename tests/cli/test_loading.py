"""What commands load: a module that is not needed costs time at each start, and a server memory."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from hubbub.testing import LocalServer
from tests.cli.commands import COMMAND, PATIENCE_SECONDS, environment, hubbub
from tests.cli.served import Served

IMPORTED = re.compile(r"^import time:[^|]*\|[^|]*\| +(\S+)$", re.MULTILINE)
BARE = """
import asyncio, sqlite3, ssl
import msgspec, uvloop
print(open("/proc/self/status").read())
"""
"""What any server of this kind loads."""

TIMES_BARE_MAX = 2.0


def loaded(errors: str) -> set[str]:
    """Return what was loaded by a program that said so on stderr: modules and their packages."""
    names = IMPORTED.findall(errors)
    assert names
    return {".".join(name.split(".")[:depth]) for name in names for depth in (1, 2, 3)}


def test_whoever_says_something_loads_no_server_and_no_screen(hubbub_server: LocalServer) -> None:
    ran = hubbub(
        *("send", "--to", hubbub_server.address, "--name", "ci", "dinner is ready"),
        PYTHONPROFILEIMPORTTIME="1",
    )
    assert ran.returncode == 0
    others = {"hubbub.server", "hubbub.hub", "hubbub.log", "hubbub.sidecar", "hubbub.cli.admin_app"}
    dear = {"aiohttp", "argon2", "cryptography", "PIL", "rich", "sqlite3", "textual", "zeroconf"}
    dear |= {"difflib", "importlib.resources"}
    assert not loaded(ran.stderr) & (others | dear)


def test_a_server_loads_what_few_need_when_they_come(tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    command = [sys.executable, "-X", "importtime", *COMMAND[1:]]
    with (
        errors.open("w") as stderr,
        subprocess.Popen(
            [*command, "serve", "--listen", "127.0.0.1:0", "--data", str(tmp_path / "data")],
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=environment(),
        ) as server,
    ):
        assert server.stdout is not None
        assert b"listening" in server.stdout.readline()
        server.terminate()
        server.wait(PATIENCE_SECONDS)
    few = {
        *("aiohttp", "argon2", "cryptography", "markdown_it", "nacl", "nats", "PIL", "wcwidth"),
        "zeroconf",
        *("hubbub.client", "hubbub.desk", "hubbub.sidecar", "hubbub.cli.admin_app"),
        *("hubbub.server.relaying.ticker", "hubbub.server.relaying.downlink", "rich", "textual"),
        *("difflib", "importlib.resources", "platformdirs", "tempfile", "tomllib"),
        "hubbub.wire.irc",
    }
    assert not loaded(errors.read_text()) & few


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_an_empty_server_takes_twice_the_memory_of_bare_python(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", BARE], capture_output=True, check=True, text=True, timeout=60
    )
    served = Served(tmp_path, "--data", str(tmp_path))
    status = Path(f"/proc/{served.process.pid}/status").read_text("utf-8")
    assert resident(status) < TIMES_BARE_MAX * resident(ran.stdout)


def resident(status: str) -> int:
    """Return how many kB a process has, by what the system says of it."""
    found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    assert found is not None
    return int(found[1])
