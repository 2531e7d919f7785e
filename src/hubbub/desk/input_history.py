"""What was sent before, to be had again with the arrow keys, as in a shell."""

from collections import deque
from collections.abc import Sequence

ENTRIES_MAX = 500


class InputHistory:
    """The texts sent, and while the user walks through them, what became of each on the way."""

    def __init__(self) -> None:
        self._sent: deque[str] = deque(maxlen=ENTRIES_MAX)
        self._walk: list[str] = []
        """Newest first; what the user was typing comes before all. Empty unless walking."""
        self._at = 0

    @property
    def entries(self) -> Sequence[str]:
        """The texts, newest first."""
        return list(self._sent)

    def add(self, text: str) -> None:
        """Keep a text that was sent, unless it is blank or the newest one already; end the walk."""
        self.reset()
        if text.strip() and (not self._sent or self._sent[0] != text):
            self._sent.appendleft(text)

    def back(self, current: str) -> str | None:
        """Leave `current`, and return the text before it; None if it is the oldest."""
        return self._step(1, current)

    def forward(self, current: str) -> str | None:
        """Leave `current`, and return the text after it; None if there is none."""
        return self._step(-1, current)

    def reset(self) -> None:
        """End the walk: what is typed next is the newest text again."""
        self._walk = []
        self._at = 0

    def _step(self, step: int, current: str) -> str | None:
        walk = self._walk or [current, *self._sent]
        if not self._walk and self._sent and self._sent[0] == current:
            del walk[1]  # the message just sent, which is being edited
        at = self._at + step
        if not 0 <= at < len(walk):
            return None
        walk[self._at] = current
        self._walk, self._at = walk, at
        return walk[at]
