"""The names of this machine, as its network knows it."""

from __future__ import annotations

import asyncio
import socket
from typing import Final

ASKED_AGAIN_SECONDS: Final = 60.0
"""A network may come later, and a question may fail, without a word, for want of a descriptor."""


class OwnName:
    """Whether a name is this machine's own."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._full_name: asyncio.Future[str] | None = None
        self._asked_at = 0.0

    async def has(self, name: str) -> bool:
        """Return whether this machine has this name, in lower case.

        Without a network the answer may take long: only a name that nobody knows waits for it.
        """
        if name == socket.gethostname().lower():
            return True
        if self._full_name is None or self._loop.time() - self._asked_at >= ASKED_AGAIN_SECONDS:
            self._full_name = self._loop.run_in_executor(None, socket.getfqdn)
            self._asked_at = self._loop.time()
        return name == (await asyncio.shield(self._full_name)).lower()
