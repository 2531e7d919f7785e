"""Letting sessions in under their names: passwords, names in use, resuming, leaving.

A name belongs to one person from the moment it is taken until its session ends. `since`, the newest
seq at that moment, is the boundary between two people of one name: it lies after all events of the
earlier one and before all of the later one's.

What may race: when a name is taken, words of its earlier holder, or words to them in a private
room, may still be on their way to the log. Then the name is *entering*: nobody else can take it,
and the session gets it when those words are settled. If the connection is lost meanwhile, the
decision is closed, and the name is free again.
"""

import hmac

from hubbub.chat.errors import Refused
from hubbub.chat.events import PROTOCOL_VERSION, Bye, Welcome
from hubbub.chat.format import Format
from hubbub.chat.names import DEFAULT_ROOM, allowed_name, direct_room, is_direct
from hubbub.chat.queries import Settled
from hubbub.hub.asking import Decision, Reading
from hubbub.hub.departed import is_one_of
from hubbub.hub.drafts import Draft
from hubbub.hub.membership import enter_room, leave_room
from hubbub.hub.outlet import Outlet
from hubbub.hub.room import Session
from hubbub.hub.state import State

FEATURES = ["direct", "edit", "history", "react", "search", "topic"]


def enter(
    state: State, raw_name: str, format_: Format, outlet: Outlet, *, secret: str, ref: str | None
) -> tuple[Session, Decision]:
    """Begin a session; raise Refused if the name is not allowed, or taken and not resumable."""
    session = Session(allowed_name(raw_name), format_, outlet, secret, state.last)
    if not state.password:
        _check_looks(state, session)
        return session, _take_name(state, session, ref)
    if not format_.gets_answers:
        raise Refused(
            "This chatroom has a password, and your client has no way to give one. "
            "Join with hubbub, or in a browser.",
            code="password_needed",
        )
    session.locked = True
    session.send(_welcome(state, session, ref))
    return session, None


def unlock(state: State, session: Session, password: str, ref: str | None) -> Decision:
    """Admit a locked session that gives the password; raise Refused if it does not."""
    check_password(state, password)
    if not session.locked:
        session.send(_welcome(state, session, ref))
        return None
    _check_looks(state, session)
    session.locked = False
    return _take_name(state, session, ref)


def _check_looks(state: State, session: Session) -> None:
    # A name in use may be resumed, whatever it looks like: that is for the secret to decide.
    if not _is_in_use(state, session):
        state.looks.check(session)


def _is_in_use(state: State, session: Session) -> bool:
    return session.key in state.sessions or session.key in state.entering


def _take_name(state: State, session: Session, ref: str | None) -> Decision:
    if _is_in_use(state, session):
        if not session.format.gets_answers:
            raise name_taken(session)
        session.held = True
        session.send(_welcome(state, session, ref))
        return None
    if any(_concerns(session, draft) for draft in state.drafts.unsettled()):
        return _take_name_later(state, session, ref)
    _become_holder(state, session, ref)
    return None


def _take_name_later(state: State, session: Session, ref: str | None) -> Reading:
    # In use from here on: what others say to the name from now on is meant for this person.
    state.entering[session.key] = session
    state.looks.take(session)
    try:
        yield Settled(state.drafts.fence())
        _become_holder(state, session, ref)
    finally:  # also when the decision is closed, because the connection is lost
        del state.entering[session.key]
        if state.sessions.get(session.key) is not session:
            state.looks.free(session)


def _concerns(session: Session, draft: Draft) -> bool:
    """Return whether a draft is by an earlier holder of the name, or in a room private to them."""
    event = draft.event
    return draft.session.key == session.key or (
        is_direct(event.room) and event.room == direct_room(session.name, event.sender)
    )


def _become_holder(state: State, session: Session, ref: str | None) -> None:
    session.since = state.last
    state.sessions[session.key] = session
    state.looks.take(session)
    if session.format.gets_answers:
        session.send(_welcome(state, session, ref))
    if not session.format.knows_rooms:
        session.current = state.rooms[DEFAULT_ROOM]
        enter_room(state, session, session.current)


def _welcome(state: State, session: Session, ref: str | None) -> Welcome:
    return Welcome(
        protocol=PROTOCOL_VERSION,
        server=state.server,
        name=session.name,
        session="" if session.locked else session.secret,
        held=session.held,
        locked=session.locked,
        limits={
            "text_bytes_max": state.limits.text_bytes_max,
            "frame_bytes_max": state.limits.frame_bytes_max,
        },
        features=FEATURES,
        ref=ref,
    )


def check_password(state: State, password: str) -> None:
    """Raise Refused if this is not the password; without one, any is right."""
    if state.password and not hmac.compare_digest(state.password, password.encode()):
        raise Refused(
            "That is not the password. Ask whoever runs the chatroom.", code="wrong_password"
        )


def check_admitted(session: Session) -> None:
    """Raise Refused if the session has yet to give the password, or to resume."""
    if session.locked:
        raise Refused(
            'This chatroom has a password. Send {"type":"unlock","password":…} first.',
            code="password_needed",
        )
    if session.held:
        raise name_taken(session)


def poster(state: State, raw_name: str, format_: Format, outlet: Outlet) -> Session:
    """Return a session that only posts: it is in no room, is not announced, and takes no name.

    Raises Refused if the name is not allowed, or somebody has it.
    """
    session = Session(allowed_name(raw_name), format_, outlet, "", state.last)
    if _is_in_use(state, session):
        raise name_taken(session)
    state.looks.check(session)
    return session


def name_taken(session: Session) -> Refused:
    """Return the refusal of a name that someone else holds."""
    return Refused(
        f"The name '{session.name}' is taken. Connect again with another name.",
        code="name_taken",
    )


def resume(state: State, session: Session, secret: str) -> None:
    """Make a session the same person as an earlier one of its name, whose secret it knows.

    A held session takes the name over from its holder, or gets it if the holder has left meanwhile;
    raises Refused if the secret was not theirs. If the name was free, an unknown secret changes
    nothing: the session is a new person already.
    """
    ghost = state.sessions.get(session.key) if session.held else None
    if ghost is not None and is_one_of(secret, ghost.secrets):
        session.since, session.not_own = ghost.since, ghost.not_own
        depart(state, ghost)
        ghost.send(Bye(reason="This name was resumed from another connection.", code="resumed"))
        ghost.outlet.end()
    elif ghost is None and (holder := state.departed.known(session, secret)) is not None:
        if session.held and session.key in state.entering:
            raise name_taken(session)
        session.since, session.not_own = holder.since, holder.not_own
    elif session.held:
        raise name_taken(session)
    else:
        return
    session.earlier_secret = secret
    session.held = False
    state.sessions[session.key] = session
    state.looks.take(session)


def depart(state: State, session: Session) -> None:
    """End a session whose connection is gone. What it said will still be committed."""
    if state.sessions.get(session.key) is not session:
        return
    del state.sessions[session.key]
    state.looks.free(session)
    state.departed.remember(session)
    for member in list(session.members.values()):
        leave_room(state, member)
