"""What holds for all tests, wherever they are started."""

import gc
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from hubbub.faults import faults

HERE = Path(__file__).parent
IN_ORDER = (
    *("inputs", "bench", "docs", "faults", "web", "cli", "sidecar", "tui", "irc", "interop"),
    *("deploy", "log", "server", "lan", "tls", "client", "desk", "hub", "wire", "chat"),
)
"""The folders of tests: first those whose files take long, last those of plain calls."""


def pytest_configure() -> None:
    """Have the programs that tests start hear Ctrl-C.

    A shell starts its background jobs with SIGINT ignored. What is ignored stays so in every
    program that they start, while a signal with a handler gets its default back.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers() -> int:
    """Run two tests at a time on each core: most of what they do is wait."""
    return 2 * (os.cpu_count() or 1)


def place_in_order(file: Path) -> int:
    """Return after how many others the tests of a file come: those of no folder are the last."""
    folder = file.relative_to(HERE).parts[0]
    return IN_ORDER.index(folder) if folder in IN_ORDER else len(IN_ORDER)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that in the end no worker is left alone with it.

    What the tests of one folder share, as a browser, stays open from file to file.
    """
    items.sort(key=lambda item: place_in_order(item.path))


@pytest.fixture(autouse=True)
def fresh_faults() -> None:
    """Have no fault of an earlier test count: what has been told once is not told again soon."""
    faults.counts.clear()


def process() -> tuple[object, ...]:
    """Return how this process does, as far as a command may change it that has one of its own."""
    niceness = os.getpriority(os.PRIO_PROCESS, 0) if hasattr(os, "getpriority") else 0
    return niceness, signal.getsignal(signal.SIGTERM)


@pytest.fixture(autouse=True)
def process_as_it_was() -> Iterator[None]:
    """See that a test leaves the process to those behind it as it found it."""
    before = process()
    yield
    assert process() == before


def pytest_collection_finish() -> None:
    """Have no collection of garbage walk the ten thousand tests again: they all stay."""
    gc.collect()
    gc.freeze()


# No deadline: a loaded machine is no fault. Continuous integration tries the same examples each
# time, so that a change fails only for what it changed; everywhere else the search goes on.
settings.register_profile(
    "hubbub", deadline=None, derandomize=bool(os.environ.get("HUBBUB_TEST_REQUIRE_ALL"))
)
settings.load_profile("hubbub")
