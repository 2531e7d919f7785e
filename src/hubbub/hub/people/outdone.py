"""People in passing whose names the log gives to others: they end here.

They may have come back at another node, and proved there that they are the same. Or this node was
cut off for so long that another one took it for gone, and freed what it had claimed.
"""

from collections.abc import Iterable
from typing import Final

from hubbub.chat.events import Bye, Fact
from hubbub.chat.people import NAME
from hubbub.hub.people import claims
from hubbub.hub.people.leaving import depart, free
from hubbub.hub.state import State

RESUMED: Final = Bye(reason="This name was resumed from another connection.", code="resumed")
CUT_OFF: Final = Bye(
    reason="This server lost touch with the others, which may let somebody else have your name. "
    "Connect again, here or at another one."
)


def take(state: State, facts: Iterable[Fact]) -> None:
    """Take in the next facts of the log: who has which name now."""
    names = [one for one in facts if one.key.startswith(NAME) and one.key != NAME]
    for fact in names if state.claims.run else ():
        state.claims.take(fact)
        _take(state, fact.key.removeprefix(NAME))


def _take(state: State, key: str) -> None:
    held = state.book.held.told(key)
    run = "" if held is None else held.run
    if NAME + key in state.identifying or key in state.entering:
        return  # it is being decided here who they are
    if run == state.claims.run:
        if key not in state.here and key not in state.kept:
            state.claims.released.setdefault(key, 0)  # whoever wanted it has left meanwhile
        return
    if state.kept.holder(key) is not None:
        free(state, key)
    for session in state.here.local(key):
        if not session.person.id:
            depart(state, session)
            session.send(RESUMED if run else CUT_OFF)
            session.outlet.end()


def end_passing(state: State) -> None:
    """End all sessions in passing: this node cannot know any more that their names are theirs.

    Nobody else is let in in passing before it is sure of that again, and no name is kept.
    """
    state.claims.are_doubtful = True
    for key in list(state.kept):
        if (person := state.kept.holder(key)) is not None:
            claims.release(state, person)
        free(state, key)
    for session in [one for one in state.here.all_local if not one.person.id]:
        depart(state, session)
        session.send(CUT_OFF)
        session.outlet.end()
    claims.clear_released(state)
