"""A room that people in passing look after goes on under another name, as a channel of IRC does.

Its people, what they decided and the topic go along. What was said stays where it was said, since
addresses lead there; nobody is there any more, so the former name is free for a room of others.

A room that somebody owns has a title in the place of that: its name leads to it for good.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from hubbub.chat.errors import Refused
from hubbub.chat.events.channels import Moved, Way, Why
from hubbub.chat.names import allowed_room
from hubbub.hub.membership import (
    bring_in,
    check_may_open,
    describe,
    find_room,
    is_crowd,
    leave_room,
    open_room,
    tell_put_out,
)
from hubbub.hub.power import upkeep
from hubbub.hub.present.room import Room
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import check, rules_of

if TYPE_CHECKING:
    from hubbub.chat import commands as c
    from hubbub.chat.rules import Ban
    from hubbub.hub.asking import Reading
    from hubbub.hub.present.room import Member, Session
    from hubbub.hub.rules.bans import Bans
    from hubbub.hub.state import State


def move(state: State, session: Session, command: c.Move, at: int) -> Reading:
    """Have the people of a room go on in a new one. Until they do, nothing is said in the room."""
    room = _found(state, session, command)
    if allowed_room(command.to) != room.name:
        room.going = True
        try:
            said = state.drafts.accepted
            while not state.drafts.is_settled(said):  # what was said before is told before
                yield state.drafts.next_batch()
        finally:
            room.going = False
        _go_on(state, session, _found(state, session, command), command, at)
    session.confirm(command.ref)


def _found(state: State, session: Session, command: c.Move) -> Room:
    """Return the room, if it may go on as another one. Raises Refused."""
    room, to = find_room(state, session, command.room), allowed_room(command.to)
    is_kept = rules_of(state, room).in_passing
    check(state, session, Act.ENTRANCE if is_kept else Act.RENAME, room)
    if to != room.name:
        _check_may_move(state, room, to, is_kept=is_kept)
        check_may_open(state, session, Room(to), state.at)
    return room


def _check_may_move(state: State, room: Room, to: str, *, is_kept: bool) -> None:
    if not is_kept:
        raise Refused(
            f"Addresses lead to '{room.name}', so it keeps its name. Its owner can give it a title "
            "on the page, or by /title in a terminal.",
            code="room_not_allowed",
        )
    if room.going:
        raise Refused(f"'{room.called}' is about to have another name.", code="room_not_allowed")
    if state.name_of(to) in state.rooms or to in state.order.rules:
        raise Refused(f"There is a room '{to}' already. Choose another name.", code="room_taken")
    members = (one for who in room.people.values() for one in state.here.members(room, who))
    if is_crowd(state, room) or not all(one.session.format.knows_inner for one in members):
        raise Refused(
            "Only a room in which all are here over IRC, and not too many, can go on under another "
            "name.",
            code="room_not_allowed",
        )


def _go_on(state: State, session: Session, former: Room, command: c.Move, at: int) -> None:
    room, rules, bans = (
        Room(allowed_room(command.to)),
        rules_of(state, former),
        _bans(state, former),
    )
    members = [one for who in former.people.values() for one in state.here.members(former, who)]
    everybody = {one.session for one in members}
    for one in members:
        leave_room(state, one, told=everybody)
    room.topic, room.topic_by, room.topic_at = former.topic, former.topic_by, former.topic_at
    room.invited = former.invited
    open_room(state, session, room, at)
    room.owner = ""
    state.order.put_rules(room.name, rules)
    for kept, ban in bans:
        moved = replace(ban, room=room.name)
        kept.put(moved.id, moved)
    upkeep.changed(state, room.name, session.person.standing)
    if (said := state.metadata.pop(former.name, None)) is not None:
        state.metadata[room.name] = said
    told = Moved(room=former.name, to=room.name, by=session.name, reason=command.reason)
    why = Why(Way.PUT_OUT, f"It goes on as '{room.name}'.", session.name)
    there: list[Member] = []
    for one in members:
        if one.session.congested:  # so it is told little
            tell_put_out(one.session, former, why, why.reason)
            continue
        there.append(member := bring_in(state, one.session, room, at))
        member.is_own = one.is_own
        one.session.rooms_of_own += one.is_own
    for member in there:
        member.session.send(told)
        describe(state, member)
    if not there:
        state.order.remove(room.name)
        state.close_if_unused(room)


def _bans(state: State, room: Room) -> list[tuple[Bans, Ban]]:
    """Return who is kept out of a room, or silent there, and where that stands."""
    both = (state.order.bans, state.order.mutes)
    return [(bans, ban) for bans in both for ban in bans.of_room(room.name).values()]
