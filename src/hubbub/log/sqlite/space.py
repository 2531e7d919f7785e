"""How much space the log's disk has: posting is refused, with a sentence, before the disk is full.

A full disk keeps everything else on it from working as well.
"""

import shutil
from pathlib import Path

from hubbub.chat.errors import LogError


class Space:
    """The free bytes of the disk that has `folder`; the last `bytes_min` are not for the log."""

    def __init__(self, folder: Path, bytes_min: int) -> None:
        self._folder = folder
        self._bytes_min = bytes_min

    def free_bytes(self) -> int | None:
        """Return how much may still be written, less than 0 if too much was; None if unknown."""
        try:
            return shutil.disk_usage(self._folder).free - self._bytes_min
        except OSError:
            return None

    def check(self) -> None:
        """Raise LogError if nothing may be written."""
        if self._bytes_min and (free := self.free_bytes()) is not None and free < 0:
            raise LogError(
                f"The disk of the log in {self._folder} has {free + self._bytes_min} bytes left; "
                f"below {self._bytes_min} (disk_free_bytes_min) nothing is posted. Free some "
                "space: the log goes on by itself."
            )
