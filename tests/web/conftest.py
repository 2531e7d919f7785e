"""A real browser, and tabs that must meet no fault."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from hubbub.chat.limits import Limits
from hubbub.server.config import Config, ServerSection
from hubbub.testing import SHUTDOWN_SECONDS, serving
from tests.faults.serving import ServerProcess
from tests.tui.tmux import require
from tests.web.node import install
from tests.web.tabs import Tab

NewTab = Callable[..., Tab]
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
BARE_PROGRAMS = ("chromium-headless-shell", *PROGRAMS)
"""The first has nothing around its tabs: one takes 0.5 s of CPU time, not 1.3."""


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """What drives browsers."""
    with sync_playwright() as playwright:
        yield playwright


@contextmanager
def launched(playwright: Playwright, programs: Sequence[str]) -> Iterator[Browser]:
    """Start the first browser that is installed, without a window."""
    program = next(filter(None, map(shutil.which, programs)), None)
    if program is None and not os.environ.get("HUBBUB_TEST_REQUIRE_ALL"):
        pytest.skip("chromium is not installed")
    assert program, "chromium is not installed"
    # As root, as in containers, its sandbox cannot be made.
    browser = playwright.chromium.launch(executable_path=program, chromium_sandbox=False)
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium; one for all tests, each with a profile of its own."""
    with launched(playwright, BARE_PROGRAMS) as browser:
        yield browser


@pytest.fixture(scope="package")
def whole_browser(playwright: Playwright) -> Iterator[Browser]:
    """The same with all that is around its tabs, for what needs that, as notifications do."""
    with launched(playwright, PROGRAMS) as browser:
        yield browser


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
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of the page: that of `server`, or of one in this process, on a real log."""
    if "server" in request.fixturenames:
        server: ServerProcess = request.getfixturevalue("server")
        yield f"http://{server.host}:{server.port}/"
        return
    config = Config(
        server=ServerSection(listen="127.0.0.1:0", data=str(tmp_path / "data")),
        limits=Limits(shutdown_seconds=SHUTDOWN_SECONDS),
    )
    with serving(config) as here:
        yield f"http://{here.address}/"
