"""What holds for all tests, wherever they are started."""

import os
import signal

from hypothesis import settings


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


# No deadline: a loaded machine is no fault. Continuous integration tries the same examples each
# time, so that a change fails only for what it changed; everywhere else the search goes on.
settings.register_profile(
    "hubbub", deadline=None, derandomize=bool(os.environ.get("HUBBUB_TEST_REQUIRE_ALL"))
)
settings.load_profile("hubbub")
