"""What a target is: something that reads bytes of others, and what it may do with bad ones."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory


@dataclass(frozen=True, slots=True)
class Target:
    """Reads bytes. Whatever `read` raises is a fault: the errors that it documents it catches.

    `seeds` are well-formed examples, from which a search for others begins.
    """

    name: str
    read: Callable[[bytes], None]
    seeds: tuple[bytes, ...]

    @property
    def title(self) -> str:
        """A sentence that says what it reads."""
        return (self.read.__doc__ or "").partition("\n")[0]


def text_of(data: bytes) -> str:
    """Return data as the text that a peer can bring: whatever it is, it is UTF-8."""
    return data.decode("utf-8", "replace")


class Folder:
    """A folder for those who read files; each file is there for one reading."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="hubbub-fuzz-")

    def file(self, name: str, data: bytes) -> Path:
        """Return a file with these bytes, and no other beside it."""
        folder = Path(self._folder.name)
        for path in folder.iterdir():
            path.unlink()
        path = folder / name
        path.write_bytes(data)
        return path
