"""Keys and certificates are written so that the disk keeps them, also when the power goes."""

import os
from pathlib import Path


def write_synced(path: Path, text: bytes) -> None:
    """Write a file, and return when the disk keeps what is in it; its name may still be lost."""
    with path.open("wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
