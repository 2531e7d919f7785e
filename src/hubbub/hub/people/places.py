"""Where people who are known stopped in rooms whose clients remember nothing themselves.

It is not how far they have read (seeing.py), but what was written to such a client: when it comes
again, it goes back to its rooms, and is told what it missed, and nothing twice. Places are logged
when the session ends, all at once; a server that is killed forgets those of sessions that it had.
"""

from typing import Final

import msgspec

from hubbub.chat.facts import fact_of
from hubbub.chat.people import PLACE
from hubbub.hub.asking import Reading, read_facts
from hubbub.hub.present.room import Member, Session
from hubbub.hub.state import State

ROOMS_MAX: Final = 200
"""Of one person; those that they left longest ago are forgotten."""

_places: Final = msgspec.json.Decoder(dict[str, int])


def load(state: State, id_: str) -> Reading:
    """Read the places of somebody, unless they are known already."""
    if not id_ or id_ in state.markers.places:
        return
    for fact in (yield from read_facts(state, PLACE + id_)):
        try:
            state.markers.places[id_] = _places.decode(fact.value)
        except msgspec.DecodeError:  # it clears, or cannot be read
            state.markers.places[id_] = {}


def rooms_of(state: State, session: Session) -> list[str]:
    """Return the rooms into which such a client goes back: its person was there, or is."""
    id_ = session.person.id
    if not (id_ and session.format.keeps_place):
        return []
    elsewhere = (
        room
        for one in state.here.named(session.person.key)
        if one is not session and one.format.keeps_place
        for room, member in one.members.items()
        if not member.room.direct
    )
    return list(dict.fromkeys((*state.markers.places.get(id_, ()), *elsewhere)))


def left(state: State, member: Member) -> None:
    """Take in that somebody leaves a room, and stays in others."""
    state.markers.places.get(member.session.person.id, {}).pop(member.room.name, None)


def leave(state: State, session: Session) -> None:
    """Log the places of such a client, which goes."""
    id_ = session.person.id
    if not (id_ and session.format.keeps_place):
        return
    places = state.markers.places.setdefault(id_, {})
    for name, member in session.members.items():
        if not member.room.direct:
            places.pop(name, None)
            places[name] = member.cursor if name in session.lagging else member.room.last
    for name in list(places)[:-ROOMS_MAX]:
        del places[name]
    state.note(fact_of(PLACE + id_, places, by=id_, at=state.at))


def forget(state: State, id_: str) -> None:
    """Keep the places of somebody in the log alone, who is not here any more."""
    state.markers.places.pop(id_, None)
