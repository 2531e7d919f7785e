"""A real browser, and tabs that must meet no fault."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.faults.serving import ServerProcess
from tests.tui.tmux import require
from tests.web.node import install
from tests.web.tabs import Tab

NewTab = Callable[..., Tab]
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, without a window; one for all tests, each with a profile of its own."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None and not os.environ.get("HUBBUB_TEST_REQUIRE_ALL"):
        pytest.skip("chromium is not installed")
    assert program, "chromium is not installed"
    with sync_playwright() as playwright:
        # As root, as in containers, its sandbox cannot be made.
        browser = playwright.chromium.launch(executable_path=program, chromium_sandbox=False)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def node_modules() -> None:
    """The tools that package-lock.json pins."""
    for program in ("node", "npm"):
        require(program)
    install()


@pytest.fixture
def new_tab(browser: Browser) -> Iterator[NewTab]:
    """Return tabs, each of a new profile: `new_tab(**context_options)`; none may meet a fault."""
    tabs: list[Tab] = []
    with ExitStack() as stack:

        def open_tab(**options: object) -> Tab:
            # What a service worker asks for, no test can hold up or lose on the way.
            options.setdefault("service_workers", "block")
            context = browser.new_context(**options)  # type: ignore[arg-type]
            stack.callback(context.close)
            tabs.append(Tab(context.new_page()))
            return tabs[-1]

        yield open_tab
        assert [fault for tab in tabs for fault in tab.faults] == []


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server in a process of its own, on a real log; it can be killed and started again."""
    with ServerProcess(tmp_path / "data") as process:
        yield process


@pytest.fixture
def url(server: ServerProcess) -> str:
    """The address of the page."""
    return f"http://{server.host}:{server.port}/"
