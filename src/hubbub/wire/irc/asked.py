"""What a client asked for, until the chatroom's answer comes: by it, the answer becomes lines."""

from functools import lru_cache
from typing import NamedTuple

from hubbub.chat.events import Deleted, Message, Reaction, Signal, Topic
from hubbub.wire.irc.places import Window

Draft = Message | Reaction | Deleted | Signal | Topic | None
"""What a client says, without its seq and its sender."""


class Asked(NamedTuple):
    """One command of IRC that became a command of the chatroom.

    `command` is IRC's word, `target` the channel or nick as it was given. `label` is what the
    client wants to know the answer by. `detail` is whatever else the answer is made from, `said`
    what the others will hear, without its seq and its sender, and `window` what is wanted of a
    page.
    """

    command: str
    target: str = ""
    label: str = ""
    detail: str = ""
    said: Draft = None
    window: Window | None = None


class Asking:
    """The commands of one client that are not answered yet, by the refs of ours."""

    __slots__ = ("_count", "_open")

    def __init__(self) -> None:
        self._open: dict[str, Asked] | None = None  # most clients wait for nothing
        self._count = 0

    def ref(self, asked: Asked) -> str:
        """Return the ref under which the answer to `asked` will come."""
        self._count += 1
        ref = str(self._count)
        if self._open is None:
            self._open = {}
        self._open[ref] = asked
        return ref

    def answered(self, ref: str | None) -> Asked | None:
        """Return what was asked under a ref, and forget it; None if nothing was."""
        if ref is None or self._open is None:
            return None
        asked = self._open.pop(ref, None)
        if not self._open:
            self._open = None
        return asked


@lru_cache(maxsize=1024)
def kept_once(words: frozenset[str]) -> frozenset[str]:
    """Return an equal set, the same one for all: clients of one kind ask for the same things, and
    most of them are in the same rooms."""
    return words
