"""What holds for all tests, wherever they are started."""

import signal

from hypothesis import settings


def pytest_configure() -> None:
    """Have the programs that tests start hear Ctrl-C.

    A shell starts its background jobs with SIGINT ignored. What is ignored stays so in every
    program that they start, while a signal with a handler gets its default back.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


settings.register_profile("hubbub", deadline=None)  # a loaded machine is no fault
settings.load_profile("hubbub")
