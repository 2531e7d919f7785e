"""Read markers move, are told to all sessions of their person, and are logged from time to time.

What may race: somebody may leave and come back before what was noted stands in the log. So their
markers are read only once it does, and are kept until the next sweep, and while they come in.
"""

from collections.abc import Generator, Iterable
from itertools import chain
from typing import Final, NamedTuple

import msgspec

from hubbub.chat import commands as c
from hubbub.chat.events import AnyLogged, Fact, Seen
from hubbub.chat.facts import fact_of
from hubbub.chat.people import READ
from hubbub.chat.queries import Answer, PageQuery, Question
from hubbub.hub.asking import Decision, Reading, read_facts, read_seqs_at, settle
from hubbub.hub.asking import read as read_page
from hubbub.hub.flow.private import last_seen
from hubbub.hub.known.markers import Marker, Read
from hubbub.hub.present.room import Member, Room, Session
from hubbub.hub.state import State


class _Noted(msgspec.Struct, omit_defaults=True):
    """What a fact says of a marker that was moved back, or has a time; of others it has the seq."""

    unread_after: int | None = None
    upto: int = 0
    at: int = 0


_value: Final = msgspec.json.Decoder(int | _Noted)


def load(state: State, id_: str) -> Reading:
    """Read the markers of somebody who comes, unless they are here still."""
    if id_ in state.markers:
        return
    beginning = f"{READ}{id_}/"
    facts = yield from read_facts(state, beginning)
    # What the log could not take so far counts, and more: it is newer, and will be noted again.
    noted = (draft.event for draft in state.noted.values())
    reads: dict[str, Read] = {}
    for fact in chain(facts, noted):
        if isinstance(fact, Fact) and fact.key.startswith(beginning):
            reads[fact.key.removeprefix(beginning)] = _read_of(fact)
    state.markers.begin(id_, reads)


def _read_of(fact: Fact) -> Read:
    try:
        value = _value.decode(fact.value)
    except msgspec.DecodeError:  # it clears, or cannot be read
        return Read()
    if not isinstance(value, _Noted):
        return Read(value)
    if value.unread_after is not None:
        return Read(value.unread_after, unread=True)
    return Read(value.upto, at=value.at)


def seen(state: State, session: Session, room: Room, command: c.Seen, at: int) -> Decision:
    """Move the marker of a session's person, by a seq or by a time."""
    own = state.here.named(session.person.key)
    if command.by_time or any(one.format.reads_by_time for one in own):
        return _seen_by_time(state, session, room, command, at)
    moved = _move(state, session, room, Read(command.seq, command.unread), at)
    _tell_all(state, session, room, moved)
    session.confirm(command.ref)
    return None


def _seen_by_time(state: State, session: Session, room: Room, command: c.Seen, at: int) -> Reading:
    """Move a marker of which some of its person's sessions are to be told the time."""
    read = Read(command.seq, command.unread)
    if command.by_time:
        yield from settle(state, session)
        low, _ = yield from read_seqs_at(command.seq + 1)
        read = Read(low - 1, at=min(command.seq, at))
    moved = _move(state, session, room, read, at)
    came = yield from time_of(state, session, room, moved.read)
    _tell_all(state, session, room, moved._replace(read=moved.read._replace(at=came)))
    session.confirm(command.ref)


def time_of(
    state: State, session: Session, room: Room, read: Read
) -> Generator[Question, Answer, int]:
    """Return when what somebody read last of a room came; 0 if they have read nothing there."""
    id_ = session.person.id
    if read.at or not (id_ and read.seq):
        return read.at
    query = PageQuery(room=room.name, before=read.seq + 1, limit=1)
    page = yield from read_page(state, session, query)
    came = page.messages[-1].at if page.messages else 0
    if state.markers.read(id_, room.name) == read:
        state.markers.dated(id_, room.name, came)
    return came


class _Moved(NamedTuple):
    """Where a marker is now, and whether it moved there."""

    read: Read
    is_new: bool


def _move(state: State, session: Session, room: Room, read: Read, at: int) -> _Moved:
    """Move the marker of a session's person. It moves back only to have what follows unread."""
    person, markers = session.person, state.markers
    end = last_seen(person, room)
    member = session.lagging.get(room.name)
    if member is not None and session.format.keeps_place:
        end = min(end, member.cursor)  # such a client has shown what was written to it, and no more
    read = read._replace(seq=min(read.seq, end))
    if not person.id:
        return _Moved(read, is_new=True)
    if read.unread:
        is_new = markers.move_back(person.id, room.name, read.seq)
    else:
        is_new = markers.move(person.id, room.name, read.seq, read.at)
    if is_new:
        markers.log_later(person.id, room.name, at)
    return _Moved(markers.read(person.id, room.name), is_new)


def _tell_all(state: State, session: Session, room: Room, moved: _Moved) -> None:
    """Tell all sessions of a person of their marker, or else the one that would move it."""
    for one in state.here.named(session.person.key) if moved.is_new else [session]:
        if one is session or not one.congested:
            _tell(one, room.name, moved.read)


def _tell(session: Session, room: str, read: Read) -> None:
    came = read.at if session.format.reads_by_time else None
    session.send(Seen(room=room, seq=read.seq, unread=read.unread, at=came))
    if (member := session.member_in(room)) is not None:
        member.marker = read.seq


def tell_what_moved(state: State, member: Member) -> None:
    """Tell a member that did not read where its person's marker is now, if it has moved."""
    read = state.markers.read(member.session.person.id, member.room.name)
    if read.seq > member.marker or (read.unread and read.seq < member.marker):
        _tell(member.session, member.room.name, read)


def take(state: State, facts: Iterable[Fact]) -> None:
    """Take in the next facts of the log: markers that moved on another server."""
    for fact in facts:
        family, _, rest = fact.key.partition("/")
        id_, _, room = rest.partition("/")
        if f"{family}/" != READ or id_ not in state.markers:
            continue
        person = state.here.person(id_)
        if _is_news(state, id_, room, fact) and person is not None:
            for one in state.here.named(person.key):
                if not one.congested:
                    _tell(one, room, state.markers.read(id_, room))


def _is_news(state: State, id_: str, room: str, fact: Fact) -> bool:
    """Move a marker as a fact says, unless it is older than what is known; return whether it did.

    What this server noted comes back from the log, and meanwhile the marker may have moved back.
    """
    noted = state.noted.get(fact.key)
    if noted is not None and (not noted.event.seq or fact.seq <= noted.event.seq):
        return False
    read = _read_of(fact)
    if read.unread and not state.markers.is_due(id_, room):
        return state.markers.move_back(id_, room, read.seq)
    return state.markers.move(id_, room, read.seq)


def read_by_themselves(state: State, room: Room, events: Iterable[AnyLogged]) -> None:
    """Take in that people have read what they said themselves in a private room.

    Not if something is unread before it: a script may write to somebody whose words wait.
    """
    for event in events:
        id_ = event.person
        person = state.here.person(id_)
        if (
            person is None
            or not state.here.local(person.key)
            or event.prev > state.markers.seq(id_, room.name)
        ):
            continue
        if state.markers.move(id_, room.name, event.seq):
            state.markers.log_later(id_, room.name, state.at)


# Logging.


def leave(state: State, id_: str) -> None:
    """Log what moved of somebody who leaves."""
    _log(state, state.markers.leave(id_))


def log_due(state: State, at: float) -> None:
    """Log what is due at this time, and again what the log could not take; forget who left."""
    for key, draft in list(state.noted.items()):
        if state.drafts.is_settled(draft.number):
            del state.noted[key]
            if not draft.event.seq and isinstance(draft.event, Fact):
                _note(state, draft.event)
    _log(state, state.markers.due(at))
    state.markers.forget(
        lambda id_: state.here.person(id_) is not None, lambda id_: id_ in state.identifying
    )


def _log(state: State, markers: Iterable[Marker]) -> None:
    for id_, room, read in markers:
        if state.book.profiles.is_gone(id_):
            continue  # they are forgotten
        value: int | _Noted = read.seq
        if read.unread:
            value = _Noted(unread_after=read.seq)
        elif read.at:
            value = _Noted(upto=read.seq, at=read.at)
        _note(state, fact_of(f"{READ}{id_}/{room}", value, by=id_, at=state.at))


def _note(state: State, fact: Fact) -> None:
    state.noted[fact.key] = state.note(fact)
