"""Messages on their way out, in order. Pure: the owner of the connection writes them.

A message is waiting or written, never both, until it is done. What was written on a connection that
is lost may be posted or not; it waits again, and is remembered as `doubtful`, so that the history
can be asked before it is written once more.
"""

from collections.abc import Callable, Iterable

import msgspec

UNACKNOWLEDGED_MAX = 256
"""Messages that are written before the first of them is acknowledged."""

UNACKNOWLEDGED_BYTES_MAX = 65_536
"""Bytes of them, unless it is one long one. More could fill the server's window: then a server that
is slow on purpose looks to TCP like one that is dead."""

_POST_BYTES = 128
"""About what stands around the text."""


class Post(msgspec.Struct, frozen=True):
    """A message to send. `nonce` makes that it is posted once, however often it is written."""

    nonce: str
    room: str
    text: str
    reply_to: int | None = None

    @property
    def weight_bytes(self) -> int:
        """About the bytes that it takes on the wire."""
        return _POST_BYTES + len(self.text.encode())


class Outbox:
    """Keeps every message until it is done."""

    def __init__(self) -> None:
        self._waiting: dict[str, Post] = {}
        self._written: dict[str, Post] = {}
        self._written_bytes = 0
        self._doubtful: set[str] = set()

    def __len__(self) -> int:
        return len(self._waiting) + len(self._written)

    def __contains__(self, nonce: str) -> bool:
        return nonce in self._written or nonce in self._waiting

    @property
    def posts(self) -> list[Post]:
        """All that are not done, in order."""
        return [*self._written.values(), *self._waiting.values()]

    @property
    def written(self) -> list[Post]:
        """Those that are written and not done."""
        return list(self._written.values())

    @property
    def waiting(self) -> list[Post]:
        """Those that are to be written."""
        return list(self._waiting.values())

    def add(self, post: Post) -> None:
        """Put a message behind all others; its nonce must be new."""
        assert post.nonce not in self, "a nonce stands for one message"
        self._waiting[post.nonce] = post

    def take(self, may_write: Callable[[Post], bool]) -> list[Post]:
        """Return the messages to write now; they count as written from then on.

        One that may not be written holds up those behind it in its room, and no others.
        """
        held: set[str] = set()
        taken: list[Post] = []
        for post in self._waiting.values():
            if not self._has_space(post):
                break
            if post.room in held or not may_write(post):
                held.add(post.room)
                continue
            assert post.nonce not in self._written, "waiting or written, never both"
            taken.append(post)
            self._written[post.nonce] = post
            self._written_bytes += post.weight_bytes
        for post in taken:
            del self._waiting[post.nonce]
            self._doubtful.discard(post.nonce)
        return taken

    def _has_space(self, post: Post) -> bool:
        written_bytes = self._written_bytes + post.weight_bytes
        fits = len(self._written) < UNACKNOWLEDGED_MAX and written_bytes <= UNACKNOWLEDGED_BYTES_MAX
        return fits or not self._written

    def done(self, nonce: str) -> Post | None:
        """Forget a message, posted or refused; None if it was not here."""
        self._doubtful.discard(nonce)
        if (post := self._written.pop(nonce, None)) is not None:
            self._written_bytes -= post.weight_bytes
            return post
        return self._waiting.pop(nonce, None)

    def rewind(self) -> None:
        """Let all that was written and is not done wait again: the connection is lost."""
        self._doubtful |= self._written.keys()
        self._waiting = self._written | self._waiting
        self._written = {}
        self._written_bytes = 0

    def put_back(self, posts: Iterable[Post]) -> None:
        """Let messages wait again before all others, which a server did not take after all."""
        self._waiting = {post.nonce: post for post in posts} | self._waiting

    def has_doubtful(self, room: str) -> bool:
        """Whether a message for this room may have been posted already."""
        return any(self._waiting[nonce].room == room for nonce in self._doubtful)
