"""Who a session is: a device's secret makes it a session of somebody who is known.

Whoever comes with a secret that no device has becomes a guest, under the name that the session has.
Whoever comes with that of a device is its person, under that person's name, however many sessions
they have already. Either way the session begins anew: it is in no room.

What may race: what is decided here may have to wait for the log. Meanwhile the name is *entering*,
as in admission, and nobody else is let in as the same person or by the same device (`identifying`).
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from msgspec.structs import replace

from hubbub.chat import commands as c
from hubbub.chat.codes import is_token
from hubbub.chat.errors import PutOut, Refused
from hubbub.chat.events import Fact
from hubbub.chat.names import name_key
from hubbub.chat.people import NAME, PERSON, Device, Profile, hash_of, new_device, new_id
from hubbub.chat.queries import Guess
from hubbub.chat.roles import Role
from hubbub.hub.asking import Reading, wait_while, write
from hubbub.hub.people import (
    claims,
    ignoring,
    metadata,
    operating,
    places,
    reserved,
    seeing,
    showing,
)
from hubbub.hub.people.admission import (
    check_admitted,
    is_in_use,
    name_taken,
    welcome,
)
from hubbub.hub.people.conversations import bring_into_unread
from hubbub.hub.people.invited import Brought, invited
from hubbub.hub.people.leaving import depart
from hubbub.hub.people.posters import token_of
from hubbub.hub.people.records import change, fact, forgotten, held
from hubbub.hub.power.succession import first_operator
from hubbub.hub.present.person import Person
from hubbub.hub.present.room import Session
from hubbub.hub.rules.access import Arrival
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import check_access, check_bans, check_entry, role_elsewhere
from hubbub.hub.state import State

SESSIONS_MAX: Final = 100
"""Sessions of one person: each is told all that the person is told."""

WAIT_FOR_NODES_SECONDS: Final = 7.0
"""How long to wait until another node is heard, or counts as gone."""


def identify(state: State, session: Session, command: c.Identify, at: int) -> Reading:
    """Make a session one of the person whose device has the secret, or of a new guest."""
    hash_ = hash_of(command.device)
    code = ""
    if command.invitation:
        code = operating.brought_code(state, command.invitation, _owner(state, hash_))
    if code:
        yield Guess()
    yield from _hear_of_other_nodes(state, session, hash_)
    yield from wait_while(lambda: bool(state.identifying & {hash_, _owner(state, hash_)}))
    id_ = _owner(state, hash_)
    scopes = None
    if is_token(command.device):
        scopes = frozenset(token_of(state, command.device).scopes)
    if own := session.person.id:
        if own != id_:
            raise Refused(
                "This session is somebody's already. Connect again to be somebody else.",
                code="forbidden",
            )
        session.device, session.scopes = hash_, scopes
        session.send(welcome(state, session, command.ref))
        return
    brought = None if code else _brought(state, command.invitation, id_)
    with ExitStack() as stack:
        stack.enter_context(alone(state, id_ or hash_))
        if code:
            stack.enter_context(operating.using(state, session, code))
        while session.pending_bytes:  # what it said so far, it said as another person
            yield state.drafts.next_batch()
        if id_:
            if session.locked or brought is not None:
                yield from _unlock(state, session, id_, brought, code)
            yield from come_back(state, session, id_, brought, code)
        else:
            if session.locked:
                _pass_lock(state, session, is_invited=bool(brought or code))
            device = new_device(hash_, at, command.label)
            yield from become(state, session, at, device=device, brought=brought, code=code)
        session.device, session.scopes = hash_, scopes
    told = welcome(state, session, command.ref)
    told.rooms = [] if brought is None else list(brought.invitation.rooms)
    session.send(told)
    ignoring.tell(state, session)
    bring_into_unread(state, session)


def _brought(state: State, secret: str, id_: str) -> Brought | None:
    """Return the invitation that somebody brings; raise Refused if it does not count.

    Somebody who came in by one before may bring it again, as when the answer was lost.
    """
    try:
        return Brought.of(state, secret) if secret else None
    except Refused:
        if not id_ or not state.book.profiles[id_].invited:
            raise
        return None


def _pass_lock(state: State, session: Session, *, is_invited: bool) -> None:
    """Let a session go on without the chatroom's password, if its person was invited."""
    if not is_invited:
        check_admitted(state, session)
    session.locked, session.held, session.stranger = False, True, True


def _unlock(
    state: State, session: Session, id_: str, brought: Brought | None, code: str
) -> Reading:
    """Let in somebody who is known by what they bring: an invitation that they need, or the code.

    `code` is that of the server's start.
    """
    if code:
        yield from change(state, id_, lambda profile: replace(profile, invited=True))
    profile = state.book.profiles[id_]
    if brought is not None and (
        brought.counts_for(profile, locked=session.locked) or brought.opens(state, id_)
    ):
        used = brought.used(state, id_)
        yield from write(state, used)
        yield from brought.finish_using(state, id_, used)
        yield from change(state, id_, brought.let_in)
        yield from brought.open_rooms(state, id_)
    if session.locked:
        # A bot's token is proof enough, as it is over HTTP.
        profile = state.book.profiles[id_]
        _pass_lock(state, session, is_invited=profile.invited or profile.kind == "bot")


def _owner(state: State, hash_: str) -> str:
    """Return the id of the person who has this device or token, empty if nobody does."""
    token = state.grants.tokens.get(hash_)
    return state.book.owner_of_device(hash_) if token is None else token.person


def _hear_of_other_nodes(state: State, session: Session, hash_: str) -> Reading:
    """Wait until this node knows as much of a newcomer as the others did when they came.

    They may have been somebody in passing at another node a moment ago, and be known since. Nodes
    tell each other beside the log who is there in passing, so this one may hear of it later, or not
    at all until the other node counts as gone.
    """
    key = session.person.key
    if not (session.held and state.claims.run):
        return
    if not _owner(state, hash_) or claims.is_elsewhere(state, key):
        yield from claims.come_up_to_now(state, key)

    def is_past() -> bool:
        holder = state.here.holder(key)
        is_far = holder is not None and not holder.id and not state.here.local(key)
        return is_far and not claims.is_elsewhere(state, key)

    yield from wait_while(is_past, WAIT_FOR_NODES_SECONDS)


@contextmanager
def alone(state: State, what: str) -> Iterator[None]:
    """Let nobody else be let in as the same person, or by the same device."""
    state.identifying.add(what)
    try:
        yield
    finally:  # also when the decision is closed, because the connection is lost
        state.identifying.remove(what)


def become(
    state: State,
    session: Session,
    at: int,
    *,
    device: Device | None = None,
    password: str = "",
    brought: Brought | None = None,
    code: str = "",
) -> Reading:
    """Make a session one of a new person: a guest, or a member.

    A member has the hash of a password, or an invitation as a member. `code`: that of the server's
    start, which makes its bearer an operator.
    """
    if session.held and (not session.stranger or is_in_use(state, session.person.key)):
        raise name_taken(state, session)
    if claims.is_elsewhere(state, session.person.key):
        raise name_taken(state, session)
    operator = _operator(state, session, id_ := new_id(session.secret), code)
    role = Role.OPERATOR if operator else Role.MEMBER if password else Role.GUEST
    check_access(state, Arrival(role, invited=invited(brought)))
    if not operator:
        check_entry(state, session, Act.JOIN, None)
    state.newcomers.check(session.origin, at)
    passing = session.person
    person = Person(passing.name, state.last, id_=id_)
    person.away = passing.away
    profile = Profile(
        person.name,
        "member" if password or (brought and brought.is_for_member) else "guest",
        since=at,
        seen=at,
        devices=() if device is None else (device,),
        password=password,
        invited=bool(brought or code),
    )
    key = PERSON + person.id
    facts = [held(state, person), fact(state, key, profile, person.id)]
    used = [] if brought is None else brought.used(state, person.id)
    with alone(state, NAME + person.key):
        yield from write(state, [*facts, *operator, *used])
    try:
        if brought is not None:
            yield from brought.finish_using(state, person.id, used)
            yield from brought.open_rooms(state, person.id)
    except Refused:
        yield from write(state, forgotten(state, person.id, profile))
        raise
    if state.book.names.get(person.key) != person.id:  # another server let somebody have it
        yield from write(state, [fact(state, key, None)])
        raise name_taken(state, session)
    state.newcomers.came(session.origin, at)
    _be(state, session, person)


def _operator(state: State, session: Session, id_: str, code: str) -> list[Fact]:
    """Return the facts by which somebody comes in as an operator, if they do."""
    if code:
        return operating.made_operator(state, id_, code)
    return first_operator(state, session, id_)


def come_back(
    state: State, session: Session, id_: str, brought: Brought | None = None, code: str = ""
) -> Reading:
    """Make a session one of somebody who is known, under their name if nobody else has it now.

    `brought` and `code` are as in `become`.
    """
    operator = _operator(state, session, id_, code)
    role = Role.OPERATOR if operator else role_elsewhere(state, id_)
    check_access(state, Arrival(role, is_known=True, invited=invited(brought)))
    yield from seeing.load(state, id_)
    if session.format.keeps_place:
        yield from places.load(state, id_)
    person = state.here.person(id_)
    if person is None:
        person = Person(state.book.profiles[id_].name, state.last, id_=id_)
        keeps_name = _keeps_name(state, session)
        if keeps_name or not may_have(state, session, person):
            if session.held:
                raise name_taken(state, session)
            person = Person(session.person.name, state.last, id_=id_)
        yield from ignoring.load(state, person)
        yield from metadata.load(state, person)
        if not keeps_name:
            yield from take_name(state, session, person)
    elif len(state.here.named(person.key)) >= SESSIONS_MAX:
        raise Refused(
            f"You are here over {SESSIONS_MAX} connections already. Close one of them first.",
            code="forbidden",
        )
    yield from write(state, operator)
    _be(state, session, state.here.person(id_) or person)  # who may have come elsewhere meanwhile


def _keeps_name(state: State, session: Session) -> bool:
    """Return whether a session goes on under the name that it has, as IRC has it: it has it alone.

    Nothing of that is logged: its person's own name stays theirs. Where several nodes let people
    in, all of them know a member by that.
    """
    is_alone = state.here.named(session.person.key) == (session,)
    return session.format.knows_inner and is_alone and not state.claims.run


def may_have(state: State, session: Session, person: Person) -> bool:
    """Return whether nobody else has the person's name, or will have it in a moment."""
    key = person.key
    return (
        state.here.holder(key) in (None, session.person)
        and key not in state.entering
        and key not in state.kept
        and reserved.owner(state, key) in ("", person.id)
        and not claims.is_elsewhere(state, key)
    )


def take_name(state: State, session: Session, person: Person) -> Reading:
    """Let somebody who is known have a name that is free, or the session's own."""
    key, profile = person.key, state.book.profiles[person.id]
    facts = [] if state.book.names.get(key) == person.id else [held(state, person)]
    if (former := name_key(profile.name)) != key:
        if state.book.names.get(former) == person.id:
            facts.append(fact(state, NAME + former, None, person.id))
        renamed = replace(profile, name=person.name, formerly=profile.name)
        facts.append(fact(state, PERSON + person.id, renamed, person.id))
    if not facts and not state.drafts.concern(key):
        return
    state.entering[key] = person
    try:
        # What an earlier holder of the name said stands in the log before what this one says.
        fence = state.drafts.fence(key)
        while state.drafts.concern(key) and state.drafts.settled < fence:
            yield state.drafts.next_batch()
        yield from write(state, facts)
    finally:
        del state.entering[key]
    if state.book.names.get(key) != person.id:
        raise name_taken(state, session)


def _be(state: State, session: Session, person: Person) -> None:
    """Make a session one of a person's; whoever it was before leaves.

    Raises PutOut `banned` if the person is kept out, and Refused `forbidden` if its connection is
    gone, as it may be when another device lets it in.
    """
    if session.gone:
        raise Refused("The other device has left.", code="forbidden")
    before = session.person
    with state.here.staying(before.key if before.key == person.key else ""):
        depart(state, session)
        try:
            check_bans(state, person, session.origin, None)
        except Refused as refusal:
            raise PutOut(str(refusal), code=refusal.code) from None
        session.person, session.held, session.stranger = person, False, False
        person.kind = state.book.profiles[person.id].kind
        person.shown = showing.after(before.shown, person.shown)
        person.came_at = person.came_at or before.came_at or state.at
        person.spoke_at = max(person.spoke_at, before.spoke_at)
        state.here.add(session)
    state.looks.take(person)
