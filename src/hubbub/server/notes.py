"""What the server notes for its operator: `logger.warning("what happened", why="it did")`.

A note passes through the logger's steps, one after the other, of which the last one writes it.
`journal` sets which steps there are; before that, notes go to Python's `logging`.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any, Final

from hubbub.chat.text import inert_line

Note = dict[str, Any]
"""`event` says what happened, `level` how bad it is, and `exc_info` what was raised."""

Step = Callable[[Note], Note | None]
"""Returns the note, changed or not, or None if it goes no further."""

LEVELS: Final = ("debug", "info", "warning", "error")


def as_text(note: Note) -> str:
    """Return a note as a line for people."""
    level, event = note.pop("level"), note.pop("event")
    values = (f"{key}={_shown(value)}" for key, value in note.items())
    return inert_line(" ".join((f"[{level:<7}] {event:<30}", *values)).rstrip())


def _shown(value: object) -> str:
    return value if isinstance(value, str) and _is_plain(value) else repr(value)


def _is_plain(value: str) -> bool:
    """Return whether it cannot be taken for more than one value, as it is."""
    return value != "" and value.isprintable() and not any(sign in value for sign in " ='\"")


def _to_logging(note: Note) -> None:
    raised = note.pop("exc_info", None)
    level = logging.getLevelName(note["level"].upper())
    logging.getLogger("hubbub.server").log(level, "%s", as_text(note), exc_info=raised)


class Logger:
    """Takes notes of a level and above."""

    def __init__(self) -> None:
        self.pass_through((_to_logging,))

    def pass_through(self, steps: Sequence[Step], level: str = "info") -> None:
        """Have notes of this level and above pass through these steps from now on."""
        self.steps = steps
        self.levels = LEVELS[LEVELS.index(level) :]

    def debug(self, event: str, **values: object) -> None:
        """Note what only somebody wants to know who looks for a fault."""
        self._note("debug", event, values)

    def info(self, event: str, **values: object) -> None:
        """Note what happened as it should."""
        self._note("info", event, values)

    def warning(self, event: str, **values: object) -> None:
        """Note what somebody should do something about, or that passes."""
        self._note("warning", event, values)

    def error(self, event: str, **values: object) -> None:
        """Note what went wrong."""
        self._note("error", event, values)

    def _note(self, level: str, event: str, values: Note) -> None:
        if level not in self.levels:
            return
        note: Note = {"event": event, "level": level, **values}
        for step in self.steps:
            if (passed := step(note)) is None:
                return
            note = passed


logger: Final = Logger()
"""That of everybody in this process."""
