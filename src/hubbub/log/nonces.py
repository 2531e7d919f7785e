"""When a message is a repeat of one already posted (protocol section 6, promise 3).

Knows no clock: the window is judged by the messages' own `at`.
"""

from functools import lru_cache
from typing import NamedTuple

from hubbub.chat.events import AnyLogged, Message
from hubbub.chat.names import name_key

# A name outside ASCII takes longer to compare than its message takes to commit.
_sender_key = lru_cache(maxsize=4096)(name_key)


class Posted(NamedTuple):
    """Where a nonce was first posted, and when, in milliseconds since the Unix epoch."""

    seq: int
    at: int


def nonce_key(draft: AnyLogged) -> str | None:
    """Return what to look `draft` up by, or None if it asks for no protection from repeats.

    Sender and nonce in one: a log keeps a key of one text more cheaply than one of two.
    """
    if not isinstance(draft, Message) or draft.nonce is None:
        return None
    return f"{_sender_key(draft.sender)}\n{draft.nonce}"  # no name holds a line break


def is_repeat(posted_at: int, draft: AnyLogged, window_seconds: int) -> bool:
    """Return whether `draft`, whose nonce was posted already, must not be committed again.

    A clock that was set back makes `draft` the older one: that is a repeat too.
    """
    return draft.at - posted_at <= window_seconds * 1000
