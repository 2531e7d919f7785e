"""docs/window.md: the window of examples/tk_window.py, run on a screen that nobody sees."""

import asyncio
import json
import os
import select
import shutil
import site
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hubbub.client import ClassicMessage, connect
from hubbub.testing import LocalServer
from tests.cli.folders import own_folders
from tests.faults.serving import ServerProcess
from tests.interop.conftest import TutorialServer
from tests.screens import display, missing

__all__ = ["display", "own_folders"]

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "tk_window.py"
PATIENCE_SECONDS = 60
DEBIAN = "/usr/bin/python3"
"""Has Tk if the package python3-tk is installed."""


def has_tk(python: str, environment: dict[str, str]) -> bool:
    """Return whether a Python has Tk, and can run hubbub with what is installed for this one."""
    ran = subprocess.run(
        [python, "-c", "import sys, tkinter, hubbub.client; print(sys.version_info[:2])"],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=PATIENCE_SECONDS,
    )
    return ran.stdout.strip() == str(sys.version_info[:2])


@pytest.fixture(scope="module")
def python() -> tuple[str, dict[str, str]]:
    """Return a Python that has Tk, and the environment in which it finds hubbub."""
    paths = os.pathsep.join([str(ROOT / "src"), *site.getsitepackages()])
    for python, more in ((sys.executable, {}), (DEBIAN, {"PYTHONPATH": paths})):
        environment = {**os.environ, "PYTHONUTF8": "1", **more}
        if shutil.which(python) and has_tk(python, environment):
            return python, environment
    missing("This Python has no Tk; install python3-tk, or a Python that has it.")
    raise AssertionError


class Window:
    """The window in a process of its own; `shown` is what it shows."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.process = process
        self.shown = {"log": "", "status": "", "entry": ""}
        self._unread = b""

    def do(self, *orders: str) -> None:
        """Type a text, or do what the driver knows."""
        assert self.process.stdin is not None
        self.process.stdin.write("".join(f"{order}\n" for order in orders).encode())
        self.process.stdin.flush()

    def until(self, part: str, holds: Callable[[str], Any] | str) -> None:
        """Wait until a part of the window shows a text, or something else about it holds."""
        wanted = holds if callable(holds) else lambda shown: holds in shown
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not wanted(self.shown[part]):
            assert time.monotonic() < deadline, f"{self.shown} lacks {holds!r}"
            self._read(deadline)

    def _read(self, deadline: float) -> None:
        assert self.process.stdout is not None
        wait = max(0, deadline - time.monotonic())
        ready, _, _ = select.select([self.process.stdout], [], [], wait)
        chunk = os.read(self.process.stdout.fileno(), 65_536) if ready else b""
        assert chunk, f"it has ended, or shows nothing new: {self.shown}"
        *lines, self._unread = (self._unread + chunk).split(b"\n")
        for line in lines:
            self.shown = json.loads(line)

    def closes(self) -> None:
        """Close the window; it must end in order, and say nothing on stderr."""
        self.do("close")
        assert self.process.wait(PATIENCE_SECONDS) == 0
        assert self.process.stderr is not None
        assert self.process.stderr.read() == b""


Open = Callable[[str, str], Any]


@pytest.fixture
def opened(display: str, python: tuple[str, dict[str, str]]) -> Open:
    """Return what opens a window at an address with a name typed in."""
    executable, environment = python
    driver = [executable, str(ROOT / "tests" / "docs" / "window_driver.py")]

    @contextmanager
    def opening(address: str, name: str) -> Iterator[Window]:
        process = subprocess.Popen(
            [*driver, address, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**environment, "DISPLAY": display},
        )
        with process:
            try:
                yield Window(process)
            finally:
                process.kill()

    return opening


def test_it_is_as_short_as_it_is_said_to_be() -> None:
    assert len(EXAMPLE.read_text("utf-8").splitlines()) <= 150


def test_messages_come_in_while_one_types(hubbub_server: LocalServer, opened: Open) -> None:
    async def scene() -> None:
        async with connect(hubbub_server.address, name="ben") as ben:
            await ben.say("said before")
            with opened(hubbub_server.address, "ann") as window:
                window.until("entry", "ann")
                window.do("<Return>")
                window.until("log", "ben  said before")
                window.do("half a sen")
                window.until("entry", "half a sen")
                await ben.say("while you type")
                window.until("log", "ben  while you type")
                assert window.shown["entry"] == "half a sen"
                window.do("half a sentence", "<Return>")
                window.until("log", "ann  half a sentence")
                window.until("entry", lambda entry: entry == "")
                assert window.shown["log"].count("said before") == 1
                window.closes()
            await ben.say("the name is free again")
            async with connect(hubbub_server.address, name="ann"):
                pass

    asyncio.run(scene())


def test_a_name_that_is_taken_is_told_and_another_one_will_do(
    hubbub_server: LocalServer, opened: Open
) -> None:
    async def scene() -> None:
        async with connect(hubbub_server.address, name="ann") as ann:
            with opened(hubbub_server.address, "ann") as window:
                window.do("<Return>")
                window.until("status", "taken")
                window.do("ben", "<Return>")
                window.until("status", "You are at")
                window.do("I am ben", "<Return>")
                await asyncio.to_thread(window.until, "log", "ben  I am ben")
                window.closes()
            assert ann.name == "ann"

    asyncio.run(scene())


def test_what_is_said_without_a_connection_is_said_later(tmp_path: Path, opened: Open) -> None:
    with (
        ServerProcess(tmp_path / "data") as server,
        opened(f"{server.host}:{server.port}", "ann") as window,
    ):
        window.do("<Return>")
        window.until("status", "You are at")
        server.kill()
        window.until("status", "No connection")
        window.do("said meanwhile", "<Return>")
        server.start()
        window.until("log", "ann  said meanwhile")
        window.until("status", "You are at")
        window.closes()


def test_it_chats_at_a_tutorials_server_too(opened: Open) -> None:
    async def scene() -> None:
        with TutorialServer() as server, opened(server.address, "ann") as window:
            window.do("<Return>")
            window.until("status", "You are at")
            async with connect(server.address, name="ben") as ben:
                window.do("hello ben", "<Return>")
                while not isinstance(event := await anext(ben), ClassicMessage):
                    pass
                assert (event.sender, event.text) == ("ann", "hello ben")
                window.until("log", "ann  hello ben")
                await ben.say("hello ann")
                window.until("log", "ben  hello ann")
            window.closes()

    asyncio.run(scene())


def test_a_server_that_is_not_there_is_told(opened: Open) -> None:
    with opened("127.0.0.1:1", "ann") as window:
        window.do("<Return>")
        window.until("status", "No chat server answers")
        window.closes()
