"""A screen that nobody sees, for programs with windows."""

import os
import select
import shutil
import subprocess
from collections.abc import Iterator

import pytest

PATIENCE_SECONDS = 60


def missing(sentence: str) -> None:
    """Skip the test; in the continuous integration that is a failure."""
    assert not os.environ.get("HUBBUB_TEST_REQUIRE_ALL"), sentence
    pytest.skip(sentence)


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """Return the name of a screen that nobody sees."""
    if shutil.which("Xvfb") is None:
        missing("Xvfb is not installed; it is in the package xvfb.")
    reading, writing = os.pipe()
    command = [
        "Xvfb",
        "-displayfd",
        str(writing),
        "-screen",
        "0",
        "1200x800x24",
        "-nolisten",
        "tcp",
    ]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        try:
            ready, _, _ = select.select([reading], [], [], PATIENCE_SECONDS)
            number = os.read(reading, 16).decode().strip() if ready else ""
            assert number, "Xvfb does not start"
            yield f":{number}"
        finally:
            server.terminate()
            os.close(reading)
