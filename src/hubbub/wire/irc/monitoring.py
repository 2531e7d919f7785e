"""Lists of nicks in one parameter, as MONITOR has them."""

from collections.abc import Iterable, Iterator
from typing import Final

TARGETS_BYTES_MAX: Final = 350
"""Of the nicks in one line; the client's own, and names of the server, go with them."""


def in_runs(nicks: Iterable[str], bytes_max: int) -> Iterator[list[str]]:
    """Yield the nicks in runs that fit into lines; nothing if there are none."""
    run: list[str] = []
    size = 0
    for nick in nicks:
        length = len(nick.encode()) + 1
        if run and size + length > bytes_max:
            yield run
            run, size = [], 0
        run.append(nick)
        size += length
    if run:
        yield run
