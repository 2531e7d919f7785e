"""Faults that a server could have, put into it on purpose: the checker must tell each of them.

A server has one whose environment names it in `SABOTAGE`, and which finds `STARTED` on its path.
"""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec.structs import replace

from hubbub.chat.events import AnyLogged, Edited, Event, Message
from hubbub.chat.names import is_direct
from hubbub.chat.roles import Role
from hubbub.hub import finding, standing
from hubbub.hub.power import across
from hubbub.hub.present.room import Room, Session
from hubbub.hub.state import State
from hubbub.log.batch import Batch
from hubbub.log.sqlite import SqliteLog, writer
from hubbub.log.sqlite import connection as connections
from hubbub.log.sqlite.changes import Changes
from hubbub.log.sqlite.segments import Cutting
from hubbub.server.files.store import Store
from hubbub.server.tls import choosing
from hubbub.server.tls.certificates import Certificates
from hubbub.wire.framed import ClassicFrames
from hubbub.wire.irc.format import IrcFormat
from hubbub.wire.irc.line import Line
from hubbub.wire.json_format import JsonFormat
from hubbub.wire.web import WEBSOCKET

STARTED = """
import os, sys
if "serve" in sys.orig_argv:
    from tests.bench import sabotage
    sabotage.SABOTAGES[os.environ["SABOTAGE"]]()
"""
"""The file sitecustomize.py, which every Python loads that finds it."""


def acknowledges_early() -> None:
    """What is acknowledged is committed with what is said next."""
    commit = writer.Writer._commit

    def late(self: writer.Writer, connection: sqlite3.Connection, batch: Batch) -> None:
        if connection.in_transaction:
            connection.execute("COMMIT")
        connection.execute("BEGIN")
        commit(self, connection, batch)

    writer.Writer._commit = late  # type: ignore[method-assign]


def posts_twice() -> None:
    """Repeats are not known."""

    def unknown(
        self: writer.Writer, connection: sqlite3.Connection, batch: Batch
    ) -> dict[str, int]:
        return {}

    writer.Writer._known = unknown  # type: ignore[method-assign]


def leaves_out() -> None:
    """Whoever comes back does not get everything."""
    backlog = SqliteLog.backlog

    async def shorter(self: SqliteLog, room: str, after: int, bytes_max: int) -> object:
        events = await backlog(self, room, after, bytes_max)
        return [event for event in events if event is events[-1] or event.seq % 3]

    SqliteLog.backlog = shorter  # type: ignore[method-assign, assignment]


def forgets_to_sync() -> None:
    """What a power cut must not take is not synced."""
    connections._SYNCHRONOUS["power"] = "OFF"


def spoils_files() -> None:
    """A byte of each file is another one."""
    keep = Store.keep

    def spoilt(self: Store, id_: str, hash_: str, kept: Path) -> None:
        kept.write_bytes(kept.read_bytes()[:-1] + b"?")
        keep(self, id_, hash_, kept)

    Store.keep = spoilt  # type: ignore[method-assign]


def keeps_former_texts() -> None:
    """What is edited or deleted reads as before."""

    def as_it_was(self: Changes, event: AnyLogged) -> AnyLogged:
        return event

    Changes._blank = lambda *_: None  # type: ignore[method-assign]
    Changes.folds = property(lambda _: [])  # type: ignore[method-assign, assignment]
    Changes.stored = as_it_was  # type: ignore[method-assign]


def forgets_reactions() -> None:
    """Reactions are told to those who are here, and to nobody who comes later."""
    cut = Cutting.__init__

    def without_reactions(self: Cutting, rooms: object) -> None:
        cut(self, rooms)  # type: ignore[arg-type]
        self.toggles = []

    Cutting.__init__ = without_reactions  # type: ignore[method-assign]


def lets_everybody_in() -> None:
    """Whoever is not let into a private room has it."""
    role_in = standing.role_in

    def role(state: State, id_: str, room: Room | None) -> Role | None:
        return role_in(state, id_, room) or Role.OWNER

    standing.role_in = role


def finds_conversations() -> None:
    """Searches look into the conversations of others."""

    def all_talks(state: State, session: Session) -> tuple[str, ...]:
        return tuple(name for name in state.rooms if is_direct(name))

    def any_room(state: State, session: Session, name: str) -> Room | None:
        del session
        return state.rooms.get(name)

    finding.private_names = all_talks  # type: ignore[attr-defined]
    across._readable = any_room


def makes_another_certificate() -> None:
    """Each start has a new certificate."""
    made_once = choosing._made_once

    def made(folder: Path) -> Certificates:
        (folder / choosing.CERTIFICATE_FILE).unlink(missing_ok=True)
        return made_once(folder)

    choosing._made_once = made


def leaves_out_lines() -> None:
    """IRC clients are not told everything."""
    message = IrcFormat._message

    def fewer(self: IrcFormat, event: Message, target: str, **how: bool) -> Iterator[Line]:
        return message(self, event, target, **how) if event.seq % 5 else iter(())

    IrcFormat._message = fewer  # type: ignore[method-assign]


def shouts_at_browsers() -> None:
    """What is edited is told in capitals over WebSockets."""
    encode = JsonFormat.encode

    def louder(self: JsonFormat, event: Event, _recipient: str = "") -> bytes:
        if self is WEBSOCKET and isinstance(event, Edited):
            event = replace(event, text=event.text.upper())
        return encode(self, event)

    JsonFormat.encode = louder  # type: ignore[method-assign]


def says_twice() -> None:
    """Classic members hear what they heard before."""
    encode = ClassicFrames.encode

    def twice(self: ClassicFrames, event: Event, _recipient: str = "") -> bytes:
        return encode(self, event) * (2 if isinstance(event, Message) else 1)

    ClassicFrames.encode = twice  # type: ignore[method-assign]


SABOTAGES: dict[str, Callable[[], None]] = {
    sabotage.__name__: sabotage
    for sabotage in (
        *(acknowledges_early, posts_twice, leaves_out, forgets_to_sync, spoils_files),
        *(keeps_former_texts, forgets_reactions, lets_everybody_in, finds_conversations),
        *(makes_another_certificate, leaves_out_lines, shouts_at_browsers, says_twice),
    )
}
