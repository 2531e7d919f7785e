"""What follows from an act of power, on every server that reads its facts in the log."""

from collections.abc import Iterable, Sequence

from hubbub.chat import events as e
from hubbub.chat import rules as keys
from hubbub.chat.events.channels import Change, Ordered, Way, Why, exempt_of
from hubbub.chat.facts import value_of
from hubbub.chat.names import AUDIT, REPORTS, handle_of
from hubbub.chat.removal import removed_by
from hubbub.chat.rules import Ban, Rules, rules_in
from hubbub.hub.membership import bring_in, describe, leave_room, put_out_of, tell_about
from hubbub.hub.people.leaving import depart
from hubbub.hub.present.room import Member, Room, Session
from hubbub.hub.rules.bans import Aim, Match, only
from hubbub.hub.rules.order import Decided
from hubbub.hub.rules.scopes import may_read
from hubbub.hub.standing import (
    found,
    name_of,
    not_let_in,
    powers,
    role_elsewhere,
    role_in,
    rules_of,
    told,
    told_rules,
)
from hubbub.hub.state import State


def remove_rooms(state: State, facts: Sequence[e.Fact]) -> None:
    """Take everybody out of the rooms that facts remove, and forget the rooms."""
    for fact in facts:
        room = state.rooms.get(removed_by(fact))
        if room is None:
            continue
        by = state.book.profiles.told(fact.sender)
        whose = "" if by is None else f" by {by.name}"
        reason = f"'{room.called}' was deleted{whose}, with all that was said there."
        for session in list(_sessions(state, room)):
            leave_room(state, session.members[room.name])
            session.send(e.Removed(room=room.name, reason=reason, gone=True))
        state.remove(room)


def let_hear_nothing(state: State, decided: Sequence[Decided]) -> None:
    """Stop fan-out to people who are no longer let into a room; `enforce` then puts them out.

    What is said there in the same commit is not for them.
    """
    for fact, _, _ in decided:
        if fact.key.startswith(keys.ROOM):
            room = state.rooms.get(fact.key.removeprefix(keys.ROOM))
            for member in [] if room is None else _not_let_in(state, room):
                member.room.withdraw(member)


def enforce(state: State, decided: Sequence[Decided]) -> None:
    """Put out whom new bans and rules keep out, bring in whom rules let in, and tell members what
    holds in their rooms from now on."""
    for fact, former, ended in decided:
        if fact.key.startswith(keys.BAN):
            _tell_ban(state, fact, ended, "ban")
            if (ban := value_of(fact, Ban)) is not None:
                _put_out_all(state, ban)
        elif fact.key.startswith(keys.MUTE):
            _tell_ban(state, fact, ended, "mute")
        elif fact.key.startswith(keys.ROOM):
            room = state.rooms.get(fact.key.removeprefix(keys.ROOM))
            if room is not None:
                state.put(room)  # the list of rooms has its title, if it is not private
                _put_out_of_private(state, room, fact.sender)
                changes = _changes(state, room, former, rules_in(fact))
                _tell_change(state, room, fact.sender, changes)
                _tell_rules(state, room)
                _tell_roles(state, room, _sessions(state, room))
                _bring_in(state, room, former, fact)
                _put_out_of_reports(state, f"{REPORTS}/{room.name}")
        elif fact.key.startswith(keys.OPERATOR):
            _tell_operator(state, fact.key.removeprefix(keys.OPERATOR))
            for name in (AUDIT, REPORTS):
                _put_out_of_reports(state, name)


def _tell_operator(state: State, id_: str) -> None:
    """Tell somebody who is here that they run the server now, or no longer."""
    person = state.here.person(id_)
    for session in () if person is None else state.here.named(person.key):
        role = role_elsewhere(state, id_).word
        session.send(e.RoleChanged(room=None, role=role))  # rare, so it need not wait for a reader
        for member in list(session.members.values()):
            _tell_roles(state, member.room, [session])


def _tell_roles(state: State, room: Room, sessions: Iterable[Session]) -> None:
    """Tell those of these members who have another role in a room than they were told."""
    room.relist()
    roles = powers(state, room)
    for session in sessions:
        member, id_ = session.members[room.name], session.person.standing
        role = roles.get(id_, "")
        if role == member.role:
            continue
        if session.congested:
            member.described = False  # until it reads again
        else:
            member.role = role
            told = role or role_elsewhere(state, id_).word
            session.send(e.RoleChanged(room=room.name, role=told))


def _not_let_in(state: State, room: Room) -> list[Member]:
    if not state.order.is_private(room.name):
        return []
    members = (one.members[room.name] for one in _sessions(state, room))
    return [one for one in members if role_in(state, one.session.person.standing, room) is None]


def _put_out_of_private(state: State, room: Room, by: str) -> None:
    """Put those out of a private room who are not let in, for good or any more."""
    for member in _not_let_in(state, room):
        session, id_ = member.session, member.session.person.id
        reason = str(not_let_in(state, room, id_))
        if id_ == by:
            reason = f"You gave up '{room.called}'. {reason}"
        leave_room(state, member, Why(Way.PUT_OUT, reason))
        session.send(e.Removed(room=room.name, reason=reason))


def _bring_in(state: State, room: Room, former: Rules | None, fact: e.Fact) -> None:
    """Bring those into a private room who were let in, by whoever caused the fact."""
    rules = value_of(fact, Rules)
    if former is None or rules is None or not (former.private and rules.private):
        return
    by = state.book.profiles.told(fact.sender)
    added = e.Added(room=room.name, by="" if by is None else by.name, person=fact.sender)
    for id_ in set(rules.members) - set(former.members):
        person = state.here.person(id_)
        if person is None or handle_of(fact.sender) in person.ignores:
            continue  # it waits for them there
        for session in state.here.named(person.key):
            if may_read(session) and role_in(state, id_, room) is not None:
                _bring_session_in(state, room, session, added)


def _bring_session_in(state: State, room: Room, session: Session, added: e.Added) -> None:
    if not session.congested:
        session.send(added)
    is_banned = found(state, state.order.bans, session, room) is not None
    if room.name in session.members or is_banned or not session.format.knows_rooms:
        return
    member = bring_in(state, session, room, state.at)
    if not session.congested:  # else `catch_up` does it
        describe(state, member, brought=True)


def _put_out_of_reports(state: State, name: str) -> None:
    """Take those out of a room that the server keeps who may not read it any more."""
    room = state.rooms.get(name)
    for session in list(() if room is None else _sessions(state, room)):
        if role_in(state, session.person.id, room) is None:
            leave_room(state, session.members[name])
            session.send(e.Removed(room=name, reason="You may not read this room any more."))


def _put_out_all(state: State, ban: Ban) -> None:
    bans, room = only(ban), state.rooms.get(ban.room)
    if ban.room and room is None:
        return
    if room is not None:  # who was asked in before is not any more
        room.invited = {one: at for one, at in room.invited.items() if at >= ban.since}
        if rules_of(state, room).in_passing:
            return  # as IRC has it: who is there stays, and may not speak
    for session in _aimed_at(state, ban, room):
        match = found(state, bans, session, room)
        if match is not None:
            put_out(state, session, match, room)


def _aimed_at(state: State, ban: Ban, room: Room | None) -> list[Session]:
    """Return the sessions that a ban from a room, or from the chatroom, may be for.

    Many bans may come at once to a large room: nearly everybody is passed over after a look at how
    they are called.
    """
    aim, aimed_at = Aim(ban), []
    for person in state.here.people if room is None else room.people.values():
        is_at = aim.is_at(person.id, person.name)
        if is_at or aim.has_network:
            for session in state.here.named(person.key):
                is_there = room is None or room.name in session.members
                if is_there and (is_at or aim.is_around(session.origin)):
                    aimed_at.append(session)
    return aimed_at


def _sessions(state: State, room: Room) -> Iterable[Session]:
    named, name = state.here.named, room.name  # asked for each of a crowd
    for person in room.people.values():
        for session in named(person.key):
            if name in session.members:
                yield session


def put_out(state: State, session: Session, match: Match, room: Room | None) -> None:
    """Take a session out of a room, or end it if it is kept out of the chatroom, and say why."""
    reason = told(state, match, room)
    if room is None:
        session.parting = match.ban.reason
        depart(state, session, by=match.ban.by)
        session.send(e.Bye(reason=reason, code="banned"))
        session.outlet.end()
    else:
        why = Why(Way.PUT_OUT, match.ban.reason, match.ban.by)
        put_out_of(state, session.members[room.name], why, reason)


def _tell_rules(state: State, room: Room) -> None:
    rules = told_rules(state, room) or e.RoomRules(room=room.name)
    for session in _sessions(state, room):
        if session.congested:
            session.members[room.name].described = False  # until it reads again
        else:
            session.send(rules)
            tell_about(state, session, room)


def _tell_change(state: State, room: Room, by: str, changes: tuple[Change, ...]) -> None:
    """Tell those members who have words for it what somebody, by id, changed in a room."""
    ordered = Ordered(room=room.name, by=name_of(state, by), changes=changes)
    for session in _sessions(state, room) if changes else ():
        if session.format.knows_inner and not session.congested:
            session.send(ordered)


def _changes(
    state: State, room: Room, former: Rules | None, rules: Rules | None
) -> tuple[Change, ...]:
    """Return what distinguishes a room's rules from the former ones."""
    before, after = former or Rules(owner=room.owner), rules or Rules()
    changes = [
        Change(now not in _NOTHING, what, "" if isinstance(now, bool) else str(now or was))
        for what in _CHANGING
        if (now := getattr(after, what)) != (was := getattr(before, what))
    ]
    for on, these, those in ((False, before, after), (True, after, before)):
        for role, ids in _roles(these).items():
            gone = [one for one in ids if one not in _roles(those)[role]]
            changes += [Change(on, role, name) for one in gone if (name := name_of(state, one))]
        kept = {one.what for one in those.exemptions}
        changes += [
            Change(on, exempt_of(one.of), one.name, one.user)
            for one in these.exemptions
            if one.what not in kept
        ]
    return tuple(changes)


_NOTHING = (False, 0, "", "passing")

_CHANGING = (
    *("invite_only", "read_only", "outsiders", "private", "unlisted", "topic_by"),
    *("key", "limit", "slow_seconds"),
)
"""The fields of rules of whose changes members are told who made them."""


def _roles(rules: Rules) -> dict[str, tuple[str, ...]]:
    return {
        "owner": (rules.owner,) if rules.owner else (),
        "moderator": rules.moderators,
        "writer": rules.writers,
    }


def _tell_ban(state: State, fact: e.Fact, ended: Ban | None, what: str) -> None:
    """Tell the members of a room that somebody is banned or muted there, or no longer."""
    ban = value_of(fact, Ban) or ended
    room = None if ban is None else state.rooms.get(ban.room)
    if ban is not None and room is not None and not ban.kick:
        _tell_change(state, room, fact.sender, (Change(not fact.clears, what, ban.whom),))
