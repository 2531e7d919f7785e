"""Messages on their way out, in order. Pure: whoever owns the connection writes them."""

from collections import deque
from collections.abc import Iterator

import msgspec

UNACKNOWLEDGED_MAX = 256
"""Messages that are written before the first of them is acknowledged."""


class Post(msgspec.Struct, frozen=True):
    """A message to send. `nonce` makes that it is posted once, however often it is written."""

    nonce: str
    room: str
    text: str
    reply_to: int | None = None


class Outbox:
    """Keeps every message until it is done; after a lost connection all others are due again."""

    def __init__(self, unacknowledged_max: int = UNACKNOWLEDGED_MAX) -> None:
        self._unacknowledged_max = unacknowledged_max
        self._waiting: deque[Post] = deque()
        self._written: dict[str, Post] = {}

    def __len__(self) -> int:
        return len(self._waiting) + len(self._written)

    def add(self, post: Post) -> None:
        """Put a message behind all others."""
        self._waiting.append(post)

    def take(self) -> Iterator[Post]:
        """Yield the messages to write now, in order; each counts as written from then on."""
        while self._waiting and len(self._written) < self._unacknowledged_max:
            post = self._waiting.popleft()
            self._written[post.nonce] = post
            yield post

    def done(self, nonce: str) -> bool:
        """Forget a written message, posted or refused; tell whether it was here."""
        return self._written.pop(nonce, None) is not None

    def rewind(self) -> None:
        """Make all that was written and is not done due again: the connection is lost."""
        self._waiting.extendleft(reversed(self._written.values()))
        self._written.clear()
