"""What a server knows of itself that is a relay's, as long as the relay is alone."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from hubbub.chat.listed import RelaySummary


class Stopgap(NamedTuple):
    """Another server takes over later, which knows no secrets of this one."""

    greeting: str
    """What everybody is told who comes in."""

    summary: Callable[[int], RelaySummary]
    """Returns what the relay is, which holds so many connections."""

    copy: Path
    """The folder of the copy of the log, and of files."""
