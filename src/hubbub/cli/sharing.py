"""`hubbub send --file`: uploads files, shows how far they are, and says them in one message."""

import sys
from collections.abc import Sequence
from pathlib import Path

from hubbub.chat.errors import HubbubError, Refused
from hubbub.chat.files import FILES_MAX, FileSummary, size_words
from hubbub.chat.text import inert_line
from hubbub.client import Chat

NAME_CHARS = 40


async def share(chat: Chat, room: str, files: Sequence[Path], text: str) -> None:
    """Upload files, and post one message with them; raises Refused with what is wrong."""
    if len(files) > FILES_MAX:
        raise Refused(f"A message has up to {FILES_MAX} files, and these are {len(files)}.")
    for path in files:
        if path.is_dir():
            raise HubbubError(f"{path} is a folder. Send files, or an archive of the folder.")
    shared = [await _upload(chat, room, path) for path in files]
    await chat.say(text, room, files=[one.id for one in shared])


async def _upload(chat: Chat, room: str, path: Path) -> FileSummary:
    line = _Line(path.name)
    try:
        return await chat.upload(room, path, progress=line.show)
    except OSError as error:
        raise HubbubError(f"{path} cannot be read: {error.strerror or error}.") from None
    finally:
        line.clear()


class _Line:
    """The line on a terminal that says how far a file is."""

    def __init__(self, name: str) -> None:
        self._name = inert_line(name)[:NAME_CHARS]
        self._is_seen = sys.stderr.isatty()
        self._shown = ""

    def show(self, so_far: int, size: int) -> None:
        """Say how many bytes of how many are on their way."""
        shown = f"{self._name}: {100 * so_far // max(1, size)}% of {size_words(size)}"
        if self._is_seen and shown != self._shown:
            self._write(f"\r\x1b[K{shown}")
            self._shown = shown

    def clear(self) -> None:
        """Leave nothing of it on the terminal."""
        if self._shown:
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        encoding = sys.stderr.encoding or "utf-8"
        sys.stderr.write(text.encode(encoding, "replace").decode(encoding))
        sys.stderr.flush()
