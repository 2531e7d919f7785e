"""Small files of the user's, in JSON, that several programs read and write."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import TypeVar

import msgspec
import platformdirs

Kept = TypeVar("Kept")


class KeptFile:
    """The file of this name in the user's folder of hubbub."""

    def __init__(self, name: str) -> None:
        self._path = platformdirs.user_state_path("hubbub") / name

    def read(self, entry: type[Kept]) -> dict[str, Kept]:
        """Return what is kept, by its keys; nothing where it cannot be read."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, entry])  # type: ignore[valid-type]
        except (OSError, ValueError):
            return {}

    def write(self, entries: Mapping[str, object], count_max: int) -> None:
        """Keep the newest of these, which are the last; if the disk does not take it, nothing."""
        kept = dict(list(entries.items())[-count_max:])
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            new = self._path.with_name(f"{self._path.name}.{os.getpid()}")
            with new.open("w", encoding="utf-8") as file:
                json.dump(msgspec.to_builtins(kept), file, indent=1)
                file.flush()
                os.fsync(file.fileno())  # else a power cut may leave an empty file under the name
            new.replace(self._path)
