"""A legal hold for a conversation of two, put by operators, who cannot read what is said there."""

from collections.abc import Sequence

from msgspec.structs import replace

from hubbub.chat import commands as c
from hubbub.chat.errors import Refused
from hubbub.chat.names import allowed_name, handle_of, name_key, private_room
from hubbub.hub.asking import Reading
from hubbub.hub.power.audit import record
from hubbub.hub.power.moderation import change_rules
from hubbub.hub.present.room import Room, Session
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import check, rules_of
from hubbub.hub.state import State


def hold(state: State, session: Session, command: c.Hold, at: int) -> Reading:
    """Have nothing that two people said to each other changed or removed, or end that."""
    check(state, session, Act.HOLD_TALK, None)
    room = _conversation_of(state, command.names)
    rules = replace(rules_of(state, room), held=command.on)
    yield from change_rules(state, session, room, rules, at)
    whose = f"conversation of '{command.names[0]}' and '{command.names[1]}'"
    ended = f"ended the legal hold of the {whose}"
    record(state, session, f"put the {whose} under a legal hold" if command.on else ended)
    session.confirm(command.ref)


def _conversation_of(state: State, names: Sequence[str]) -> Room:
    one, other = (_handle(state, name) for name in names)
    # Somebody whose account is deleted is known by the name that they had.
    rooms = (
        state.rooms.get(room) for room in (private_room(one, other), *state.conversations.of(names))
    )
    room = next((room for room in rooms if room is not None and room.last), None)
    if room is None:
        raise Refused(
            f"'{names[0]}' and '{names[1]}' have said nothing to each other in private.",
            code="no_such_room",
        )
    state.introduce(room)
    return room


def _handle(state: State, raw: str) -> str:
    """Return what stands for whoever is called so: somebody here, or known, or only a name."""
    key = name_key(allowed_name(raw))
    if (person := state.here.holder(key)) is not None:
        return person.handle
    id_ = state.book.names.get(key)
    return key if id_ is None else handle_of(id_)
