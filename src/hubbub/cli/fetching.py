"""The files of what is exported, in a folder beside it: fetched once, and not again the next time.

    FOLDER/ID/NAME

A file that is there, whole, is not fetched again; so an export that was broken off goes on.
"""

import asyncio
import hashlib
from pathlib import Path, PurePosixPath

from hubbub.chat.errors import HubbubError, Refused
from hubbub.chat.events import Message, Missing
from hubbub.chat.files import FileSummary, allowed_file_name
from hubbub.cli.output import complain
from hubbub.client import Chat

READ_BYTES = 1 << 20


class Fetching:
    """Fetches files into `folder`. `places`: where they lie, by their ids, as it is named."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.places: dict[str, str] = {}

    async def fetch(self, chat: Chat, event: Message | Missing) -> None:
        """Fetch the files of a message; those that are not to be had are told."""
        if not isinstance(event, Message):
            return
        for file in event.files:
            place = self._folder / file.id / allowed_file_name(file.name)
            try:
                if not await asyncio.to_thread(_is_whole, place, file):
                    await asyncio.to_thread(place.parent.mkdir, parents=True, exist_ok=True)
                    await chat.download(file, place)
            except OSError as error:
                raise Refused(f"'{place}' cannot be written: {error.strerror}.") from None
            except HubbubError as error:
                complain(f"'{file.name}' of message {event.seq} is not exported: {error}")
            else:
                self.places[file.id] = str(PurePosixPath(*place.parts))


def _is_whole(place: Path, file: FileSummary) -> bool:
    """Return whether a file is there as the server has it."""
    try:
        if place.stat().st_size != file.size:
            return False
        digest = hashlib.sha256()
        with place.open("rb") as opened:
            while piece := opened.read(READ_BYTES):
                digest.update(piece)
    except FileNotFoundError:
        return False
    return digest.hexdigest() == file.sha256
