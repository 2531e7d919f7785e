"""Lets the event loop come before threads that mostly run without Python.

They hash, write and wait, and the system runs them where the loop leaves it time. Of a thread that
runs Python for long, a low priority would hold up the loop as well: it holds what the loop needs.
"""

import os
import sys
import threading
from contextlib import suppress
from typing import Final

NICENESS: Final = 10
"""Beside somebody who is busy and not nice, a tenth of a core."""


def step_back() -> None:
    """Give this thread a low priority, and whatever process it starts.

    Only Linux has a priority of each thread.
    """
    if sys.platform == "linux":
        with suppress(OSError):  # a sandbox may forbid it
            niceness = max(os.nice(0), NICENESS)
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)
