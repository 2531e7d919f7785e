"""Searches: looks up what a query asks for, and keeps to what the asker may see."""

from collections.abc import Generator
from itertools import islice
from typing import NamedTuple

from hubbub.chat.errors import Refused
from hubbub.chat.events import Page
from hubbub.chat.finding import Finding, read_query
from hubbub.chat.names import allowed_name, handle_of, name_key, private_room
from hubbub.chat.nearest import nearest
from hubbub.chat.queries import Answer, Calls, Question, SearchQuery
from hubbub.chat.tags import sender_tag
from hubbub.hub.asking import read, read_seqs_at
from hubbub.hub.flow.private import page_seen
from hubbub.hub.membership import find_room
from hubbub.hub.people.ignoring import is_ignored
from hubbub.hub.power.across import page_readable, private_names, without
from hubbub.hub.present.room import Room, Session
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import check_entry
from hubbub.hub.state import State

_ME = "me"
_LOOKED_AT_MAX = 1000
"""How many of those who are here may be meant by a name that nobody has."""


class Wanted(NamedTuple):
    """What somebody searches for: a query as they typed it, perhaps in one room alone.

    `zone` is how many minutes their clocks are before UTC.
    """

    query: str
    room: Room | None
    before: int | None
    limit: int
    zone: int = 0


def find(
    state: State, session: Session, wanted: Wanted, at: int
) -> Generator[Question, Answer, Page]:
    """Return what the session may see of what it searches for, at a time in milliseconds.

    Raises Refused for what cannot be searched for, and if nothing was found of somebody unknown.
    """
    asked = read_query(wanted.query, at, wanted.zone)
    room = wanted.room if not asked.rooms else _room(state, session, asked.rooms[0])
    check_entry(state, session, Act.READ, room)
    known, unknown = _senders(state, session, asked)
    after, before = 0, wanted.before
    if asked.after is not None:
        (low, _) = yield from read_seqs_at(asked.after)
        after = max(low - 1, 0)
    if asked.before is not None:
        (_, high) = yield from read_seqs_at(asked.before)
        before = high if before is None else min(before, high)
    query = SearchQuery(
        words=asked.words,
        senders=known,
        contents=asked.contents,
        room=None if room is None else room.name,
        private=private_names(state, session) if room is None else (),
        after=after,
        before=before,
        limit=wanted.limit,
        is_about_all=not asked.words and not asked.is_empty,
    )
    page = yield from read(state, session, query)
    check_entry(state, session, Act.READ, room)  # they may have been put out meanwhile
    if unknown and not page.messages and not page.more:
        raise _nobody(state, unknown)
    if room is None:
        return page_readable(state, session, page)
    return page_seen(session.person, room, page)


def find_calls(
    state: State, session: Session, before: int | None, limit: int
) -> Generator[Question, Answer, Page]:
    """Return what mentions the session's person, or answers them, in all that they may read.

    Raises Refused `forbidden` for somebody in passing: the next one of the name is somebody else.
    """
    person = session.person
    check_entry(state, session, Act.READ, None)
    if not person.id:
        raise Refused(
            "Mentions are kept for people whom the server knows again. Join with hubbub or in a "
            f"browser for that; until then, search for '{person.name}'.",
            code="forbidden",
        )
    query = SearchQuery(
        words="",
        calls=Calls(person.name, sender_tag(person.name, person.id)),
        private=private_names(state, session),
        before=before,
        limit=limit,
    )
    page = yield from read(state, session, query)
    check_entry(state, session, Act.READ, None)
    page = page_readable(state, session, page)
    heard = [None if is_ignored(person, one) else one for one in page.messages]
    return without(page, heard)


def _room(state: State, session: Session, called: str) -> Room:
    if not called.startswith("@"):
        return find_room(state, session, called)
    key = name_key(allowed_name(called[1:]))
    here, known = state.here.holder(key), state.book.owner(key)
    if here is not None:
        handle = here.handle
    elif known is not None:
        handle = handle_of(known[0])
    else:
        raise _nobody(state, called[1:])
    return find_room(state, session, private_room(session.person.handle, handle))


def _senders(state: State, session: Session, asked: Finding) -> tuple[tuple[str, ...], str]:
    """Return the tags of those who are named, and the first name that nobody has now."""
    tags: dict[str, None] = {}
    unknown = ""
    for name in asked.senders:
        if name.lower() == _ME:
            tags[sender_tag(session.person.name, session.person.id)] = None
            continue
        key = name_key(allowed_name(name))
        here, known = state.here.holder(key), state.book.owner(key)
        for id_ in (here and here.id, known and known[0]):
            if id_:
                tags[sender_tag(name, id_)] = None
        tags[sender_tag(name)] = None  # also whoever passed under that name
        if here is None and known is None:
            unknown = unknown or name
    return tuple(tags), unknown


def _nobody(state: State, name: str) -> Refused:
    meant = nearest(name, [one.person.name for one in islice(state.here, _LOOKED_AT_MAX)])
    hint = "" if meant is None else f" Did you mean {meant}?"
    return Refused(f"There is nobody called '{name}'.{hint}", code="not_here")
