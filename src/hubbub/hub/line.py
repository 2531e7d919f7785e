"""What `/` commands share: what they are, the room that they are about, and their arguments."""

from collections.abc import Callable
from typing import NamedTuple

from hubbub.chat import commands as c
from hubbub.chat.errors import Refused
from hubbub.chat.events import Notice
from hubbub.chat.names import DEFAULT_ROOM, NAME_CHARS_MAX, name_key
from hubbub.hub import commands
from hubbub.hub.asking import Decision, Reading
from hubbub.hub.flow.drafts import Draft
from hubbub.hub.present.room import Room, Session
from hubbub.hub.state import State


class LineCommand(NamedTuple):
    """One `/` command: how it is used, what it does, and its function."""

    usage: str
    purpose: str
    decide: Callable[[State, Session, str, int], Decision]


def current_room(state: State, session: Session) -> Room:
    """Return the room that plain lines go to: the last joined, else the lobby, joined now."""
    while (room := session.current) is None:
        commands.join(state, session, c.Join(room=DEFAULT_ROOM), 0)
    return room


def needed(argument: str, usage: str) -> str:
    """Return what is written behind a command; raise Refused, with its usage, if nothing is."""
    if not argument:
        raise Refused(f"Usage: {usage}")
    return argument


def told_when_done(state: State, session: Session, made: Draft | Decision, text: str) -> Reading:
    """Tell the session once something is done. If it cannot be logged, a refusal says so."""
    if not isinstance(made, Draft):
        yield from made or ()
        session.send(Notice(text=text))
        return
    while not state.drafts.is_settled(made.number):
        yield state.drafts.next_batch()
    if made.event.seq:
        session.send(Notice(text=text))


def split_name(argument: str, is_known: Callable[[str], bool]) -> tuple[str, str]:
    """Split `NAME TEXT`; names may hold spaces, so the longest one whose key is known wins."""
    longest = argument[: NAME_CHARS_MAX + 1]
    for end in range(len(longest) - 1, 0, -1):
        if longest[end] == " " and is_known(_key(longest[:end])):
            return argument[:end], argument[end:].strip()
    name, _, text = argument.partition(" ")
    return name, text.strip()


def _key(name: str) -> str:
    try:
        return name_key(name)
    except ValueError:
        return ""
