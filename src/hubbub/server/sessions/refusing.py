"""What somebody is told who is refused something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.chat.errors import KEPT_OUT, HubbubError, WrongSecret

if TYPE_CHECKING:
    from hubbub.hub import Session
    from hubbub.server.sessions.peer import Peer, Shared


def why_refused(shared: Shared, peer: Peer, session: Session, error: HubbubError) -> HubbubError:
    """Return the refusal that a session is told, where `error` is why; a wrong secret is counted.

    Whoever waits for a name that somebody has is told that, whatever they tried.
    """
    if isinstance(error, WrongSecret):
        return shared.guesses.wrong(peer.host, error)
    if session.held and error.code not in KEPT_OUT:  # it is an attempt to take the name
        return shared.hub.name_taken(session)
    return error
