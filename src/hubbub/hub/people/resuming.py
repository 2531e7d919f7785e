"""Going on as the same person, who had the name until now, or a moment ago."""

from collections.abc import Generator

from hubbub.chat.events import Bye
from hubbub.chat.queries import Answer, Question
from hubbub.chat.roles import Role
from hubbub.hub.asking import Decision, Reading
from hubbub.hub.people import claims
from hubbub.hub.people.admission import name_taken, why_held
from hubbub.hub.people.leaving import depart, free, pass_over_news
from hubbub.hub.present.departed import is_one_of
from hubbub.hub.present.person import Person
from hubbub.hub.present.room import Session
from hubbub.hub.rules.access import Arrival
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import check_access, check_entry, role_elsewhere
from hubbub.hub.state import State


def resume(state: State, session: Session, secret: str) -> Decision:
    """Make a session the same person as an earlier one of its name, whose secret it knows.

    A held session takes the name over from its holder, or gets it if the holder has left meanwhile;
    raises Refused if the secret was not theirs. If the name was free, an unknown secret changes
    nothing: the session is a new person already. Nor does any, if it is known who the session is.
    """
    person = session.person
    if person.id:
        return None
    if session.held and claims.can_resume(state, person.key, secret):
        return _resume_from_elsewhere(state, session, secret)
    ghost, has_left = _ghost(state, session, secret), _has_left(state, session, secret)
    if session.stranger and (has_left or (session.held and person.key in state.here)):
        id_ = "" if ghost is None else ghost.person.id
        check_access(state, Arrival(role_elsewhere(state, id_), is_known=True))
        if not id_:
            check_entry(state, session, Act.JOIN, None)
    if ghost is None and not has_left:
        if session.held:
            raise why_held(state, session)
        return None
    is_claimed = state.claims.run != "" and (ghost is None or not ghost.person.id)
    if session.held and person.key in state.entering and (has_left or is_claimed):
        raise name_taken(state, session)
    if session.held and is_claimed:
        if has_left and person.key not in state.kept:
            return _resume_after_leaving(state, session, secret)
        return _resume_here(state, session, secret)
    _replace(state, session, secret)
    claims.renew(state, session)
    return None


def _ghost(state: State, session: Session, secret: str) -> Session | None:
    """Return the session here that has the name which another one wants, and had the secret."""
    present = state.here.named(session.person.key) if session.held else ()
    return next((one for one in present if is_one_of(secret, one.secrets)), None)


def _has_left(state: State, session: Session, secret: str) -> bool:
    """Return whether nobody here has the name, and `secret` was that of the last who did."""
    is_here = session.held and session.person.key in state.here
    return not is_here and _last_holder(state, session, secret) is not None


def _replace(state: State, session: Session, secret: str) -> None:
    """Let a session be the person who has, or had, its name; raises Refused if that is over."""
    person, ghost = session.person, _ghost(state, session, secret)
    if ghost is not None:
        if ghost.person.id:
            person = session.person = ghost.person
            session.device, session.scopes = ghost.device, ghost.scopes
        else:
            person.go_on_as(ghost.person)
        depart(state, ghost)
        ghost.send(Bye(reason="This name was resumed from another connection.", code="resumed"))
        ghost.outlet.end()
    elif (holder := _last_holder(state, session, secret)) is not None:
        person.go_on_as(holder)
    else:
        raise why_held(state, session)
    _go_on(state, session, secret)


def _last_holder(state: State, session: Session, secret: str) -> Person | None:
    """Return who had the session's name until a moment ago, if `secret` was theirs."""
    if not state.claims.run:
        return state.departed.known(session, secret)
    if claims.is_elsewhere(state, session.person.key):
        return None
    return claims.last_holder(state, session, secret)


def _resume_from_elsewhere(state: State, session: Session, secret: str) -> Reading:
    if session.stranger:
        check_access(state, Arrival(Role.PASSING, is_known=True))
        check_entry(state, session, Act.JOIN, None)
    if session.person.key in state.entering:
        raise name_taken(state, session)
    yield from _claimed(state, session, claims.take_over(state, session, secret))
    _go_on(state, session, secret)


def _resume_here(state: State, session: Session, secret: str) -> Reading:
    # Not before other nodes know the new secret: the client forgets the former one when it is in.
    yield from _claimed(state, session, claims.take_over(state, session, secret))
    _replace(state, session, secret)


def _resume_after_leaving(state: State, session: Session, secret: str) -> Reading:
    holder = _last_holder(state, session, secret)
    assert holder is not None, "the secret was theirs"
    # Since the holder left, the name may have been given to somebody at another node.
    secrets, former = (session.secret, secret), claims.past(state, session.person.key)
    yield from _claimed(state, session, claims.claim(state, session.person, secrets))
    if claims.past(state, session.person.key) == former:
        session.person.go_on_as(holder)
        claims.renew(state, session)
    else:  # somebody had it, and left
        session.person.since = state.last
    _go_on(state, session, secret)


def _claimed(
    state: State, session: Session, claiming: Generator[Question, Answer, bool]
) -> Reading:
    """Claim the name that a session resumes; raises Refused if it is somebody else's."""
    key = session.person.key
    state.entering[key] = session.person
    try:
        is_theirs = yield from claiming
    finally:
        del state.entering[key]
        claims.release(state, session.person)
    if not is_theirs:
        raise why_held(state, session)


def _go_on(state: State, session: Session, secret: str) -> None:
    """Let a session have the name of the one that had the secret."""
    session.earlier_secret = secret
    free(state, session.person.key)
    if session.held:
        session.held = session.stranger = False
        pass_over_news(state, session.person.key)
        state.here.add(session)
        state.looks.take(session.person)
