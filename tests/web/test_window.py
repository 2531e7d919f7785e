"""`hubbub window`: the page in a window of an installed browser, on a screen that nobody sees."""

import os
import shutil
import signal
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
        ben.say("one")
        ben.say("two")
        page.wait_for_function("() => document.title.includes('2')")
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


@pytest.mark.usefixtures("windowed")
def test_a_second_window_is_of_the_same_side_car_and_knows_who_one_is(
    server: ServerProcess, browser: Browser
) -> None:
    address = f"{server.host}:{server.port}"
    first = started("window", address)
    with controlled(browser) as page:
        Tab(page).join("ann")
        with page.context.expect_page() as opening:
            second = hubbub("window", address)
        assert second.returncode == 0, second.stderr
        other = opening.value
        expect(Tab(other).composer).to_be_visible()
        assert other.url.split("/")[2] == page.url.split("/")[2]
        other.close()
        Tab(page).say("still here")
        Tab(page).hears("still here")
        page.close()
    assert first.wait(PATIENCE_SECONDS) == 0
