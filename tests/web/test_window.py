"""`hubbub window`: the page in a window of an installed browser, on a screen that nobody sees."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import platformdirs
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.cli.commands import PATIENCE_SECONDS, end_all, hubbub, started
from tests.cli.folders import own_folders
from tests.faults.serving import ServerProcess
from tests.screens import display, missing
from tests.web.conftest import PROGRAMS, NewTab
from tests.web.tabs import Tab

__all__ = ["display", "own_folders"]

Found = TypeVar("Found")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the screen is one of X11")


@pytest.fixture
def windowed(display: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have Chromium show its windows on the screen, and be told what to do in them."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        missing("chromium is not installed")
    folder = tmp_path / "bin"
    folder.mkdir()
    wrapper = folder / "chromium"
    # As root, as in containers, its sandbox cannot be made.
    wrapper.write_text(f'#!/bin/sh\nexec {program} --no-sandbox --remote-debugging-port=0 "$@"\n')
    wrapper.chmod(0o700)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setenv("DISPLAY", display)
    yield
    end_all()


def profile() -> Path:
    """Return the folder of the window's profile, once it is there."""
    return until(
        lambda: next(
            (platformdirs.user_state_path("hubbub") / "side-cars").glob("*/browser"), None
        ),
        "a profile",
    )


def until(condition: Callable[[], Found | None], what: str) -> Found:
    """Wait until something is there, and return it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := condition()):
        assert time.monotonic() < deadline, what
        time.sleep(0.05)
    return found


def left_of(folder: Path) -> list[int]:
    """Return the processes that were started for a profile and run."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:
            continue
        if str(folder).encode() in line:
            found.append(int(path.parent.name))
    return found


@contextmanager
def controlled(browser: Browser) -> Iterator[Page]:
    """Return the page in the window that is open."""
    port = until(lambda: _told(profile() / "DevToolsActivePort"), "its port").split("\n")[0]
    remote = browser.browser_type.connect_over_cdp(f"http://127.0.0.1:{port}")
    try:
        (context,) = remote.contexts
        yield until(lambda: next(iter(context.pages), None), "the page of the window")
    finally:
        remote.close()


def _told(path: Path) -> str:
    return path.read_text() if path.exists() else ""


@pytest.mark.usefixtures("windowed")
def test_the_page_is_in_a_window_whose_title_counts_and_closing_it_ends_all(
    server: ServerProcess, url: str, browser: Browser, new_tab: NewTab
) -> None:
    process = started("window", f"{server.host}:{server.port}")
    ben = new_tab().enter(url, "ben")
    with controlled(browser) as page:
        ann = Tab(page).join("ann")
        ann.say("from a window")
        ben.hears("from a window")
        ann.say("/join tea")
        expect(ann.composer).to_have_accessible_name("Message to #tea")
        assert page.evaluate("isSecureContext && matchMedia('(display-mode: standalone)').matches")
        page.evaluate("navigator.setAppBadge = async (count) => { window.badge = count; }")
        page.evaluate("navigator.clearAppBadge = async () => { window.badge = 0; }")
        ben.say("one")
        ben.say("two")
        page.wait_for_function("() => document.title.includes('2') && window.badge === 2")
        ann.say("/join lobby")
        page.wait_for_function("() => window.badge === 0")
        page.close()
    assert process.wait(PATIENCE_SECONDS) == 0
    until(lambda: not left_of(profile()), "nothing of the browser is left")
    assert process.stderr is not None
    assert b"Traceback" not in process.stderr.read()


@pytest.mark.usefixtures("windowed")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_closes_the_window_and_leaves_nothing(
    server: ServerProcess, browser: Browser, number: signal.Signals
) -> None:
    process = started("window", f"{server.host}:{server.port}")
    with controlled(browser) as page:
        expect(page.get_by_role("textbox", name="name")).to_be_visible()
    process.send_signal(number)
    assert process.wait(PATIENCE_SECONDS) == 128 + number
    until(lambda: not left_of(profile()), "nothing of the browser is left")


def titles_above(display: str) -> list[str]:
    """Return the titles of ours on the screen, the one above all others first."""
    told = subprocess.run(
        ["xwininfo", "-display", display, "-root", "-tree"],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_SECONDS,
    ).stdout
    return re.findall(r'^ {5}0x\w+ "([^"]*(?:hubbub|xmessage))"', told, re.MULTILINE)


def cover(display: str) -> "subprocess.Popen[bytes]":
    """Put another window above all that are there."""
    if not shutil.which("xmessage"):
        missing("xmessage and xwininfo are not installed; they are in the package x11-utils.")
    command = ["xmessage", "-display", display, "-geometry", "1200x800+0+0", "above"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    until(lambda: titles_above(display)[0] == "xmessage", "it is above")
    return process


@pytest.mark.usefixtures("windowed")
def test_a_second_window_brings_the_first_to_the_front_and_opens_none(
    server: ServerProcess, browser: Browser, display: str
) -> None:
    address = f"{server.host}:{server.port}"
    first = started("window", address)
    with controlled(browser) as page:
        Tab(page).join("ann")
        (own,) = until(lambda: titles_above(display), "the window")
        with cover(display) as above:
            try:
                second = hubbub("window", address)
                assert (second.returncode, second.stderr) == (0, "")
                until(lambda: titles_above(display)[0] == own, "it is above now")
                assert titles_above(display) == [own, "xmessage"]
            finally:
                above.kill()
        assert page.context.pages == [page]
        Tab(page).say("still here")
        Tab(page).hears("still here")
        page.close()
    assert first.wait(PATIENCE_SECONDS) == 0


@pytest.mark.usefixtures("windowed")
def test_a_second_window_beside_open_says_that_there_is_one(
    server: ServerProcess, browser: Browser
) -> None:
    """The window is then another program's than the side-car."""
    address = f"{server.host}:{server.port}"
    opened = started("open", address, "--no-browser")
    assert opened.stdout is not None
    assert opened.stdout.readline(), "it is there"
    first = started("window", address)
    with controlled(browser) as page:
        Tab(page).join("ann")
        second = hubbub("window", address)
        assert (second.returncode, second.stderr) == (
            0,
            "the window of this chatroom is open already\n",
        )
        assert page.context.pages == [page]
        page.close()
    assert first.wait(PATIENCE_SECONDS) == 0
    opened.send_signal(signal.SIGINT)
    assert opened.wait(PATIENCE_SECONDS) == 130
