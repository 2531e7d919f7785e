"""Somebody deletes a room for good, with all that was said there.

What is on its way to the room is committed first, and goes with it. Until the room is gone, all
else that is said there is refused.
"""

from hubbub.chat import commands as c
from hubbub.chat.errors import Refused
from hubbub.chat.facts import fact_of
from hubbub.chat.names import DEFAULT_ROOM, REPORTS
from hubbub.chat.removal import GONE
from hubbub.hub.asking import Reading, write
from hubbub.hub.membership import find_room
from hubbub.hub.power.audit import record
from hubbub.hub.present.room import Session
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import check, check_not_held
from hubbub.hub.state import State


def delete_room(state: State, session: Session, command: c.DeleteRoom, at: int) -> Reading:
    """Have a room removed from the log, and the reports that its moderators read."""
    room = find_room(state, session, command.room)
    check(state, session, Act.DELETE_ROOM, room)
    if room.name == DEFAULT_ROOM:
        raise Refused(
            f"'{room.called}' cannot be deleted: everybody comes in there.", code="forbidden"
        )
    check_not_held(state, room)
    if room.going:
        raise Refused(f"'{room.called}' is being deleted already.", code="forbidden")
    room.going = True
    try:
        said = state.drafts.accepted
        while state.drafts.settled < said:
            yield state.drafts.next_batch()
        check_not_held(state, room)  # that may have been on its way as well
        gone = (room.name, f"{REPORTS}/{room.name}")
        facts = [fact_of(GONE + one, None, by=session.person.id, at=at) for one in gone]
        yield from write(state, facts)
    finally:
        room.going = False
    record(state, session, f"deleted '{room.name}', with all that was said there")
    session.confirm(command.ref)
