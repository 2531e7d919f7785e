"""Letting sessions in under their names: passwords, names in use, resuming, leaving.

A name belongs to one person from the moment it is taken until its session ends, or, if its
connection is lost, a minute longer. `since`, the newest
seq at that moment, is the boundary between two people of one name: it lies after all events of the
earlier one and before all of the later one's.

A newcomer waits for a holder who has hung up already, for a while: the holder's last words are
still being acted on, and nobody who leaves and comes back at once is to find the name taken.

What may race: when a name is taken, words of its earlier holder, or words to them in a private
room, may still be on their way to the log. Then the name is *entering*: nobody else can take it,
and the session gets it when those words are settled. If the connection is lost meanwhile, the
decision is closed, and the name is free again.
"""

import hmac

from hubbub.chat.errors import Refused, WrongSecret
from hubbub.chat.events import PROTOCOL_VERSION, Bye, PersonSummary, Welcome
from hubbub.chat.events.channels import Way, Why
from hubbub.chat.format import Format
from hubbub.chat.grants import TOKEN, Token
from hubbub.chat.names import DEFAULT_ROOM, HTTP_NAMES, allowed_name, check_is_no_program, same_name
from hubbub.chat.people import hash_of
from hubbub.chat.queries import Guess, Moment
from hubbub.chat.roles import Role
from hubbub.hub.asking import Decision, Reading
from hubbub.hub.membership import enter_room, leave_room
from hubbub.hub.people import claims, places, reserved, seeing
from hubbub.hub.people.records import note_seen, note_use
from hubbub.hub.present.departed import is_one_of
from hubbub.hub.present.far import FarSession
from hubbub.hub.present.outlet import Outlet
from hubbub.hub.present.person import Person
from hubbub.hub.present.room import Session
from hubbub.hub.rules.access import Arrival
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import check_access, check_entry, role_elsewhere
from hubbub.hub.state import State

WAITS_MAX = 500
WAITS_FOR_WELCOME_MAX = 30
"""How many moments to wait for a holder who leaves: 5 s. Clients that want a welcome wait 0.3 s:
they take a server that says nothing for longer for a tutorial's."""

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
) -> tuple[Session, Decision]:
    """Begin a session; raise Refused if the name is not allowed, or taken and not resumable."""
    person = Person(allowed_name(raw_name), state.last)
    session = Session(person, format_, outlet, secret, origin=origin)
    check_is_no_program(session.name)
    if not format_.knows_rooms:
        check_entry(state, session, Act.JOIN, state.rooms[DEFAULT_ROOM])
    if is_proven or not state.password:
        _check_looks(state, person)
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
    _check_looks(state, session.person)
    session.locked = False
    if (decision := _take_name(state, session, ref)) is not None:
        yield from decision


def _check_looks(state: State, person: Person) -> None:
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
        _check_passing(state, session)
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
    for _ in range(WAITS_FOR_WELCOME_MAX if session.format.gets_answers else WAITS_MAX):
        yield Moment()
        if not _is_being_left(state, session.person.key):
            break
    _check_looks(state, session.person)
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
    _pass_over_news(state, session.person.key)
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
            _check_passing(state, session)
        except Refused as refusal:
            return refusal
    try:
        return name_taken(state, session)
    except Refused as refusal:  # it cannot be read whose it is
        return refusal


def _check_passing(state: State, session: Session) -> None:
    """Raise Refused `banned` or `not_admitted` if the session may not come in in passing.

    It may be of somebody who is let in, once it says who it is.
    """
    check_entry(state, session, Act.JOIN, None)
    check_access(state, Arrival(Role.PASSING))


def poster(
    state: State, raw_name: str, format_: Format, outlet: Outlet, *, token: str, origin: str
) -> Session:
    """Return a session that only posts: it is in no room, is not announced, and takes no name.

    Raises Refused if the name is not allowed, or somebody has it. With a `token` it is the bot's.
    """
    if token:
        return _bot_poster(state, format_, outlet, token=token, origin=origin)
    session = Session(
        Person(allowed_name(raw_name), state.last), format_, outlet, "", origin=origin
    )
    check_entry(state, session, Act.JOIN, None)
    if origin:  # programs on the server's own machine need no name
        check_access(state, Arrival(Role.PASSING))
    check_name(state, session)
    return session


def check_name(state: State, session: Session) -> None:
    """Raise Refused if a session that only posts may not do so under its name: somebody has it."""
    person = session.person
    if not any(same_name(person.name, own) for own in HTTP_NAMES):
        check_is_no_program(person.name)
    if is_in_use(state, person.key):
        raise name_taken(state, session)
    _check_looks(state, person)


def _bot_poster(
    state: State, format_: Format, outlet: Outlet, *, token: str, origin: str
) -> Session:
    granted = token_of(state, token)
    person = state.here.person(granted.person)
    if person is None:
        name = state.book.profiles[granted.person].name
        person = Person(name, state.last, id_=granted.person)
    session = Session(person, format_, outlet, "", origin=origin)
    session.scopes = frozenset(granted.scopes)
    check_entry(state, session, Act.JOIN, None)
    note_use(state, TOKEN + hash_of(token), granted)
    return session


def _note_token(state: State, hash_: str) -> None:
    token = state.grants.tokens.get(hash_)
    if token is not None:
        note_use(state, TOKEN + hash_, token)


def token_of(state: State, token: str) -> Token:
    """Return what a token is for; raise Refused `wrong_token` if it counts for nothing."""
    granted = state.grants.tokens.get(hash_of(token))
    if granted is None or granted.person not in state.book.profiles:
        raise Refused(
            "This token does not count: it is mistyped, or was revoked. An operator of the server "
            "can make another one.",
            code="wrong_token",
        )
    return granted


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
    present = state.here.named(person.key) if session.held else ()
    ghost = next((one for one in present if is_one_of(secret, one.secrets)), None)
    if session.stranger and (present or state.departed.known(session, secret) is not None):
        id_ = "" if ghost is None else ghost.person.id
        check_access(state, Arrival(role_elsewhere(state, id_), is_known=True))
        if not id_:
            check_entry(state, session, Act.JOIN, None)
    if ghost is not None:
        if ghost.person.id:
            person = session.person = ghost.person
            session.device, session.scopes = ghost.device, ghost.scopes
        else:
            person.go_on_as(ghost.person)
        depart(state, ghost)
        ghost.send(Bye(reason="This name was resumed from another connection.", code="resumed"))
        ghost.outlet.end()
    elif not present and (holder := state.departed.known(session, secret)) is not None:
        if session.held and person.key in state.entering:
            raise name_taken(state, session)
        person.go_on_as(holder)
    elif session.held:
        raise why_held(state, session)
    else:
        return None
    _go_on(state, session, secret)
    claims.renew(state, session)
    return None


def _resume_from_elsewhere(state: State, session: Session, secret: str) -> Reading:
    if session.stranger:
        check_access(state, Arrival(Role.PASSING, is_known=True))
        check_entry(state, session, Act.JOIN, None)
    key = session.person.key
    if key in state.entering:
        raise name_taken(state, session)
    state.entering[key] = session.person
    try:
        is_theirs = yield from claims.take_over(state, session, secret)
    finally:
        del state.entering[key]
        claims.release(state, session.person)
    if not is_theirs:
        raise why_held(state, session)
    _go_on(state, session, secret)


def _go_on(state: State, session: Session, secret: str) -> None:
    """Let a session have the name of the one that had the secret."""
    session.earlier_secret = secret
    free(state, session.person.key)
    if session.held:
        session.held = session.stranger = False
        _pass_over_news(state, session.person.key)
        state.here.add(session)
        state.looks.take(session.person)


def depart(state: State, session: Session, lost_at: float | None = None, *, by: str = "") -> None:
    """End a session whose connection is gone. What it said will still be committed.

    `by`: whoever decided it is called so.

    If the connection was lost, at `lost_at` seconds, the name is kept for a while: a person whose
    client was given a secret comes back with it. Others would never get in under their own name.
    Somebody who was in no room and said nothing has nothing to come back to.
    """
    if not state.here.has(session):
        return
    person = session.person
    state.sifted.discard(session)
    has_place = bool(session.members or person.drafts or session.earlier_secret)
    state.here.remove(session)
    places.leave(state, session)
    way = Way.LEFT if person.key in state.here else Way.GONE
    why, knowing = Why(way, session.parting, by), set[Session]()
    for member in list(session.members.values()):
        leave_room(state, member, why, told=knowing if way is Way.GONE else None)
    if way is Way.GONE:
        state.here.operating.end(person.standing)
        state.here.former.left(person, state.at)
    if session.scopes is not None:
        _note_token(state, session.device)
    is_far = isinstance(session, FarSession)
    if person.id and not is_far:
        note_seen(state, person, session.device)
    if person.key in state.here:
        return
    state.looks.free(person)
    if person.id:
        seeing.leave(state, person.id)
        places.forget(state, person.id)
        return
    if is_far:
        return
    state.departed.remember(session)
    if lost_at is not None and has_place and session.format.gets_answers:
        state.kept.keep(person, session.origin, lost_at)
        state.looks.take(person)
        _free_due(state, lost_at, session.origin)
    else:
        claims.release(state, person)


def free_names(state: State, now: float) -> None:
    """Let others have the names that were kept for long enough, at `now` seconds."""
    _free_due(state, now)


def _free_due(state: State, now: float, origin: str | None = None) -> None:
    for key in state.kept.due(now, origin):
        if (person := state.kept.holder(key)) is not None:
            claims.release(state, person)
        free(state, key)


def _pass_over_news(state: State, key: str) -> None:
    """Let nobody be at another node whose name is taken here: the log says that they are not."""
    for session in state.here.named(key):
        if isinstance(session, FarSession):
            depart(state, session)


def free(state: State, key: str) -> None:
    """Keep a name no longer."""
    if (person := state.kept.free(key)) is not None:
        state.looks.free(person)
