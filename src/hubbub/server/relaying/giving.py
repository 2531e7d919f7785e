"""The server's side of the files that relays keep: it gives out pieces of what it has, by hash.

A relay asks for one piece after the other, so no more than one of each relay is on its way, and
members never wait for more than that. Whoever is a relay may have every file.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from hubbub.chat.errors import HubbubError
from hubbub.server.notes import logger
from hubbub.wire.relay import PIECE_BYTES

if TYPE_CHECKING:
    from typing import BinaryIO

    from hubbub.server.files.intake import Intake
    from hubbub.wire.relay import Wanted

_NAME: Final = re.compile(r"([0-9a-f]{64})(\.preview)?", re.ASCII)


class Giving:
    """Gives out the files of an intake."""

    def __init__(self, files: Intake) -> None:
        self._files = files

    async def piece(self, wanted: Wanted) -> bytes | None:
        """Return the piece that is wanted; nothing at the end, and if there is no such file.

        None if it cannot be read for now.
        """
        store, name = self._files.store, _NAME.fullmatch(wanted.name)
        if store is None or name is None:
            return b""
        hash_, is_preview = name.groups()
        place = store.preview(hash_) if is_preview else store.object(hash_)
        try:
            file, _ = await self._files.opened(place)
            return await self._files.in_thread(partial(_read, file, wanted.at))
        except FileNotFoundError:
            return b""
        except (OSError, HubbubError) as error:
            logger.warning("a relay is not given a file for now", reason=str(error))
            return None


def _read(file: BinaryIO, at: int) -> bytes:
    with file:
        file.seek(at)
        return file.read(PIECE_BYTES)
