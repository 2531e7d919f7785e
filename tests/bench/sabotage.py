"""Faults that a server could have, put into it on purpose: the checker must tell each of them.

A server has those that its environment names in `SABOTAGES`, if it finds `STARTED` on its path.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from hubbub.chat.events import AnyLogged, Edited, Event, Fact, Message
from hubbub.chat.names import is_direct
from hubbub.chat.roles import Role
from hubbub.hub import finding, posting, standing
from hubbub.hub.asking import Reading
from hubbub.hub.people import enforcing, renaming
from hubbub.hub.power import across
from hubbub.hub.present.person import Person
from hubbub.hub.present.room import Room, Session
from hubbub.hub.state import State
from hubbub.log.batch import Batch
from hubbub.log.sqlite import SqliteLog, index, writer
from hubbub.log.sqlite import connection as connections
from hubbub.log.sqlite.changes import Changes
from hubbub.log.sqlite.facts import Row
from hubbub.log.sqlite.removing import Step
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
    for name in os.environ["SABOTAGES"].split():
        sabotage.SABOTAGES[name]()
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


def forgets_topics() -> None:
    """A topic is told to those who are here, and not kept."""
    changed_rooms = writer.Writer._changed_rooms

    def without_topics(self: writer.Writer, batch: Batch) -> list[tuple[str, bool, int, str]]:
        return [(*room[:3], "") for room in changed_rooms(self, batch)]

    writer.Writer._changed_rooms = without_topics  # type: ignore[method-assign]


def forgets_pins() -> None:
    """What is pinned is told to those who are here, and not kept."""
    cut = Cutting.__init__

    def without_pins(self: Cutting, rooms: object) -> None:
        cut(self, rooms)  # type: ignore[arg-type]
        self.pins = []

    Cutting.__init__ = without_pins  # type: ignore[method-assign]


def forgets_rules() -> None:
    """Only the first rules of the hall are kept."""
    kept: set[str] = set()
    changed_by = writer.changed_by  # type: ignore[attr-defined]

    def first(connection: sqlite3.Connection, facts: Sequence[Fact]) -> list[Row]:
        rows: list[Row] = changed_by(connection, facts)
        later = [row for row in rows if row[0] not in kept]
        kept.update(row[0] for row in rows if row[0] == "room/hall")
        return later

    writer.changed_by = first  # type: ignore[attr-defined]


def lets_everybody_write() -> None:
    """Rooms in which only moderators write are like others."""
    posting.check_speaking = lambda *_: None  # type: ignore[attr-defined]


def leaves_the_banned_in() -> None:
    """A ban counts from the next time on that somebody comes."""
    enforcing._put_out_all = lambda *_: None


def lets_the_banned_in() -> None:
    """Whoever is banned is put out, and may come back."""
    standing.check_bans = lambda *_: None


def leaves_former_members_in() -> None:
    """Whoever is a member no longer hears what is said until they leave."""
    enforcing._not_let_in = lambda *_: []
    enforcing._put_out_all = lambda *_: None


def forgets_names() -> None:
    """Another name counts until the next start."""
    take_name = renaming.take_name  # type: ignore[attr-defined]

    def unlogged(state: State, session: Session, person: Person) -> Reading:
        yield from take_name(state, session, person) if not person.id else ()

    renaming.take_name = unlogged  # type: ignore[attr-defined]


def keeps_deleted_rooms() -> None:
    """What was said in a deleted room is not shown, and stays in the file."""

    def nothing(connection: sqlite3.Connection) -> Step | None:
        step = next_step(connection)
        return step and Step(step.id, [], [], [])

    next_step = index.next_step  # type: ignore[attr-defined]
    index.next_step = nothing  # type: ignore[attr-defined]


class Careless(sqlite3.Connection):
    """Overwrites nothing that it frees."""

    def execute(self, sql: str, *more: Any) -> sqlite3.Cursor:
        return super().execute(sql.replace("secure_delete = ON", "secure_delete = OFF"), *more)


def leaves_traces() -> None:
    """What goes out of the tables stays in the file, where SQLite does not look any more."""
    sqlite3.connect = partial(sqlite3.connect, factory=Careless)  # type: ignore[assignment]


SABOTAGES: dict[str, Callable[[], None]] = {
    sabotage.__name__: sabotage
    for sabotage in (
        *(acknowledges_early, posts_twice, leaves_out, forgets_to_sync, spoils_files),
        *(keeps_former_texts, forgets_reactions, lets_everybody_in, finds_conversations),
        *(makes_another_certificate, leaves_out_lines, shouts_at_browsers, says_twice),
        *(forgets_topics, forgets_pins, forgets_rules, lets_everybody_write, leaves_the_banned_in),
        *(lets_the_banned_in, leaves_former_members_in, forgets_names, keeps_deleted_rooms),
        leaves_traces,
    )
}
