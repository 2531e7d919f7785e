"""The members of a private room, whom the rules of the room name.

Others do not see the room, whatever power they have elsewhere. Sessions are brought in and put out
where the rules are applied (enforcing.py).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from hubbub.chat import commands as c
from hubbub.chat import rules as keys
from hubbub.chat.errors import Refused
from hubbub.chat.events import Added, Fact
from hubbub.chat.events.channels import Invited
from hubbub.chat.facts import fact_of
from hubbub.chat.names import DEFAULT_ROOM, allowed_name, name_key
from hubbub.chat.roles import Role
from hubbub.chat.rules import Ban, Rules
from hubbub.hub.asking import Decision, Reading, write
from hubbub.hub.membership import find_known, find_person, find_room
from hubbub.hub.power.audit import record
from hubbub.hub.present.far import FarSession
from hubbub.hub.present.host import HOST
from hubbub.hub.present.person import Person
from hubbub.hub.present.room import Room, Session
from hubbub.hub.rules.bans import Aim, Somebody
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import check, may, role_in, rules_of
from hubbub.hub.state import State

INVITED_MAX: Final = 100
"""Of a room, who have not come yet."""


def change(
    state: State,
    room: str,
    alter: Callable[[Rules], Rules],
    *,
    by: str,
    at: int,
    besides: Sequence[Fact] = (),
) -> Reading:
    """Change whom a private room lets in; `alter` is called again if another change was faster.

    `besides`: facts that are logged before it.
    """
    key, others = keys.ROOM + room, list(besides)
    while True:
        rules = state.order.rules.get(room, Rules())
        altered = alter(rules) if rules.private else rules
        changed = fact_of(key, altered, by=by, at=at, expects=state.order.seq(key))
        facts = [*others, *([changed] if altered != rules else [])]
        yield from write(state, facts)
        if changed not in facts or state.order.seq(key) == changed.seq:
            return
        others.clear()


def add(state: State, session: Session, command: c.Add, at: int) -> Decision:
    """Let somebody into a private room, or tell somebody who is here of another one."""
    room = find_room(state, session, command.room)
    check(state, session, Act.INVITE, room)
    if rules_of(state, room).private:
        return _let_in(state, session, room, command, at)
    invite(state, session, room, find_person(state, command.name), at)
    session.confirm(command.ref)
    return None


def invite(state: State, session: Session, room: Room, person: Person, at: int) -> None:
    """Tell somebody who is here of a room.

    If whoever invites them decides who enters, they may do so once, whatever keeps others out.
    """
    if may(state, session.person.standing, Act.ENTRANCE, room):
        may_enter_once(state, room, person, at)
        for own in state.here.named(person.key):
            if isinstance(own, FarSession):
                own.ask_in(room, at)
    for other in state.here.named(person.key):
        if not other.congested and session.person.handle not in person.ignores:
            other.send(Added(room=room.name, by=session.name, person=session.person.id))
    told = Invited(room=room.name, by=session.name, name=person.name, person=session.person.id)
    for one in room.people.values():
        for member in state.here.members(room, one):
            if member.session.format.knows_inner and not member.session.congested:
                member.session.send(told)


def may_enter_once(state: State, room: Room, person: Person, at: int) -> None:
    """Note that somebody was asked into a room by whoever decides who enters."""
    room.invited[state.here.standing(person)] = at
    if len(room.invited) > INVITED_MAX:
        del room.invited[next(iter(room.invited))]


def _let_in(state: State, session: Session, room: Room, command: c.Add, at: int) -> Reading:
    name = allowed_name(command.name)
    here = state.here.holder(name_key(name))
    if here is not None and not here.id and state.book.names.get(here.key) is None:
        raise Refused(
            f"'{name}' is here in passing, and a private room is for people whom the server knows "
            "again. They must join with hubbub, or in a browser.",
            code="forbidden",
        )
    id_ = find_known(state, name)

    def letting_in(rules: Rules) -> Rules:
        check(state, session, Act.INVITE, room)
        check_size(room, len({*rules.members, id_}))
        return rules.letting_in(id_)

    is_new = id_ not in rules_of(state, room).members
    by, kick = session.person.id, _kick_of(state, room, id_, name)
    ended = [] if kick is None else [fact_of(keys.BAN + kick.id, None, by=by, at=at)]
    yield from change(state, room.name, letting_in, by=by, at=at, besides=ended)
    if is_new:
        record(state, session, f"added '{name}' to '{room.name}'")
    session.confirm(command.ref)


def check_size(room: Room, people: int) -> None:
    """Raise Refused `forbidden` if a private room would have too many members."""
    if people > keys.MEMBERS_MAX:
        raise Refused(
            f"A private room lets in {keys.MEMBERS_MAX} people, and '{room.called}' would have "
            f"{people}.",
            code="forbidden",
        )


def _kick_of(state: State, room: Room, id_: str, name: str) -> Ban | None:
    """Return the kick that still keeps somebody out; None if there is none.

    Raises Refused `forbidden` if they are banned.
    """
    match = state.order.bans.find(_as_found(state, room, id_), room.name, state.at)
    if match is None or (match.ban.kick and match.ban.room):
        return None if match is None else match.ban
    place = f"'{room.called}'" if match.ban.room else "the chatroom"
    raise Refused(f"'{name}' is banned from {place}; unban them first.", code="forbidden")


def _as_found(state: State, room: Room, id_: str) -> Somebody:
    """Return by what bans find somebody who may not be here: their id, and unless they have power,
    their name."""
    role = role_in(state, id_, room)
    profile = state.book.profiles.get(id_)
    has_power = role is not None and role >= Role.MODERATOR
    return Somebody(id_, "" if has_power or profile is None else profile.name, "")


def meant_by(state: State, room: Room, ban: Ban) -> list[str]:
    """Return the ids of the members for whom a ban from a private room holds."""
    aim, members, profiles = Aim(ban), rules_of(state, room).members, state.book.profiles
    profiles.prepare(members)
    named = ((id_, profiles.get(id_)) for id_ in members)
    found = [id_ for id_, one in named if aim.is_at(id_, "" if one is None else one.name)]
    return [id_ for id_ in found if aim.is_at(*_as_found(state, room, id_)[:2])]


def expel(
    state: State, room: str, ids: Iterable[str], *, by: str, at: int, bans: Sequence[Fact] = ()
) -> Reading:
    """Let people into a private room no longer; `bans` keep them out besides."""
    gone = tuple(ids)

    def without(rules: Rules) -> Rules:
        for id_ in gone:
            rules = rules.without(id_)
        return rules

    yield from change(state, room, without, by=by, at=at, besides=bans)


def closed(session: Session, room: Room, rules: Rules) -> Rules:
    """Return the rules of a room once it is private: those who are known and there are let in."""
    if room.name == DEFAULT_ROOM:
        raise Refused(
            f"Everybody arrives in '{room.called}', so it stays public. Make another room private.",
            code="forbidden",
        )
    if session.person.id == HOST:
        raise Refused(
            f"'{room.called}' is made private by somebody who is then in it. Come as an operator.",
            code="forbidden",
        )
    there = (person.id for person in room.people.values() if person.id)
    closed_ = rules.closed(there, session.person.id)
    check_size(room, len(closed_.members))
    return closed_
