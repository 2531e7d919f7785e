"""The audit record and the reports: ordinary messages in rooms that the server keeps by itself.

So whoever may read them reads, follows and searches them like any room. They stand in the log
together with what they tell of. Nobody writes there, or changes anything: see the kind `system` in
the table of rights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.chat import events as e
from hubbub.chat.names import AUDIT, REPORTS, is_direct
from hubbub.hub.present.host import Host

if TYPE_CHECKING:
    from hubbub.hub.present.room import Room, Session
    from hubbub.hub.state import State

QUOTED_CHARS_MAX = 1000


def record(state: State, session: Session, deed: str) -> None:
    """Write down what the session's person did, such as "made 'ann' operator"."""
    if isinstance(session.person, Host):
        account = f", as {session.person.account}" if session.person.account else ""
        deed += f" (on the server's machine{account})"
    state.drafts.add(_entry(session, AUDIT, deed, state.at), state.clerk, None, 0)


def reports(
    state: State, session: Session, room: Room, message: e.Message, reason: str, *, at: int
) -> list[e.Message]:
    """Return what tells a room's moderators, and operators, that somebody finds a message bad.

    Operators cannot read a conversation: the report of one has the text. They do not hear of
    private rooms, which have moderators of their own.
    """
    where = f"'{room.name}'"
    if is_direct(room.name):
        others = (name for name in room.direct if name != message.sender)
        where = f"a conversation with '{next(others, message.sender)}'"
    text = f"reports message {message.seq} of '{message.sender}' in {where}"
    text += f": {reason}" if reason else ""
    if is_direct(room.name):
        return [_entry(session, REPORTS, f"{text}\n{message.text[:QUOTED_CHARS_MAX]}", at)]
    readers = [f"{REPORTS}/{room.name}"]
    if not state.order.is_private(room.name):
        readers.append(REPORTS)
    return [_entry(session, one, text, at) for one in readers]


def _entry(session: Session, room: str, text: str, at: int) -> e.Message:
    person = session.person
    return e.Message(
        room=room, seq=0, prev=0, sender=person.name, person=person.id, at=at, text=text
    )
