"""Messages on their way out, in order. Pure: the owner of the connection writes them.

A message is waiting, written or put off, and no two of these, until it is done. What was written on
a connection that is lost may be posted or not; it waits again, and is remembered as `doubtful`, so
that the history can be asked before it is written once more. What the server could not take for the
moment is put off, and waits again when its room is resumed: in its old place.
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
    """A message to send. `nonce` makes that it is posted once, however often it is written.

    `me`: the text says what we do. `files`: the ids of finished uploads.
    """

    nonce: str
    room: str
    text: str
    reply_to: int | None = None
    me: bool = False
    files: tuple[str, ...] = ()

    @property
    def weight_bytes(self) -> int:
        """About the bytes that it takes on the wire."""
        return _POST_BYTES + len(self.text.encode()) + 32 * len(self.files)


class Outbox:
    """Keeps every message until it is done."""

    def __init__(self) -> None:
        self._posts: dict[str, Post] = {}  # all of them, in order
        self._waiting: dict[str, Post] = {}
        self._written: dict[str, Post] = {}
        self._written_bytes = 0
        self._put_off: set[str] = set()
        self._doubtful: set[str] = set()

    def __len__(self) -> int:
        return len(self._posts)

    def __contains__(self, nonce: str) -> bool:
        return nonce in self._posts

    @property
    def posts(self) -> list[Post]:
        """All that are not done, in order."""
        return list(self._posts.values())

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
        self._posts[post.nonce] = self._waiting[post.nonce] = post

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
        self._put_off.discard(nonce)
        self._waiting.pop(nonce, None)
        self._unwrite(nonce)
        return self._posts.pop(nonce, None)

    def _unwrite(self, nonce: str) -> Post | None:
        post = self._written.pop(nonce, None)
        if post is not None:
            self._written_bytes -= post.weight_bytes
        return post

    def put_off(self, nonce: str) -> bool:
        """Take back that a message was written; it waits again once its room is resumed."""
        if self._unwrite(nonce) is None:
            return False
        self._put_off.add(nonce)
        self._doubtful.add(nonce)  # the server may have posted it without noticing
        return True

    def resume(self, room: str) -> None:
        """Let what was put off in a room wait again, in its old place."""
        self._put_off = {nonce for nonce in self._put_off if self._posts[nonce].room != room}
        self._line_up()

    def rewind(self) -> None:
        """Let all that was written or put off wait again: the connection is lost."""
        self._doubtful |= self._written.keys()
        self._written = {}
        self._written_bytes = 0
        self._put_off.clear()
        self._line_up()

    def _line_up(self) -> None:
        self._waiting = {
            nonce: post
            for nonce, post in self._posts.items()
            if nonce not in self._written and nonce not in self._put_off
        }

    def put_back(self, posts: Iterable[Post]) -> None:
        """Let messages wait again before all others, which a server did not take after all."""
        self._posts = {post.nonce: post for post in posts} | self._posts
        self._line_up()

    def has_doubtful(self, room: str) -> bool:
        """Whether a message for this room may have been posted already."""
        return any(self._posts[nonce].room == room for nonce in self._doubtful)

    def has_written(self, room: str) -> bool:
        """Whether a message for this room is written and not done."""
        return any(post.room == room for post in self._written.values())
