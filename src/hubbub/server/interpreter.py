"""Settings of Python for a process that only serves: its event loop should rarely have to wait.

*Garbage in cycles.* A full collection walks all that lives, and the loop stands still meanwhile:
15 ms for what is loaded alone, 100 ms with much on its way. Left to itself, CPython begins one as
soon as what lives has grown by a quarter, which a flood can have it do twice a second.

*Threads.* A thread that wants to run while another one runs Python code waits this long before it
asks for its turn: the loop while the log reads, and the log, several times in a commit, while the
loop is busy. So a commit took a hundred milliseconds when much was said.
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

YOUNG: Final = 5_000
"""New objects until the young are looked at: half a millisecond."""

MIDDLE: Final = 4
"""Of these, until those that were young are looked at again: a few milliseconds."""

OLD: Final = 200
"""Of those, until all that lives is looked at: four million objects that were made and kept."""

SWITCH_SECONDS: Final = 0.0005


@contextmanager
def loading() -> Iterator[None]:
    """Collect nothing while much is loaded, nearly all of which stays.

    Where there are many rooms, it would be looked at again and again.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def set_for_serving() -> None:
    """Set this process. Call it once, when all is loaded: what lives now is never collected."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
    sys.setswitchinterval(SWITCH_SECONDS)
