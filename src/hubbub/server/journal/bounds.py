"""How much is noted: so many lines of one kind from one source, so many in all, each so long.

A source is the address that a note is about; a note that is about none is of one source with all of
its kind. Our own sentences are the same whatever they are about. Those of a library may have
addresses in them: whatever it says, a library is one source, and all of that one kind. What is left
out is counted, and told with the next line of its kind.
"""

from collections.abc import Callable
from typing import Final

from hubbub.server.notes import Note

WINDOW_SECONDS: Final = 60.0
OF_SOURCE_MAX: Final = 5
"""Lines of one kind about one address in a window."""

OF_KIND_MAX: Final = 60
"""Lines of one kind in a window, whatever they are about."""

_ALL: Final = "all"

SOURCES_MAX: Final = 1000
"""Sources that are counted apart in a window; more are one."""

VALUE_CHARS_MAX: Final = 2000


class Bounds:
    """A step of the logger that drops what is too much. `clock` returns seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ends_at = 0.0
        self._noted: dict[tuple[str, str], int] = {}
        self._left_out: dict[str, int] = {}

    def __call__(self, note: Note) -> Note | None:
        """Return the note, or None if it is too much."""
        now, library = self._clock(), str(note.get("library", ""))
        kind = library or str(note.get("event", ""))
        if now >= self._ends_at:
            self._ends_at = now + WINDOW_SECONDS
            self._noted.clear()
        source = str(note.get("address", library))
        if (kind, source) not in self._noted and len(self._noted) >= SOURCES_MAX:
            source = "others"
        most = OF_SOURCE_MAX if source else OF_KIND_MAX
        # What one source says too much takes nothing away from the others.
        if self._count(kind, source) > most or self._count(kind, _ALL) > OF_KIND_MAX:
            self._left_out[kind] = self._left_out.get(kind, 0) + 1
            return None
        if left_out := self._left_out.pop(kind, 0):
            note["left_out"] = left_out
        return note

    def _count(self, kind: str, source: str) -> int:
        count = self._noted[kind, source] = self._noted.get((kind, source), 0) + 1
        return count


def shortened(note: Note) -> Note:
    """Cut what is too long for a line: a step of the logger."""
    for key, value in note.items():
        if isinstance(value, str) and len(value) > VALUE_CHARS_MAX:
            note[key] = f"{value[:VALUE_CHARS_MAX]}…"
    return note
