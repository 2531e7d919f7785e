"""Read markers move, are told to all sessions of their person, and are logged from time to time.

What may race: somebody may leave and come back before what was noted stands in the log. So their
markers are read only once it does, and are kept until the next sweep, and while they come in.
"""

from collections.abc import Iterable
from itertools import chain
from typing import Final

import msgspec

from hubbub.chat.events import AnyLogged, Fact, Seen
from hubbub.chat.facts import fact_of
from hubbub.chat.people import READ
from hubbub.hub.asking import Reading, read_facts
from hubbub.hub.flow.private import last_seen
from hubbub.hub.known.markers import Marker, Read
from hubbub.hub.present.room import Member, Room, Session
from hubbub.hub.state import State


class _Back(msgspec.Struct):
    """What a fact says of a marker that was moved back; of any other it has but the seq."""

    unread_after: int


_value: Final = msgspec.json.Decoder(int | _Back)


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
    return Read(value.unread_after, unread=True) if isinstance(value, _Back) else Read(value)


def see(
    state: State, session: Session, room: Room, seq: int, at: int, *, unread: bool = False
) -> None:
    """Move the marker of a session's person; all their sessions are told, and this one anyway.

    It moves back only if what follows is to be `unread`.
    """
    person = session.person
    read = Read(min(seq, last_seen(person, room)), unread)
    move = state.markers.move_back if unread else state.markers.move
    if person.id and not move(person.id, room.name, read.seq):
        _tell(session, room.name, state.markers.read(person.id, room.name))
        return
    if person.id:
        state.markers.log_later(person.id, room.name, at)
    for one in state.here.named(person.key):
        if one is session or not one.congested:
            _tell(one, room.name, read)


def _tell(session: Session, room: str, read: Read) -> None:
    session.send(Seen(room=room, seq=read.seq, unread=read.unread))
    if (member := session.members.get(room)) is not None:
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
        if state.here.person(id_) is None or event.prev > state.markers.seq(id_, room.name):
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
        value = _Back(read.seq) if read.unread else read.seq
        _note(state, fact_of(f"{READ}{id_}/{room}", value, by=id_, at=state.at))


def _note(state: State, fact: Fact) -> None:
    state.noted[fact.key] = state.note(fact)
