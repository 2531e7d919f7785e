"""The log cannot be written for a while, as when another program locks it: what clients say
meanwhile is said again, with its nonces and in its order, and posted once.
"""

import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.faults.serving import PATIENCE_SECONDS, ServerProcess
from tests.faults.test_own_programs import wait_for_lines
from tests.interop.terminal import hubbub

LINES = [f"line {number} {'é' * (number % 40)}" for number in range(3000)]
LOCK_AFTER = (300, 1500)
TOLD = b"the server cannot store messages just now; what you say is sent when it can\n"


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Keep the server from writing."""
    with closing(sqlite3.connect(data / "hubbub.db", timeout=PATIENCE_SECONDS)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


def wait_for_bytes(path: Path, count: int) -> None:
    """Wait until a growing file has so many bytes."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while path.stat().st_size < count:
        assert time.monotonic() < deadline, path.read_text()
        time.sleep(0.01)


def test_a_scripts_lines_are_posted_once_and_in_order_around_a_locked_log(tmp_path: Path) -> None:
    shown, told, said = tmp_path / "shown", tmp_path / "told", tmp_path / "said"
    said.write_text("".join(f"{line}\n" for line in LINES))
    data = tmp_path / "data"
    with (
        # So slow that the log is locked in the midst of it.
        ServerProcess(data, "[limits]\nmessages_per_second = 500\nburst = 1\n") as server,
        shown.open("w") as out,
        told.open("w") as errors,
        said.open() as lines,
    ):
        address = f"{server.host}:{server.port}"
        tail = subprocess.Popen(
            hubbub("tail", address, "--name", "ear", "--after", "0"),
            stdout=out,
            stderr=subprocess.DEVNULL,
        )
        send = subprocess.Popen(
            hubbub("send", address, "--name", "ci", "-"), stdin=lines, stderr=errors
        )
        try:
            for times, count in enumerate(LOCK_AFTER, 1):
                wait_for_lines(shown, count)
                with locked(data):
                    wait_for_bytes(told, times * len(TOLD))
            assert send.wait(PATIENCE_SECONDS) == 0
            heard = wait_for_lines(shown, len(LINES))
        finally:
            for process in (tail, send):
                process.kill()
                process.wait()
    assert heard == [f"ci > {line}" for line in LINES]
    assert told.read_bytes() == TOLD * len(LOCK_AFTER)
