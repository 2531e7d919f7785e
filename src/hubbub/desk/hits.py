"""The messages that a search found: which of them the user is at, and each in its context."""

import re
from collections.abc import Sequence

from hubbub.chat.events import Message

BEFORE_CHARS = 30
CHARS_MAX = 240


class Hits:
    """What the last search found, the newest first."""

    def __init__(self) -> None:
        self.query = ""
        """What was searched for last, as it was typed."""
        self.what = ""
        """What the messages are found for, in a few words."""
        self.messages: Sequence[Message] = ()
        self.at = 0
        """Which of them was shown last."""

    def found(self, query: str, messages: Sequence[Message]) -> None:
        """Take in what a search found."""
        self.query = query
        self.listed(query, messages)

    def listed(self, what: str, messages: Sequence[Message]) -> None:
        """Take in what was found without a search."""
        self.what, self.messages, self.at = what, messages, 0

    def choose(self, message: Message) -> None:
        """Go on from one of them."""
        self.at = next(
            (
                at
                for at, one in enumerate(self.messages)
                if (one.room, one.seq) == (message.room, message.seq)
            ),
            self.at,
        )

    def step(self, steps: int) -> Message | None:
        """Return the one that is so many older, or newer if negative; None: there are no more."""
        at = self.at + steps
        if not 0 <= at < len(self.messages):
            return None
        self.at = at
        return self.messages[at]

    @property
    def place(self) -> str:
        """Where the user is, in a few words."""
        return f"{self.at + 1} of {len(self.messages)} for {self.what}"


def context_of(text: str, found: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    """Return the part of a text around the first place that was found, in pieces.

    Each tells whether it is what was found.
    """
    first = found[0][0] if found else 0
    begin = 0
    if first > BEFORE_CHARS:
        space = re.search(r"\s", text[first - BEFORE_CHARS : first])
        begin = first - BEFORE_CHARS + (space.end() if space else 0)
    end = min(begin + CHARS_MAX, len(text))
    pieces = [("…", False)] if begin else []
    at = begin
    for start, stop in found:
        if start >= end:
            break
        pieces += [(text[at:start], False), (text[start : min(stop, end)], True)]
        at = min(stop, end)
    pieces += [(text[at:end], False), ("…" if end < len(text) else "", False)]
    return [(re.sub(r"\s+", " ", piece), is_found) for piece, is_found in pieces if piece]
