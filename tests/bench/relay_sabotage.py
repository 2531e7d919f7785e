"""Faults that a relay could have, put into it on purpose: the checker must tell each of them."""

from collections.abc import Callable, Sequence
from typing import Any

from hubbub.chat.events import Entry, Message
from hubbub.server.relaying.copy import CopiedLog
from hubbub.server.relaying.file_copy import FileCopy

STARTED = """
import os, sys
if "serve" in sys.orig_argv:
    from tests.bench import relay_sabotage
    for name in os.environ["SABOTAGES"].split():
        relay_sabotage.SABOTAGES[name]()
"""
"""The file sitecustomize.py, which every Python loads that finds it."""

EACH = 25


def leaves_messages_out() -> None:
    """Now and then a message is not copied."""
    apply = CopiedLog.apply

    async def some(self: CopiedLog, entries: Sequence[Entry]) -> list[int]:
        kept = [one for one in entries if not isinstance(one, Message) or one.seq % EACH]
        return await apply(self, kept)

    CopiedLog.apply = some  # type: ignore[method-assign, assignment]


def spoils_files() -> None:
    """What is copied of a file is something else in the end."""
    fetch = FileCopy._fetch

    async def spoil(self: FileCopy, hash_: str, ask: Any) -> bool:
        is_there = await fetch(self, hash_, ask)
        if is_there:
            self._store.object(hash_).write_bytes(b"spoiled")
        return is_there

    FileCopy._fetch = spoil  # type: ignore[method-assign]


SABOTAGES: dict[str, Callable[[], None]] = {
    sabotage.__name__: sabotage for sabotage in (leaves_messages_out, spoils_files)
}
