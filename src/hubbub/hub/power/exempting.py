"""Exemptions: for whom the bans and mutes of a room do not hold, and who enters without being
asked in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from hubbub.chat.errors import Refused
from hubbub.chat.events.channels import Exempted, ExemptionList
from hubbub.chat.rules import EXEMPTIONS_MAX, Exemption
from hubbub.chat.text import inert_line
from hubbub.hub.membership import find_room
from hubbub.hub.power import upkeep
from hubbub.hub.power.audit import record
from hubbub.hub.power.moderation import change_rules
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import check, check_found, rules_of

if TYPE_CHECKING:
    from hubbub.chat import commands as c
    from hubbub.chat.rules import Rules
    from hubbub.hub.asking import Decision, Reading
    from hubbub.hub.present.room import Room, Session
    from hubbub.hub.state import State

_ACTS: Final = {"ban": Act.BAN, "mute": Act.MUTE, "door": Act.ENTRANCE}


def exempt(state: State, session: Session, command: c.Exempt, at: int) -> Decision:
    """Exempt those who are meant, or no longer."""
    room = _found(state, session, command.room)
    check(state, session, _ACTS[command.of], room)
    rules = rules_of(state, room)
    name, user = (inert_line(one).strip() or "*" for one in (command.name, command.user))
    one = Exemption(of=command.of, name=name, user=user, since=at, by=session.person.name)
    others = tuple(other for other in rules.exemptions if other.what != one.what)
    if (len(others) < len(rules.exemptions)) == command.on:
        session.confirm(command.ref)
        return None
    if command.on and len(others) >= EXEMPTIONS_MAX:
        raise Refused(
            f"'{room.called}' has {EXEMPTIONS_MAX} exemptions; take one back first.",
            code="forbidden",
        )
    changed = replace(rules, exemptions=(*others, one) if command.on else others)
    if rules.in_passing:
        upkeep.change(state, session, room, changed, at)
        session.confirm(command.ref)
        return None
    return _decide(state, session, room, changed, command)


def _decide(state: State, session: Session, room: Room, rules: Rules, command: c.Exempt) -> Reading:
    yield from change_rules(state, session, room, rules, state.at)
    deed = "exempted" if command.on else "exempted no longer"
    record(state, session, f"{deed} '{command.name}' from every {command.of} of '{room.name}'")
    session.confirm(command.ref)


def exemptions(state: State, session: Session, command: c.Exemptions, _at: int) -> None:
    """List those who are exempt: in a room that is kept in passing, to all who are there."""
    room = _found(state, session, command.room)
    if not (rules_of(state, room).in_passing and room.name in session.members):
        check(state, session, _ACTS[command.of], room)
    wanted = ("door",) if command.of == "door" else ("ban", "mute")
    listed = [
        Exempted(one.of, one.name, one.user, one.by, one.since)
        for one in rules_of(state, room).exemptions
        if one.of in wanted
    ]
    session.send(ExemptionList(room=room.name, exemptions=listed, ref=command.ref))


def _found(state: State, session: Session, raw: str) -> Room:
    room = find_room(state, session, raw)
    check_found(state, session, room)
    return room
