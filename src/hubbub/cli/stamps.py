"""What may stand before a line: when something was said, and the seq by which it is named.

Both are ours and come first, so no name and no text can be taken for them.
"""

import time
from collections.abc import Iterable
from typing import NamedTuple

from hubbub.chat.events import Logged
from hubbub.cli.times import minute
from hubbub.client import AnyClientEvent

_SEQ_CHARS = 6
"""So wide is the column of seqs; longer ones push the rest to the right."""


class Stamps(NamedTuple):
    """Which stamps the user wants to see."""

    time: bool = False
    seq: bool = False

    def put(self, event: AnyClientEvent, lines: Iterable[str]) -> list[str]:
        """Return the lines that tell of an event, stamped; what was not logged is told just now."""
        logged = event if isinstance(event, Logged) else None
        stamp = ""
        if self.time:
            stamp += f"{minute(logged.at if logged else time.time_ns() // 1_000_000)}  "
        if self.seq:
            stamp += f"{logged.seq if logged else '-':>{_SEQ_CHARS}}  "
        return [f"{stamp}{line}" for line in lines]
