"""What a client asked for, until the chatroom's answer comes: by it, the answer becomes lines."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from hubbub.chat.events import Deleted, Message, Reaction, Signal, Topic

if TYPE_CHECKING:
    from hubbub.wire.irc.line import Line
    from hubbub.wire.irc.places import Window

Draft = Message | Reaction | Deleted | Signal | Topic | None
"""What a client says, without its seq and its sender."""


class Labelled:
    """The answer to one line with a label: it is one, whatever the line asked of the chatroom.

    `open`: so many questions are not answered yet; `is_said`: the line asks nothing more.
    """

    __slots__ = ("is_said", "label", "lines", "open")

    def __init__(self, label: str) -> None:
        self.label = label
        self.lines: list[Line] = []
        self.open = 0
        self.is_said = False

    @property
    def is_whole(self) -> bool:
        """Whether all of it is there."""
        return self.is_said and not self.open


BECOMING: Final = "LOGIN"
"""Stands for every command of IRC by which a client becomes somebody."""

METADATA: Final = "METADATA"
CERTIFICATES: Final = "CERT"
OWN_MODE: Final = "UMODE"
"""The same for MODE about oneself."""

STATUS: Final = ":statusmsg"
"""Stands for the question of who looks after a room, before they alone are spoken to; and in their
private talks, it is the tag with the target that was said (`@#room`). Clients cannot say a tag with
such a name: they might say it of a room in which they are not."""

SETTING: Final = "SET"
"""The same for one by which another password is chosen."""


class Asked(NamedTuple):
    """One command of IRC that became a command of the chatroom.

    `command` is IRC's word, `target` the channel or nick as it was given. `label` is the answer
    that its own is a part of, if the line had a label. `detail` is whatever else the answer is made
    from, `said` what the others will hear, without its seq and its sender, and `window` what is
    wanted of a page.
    """

    command: str
    target: str = ""
    label: Labelled | None = None
    detail: str = ""
    said: Draft = None
    window: Window | None = None


class Asking:
    """The commands of one client that are not answered yet, by the refs of ours."""

    __slots__ = ("_count", "_open", "found", "opened", "settled")

    def __init__(self) -> None:
        self.settled: Labelled | None = None
        """Of which answer a part was asked for last by `answered`."""
        self.found: tuple[str, ...] = ()
        """Those whom somebody is about to speak to because of their role in a room."""
        self.opened: str | None = None
        """The talk of two that was asked for last: whoever it is with may be called otherwise."""
        self._open: dict[str, Asked] | None = None  # most clients wait for nothing
        self._count = 0

    def ref(self, asked: Asked) -> str:
        """Return the ref under which the answer to `asked` will come."""
        self._count += 1
        ref = str(self._count)
        if self._open is None:
            self._open = {}
        self._open[ref] = asked
        if asked.label is not None:
            asked.label.open += 1
        return ref

    def answered(self, ref: str | None) -> Asked | None:
        """Return what was asked under a ref, and forget it; None if nothing was."""
        if ref is None or self._open is None:
            return None
        asked = self._open.pop(ref, None)
        if not self._open:
            self._open = None
        if asked is not None and asked.label is not None:
            asked.label.open -= 1
            self.settled = asked.label
        return asked


@lru_cache(maxsize=1024)
def kept_once(words: frozenset[str]) -> frozenset[str]:
    """Return an equal set, the same one for all: clients of one kind ask for the same things, and
    most of them are in the same rooms."""
    return words
