"""Letting sessions in under their names: passwords, and names in use.

A name belongs to one person from the moment it is taken until its session ends, or, if its
connection is lost, a minute longer (leaving.py). `since`, the newest seq at that moment, is the
boundary between two people of one name: it lies after all events of the earlier one and before all
of the later one's.

A newcomer waits for a holder who has hung up already, for a while: the holder's last words are
still being acted on, and nobody who leaves and comes back at once is to find the name taken.

What may race: when a name is taken, words of its earlier holder, or words to them in a private
room, may still be on their way to the log. Then the name is *entering*: nobody else can take it,
and the session gets it when those words are settled. If the connection is lost meanwhile, the
decision is closed, and the name is free again.
"""

import hmac

from hubbub.chat.errors import Refused, WrongSecret
from hubbub.chat.events import PROTOCOL_VERSION, PersonSummary, Welcome
from hubbub.chat.format import Format
from hubbub.chat.names import DEFAULT_ROOM, allowed_name, check_is_no_program
from hubbub.chat.queries import Guess
from hubbub.chat.roles import Role
from hubbub.hub.asking import Decision, Reading, wait_while
from hubbub.hub.membership import enter_room
from hubbub.hub.people import claims, reserved
from hubbub.hub.people.leaving import pass_over_news
from hubbub.hub.present.outlet import Outlet
from hubbub.hub.present.person import Person
from hubbub.hub.present.room import Session
from hubbub.hub.rules.access import Arrival
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import check_access, check_entry
from hubbub.hub.state import State

WAIT_SECONDS = 5.0
WAIT_FOR_WELCOME_SECONDS = 0.3
"""How long to wait for a holder who leaves. Clients that want a welcome take a server that says
nothing for longer for a tutorial's."""

FEATURES = ["direct", "edit", "history", "people", "react", "search", "topic"]


def enter(
    state: State,
    raw_name: str,
    format_: Format,
    outlet: Outlet,
    *,
    secret: str,
    origin: str,
    ref: str | None,
    is_proven: bool = False,
    is_relayed: bool = False,
) -> tuple[Session, Decision]:
    """Begin a session; raise Refused if the name is not allowed, or taken and not resumable."""
    person = Person(allowed_name(raw_name), state.last)
    session = Session(person, format_, outlet, secret, origin=origin)
    session.is_relayed = is_relayed
    check_is_no_program(session.name)
    if not format_.knows_rooms:
        check_entry(state, session, Act.JOIN, state.rooms[DEFAULT_ROOM])
    if is_proven or not state.password:
        check_looks(state, person)
        return session, _take_name(state, session, ref)
    if not format_.gets_answers:
        raise Refused(
            "This chatroom has a password, and your client has no way to give one. "
            "Join with hubbub, or in a browser.",
            code="password_needed",
        )
    session.locked = True
    session.send(welcome(state, session, ref))
    return session, None


def unlock(state: State, session: Session, password: str, ref: str | None) -> Reading:
    """Admit a locked session that gives the password; raise Refused if it does not."""
    yield Guess()
    check_password(state, password)
    if not session.locked:
        session.send(welcome(state, session, ref))
        return
    check_looks(state, session.person)
    session.locked = False
    if (decision := _take_name(state, session, ref)) is not None:
        yield from decision


def check_looks(state: State, person: Person) -> None:
    """Raise Refused if a new person's name looks like that of somebody else."""
    # A name in use may be resumed, whatever it looks like: that is for the secret to decide.
    if not is_in_use(state, person.key):
        state.looks.check(person)
        reserved.check_looks(state, person)


def is_in_use(state: State, key: str) -> bool:
    """Return whether somebody has the name with this key, is about to, or has a right to it."""
    return (
        key in state.here
        or key in state.entering
        or key in state.kept
        or reserved.owner(state, key) != ""
        or claims.is_elsewhere(state, key)
    )


def _take_name(state: State, session: Session, ref: str | None) -> Decision:
    if _is_being_left(state, session.person.key):
        return _take_name_when_left(state, session, ref)
    return _take_name_now(state, session, ref)


def _take_name_now(state: State, session: Session, ref: str | None) -> Decision:
    key = session.person.key
    try:
        check_passing(state, session)
    except Refused:
        if not session.format.gets_answers:
            raise
        session.held = session.stranger = True
        session.send(welcome(state, session, ref))
        return None
    if is_in_use(state, key):
        if not session.format.gets_answers:
            raise name_taken(state, session)
        session.held = True
        session.send(welcome(state, session, ref))
        return None
    if state.claims.run or state.drafts.concern(key):
        return _take_name_later(state, session, ref)
    _become_holder(state, session, ref)
    return None


def _is_being_left(state: State, key: str) -> bool:
    """Return whether a name is in use only by sessions whose peers have hung up.

    Or by one of another node, which is about to say that it is free, or is gone itself.
    """
    sessions = state.here.named(key)
    if not sessions:
        return claims.is_elsewhere(state, key)
    return all(one.leaving and not one.person.id for one in sessions)


def _take_name_when_left(state: State, session: Session, ref: str | None) -> Reading:
    seconds = WAIT_FOR_WELCOME_SECONDS if session.format.gets_answers else WAIT_SECONDS
    yield from wait_while(lambda: _is_being_left(state, session.person.key), seconds)
    check_looks(state, session.person)
    if (decision := _take_name_now(state, session, ref)) is not None:
        yield from decision


def _take_name_later(state: State, session: Session, ref: str | None) -> Reading:
    # In use from here on: what others say to the name from now on is meant for this person.
    person = session.person
    state.entering[person.key] = person
    state.looks.take(person)
    is_theirs = True
    try:
        fence = state.drafts.fence(person.key)
        while state.drafts.settled < fence:
            yield state.drafts.next_batch()
        if state.claims.run:
            is_theirs = yield from claims.claim(state, person, session.secrets)
        if is_theirs:
            _become_holder(state, session, ref)
    finally:  # also when the decision is closed, because the connection is lost
        del state.entering[person.key]
        if not state.here.has(session):
            state.looks.free(person)
            claims.release(state, person)
    if not is_theirs:  # somebody at another node was faster
        if not session.format.gets_answers:
            raise name_taken(state, session)
        session.held = True
        session.send(welcome(state, session, ref))


def _become_holder(state: State, session: Session, ref: str | None) -> None:
    pass_over_news(state, session.person.key)
    session.person.since, session.person.came_at = state.last, state.at
    state.here.add(session)
    state.looks.take(session.person)
    if session.format.gets_answers:
        session.send(welcome(state, session, ref))
    if not session.format.knows_rooms:
        session.current = state.rooms[DEFAULT_ROOM]
        enter_room(state, session, session.current, 0)


def welcome(state: State, session: Session, ref: str | None) -> Welcome:
    """Return what says who a session is."""
    profile = state.book.profiles.get(session.person.id)
    far = state.here.far
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
        person=None if profile is None else _summary(state, session.person.id, profile.kind),
        addresses=[] if far is None or session.locked else far.addresses_for(session),
        ref=ref,
    )


def _summary(state: State, id_: str, kind: str) -> PersonSummary:
    role = Role.OPERATOR.word if id_ in state.order.operators else ""
    return PersonSummary(id_, kind, role)


def check_password(state: State, password: str) -> None:
    """Raise Refused if this is not the password; without one, any is right."""
    if state.password and not hmac.compare_digest(state.password, password.encode()):
        raise WrongSecret(
            "That is not the password. Ask whoever runs the chatroom.", code="wrong_password"
        )


def check_admitted(state: State, session: Session) -> None:
    """Raise Refused if the session has yet to give the password, or to resume."""
    if session.locked:
        raise Refused(
            'This chatroom has a password. Send {"type":"unlock","password":…} first.',
            code="password_needed",
        )
    if session.held:
        raise why_held(state, session)


def why_held(state: State, session: Session) -> Refused:
    """Return the refusal of a session that has yet to say who it is."""
    if session.stranger:
        try:
            check_passing(state, session)
        except Refused as refusal:
            return refusal
    try:
        return name_taken(state, session)
    except Refused as refusal:  # it cannot be read whose it is
        return refusal


def check_passing(state: State, session: Session) -> None:
    """Raise Refused `banned` or `not_admitted` if the session may not come in in passing.

    It may be of somebody who is let in, once it says who it is.
    """
    check_entry(state, session, Act.JOIN, None)
    check_access(state, Arrival(Role.PASSING))


def name_taken(state: State, session: Session) -> Refused:
    """Return the refusal of a name that someone else holds, or held until a moment ago."""
    if (refusal := reserved.refusal(state, session.person)) is not None:
        return refusal
    left = state.kept.seconds_left(session.person.key)
    if left is None:
        sentence = f"The name '{session.name}' is taken. Connect again with another name."
    else:
        seconds = "1 second" if left == 1 else f"{left} seconds"
        sentence = (
            f"The name '{session.name}' is kept for {seconds} more, for somebody who has just lost "
            "the connection. Connect again after that, or with another name."
        )
    return Refused(sentence, code="name_taken", retry_after=left)
