"""The commands of event sessions (protocol section 4): one function each, and their table."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.queries import PageQuery, SearchQuery
from hubbub.chat.text import inert_line
from hubbub.hub import admission, posting
from hubbub.hub.asking import Decision, Reading, read
from hubbub.hub.fanout import announce
from hubbub.hub.membership import (
    describe,
    enter_room,
    find_or_open_room,
    find_room,
    is_crowd,
    leave_room,
    list_members,
    list_rooms,
    open_direct_room,
    own_membership,
)
from hubbub.hub.private import after_seen, last_seen, page_seen
from hubbub.hub.room import Session
from hubbub.hub.state import State


def decide(state: State, session: Session, command: c.AnyCommand, at: int) -> Decision:
    """Decide on a command. A locked session may only unlock, a held one only resume."""
    if not isinstance(command, c.Unlock if session.locked else c.Resume):
        admission.check_admitted(session)
    return DECISIONS[type(command)](state, session, command, at)


def _answer(session: Session, ref: str | None) -> None:
    if ref is not None:
        session.send(e.Ok(ref=ref))


# Rooms and members.


def join(state: State, session: Session, command: c.Join, _at: int) -> None:
    room = find_or_open_room(state, session, command.room)
    member = session.members.get(room.name) or enter_room(state, session, room)
    session.current = room
    after, epoch = command.after, command.epoch
    replaced = after is not None and not state.is_history(after, epoch or "")
    gap = after is not None and not replaced and after < room.dropped
    told = "" if epoch is None else state.epoch  # a client that knows no epochs is told none
    describe(state, member, gap=gap, epoch=told, replaced=replaced, ref=command.ref)
    if replaced:
        after = room.last  # the cursor belongs to another history
    elif after is None:  # a lagging member goes on from where it is
        after = member.cursor if room.name in session.lagging else room.last
    if room.direct:
        after = max(after, session.since)
    if after < room.last or room.name in session.lagging:
        room.lag(member, min(after, room.last))


def direct(state: State, session: Session, command: c.Direct, _at: int) -> None:
    describe(state, open_direct_room(state, session, command.name), ref=command.ref)


def leave(state: State, session: Session, command: c.Leave, _at: int) -> None:
    leave_room(state, own_membership(state, session, command.room))
    _answer(session, command.ref)


def resume(state: State, session: Session, command: c.Resume, _at: int) -> None:
    admission.resume(state, session, command.session)
    _answer(session, command.ref)


def unlock(state: State, session: Session, command: c.Unlock, _at: int) -> Decision:
    return admission.unlock(state, session, command.password, command.ref)


def hello(_state: State, _session: Session, _command: c.Hello, _at: int) -> None:
    raise Refused("The session has already begun: hello comes once, and first.")


# Passing things.


def typing(state: State, session: Session, command: c.Typing, _at: int) -> None:
    member = own_membership(state, session, command.room)
    if not is_crowd(state, member.room):
        event = e.Typing(room=member.room.name, name=session.name)
        announce(member.room, event, besides=member)
    _answer(session, command.ref)


def seen(state: State, session: Session, command: c.Seen, _at: int) -> None:
    room = own_membership(state, session, command.room).room
    # All sessions of the account: a name has one session at a time.
    session.send(e.Seen(room=room.name, seq=min(command.seq, last_seen(session, room))))
    _answer(session, command.ref)


# Asking.


def history(state: State, session: Session, command: c.History, _at: int) -> Reading:
    if command.before is not None and command.after is not None:
        raise Refused("Ask for the history before a seq or after one, not both.")
    room = find_room(state, session, command.room)
    after = after_seen(session, room, command.after)
    query = PageQuery(room=room.name, before=command.before, after=after, limit=command.limit)
    page = yield from read(state, session, query)
    page = page_seen(session, room, page, forwards=after is not None)
    session.send(replace(page, ref=command.ref))


def search(state: State, session: Session, command: c.Search, _at: int) -> Reading:
    room = None if command.room is None else find_room(state, session, command.room)
    query = SearchQuery(
        words=inert_line(command.query),
        room=None if room is None else room.name,
        before=command.before,
        limit=command.limit,
    )
    page = yield from read(state, session, query)
    if room is not None:
        page = page_seen(session, room, page)
    session.send(replace(page, ref=command.ref))


def rooms(state: State, session: Session, command: c.Rooms, _at: int) -> None:
    session.send(list_rooms(state, command.ref))


def members(state: State, session: Session, command: c.Members, _at: int) -> None:
    session.send(list_members(state, find_room(state, session, command.room), command.ref))


def ping(_state: State, session: Session, command: c.Ping, _at: int) -> None:
    _answer(session, command.ref)


DECISIONS: dict[type[c.Command], Callable[[State, Session, Any, int], Decision]] = {
    c.Delete: posting.delete,
    c.Direct: direct,
    c.Edit: posting.edit,
    c.Hello: hello,
    c.History: history,
    c.Join: join,
    c.Leave: leave,
    c.Members: members,
    c.Ping: ping,
    c.React: posting.react,
    c.Resume: resume,
    c.Rooms: rooms,
    c.Say: posting.say,
    c.Search: search,
    c.Seen: seen,
    c.SetTopic: posting.topic,
    c.Typing: typing,
    c.Unlock: unlock,
}
