"""Being told when people of certain names come, go, or are away, whatever rooms they are in."""

from hubbub.chat import commands as c
from hubbub.chat.commands.channels import WATCHED_MAX
from hubbub.chat.errors import Refused
from hubbub.chat.names import name_key
from hubbub.hub.present.room import Session
from hubbub.hub.state import State


def watch(state: State, session: Session, command: c.Watch, _at: int) -> None:
    """Have a session told of people, or no longer; say at once whether they are here."""
    watchers = state.here.watchers
    if command.off:
        watchers.stop(session, [_key(name) for name in command.names])
    else:
        for name in command.names:
            if not watchers.watch(session, _key(name)):
                raise Refused(f"Only {WATCHED_MAX} may be watched.", code="too_long")
            state.here.tell_of(session, name)
    session.confirm(command.ref)


def _key(name: str) -> str:
    """Return the key of a name; nobody has one that is not allowed."""
    try:
        return name_key(name)
    except ValueError:
        return ""
