"""Faults of ours: exceptions that nobody foresaw, and what does not work because of them.

Whoever catches a fault ends what it happened in, and no more than that: a session, a request, a
piece of background work. It is noted here. So it is counted, and the journal tells of it with its
traceback: of the first at a place, and then each time that there are twice as many, so that one
fault in each of a thousand sessions is no thousand lines.

One for all of a process, as the journal is.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parent

_logger = logging.getLogger(__name__)


class Faults:
    """What went wrong so far, and what still does."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        """How many there were, by what was raised and in which of our functions."""
        self._failing: dict[str, None] = {}

    @property
    def failing(self) -> list[str]:
        """The background work that a fault has broken off, and that does not go on yet."""
        return list(self._failing)

    def note(self, what: str, error: BaseException, **values: object) -> None:
        """Count a fault, and tell of it; `what` failed is a clause, and `values` say more."""
        error = _alone(error)
        place = place_of(error)
        self.counts[place] += 1
        times = self.counts[place]
        if times & (times - 1):  # not twice as many as when it was told last
            return
        if times > 1:
            values["times"] = times
        _logger.error("%s", what, exc_info=error, extra={"values": values})

    def fails(self, work: str) -> None:
        """Take in that some background work does not go on for now."""
        self._failing[work] = None

    def works(self, work: str) -> None:
        """Take in that some background work goes on, or is not needed any more."""
        self._failing.pop(work, None)

    @contextmanager
    def contained(self, what: str, **values: object) -> Iterator[None]:
        """Note a fault in the block, and go on behind that: for one of many, or one step."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 (whatever it is, the others go on)
            self.note(what, error, **values)


def place_of(error: BaseException) -> str:
    """Return what was raised, and in which of our functions: the innermost."""
    place, trace = "elsewhere", error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        file = Path(code.co_filename)
        if file.is_relative_to(_PACKAGE):
            place = f"{file.relative_to(_PACKAGE).as_posix()} {code.co_name}"
        trace = trace.tb_next
    return f"{type(error).__name__} in {place}"


def _alone(error: BaseException) -> BaseException:
    """Return the only exception of a group, which says nothing by itself."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


faults: Final = Faults()
"""Those of this process."""
