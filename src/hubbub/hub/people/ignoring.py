"""Whom people who are known ignore: kept as facts, and told to all their sessions, to nobody else.

Faces hide what the ignored say: they have it already when somebody is ignored, and show it again
afterwards. The server does what faces cannot. It brings nobody into a private room because of
somebody whom they ignore, and leaves out what the ignored say for sessions that know neither rooms
nor this list.

People who are known are ignored by their ids, whatever they are called. Of those in passing only
the name is known: whoever has it next, in passing, is ignored as well.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final

from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.facts import fact_of, value_of
from hubbub.chat.names import (
    allowed_name,
    handle_of,
    known_by,
    name_key,
    same_name,
    sender_handle,
)
from hubbub.chat.people import IGNORE, Ignored
from hubbub.hub.asking import Reading, read_facts, write
from hubbub.hub.people.conversations import bring_into_unread
from hubbub.hub.present.person import NOBODY
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import check, name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from hubbub.chat import commands as c
    from hubbub.hub.flow.fanout import Fanout
    from hubbub.hub.present.person import Person
    from hubbub.hub.present.room import Room, Session
    from hubbub.hub.state import State

IGNORED_MAX: Final = 1000

_PERSON: Final = "person/"
_NAME: Final = "name/"


def ignore(state: State, session: Session, command: c.Ignore, _at: int) -> Reading:
    """Ignore somebody, or no longer."""
    check(state, session, Act.SETTINGS, None)
    person, name = session.person, allowed_name(command.name)
    if command.on:
        handle, called = _meant(state, name)
        if handle == person.handle:
            raise Refused("You cannot ignore yourself.", code="forbidden")
        if handle not in person.ignores:
            _check_limit(person)
            yield from _change(state, person, handle, Ignored(called))
    else:
        yield from _change(state, person, _ignored_as(state, person, name), None)
        for one in state.here.named(person.key):
            if not one.congested:
                bring_into_unread(state, one)  # what they said in private meanwhile
    session.confirm(command.ref)


def _meant(state: State, name: str) -> tuple[str, str]:
    """Return the handle and the name of the person meant by a name: here, known, or in passing."""
    key = name_key(name)
    if (here := state.here.holder(key)) is not None:
        return here.handle, here.name
    if (known := state.book.owner(key)) is not None:
        return handle_of(known[0]), known[1].name
    return key, name


def _check_limit(person: Person) -> None:
    if len(person.ignores) >= IGNORED_MAX:
        raise Refused(
            f"You ignore {len(person.ignores):,} people; the limit is {IGNORED_MAX:,}. "
            "Stop ignoring one of them first.",
            code="too_long",
        )


def _ignored_as(state: State, person: Person, name: str) -> str:
    """Return the handle of somebody who is ignored; raise Refused `not_here` if they are not.

    Somebody else may have the name now.
    """
    handle, _ = _meant(state, name)
    if handle in person.ignores:
        return handle
    for handle, called in _listed(state, person):
        if same_name(called, name):
            return handle
    raise Refused(f"You do not ignore anybody called '{name}'.", code="not_here")


def _change(state: State, person: Person, handle: str, value: Ignored | None) -> Reading:
    other = known_by(handle)
    rest = f"{_PERSON}{other}" if other else f"{_NAME}{handle}"
    key = f"{IGNORE}{person.id}/{rest}"
    yield from write(state, [fact_of(key, value, by=person.id, at=state.at)])


# What the log has of it.


def load(state: State, person: Person) -> Reading:
    """Read whom a person who comes ignores; forgotten people are taken off the list."""
    beginning = f"{IGNORE}{person.id}/"
    facts = yield from read_facts(state, beginning)
    found: dict[str, str] = {}
    handles = (_handle(fact.key.removeprefix(beginning)) for fact in facts)
    state.book.profiles.prepare(map(known_by, handles))
    for fact in sorted(facts, key=attrgetter("seq")):
        handle = _handle(fact.key.removeprefix(beginning))
        if (id_ := known_by(handle)) and id_ not in state.book.profiles:
            state.note(fact_of(fact.key, None, by="", at=state.at))
        elif (value := value_of(fact, Ignored)) is not None:
            found[handle] = value.name
    person.ignores = found or NOBODY


def _handle(rest: str) -> str:
    """Return the handle of somebody from what stands for them at the end of a key."""
    family, _, what = rest.partition("/")
    return handle_of(what) if f"{family}/" == _PERSON else what


def take(state: State, facts: Iterable[e.Fact]) -> None:
    """Take in the next facts of the log, and tell those who are here and ignore others now."""
    changed: dict[Person, None] = {}
    for fact in facts:
        if not fact.key.startswith(IGNORE):
            continue
        id_, _, rest = fact.key.removeprefix(IGNORE).partition("/")
        if (person := state.here.person(id_)) is not None:
            person.ignores = _changed(person.ignores, rest, value_of(fact, Ignored))
            changed[person] = None
    for person in changed:
        for session in state.here.named(person.key):
            if not session.congested:  # else `tell` is called again once it reads
                tell(state, session)


def _changed(ignores: Mapping[str, str], rest: str, value: Ignored | None) -> Mapping[str, str]:
    """Return whom somebody ignores once what stands under the `rest` of a key is `value`."""
    if not rest:  # all of it is cleared
        return NOBODY
    handle = _handle(rest)
    others = {one: name for one, name in ignores.items() if one != handle}
    return others | ({} if value is None else {handle: value.name}) or NOBODY


# What follows from it.


def tell(state: State, session: Session) -> None:
    """Tell a session whom its person ignores, unless it was told that before."""
    person = session.person
    if session.told_ignores is person.ignores:
        return
    session.told_ignores = person.ignores
    if session.format.gets_answers:
        listed = [
            e.IgnoredSummary(name, known_by(handle)) for handle, name in _listed(state, person)
        ]
        session.send(e.Ignoring(people=listed))
    elif person.ignores:
        state.sifted.add(session)
    else:
        state.sifted.discard(session)


def _listed(state: State, person: Person) -> Iterator[tuple[str, str]]:
    """Yield the handles of those who are ignored, and what they are called now."""
    state.book.profiles.prepare(map(known_by, person.ignores))
    for handle, name in person.ignores.items():
        if not (id_ := known_by(handle)):
            yield handle, name
        elif called := name_of(state, id_):
            yield handle, called


def leave_out(state: State, room: Room, events: Sequence[e.AnyLogged], fanout: Fanout) -> None:
    """Leave out what is said in a room by people whom members without lists ignore."""
    for session in state.sifted:
        if room.name in session.members:
            seqs = {one.seq for one in events if is_ignored(session.person, one)}
            if seqs:
                fanout.leave_out(session, seqs)


def is_ignored(person: Person, event: e.Logged) -> bool:
    """Return whether an event is by somebody whom a person ignores."""
    ignores = person.ignores
    return bool(ignores) and sender_handle(event.sender, event.person) in ignores
