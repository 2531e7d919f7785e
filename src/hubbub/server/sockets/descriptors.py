"""How many descriptors the system grants, and so how many connections there may be.

Each connection takes one, and some are never given to connections: the log, HTTP, the journal, and
peers that are told that there is no place need one now and then. Without them, what is opened late
would fail just when the most people are there.
"""

import sys
from typing import Final

CONNECTIONS_MAX: Final = 50_000
"""How many connections there may be if nobody says."""

RESERVED = 64
"""Descriptors that are not for connections; half of all where the system grants few."""

GRANTED_EVERYWHERE = 10_240
"""macOS says that there is no limit, and refuses more than some number that it does not say."""

if sys.platform == "win32":

    def raise_limit(connections: int) -> None:
        """Do nothing: Windows sets no limit."""

    def connections_allowed(wanted: int) -> int:
        """Return `wanted`, or the default if that is 0: Windows sets no limit."""
        return wanted or CONNECTIONS_MAX

else:
    from contextlib import suppress
    from resource import RLIM_INFINITY, RLIMIT_NOFILE, getrlimit, setrlimit

    def raise_limit(connections: int) -> None:
        """Have the system allow so many connections, as far as it does without asking; 0: all."""
        soft, hard = getrlimit(RLIMIT_NOFILE)
        wanted = (connections or CONNECTIONS_MAX) + RESERVED
        if hard != RLIM_INFINITY:
            wanted = min(wanted, hard)
        for limit in (wanted, min(wanted, GRANTED_EVERYWHERE)):
            if soft != RLIM_INFINITY and soft < limit:
                with suppress(OSError, ValueError):
                    setrlimit(RLIMIT_NOFILE, (limit, hard))
                    return

    def connections_allowed(wanted: int) -> int:
        """Return how many of the `wanted` connections there can be at once; 0: of the default."""
        wanted = wanted or CONNECTIONS_MAX
        soft, _ = getrlimit(RLIMIT_NOFILE)
        if soft == RLIM_INFINITY:
            return wanted
        return min(wanted, soft - min(RESERVED, soft // 2))
