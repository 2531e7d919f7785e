"""What people say about themselves and about rooms, by key, to programs that know the keys.

Of those who are known it is logged. Of others it holds while they are here, and of rooms while the
server runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.facts import fact_of, value_of
from hubbub.chat.people import ABOUT, Said
from hubbub.hub.asking import read_facts
from hubbub.hub.membership import find_person, find_room, is_crowd
from hubbub.hub.people.showing import peers, sessions_in
from hubbub.hub.present.person import Shown
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import check, check_entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hubbub.chat import commands as c
    from hubbub.hub.asking import Reading
    from hubbub.hub.present.person import Person
    from hubbub.hub.present.room import Session
    from hubbub.hub.state import State

KEYS_MAX: Final = 20
KEY_CHARS_MAX: Final = 64
VALUE_BYTES_MAX: Final = 300
ROOMS_MAX: Final = 1000
"""Of which something is kept; the one that was told of first makes room for others."""


def set_metadata(state: State, session: Session, command: c.SetMetadata, _at: int) -> None:
    """Keep what somebody says, and tell those whom it concerns."""
    person, key = session.person, command.key
    value = None if command.value is None else _allowed(command.value)
    told: Iterable[Session]
    if command.room:
        room = find_room(state, session, command.room)
        check(state, session, Act.RENAME, room)
        said = _changed(state.metadata.get(room.name, {}), key, value)
        state.metadata.pop(room.name, None)
        if said:
            state.metadata[room.name] = said
        if len(state.metadata) > ROOMS_MAX:
            del state.metadata[next(iter(state.metadata))]
        told = () if is_crowd(state, room) else sessions_in([room])
    else:
        shown = person.shown or Shown()
        person.shown = shown._replace(about=_changed(shown.about, key, value))
        if person.id:
            kept = None if value is None else Said(value)
            state.note(fact_of(_key_of(person, key), kept, by=person.id, at=state.at))
        else:
            state.here.moved(person)
        told = peers(state, person)
    event = e.MetadataChanged(name=person.name, key=key, value=value or "", room=command.room)
    for one in told:
        if one is not session:
            one.send(event)
    session.confirm(command.ref)


def take(state: State, facts: Iterable[e.Fact]) -> None:
    """Take in the next facts of the log: what people who are known say, perhaps at other nodes."""
    if not state.claims.run:  # all was said here
        return
    for fact in facts:
        id_, _, key = fact.key.removeprefix(ABOUT).partition("/")
        if not fact.key.startswith(ABOUT) or (person := state.here.person(id_)) is None:
            continue
        before = {} if person.shown is None else person.shown.about
        about = {one: text for one, text in before.items() if key and one != _named(key)}
        if (said := value_of(fact, Said)) is not None:
            about[_named(key)] = said.text
        hear(state, person, about)


def hear(state: State, person: Person, about: Mapping[str, str]) -> None:
    """Take in all that somebody says of themselves, and tell those whom it concerns."""
    shown = person.shown or Shown()
    before, person.shown = shown.about, shown._replace(about=about)
    for key in {**before, **about}:
        if about.get(key) != before.get(key):
            event = e.MetadataChanged(name=person.name, key=key, value=about.get(key, ""))
            for one in peers(state, person):
                one.send(event)


def load(state: State, person: Person) -> Reading:
    """Read what a person who comes says of themselves."""
    facts = yield from read_facts(state, _key_of(person, ""))
    found = [(one.key.removeprefix(_key_of(person, "")), value_of(one, Said)) for one in facts]
    about = {_named(key): said.text for key, said in found if said is not None}
    if about:
        person.shown = Shown(about=about)


def _key_of(person: Person, key: str) -> str:
    return f"{ABOUT}{person.id}/{key.replace('/', ':')}"


def _named(rest: str) -> str:
    """Return the key that stands at the end of that of a fact."""
    return rest.replace(":", "/")


def _allowed(value: str) -> str:
    if not value.isprintable() or len(value.encode()) > VALUE_BYTES_MAX:
        raise Refused(f"A value is one line of up to {VALUE_BYTES_MAX} bytes.", code="too_long")
    return value


def _changed(before: Mapping[str, str], key: str, value: str | None) -> dict[str, str]:
    said = {one: text for one, text in before.items() if one != key}
    if value is not None:
        if len(said) >= KEYS_MAX or len(key) > KEY_CHARS_MAX:
            no = f"There may be {KEYS_MAX} keys, of up to {KEY_CHARS_MAX} characters."
            raise Refused(no, code="too_large")
        said[key] = value
    elif key not in before:
        raise Refused("Nothing is said there.", code="empty")
    return said


def ask_metadata(state: State, session: Session, command: c.AskMetadata, _at: int) -> None:
    """Tell what is said."""
    people: dict[str, dict[str, str]] = {}
    if command.room:
        room = find_room(state, session, command.room)
        check_entry(state, session, Act.READ, room)
        if command.with_people and not is_crowd(state, room):
            people = {
                one.name: dict(one.shown.about)
                for one in room.people.values()
                if one.shown is not None and one.shown.about
            }
        said = state.metadata.get(room.name, {})
    else:
        shown = find_person(state, command.name).shown
        said = {} if shown is None else dict(shown.about)
    session.send(e.Metadata(said=said, people=people, ref=command.ref))
