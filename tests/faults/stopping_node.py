"""`hubbub serve` of a node that stands still once, between its decision and the wire.

As the `quick_node`; it stops itself when it is about to publish a text in which LATE stands.
"""

import runpy
import signal
import threading
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from hubbub.log.jetstream.link import Link
from hubbub.log.jetstream.pieces import Piece
from tests.faults import quick_node

__all__ = ["quick_node"]

LATE = "too late"

_publish = Link.publish


async def _stand_still_first(
    self: Link,
    pieces: Sequence[Piece],
    token: str,
    *,
    expected: int | None = None,
    checked: Mapping[str, str] = MappingProxyType({}),
) -> int:
    if any(LATE.encode() in piece.payload for piece in pieces):
        Link.publish = _publish  # type: ignore[method-assign]
        signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)
    return await _publish(self, pieces, token, expected=expected, checked=checked)


if __name__ == "__main__":
    Link.publish = _stand_still_first  # type: ignore[method-assign]
    runpy.run_module("hubbub.cli", run_name="__main__", alter_sys=True)
