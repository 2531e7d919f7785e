"""Another name for somebody who is known: they stay the same person, and stay in their rooms."""

from hubbub.chat import commands as c
from hubbub.chat.errors import Refused
from hubbub.chat.names import allowed_name, check_is_no_program
from hubbub.hub.asking import Reading, wait_while
from hubbub.hub.membership import leave_room, rename_in_rooms
from hubbub.hub.people import claims, reserved
from hubbub.hub.people.admission import welcome
from hubbub.hub.people.identity import alone, may_have, take_name
from hubbub.hub.power import upkeep
from hubbub.hub.present.person import NO_SEQS, Person
from hubbub.hub.present.room import Room, Session
from hubbub.hub.standing import check_bans, check_may_drop_name
from hubbub.hub.state import State


def rename(state: State, session: Session, command: c.Rename, _at: int) -> Reading:
    """Let the session's person have another name; all of their sessions are told by a welcome."""
    own = session.person
    if not own.id:
        raise Refused(
            "People in passing have a name for as long as they are connected. Connect again with "
            "another one.",
            code="forbidden",
        )
    wanted = Person(allowed_name(command.name), id_=own.id)
    check_is_no_program(wanted.name)
    yield from wait_while(lambda: own.id in state.identifying)
    with alone(state, own.id):
        if wanted.name != own.name:
            _check_free(state, session, wanted)
            _check_bans(state, session, wanted)
            yield from take_name(state, session, wanted)
            # Whatever they said so far counts as said under the name that they had.
            while any(one.pending_bytes for one in state.here.named(own.key)):
                yield state.drafts.next_batch()
            change_name(state, own, wanted.name)
    _tell_own(state, session, command.ref)


def be_called(state: State, session: Session, command: c.BeCalled, at: int) -> Reading:
    """Let the session's person have another name for as long as they are here; nothing is logged.

    A member stays a member, whose own name nobody else can have. Somebody in passing stays who they
    are in their rooms. Talks of two stay with the name, as does what was said under it: from now
    on, it is somebody else's.

    Where several nodes let people in, all of them know a member by their own name: there it is
    another one for good.
    """
    own = session.person
    if own.id and state.claims.run:
        if command.alone:
            raise Refused(f"You are '{own.name}' here.", code="name_taken")
        yield from rename(state, session, command, at)
        return
    wanted = Person(allowed_name(command.name), id_=own.id)
    check_is_no_program(wanted.name)
    yield from wait_while(lambda: own.id in state.identifying)
    with alone(state, own.id or session.secret):
        while any(one.pending_bytes for one in state.here.named(own.key)):
            yield state.drafts.next_batch()
        if wanted.key != own.key:
            _check_free(state, session, wanted)
            fence = state.drafts.fence(wanted.key)
            while state.drafts.settled < fence:
                yield state.drafts.next_batch()
            if command.alone and len(state.here.named(own.key)) > 1:
                raise Refused(f"You are here as '{own.name}' already.", code="name_taken")
            _check_free(state, session, wanted)
            _check_bans(state, session, wanted)
            if not own.id:
                yield from _leave_behind(state, session, wanted)
        if wanted.name != own.name:
            change_name(state, own, wanted.name)
    _tell_own(state, session, command.ref)


def _leave_behind(state: State, session: Session, wanted: Person) -> Reading:
    """Leave what stays with a name in passing, and claim the next one."""
    if state.claims.run:
        yield from _claim(state, session, wanted)
    for member in [one for one in session.members.values() if one.room.direct]:
        leave_room(state, member)
    session.person.since, session.person.not_own = state.last, NO_SEQS
    claims.release(state, session.person)


def _tell_own(state: State, session: Session, ref: str | None) -> None:
    """Tell all sessions of a person what they are called now."""
    for one in state.here.named(session.person.key):
        if one is not session and one.format.gets_answers:
            one.send(welcome(state, one, None))
    if session.format.gets_answers:
        session.send(welcome(state, session, ref))


def _claim(state: State, session: Session, wanted: Person) -> Reading:
    """Claim a name in passing; raise Refused `name_taken` if somebody else is faster."""
    state.entering[wanted.key] = wanted
    is_theirs = False
    try:
        is_theirs = yield from claims.claim(state, wanted, session.secrets)
    finally:
        del state.entering[wanted.key]
        if not is_theirs:
            claims.release(state, wanted)
    if not is_theirs:
        raise Refused(f"The name '{wanted.name}' is taken. Choose another one.", code="name_taken")


def _check_free(state: State, session: Session, wanted: Person) -> None:
    """Raise Refused `name_taken` if the name is another's, or looks like it."""
    if not may_have(state, session, wanted):
        raise Refused(f"The name '{wanted.name}' is taken. Choose another one.", code="name_taken")
    state.looks.check(wanted, besides=session.person)
    reserved.check_looks(state, wanted)


def _check_bans(state: State, session: Session, wanted: Person) -> None:
    """Raise Refused `banned` if nobody of this name may be here, or in a room that they are in.

    Nor may somebody be called otherwise whose name is banned or muted where they are: with another
    one, they would be free to speak.
    """
    sessions = state.here.named(session.person.key)
    rooms = {name: one.room for each in sessions for name, one in each.members.items()}
    places: list[Room | None] = [None, *rooms.values()]
    for room in places:
        check_bans(state, wanted, session.origin, room)
        check_may_drop_name(state, session, room)


def change_name(state: State, own: Person, name: str) -> None:
    """Call somebody otherwise from now on."""
    sessions = state.here.named(own.key)
    state.here.former.left(own, state.at)
    state.looks.free(own)
    rename_in_rooms(state, sessions, lambda: state.here.rename(own, name))
    upkeep.renamed(state, own)
    state.looks.take(own)
