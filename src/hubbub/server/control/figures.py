"""How the server does and who is connected, as operators are told, from what stands here anyway."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING, Final

from hubbub.chat.events import Sessions, Status
from hubbub.chat.listed import SessionSummary
from hubbub.faults import faults
from hubbub.server.readiness import complaints

if TYPE_CHECKING:
    from pathlib import Path

    from hubbub.hub import Session
    from hubbub.server.sessions.chatroom import Chatroom, Conversing

LISTED_AT_ONCE: Final = 50
"""Connections in one turn of the event loop: a fifth of a millisecond."""


class Figures:
    """Of one chatroom at an `address`. `tls`: whether people had best come by TLS."""

    def __init__(self, chatroom: Chatroom, address: str, *, tls: bool = False) -> None:
        self._tls = tls
        self._chatroom = chatroom
        self._address = address
        self._folder = chatroom.folder
        self._started = chatroom.clock.milliseconds()
        self._listing = asyncio.Lock()

    def status(self) -> Status:
        """Return how the server does."""
        chatroom, hub = self._chatroom, self._chatroom.hub
        return Status(
            server=hub.server,
            address=self._address,
            tls=self._tls,
            started=self._started,
            at=chatroom.clock.milliseconds(),
            people=len(list(hub.here.keys())),
            sessions=sum(1 for _ in hub.here.all_local),
            connections=len(chatroom.connections),
            rooms=len(hub.rooms),
            last=hub.last,
            log_bytes=self._bytes_of("hubbub.db*"),
            file_bytes=hub.files.stored_bytes,
            log_free_bytes=chatroom.free_bytes(),
            disk_free_bytes=self._disk_free_bytes(),
            damaged=len(chatroom.damage),
            wal_bytes=self._bytes_of("hubbub.db-wal"),
            backup=int(chatroom.copies.made_at * 1000),
            complaints=list(complaints(chatroom)),
            failing=faults.failing,
            faults=faults.counts.total(),
            node="" if chatroom.node is None else chatroom.node.name,
            nodes=[] if chatroom.node is None else chatroom.node.others,
            behind=None if chatroom.node is None else chatroom.node.behind,
            relay=chatroom.relay_of(None),
            relays=chatroom.relays,
        )

    def _bytes_of(self, names: str) -> int:
        found = [] if self._folder is None else self._folder.glob(names)
        return sum(_size(path) for path in found)

    def _disk_free_bytes(self) -> int | None:
        try:
            return None if self._folder is None else shutil.disk_usage(self._folder).free
        except OSError:  # the folder is gone, and `complaints` says so
            return None

    async def sessions(self, key: str | None, limit: int) -> Sessions:
        """Return the newest connections, of whoever has the name with this key, else of all.

        They are looked at for one list after the other, a few in each turn of the event loop.
        """
        async with self._listing:
            found = [one for one in self._chatroom.connections if _is_of(one, key)]
            shown, summaries = found[-limit:], list[SessionSummary]()
            for at in range(0, len(shown), LISTED_AT_ONCE):
                here = self._chatroom.connections
                few = shown[at : at + LISTED_AT_ONCE]
                summaries += [self._summary(one) for one in few if one in here]
                await asyncio.sleep(0)
        return Sessions(sessions=summaries, more=len(found) > len(shown))

    def _summary(self, connection: Conversing) -> SessionSummary:
        conversation, clock = connection.conversation, self._chatroom.clock
        session, now, seconds = conversation.session, clock.milliseconds(), clock.seconds()
        summary = SessionSummary(
            id=connection.id,
            name="",
            address=connection.host,
            by="",
            since=now - int((seconds - conversation.began_at) * 1000),
            heard=now - int((seconds - conversation.heard_at) * 1000),
            unsent=connection.unread_bytes(),
        )
        if session is not None:
            hub = self._chatroom.hub
            summary.name, summary.person = session.name, session.person.id
            summary.by = session.format.spoken
            summary.label = hub.label(session)
            summary.rooms, summary.lagging = len(session.members), len(session.lagging)
            summary.behind = _behind(session)
        return summary


def _is_of(connection: Conversing, key: str | None) -> bool:
    session = connection.conversation.session
    return key is None or (session is not None and session.person.key == key)


def _behind(session: Session) -> int:
    members = session.lagging.values()
    return max((member.room.last - member.cursor for member in members), default=0)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # it was removed meanwhile
        return 0
