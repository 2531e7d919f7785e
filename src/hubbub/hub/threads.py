"""Decides on commands about single messages: their answers, their pins, what they read before."""

from collections.abc import Generator

from msgspec.structs import replace

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.queries import Answer, PageQuery, Question, RevisionsQuery
from hubbub.hub.asking import Reading, read, read_revisions
from hubbub.hub.flow.private import after_seen, page_seen
from hubbub.hub.membership import find_room, own_membership
from hubbub.hub.posting import find_message, find_message_to_change, submit
from hubbub.hub.present.room import Room, Session
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import check, check_changing, check_entry, rules_of
from hubbub.hub.state import State

PINS_MAX = 50
"""Of one room; a few more if sessions pin at the same moment."""


def replies(state: State, session: Session, command: c.Replies, _at: int) -> Reading:
    """Tell the answers to a message, oldest first."""
    room = find_room(state, session, command.room)
    check_entry(state, session, Act.READ, room)
    after = after_seen(session.person, room, command.after)
    query = PageQuery(room=room.name, after=after, limit=command.limit, answers_to=command.seq)
    page = yield from _read(state, session, room, query)
    session.send(replace(page, ref=command.ref))


def pins(state: State, session: Session, command: c.Pins, _at: int) -> Reading:
    """Tell all that is pinned in a room."""
    room = find_room(state, session, command.room)
    check_entry(state, session, Act.READ, room)
    page = yield from _read(state, session, room, _pinned_in(room))
    session.send(replace(page, ref=command.ref))


def _pinned_in(room: Room) -> PageQuery:
    return PageQuery(room=room.name, limit=PINS_MAX, pinned=True)


def _read(
    state: State, session: Session, room: Room, query: PageQuery
) -> Generator[Question, Answer, e.Page]:
    page = yield from read(state, session, query)
    check_entry(state, session, Act.READ, room)  # they may have been put out while the log was read
    return page_seen(session.person, room, page, forwards=True)


def pin(state: State, session: Session, command: c.Pin, at: int) -> Reading:
    """Pin a message, or take the pin away."""
    room = own_membership(state, session, command.room).room
    _check_pinning(state, session, room)
    message = yield from find_message_to_change(state, session, room, command.seq)
    if message.pinned == command.on:
        session.confirm(command.ref)  # it stands so already
        return
    if command.on:
        page = yield from _read(state, session, room, _pinned_in(room))
        _check_pinning(state, session, room)
        if page.more or len(page.messages) >= PINS_MAX:
            raise Refused(
                f"In '{room.called}' {len(page.messages)} messages are pinned already, and no "
                "more fit. Unpin one first.",
                code="too_long",
            )
    draft = e.Pinned(
        room=room.name,
        seq=0,
        prev=0,
        sender=session.person.name,
        person=session.person.id,
        at=at,
        target=command.seq,
        on=command.on,
    )
    submit(state, session, draft, command.ref, 0)


def _check_pinning(state: State, session: Session, room: Room) -> None:
    check(state, session, Act.PIN, room)  # it takes power where a room has an owner
    check_changing(state, session, Act.PIN, room)  # they may be muted


def revisions(state: State, session: Session, command: c.Revisions, _at: int) -> Reading:
    """Tell what a message read before it was edited, where the room's rules have that kept."""
    room = find_room(state, session, command.room)
    _check_kept(state, session, room)
    yield from find_message(state, session, room, command.seq)
    found = yield from read_revisions(RevisionsQuery(room.name, command.seq))
    _check_kept(state, session, room)
    session.send(replace(found, ref=command.ref))


def _check_kept(state: State, session: Session, room: Room) -> None:
    check_entry(state, session, Act.READ, room)
    if not rules_of(state, room).revisions:
        raise Refused(
            f"In '{room.called}' nobody can read what messages said before they were edited. "
            "Its owner can allow that, for later edits.",
            code="forbidden",
        )
