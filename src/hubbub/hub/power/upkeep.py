"""Rooms that people in passing look after, while they are there, as channels of IRC are.

Who opens such a room is its moderator, and decides everything there; so do those whom they make
moderators. It is decided as in other rooms, and applied in the same way, but nothing of it is
logged: it names people who are nobody any more once they have left. With the last one who leaves,
all of it ends, so nobody can keep a room from those who come later. It ends as well when an
operator puts the room under a legal hold.

In all other rooms, these decisions are those of moderation.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from hubbub.chat import commands as c
from hubbub.chat import rules as keys
from hubbub.chat.errors import Refused
from hubbub.chat.events.channels import Way, Why
from hubbub.chat.facts import fact_of
from hubbub.chat.rules import Rules
from hubbub.chat.text import inert_line
from hubbub.hub.membership import find_person, find_room, put_out_of
from hubbub.hub.power import members, moderation
from hubbub.hub.power.moderation import BANNING, MUTING, RULES, Deed
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import check, check_found, rules_of

if TYPE_CHECKING:
    from hubbub.chat.events import Fact
    from hubbub.hub.asking import Decision
    from hubbub.hub.flow.drafts import Draft
    from hubbub.hub.present.person import Person
    from hubbub.hub.present.room import Member, Room, Session
    from hubbub.hub.state import State


def begin(state: State, member: Member) -> None:
    """Let somebody in passing look after the room that they have just opened."""
    room = member.room
    badge = state.here.standing(member.session.person)
    state.order.put_rules(room.name, Rules(moderators=(badge,), in_passing=True))
    member.role = "moderator"
    room.relist()
    changed(state, room.name, badge)


def changed(state: State, room: str, by: str) -> None:
    """Have other nodes told what holds in a room now, by somebody's decision."""
    if state.here.far is not None:
        state.order.upkept_at[room] = max(state.at, state.order.upkept_at.get(room, 0) + 1)
        state.here.far.keep(room, by)


def renamed(state: State, person: Person) -> None:
    """Have other nodes told that somebody in passing, who has another name now, has their power."""
    if person.badge:
        for room in state.order.rooms_of.get(person.badge, ()):
            changed(state, room, "")


def _kept(state: State, session: Session, raw: str | None) -> Room | None:
    """Return the room that is called so, if it is kept in passing; raise Refused `no_such_room` if
    the session does not find it."""
    room = None if raw is None else state.rooms.get(state.name_of(raw.lower()))
    if room is None or not rules_of(state, room).in_passing:
        return None
    check_found(state, session, room)
    return room


def _apply(state: State, room: Room, fact: Fact) -> None:
    state.order.unlogged.append(fact)
    changed(state, room.name, fact.sender)


def change(state: State, session: Session, room: Room, rules: Rules, at: int) -> None:
    """Let other rules hold in a room that is kept in passing."""
    if rules != rules_of(state, room):
        by = session.person.standing
        _apply(state, room, fact_of(keys.ROOM + room.name, rules, by=by, at=at))


def set_rules(state: State, session: Session, command: c.SetRules, at: int) -> Decision:
    """Change what holds in a room."""
    room = _kept(state, session, command.room)
    if room is None:
        return moderation.set_rules(state, session, command, at)
    changes = {name: value for name in RULES if (value := getattr(command, name, None)) is not None}
    if not changes:
        moderation.tell_rules(state, session, room, command)
        return None
    for name in changes:
        check(state, session, RULES[name], room)
    rules = rules_of(state, room)
    changes = {name: value for name, value in changes.items() if value != getattr(rules, name)}
    if changes.keys() == {"held"}:  # by an operator: what is said must not go, whoever opened it
        nobodys = replace(rules, moderators=(), writers=(), in_passing=False)
        change(state, session, room, nobodys, at)
        return moderation.set_rules(state, session, command, at)
    if changes.keys() & {"private", "archived", "title", "retention", "held"}:
        raise Refused(
            f"'{room.called}' is looked after in passing, so nothing can hold there for good. Who "
            "is known to the server opens rooms that they own.",
            code="forbidden",
        )
    change(state, session, room, replace(rules, **changes), at)
    session.confirm(command.ref)
    return None


def appoint(state: State, session: Session, command: c.Appoint, at: int) -> Decision:
    """Give somebody power, or take it from them."""
    room = _kept(state, session, command.room)
    if room is None:
        return moderation.appoint(state, session, command, at)
    standing = state.here.standing(_present(state, session, room, command.name))
    role = "moderator" if command.role == "owner" else command.role
    changed = moderation.appointed_in(rules_of(state, room), standing, role)
    change(state, session, room, changed, at)
    session.confirm(command.ref)
    return None


def give(state: State, session: Session, command: c.Give, at: int) -> Decision:
    """Give somebody a role, or take it; in rooms that are not kept in passing, people have one."""
    room = _kept(state, session, command.room)
    if room is None:
        room = find_room(state, session, command.room)
        if command.on or command.name != session.name:
            check(state, session, _ACTS[command.role], room)
        return moderation.appoint(state, session, _appointment(command), at)
    standing = state.here.standing(_present(state, session, room, command.name))
    rules = rules_of(state, room)
    field = "writers" if command.role == "writer" else "moderators"
    others = tuple(one for one in getattr(rules, field) if one != standing)
    named = (*others, standing) if command.on else others
    if (standing in getattr(rules, field)) != command.on:
        change(state, session, room, replace(rules, **{field: named}), at)
    session.confirm(command.ref)
    return None


_ACTS = {"owner": Act.HAND_OVER, "moderator": Act.MODERATORS, "writer": Act.LET_WRITE}


def _appointment(command: c.Give) -> c.Appoint:
    return c.Appoint(
        room=command.room,
        name=command.name,
        role=command.role if command.on else "none",
        ref=command.ref,
    )


def _present(state: State, session: Session, room: Room, name: str) -> Person:
    """Return somebody whom a moderator of a room gives a role there."""
    check(state, session, Act.MODERATORS, room)
    person = find_person(state, name)
    if person.key not in room.people:
        raise Refused(f"'{person.name}' is not in '{room.called}'.", code="not_in_room")
    return person


def kick(state: State, session: Session, command: c.Kick, at: int) -> Decision | Draft:
    """Remove somebody who is here; they may come back."""
    room = _kept(state, session, command.room)
    if room is None:
        return moderation.kick(state, session, command, at)
    check(state, session, Act.KICK, room)
    person = find_person(state, command.name)
    if person.key not in room.people:
        raise Refused(f"'{person.name}' is not in '{room.called}'.", code="not_in_room")
    reason = inert_line(command.reason).strip()
    why = Why(Way.PUT_OUT, reason, session.name)
    for member in state.here.members(room, person):
        put_out_of(state, member, why, f"{session.name} removed you: {reason}")
    session.confirm(command.ref)
    return None


def ban(state: State, session: Session, command: c.Ban, at: int) -> Decision | Draft:
    """Keep somebody out."""
    if _kept(state, session, command.room) is None:
        return moderation.ban(state, session, command, at)
    return _aim(state, session, command, BANNING, at)


def mute(state: State, session: Session, command: c.Mute, at: int) -> Decision | Draft:
    """Let somebody write nothing."""
    if _kept(state, session, command.room) is None:
        return moderation.mute(state, session, command, at)
    return _aim(state, session, command, MUTING, at)


def unban(state: State, session: Session, command: c.Unban, at: int) -> Decision | Draft:
    """Let somebody back in."""
    if _kept(state, session, command.room) is None:
        return moderation.unban(state, session, command, at)
    return _take_back(state, session, command, BANNING, at)


def unmute(state: State, session: Session, command: c.Unmute, at: int) -> Decision | Draft:
    """Let somebody write again."""
    if _kept(state, session, command.room) is None:
        return moderation.unmute(state, session, command, at)
    return _take_back(state, session, command, MUTING, at)


def bans(state: State, session: Session, command: c.Bans, at: int) -> None:
    """List who is banned, and who is muted: to all who are there."""
    room = _kept(state, session, command.room)
    if room is None or room.name not in session.members:
        moderation.bans(state, session, command, at)
    else:
        moderation.tell_bans(state, session, room, command.ref)


def _aim(
    state: State, session: Session, command: c.Ban | c.Mute, deed: Deed, at: int
) -> Decision | Draft:
    room, aimed = moderation.aimed_ban(state, session, command, deed.act, at)
    assert room is not None, "it is kept in passing"
    by = session.person.standing
    _apply(state, room, fact_of(deed.family + aimed.id, aimed, by=by, at=at))
    session.confirm(command.ref)
    return None


def _take_back(
    state: State, session: Session, command: c.Unban | c.Unmute, deed: Deed, at: int
) -> Decision | Draft:
    room = _kept(state, session, command.room)
    assert room is not None, "whoever asks has looked"
    check(state, session, deed.act, room)
    for id_ in moderation.meant(state, room, command.who, deed):
        by = session.person.standing
        _apply(state, room, fact_of(deed.family + id_, None, by=by, at=at))
    session.confirm(command.ref)
    return None


def add(state: State, session: Session, command: c.Add, at: int) -> Decision:
    """Ask somebody in who is here: they may enter once, whatever keeps others out."""
    room = _kept(state, session, command.room)
    if room is None:
        return members.add(state, session, command, at)
    rules = rules_of(state, room)
    if room.name not in session.members:
        raise Refused(f"You are not in '{room.called}'. Join it first.", code="not_a_member")
    if rules.invite_only:
        check(state, session, Act.ENTRANCE, room)
    person = find_person(state, command.name)
    if person.key in room.people:
        raise Refused(f"'{person.name}' is in '{room.called}' already.", code="in_room_already")
    members.invite(state, session, room, person, at)
    session.confirm(command.ref)
    return None
