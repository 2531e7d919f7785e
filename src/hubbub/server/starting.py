"""What is read of the log when the server starts, and the hub that begins with it."""

import time
from contextlib import suppress

from hubbub import __version__
from hubbub.chat.commands import PAGE_MESSAGES_MAX
from hubbub.chat.errors import Damaged
from hubbub.chat.events import Message
from hubbub.chat.grants import GRANTED
from hubbub.chat.limits import Limits
from hubbub.chat.people import CONVERSATION, FORGOTTEN, NAME
from hubbub.chat.queries import PageQuery
from hubbub.chat.rules import FAMILIES
from hubbub.hub import Hub
from hubbub.log.port import Log
from hubbub.server.config import Config

_BY_HEART = (CONVERSATION, FORGOTTEN, *FAMILIES, *GRANTED)
"""Beginnings of the keys of facts that are read at the start; others are asked for."""


async def hub_from(
    log: Log, config: Config, limits: Limits, operator_code: str, run: str = ""
) -> Hub:
    """Return a hub that knows what the one before it knew; raises LogError.

    `run`: that of this node, if there are several.
    """
    by_heart = (*_BY_HEART, NAME) if run else _BY_HEART
    hub = Hub(
        limits,
        await log.heads(),
        await log.epochs(),
        [fact for beginning in by_heart for fact in await log.facts(beginning)],
        log,
        guests=config.people,
        access=config.access,
        files=config.files,
        stored=await log.stored(),
        server=f"hubbub {__version__}",
        password=config.server.password,
        operator_code=operator_code,
        at=time.time_ns() // 1_000_000,
        run=run,
    )
    await _recall(hub, log)
    return hub


async def _recall(hub: Hub, log: Log) -> None:
    """Tell slow mode who wrote lately: a restart must not shorten anybody's wait."""
    now = time.time_ns() // 1_000_000
    for room, seconds in hub.slow_rooms.items():
        with suppress(Damaged):  # then nobody waits for what cannot be read
            hub.recall(await _said_since(log, room, now - seconds * 1000))


async def _said_since(log: Log, room: str, since: int) -> list[Message]:
    """Return the newest messages of a room, at least those since a time, in order."""
    said: list[Message] = []
    before, more = None, True
    while more and (not said or said[0].at > since):
        page = await log.page(PageQuery(room=room, before=before, limit=PAGE_MESSAGES_MAX))
        said[:0] = page.messages
        more = page.more and bool(page.messages)
        before = said[0].seq if said else None
    return said
