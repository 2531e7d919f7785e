"""How long rooms keep what was said there, and what they have kept no longer."""

from hubbub.chat.names import is_system
from hubbub.chat.queries import Dropped
from hubbub.chat.retention import Retention
from hubbub.hub.state import State

FOR_EVER = Retention()


def retention_of(state: State, name: str, general: Retention) -> Retention:
    """Return what a room keeps: what the chatroom and its own rules say, whichever is stricter.

    A room that is held keeps everything, and so do those of the server's own.
    """
    rules = state.order.rules.get(name)
    if name not in state.rooms or is_system(name) or (rules is not None and rules.held):
        return FOR_EVER
    own = None if rules is None else rules.retention
    return general if own is None else general.within(own)


def let_go(state: State, name: str, dropped: Dropped) -> None:
    """Take in that the log has kept the beginning of a room no longer."""
    if (room := state.rooms.get(name)) is not None:
        room.dropped, room.first = dropped.last, dropped.first
