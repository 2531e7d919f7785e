"""Whether the server is ready for people, and why it is not, in sentences for whoever asks.

It looks at plain numbers, and never waits: a check that waits for what is stuck says nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubbub.server.heartbeat import RECENT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hubbub.server.sessions.chatroom import Chatroom

COMMIT_SECONDS_MAX: Final = 5.0
READ_SECONDS_MAX: Final = 5.0
STALLED_SECONDS_MAX: Final = 1.0
"""The event loop may have stood still for so long within the last `RECENT_SECONDS`."""


def complaints(chatroom: Chatroom) -> Iterator[str]:
    """Return a sentence for each thing that keeps people from talking here now."""
    commits, reading, heartbeat = chatroom.commits, chatroom.reading, chatroom.heartbeat
    of_node = [] if chatroom.node is None else list(chatroom.node.complaints())
    if chatroom.stopgap is not None:
        yield chatroom.stopgap.greeting
    elif of_node:
        yield from of_node
    elif commits.is_blocked:
        yield "Nothing can be posted: the log cannot be written, and the journal says why."
    elif (seconds := commits.waiting_seconds) > COMMIT_SECONDS_MAX:
        yield f"Nothing is posted: a commit has been under way for {seconds:.1f} seconds."
    for what, lane in (("history", reading.pages), ("searches", reading.searches)):
        if (seconds := lane.waiting_seconds) > READ_SECONDS_MAX:
            yield f"The log's reader is behind with {what}, by {seconds:.1f} seconds."
    if (seconds := heartbeat.recent_seconds()) > STALLED_SECONDS_MAX:
        yield (
            f"The event loop stood still for {seconds:.1f} of the last {RECENT_SECONDS:.0f} "
            f"seconds, last in {heartbeat.place}."
        )
