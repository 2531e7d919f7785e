"""What a client has said of a text of several lines, until it is complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hubbub.wire.irc.asked import Labelled


class Collected:
    """What a client has said in a batch that it opened. `is_refused`: the rest is dropped."""

    __slots__ = (
        "command",
        "id",
        "is_refused",
        "labelled",
        "lines",
        "places",
        "size",
        "tags",
        "target",
        "text",
    )

    def __init__(self, id_: str, target: str, tags: Mapping[str, str]) -> None:
        self.labelled: Labelled | None = None
        """The answer to it, if its first line had a label."""
        self.id = id_
        self.target = target
        self.tags = tags
        self.text = ""
        self.places: list[int] = []
        """Where in the text lines are parted that were too long for one."""
        self.lines = self.size = 0
        self.command = "PRIVMSG"
        self.is_refused = False
