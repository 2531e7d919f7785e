"""How a session begins: with the name that somebody gives, and perhaps another one later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.chat.errors import Refused
from hubbub.server.fairness.addresses import origin_of

if TYPE_CHECKING:
    from hubbub.chat.heard import Introduction
    from hubbub.hub import Session
    from hubbub.hub.asking import Decision
    from hubbub.server.sessions.peer import Peer, Shared


def enter(
    shared: Shared, peer: Peer, said: Introduction, former: Session | None
) -> tuple[Session, Decision]:
    """Return the session of a peer under the name that it gives, and what is to be decided of it.

    Raises Refused as `Hub.enter` does. Whoever has been let in already (`former`), gives the
    chatroom's password once.
    """
    session, decision = shared.hub.enter(
        said.name,
        said.format,
        peer,
        shared.new_secret(),
        said.ref,
        origin=origin_of(peer.host),
        is_proven=peer.is_proven or (former is not None and shared.hub.has_name(former)),
        is_relayed=peer.is_relayed,
    )
    if former is not None and shared.hub.has_name(former):
        return _change_over(shared, former, session, decision), None
    return session, decision


def _change_over(shared: Shared, former: Session, session: Session, decision: Decision) -> Session:
    """Return who somebody is from now on who came in passing and gives another name.

    That is `session`, if it has its name; then the `former` one leaves. A name that is held is
    another's, and the session was told so. Raises Refused `name_taken` if it would have to wait.
    """
    hub = shared.hub
    if decision is not None:
        decision.close()
        raise Refused("Somebody is just leaving that name. Try again.", code="name_taken")
    if not hub.has_name(session):
        return former
    hub.depart(former)  # what it said so far is still answered, over the same connection
    return session
