"""Somebody who is known has the chatroom forget them, and what they said, if they like.

The account goes in one commit. A fact in it gives what they said another name from then on
(known/forgotten.py), and says what is still to be cleared: their reactions, and their messages if
they like. The server does that by itself, a page at a time between other commits; after a restart
it begins again, and passes over what is cleared already.
"""

from collections.abc import Generator, Iterator, Sequence

from msgspec.structs import replace

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import LogError, Refused, WrongSecret
from hubbub.chat.grants import INVITATION
from hubbub.chat.names import deleted_name, is_public, name_key
from hubbub.chat.passwords import spelled
from hubbub.chat.people import Forgotten
from hubbub.chat.queries import Answer, Guess, PageQuery, Question, VerifyPassword
from hubbub.hub.asking import Decision, Reading, read_reactions, wait_while, write
from hubbub.hub.flow.drafts import NOT_COMMITTED
from hubbub.hub.people.devices import own_profile
from hubbub.hub.people.identity import alone
from hubbub.hub.people.leaving import depart
from hubbub.hub.people.records import forgotten
from hubbub.hub.power.succession import left_behind
from hubbub.hub.present.room import Room, Session
from hubbub.hub.state import State


def forget_me(state: State, session: Session, command: c.ForgetMe, _at: int) -> Reading:
    """Delete the account of a session's person, who gives the password again if they have one."""
    profile = own_profile(state, session)
    if profile.password:
        account = name_key(profile.name)
        yield Guess(account)
        if not (yield VerifyPassword(spelled(command.password), profile.password, account)):
            raise WrongSecret("That is not your password.", code="wrong_login", account=account)
    id_ = session.person.id
    yield from wait_while(lambda: id_ in state.identifying)
    with alone(state, id_):
        yield from _end_others(state, session)
        own, session.device = session.device, ""  # its answer comes before its end
        try:
            while (now := state.book.profiles.get(id_)) is not None:
                left = Forgotten(now.name, messages=command.messages == "delete")
                gone = state.forgotten.fact(id_, left, state.at)
                facts = [*_invitations(state, id_), *forgotten(state, id_, now)]
                yield from write(state, [gone, *facts])
            while heirs := left_behind(state, id_):  # others changed the same rules meanwhile
                yield from write(state, heirs)
        finally:
            session.device = own
    session.confirm(command.ref)
    _end(state, session)


def _end_others(state: State, session: Session) -> Reading:
    """End the person's other sessions: nothing more is said meanwhile."""
    person = session.person
    for other in list(state.here.named(person.key)):
        if other is not session:
            _end(state, other)
    said = person.newest_draft
    while not state.drafts.is_settled(said):
        yield state.drafts.next_batch()


def _end(state: State, session: Session) -> None:
    depart(state, session)
    session.send(e.Bye(reason="Your account is deleted.", code="logged_out"))
    session.outlet.end()


def _invitations(state: State, id_: str) -> list[e.Fact]:
    """Return the facts that take somebody's invitations back."""
    return [
        state.grants.fact(INVITATION + hash_, None, id_, state.at)
        for hash_, one in state.grants.invitations.items()
        if one.by == id_
    ]


# Clearing what they left.


def unfinished(state: State) -> Decision:
    """Return the decision that clears what a deleted account left; None if there is none.

    It raises Refused or LogError if the log fails; ask for it again later then.
    """
    return next(
        (
            _go_through(state, *one)
            for one in state.forgotten.unfinished.items()
            if not any(_is_held(state, room) for room in state.forgotten.held.get(one[0], ()))
        ),
        None,
    )


def _is_held(state: State, room: str) -> bool:
    rules = state.order.rules.get(room)
    return rules is not None and rules.held


def _go_through(state: State, id_: str, left: Forgotten) -> Reading:
    held = state.forgotten.held.setdefault(id_, set())
    held.clear()
    for room in list(_rooms(state, id_)):
        after, more = 0, True
        while more:
            if _is_held(state, room.name):
                held.add(room.name)
                break
            page = yield PageQuery(room=room.name, after=after, limit=c.PAGE_MESSAGES_MAX)
            assert isinstance(page, e.Page)
            if room.going:
                raise Refused(NOT_COMMITTED, code=LogError.code)
            if state.rooms.get(room.name) is not room:
                break  # it was deleted, with all that was said there
            if not (yield from _clear(state, room, id_, left, page)):
                held.add(room.name)
                break
            more = page.more and bool(page.messages)
            after = page.messages[-1].seq if page.messages else after
    if not held:  # else the rest is cleared once the hold has ended
        yield from write(state, [state.forgotten.fact(id_, Forgotten(), state.at)])


def _rooms(state: State, id_: str) -> Iterator[Room]:
    """Yield the rooms in which somebody may have said something; not those of the server's own."""
    yield from (room for room in state.rooms.values() if is_public(room.name))
    yield from state.recent.rooms(id_)


def _clear(
    state: State, room: Room, id_: str, left: Forgotten, page: e.Page
) -> Generator[Question, Answer, bool]:
    """Take back what they left on a page of a room, and wait until that is committed.

    Return whether it was, which it is not in a room that has been held since it was read.
    """
    reacted = [message.seq for message in page.messages if message.reactions]
    given = yield from read_reactions(room.name, id_, reacted)
    if _is_held(state, room.name):
        return False
    drafts = [
        state.drafts.add(change, state.clerk, None, 0, listeners=room.listeners)
        for message in page.messages
        for change in _changes(message, given, id_, left, state.at)
    ]
    for draft in drafts:
        while not state.drafts.is_settled(draft.number):
            yield state.drafts.next_batch()
    if not all(draft.event.seq for draft in drafts):
        raise Refused(NOT_COMMITTED, code=LogError.code)
    return True


def _changes(
    message: e.Message, given: Sequence[e.Reaction], id_: str, left: Forgotten, at: int
) -> Iterator[e.AnyLogged]:
    """Yield what takes a message back, if they said it and want that, or what they gave to it."""
    room, target = message.room, message.seq
    if message.person == id_ and left.messages and not message.deleted:
        name = deleted_name(id_)
        yield e.Deleted(room=room, seq=0, prev=0, sender=name, person=id_, at=at, target=target)
        return
    for reaction in given:
        if reaction.target == target:  # under the name that stands there
            yield replace(reaction, seq=0, prev=0, at=at, on=False)
