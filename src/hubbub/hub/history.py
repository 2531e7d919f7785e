"""Pages of what was said in a room, by seqs or by times, and what else happened there."""

from collections.abc import Generator
from functools import partial

from msgspec.structs import replace

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.queries import Answer, HappenedQuery, PageQuery, Question, allow_one_place
from hubbub.hub.asking import Reading, read, read_happened, read_seqs_at, settle
from hubbub.hub.flow.private import after_seen, is_seen, page_seen
from hubbub.hub.membership import find_room
from hubbub.hub.present.person import Person
from hubbub.hub.present.room import Room, Session
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import check_entry
from hubbub.hub.state import State


def history(state: State, session: Session, command: c.History, _at: int) -> Reading:
    """Send a page of a room."""
    allow_one_place(command.before, command.after, command.around)
    if command.by_time:
        yield from settle(state, session)
        command = yield from _by_seqs(command)
    room = find_room(state, session, command.room)
    check_entry(state, session, Act.READ, room)
    after = after_seen(session.person, room, command.after)
    around = after_seen(session.person, room, command.around)
    query = PageQuery(
        room=room.name,
        before=command.before,
        after=after,
        around=around,
        limit=command.limit,
        counts=command.count,
    )
    page = yield from read(state, session, query)
    happened = (yield from read_happened(_beside(query, page))) if command.events else []
    check_entry(state, session, Act.READ, room)  # they may have been put out while the log was read
    page = page_seen(session.person, room, page, forwards=after is not None)
    if happened:
        page = replace(page, events=[*filter(partial(_sees, session.person, room), happened)])
    is_first = not page.more if after is None else after < room.dropped
    if room.dropped and is_first and is_seen(session.person, room, room.dropped):
        page = replace(page, dropped=True)
    session.send(replace(_of_history(state, room.name, command, page), ref=command.ref))


def _by_seqs(command: c.History) -> Generator[Question, Answer, c.History]:
    """Return a command that names times as one that names seqs."""
    before, after, around = command.before, command.after, command.around
    if before is not None:
        _, before = yield from read_seqs_at(before)
    if after is not None:
        low, _ = yield from read_seqs_at(after + 1)
        after = low - 1
    if around is not None:
        around, _ = yield from read_seqs_at(around)
    return replace(command, before=before, after=after, around=around, by_time=False)


def _beside(query: PageQuery, page: e.Page) -> HappenedQuery:
    """Return what asks for all else that was logged where the messages of a page stand.

    Where there are no more messages, it goes on to the end of the room.
    """
    after, before = query.after or 0, page.last + 1 if query.before is None else query.before
    if page.messages:
        if page.more and query.after is None:
            after = page.messages[0].seq - 1
        if (page.more and query.after is not None) or page.newer:
            before = page.messages[-1].seq + 1
    newest = query.after is None
    return HappenedQuery(
        room=query.room, after=after, before=before, limit=query.limit, newest=newest
    )


def _sees(person: Person, room: Room, event: e.AnyLogged) -> bool:
    return is_seen(person, room, event.seq)


def _of_history(state: State, room: str, command: c.History, page: e.Page) -> e.Page:
    """Return a page with what is asked of its history; of another one than was seen, no more."""
    if command.epoch is None:
        return page
    cursor = command.after or 0
    state.check_has_read(cursor, command.epoch)
    was_removed = 0 < cursor <= state.removed.get(room, 0)
    if state.is_history(cursor, command.epoch) and not was_removed:
        return replace(page, epoch=state.epoch)
    return replace(page, messages=[], more=False, missing=[], epoch=state.epoch, replaced=True)
