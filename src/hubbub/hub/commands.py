"""The commands of event sessions (protocol section 4): one function each, and their table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.names import is_direct, same_name
from hubbub.chat.queries import PageQuery, SearchQuery
from hubbub.chat.text import inert, inert_line
from hubbub.hub.fanout import announce
from hubbub.hub.membership import (
    check_may_open,
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

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from hubbub.hub.hub import Hub
    from hubbub.hub.room import Room
    from hubbub.hub.session import Decision, Session

TOPIC_CHARS_MAX = 300


def decide(hub: Hub, session: Session, command: c.AnyCommand, at: int) -> Decision:
    """Decide on a command. A locked session may only unlock, a held one only resume."""
    if not isinstance(command, c.Unlock if session.locked else c.Resume):
        hub.check_admitted(session)
    return DECISIONS[type(command)](hub, session, command, at)


def _answer(session: Session, ref: str | None) -> None:
    if ref is not None:
        session.send(e.Ok(ref=ref))


# Who is where.


def join(hub: Hub, session: Session, command: c.Join, _at: int) -> None:
    room = find_or_open_room(hub, session, command.room)
    member = session.members.get(room.name) or enter_room(hub, session, room)
    session.current = room
    session.send(describe(hub, room, after=command.after, ref=command.ref))
    after = room.last if command.after is None else min(command.after, room.last)
    if room.direct:
        after = max(after, session.since)
    if after < room.last or room.name in session.lagging:
        room.lag(member, after)


def direct(hub: Hub, session: Session, command: c.Direct, _at: int) -> None:
    room = open_direct_room(hub, session, command.name)
    session.send(describe(hub, room, ref=command.ref))


def leave(hub: Hub, session: Session, command: c.Leave, _at: int) -> None:
    leave_room(hub, own_membership(hub, session, command.room))
    _answer(session, command.ref)


def resume(hub: Hub, session: Session, command: c.Resume, _at: int) -> None:
    hub.resume(session, command.session)
    _answer(session, command.ref)


def unlock(hub: Hub, session: Session, command: c.Unlock, _at: int) -> None:
    hub.unlock(session, command.password, command.ref)


def hello(_hub: Hub, _session: Session, _command: c.Hello, _at: int) -> None:
    raise Refused("The session has already begun: hello comes once, and first.")


# Saying things.


def allowed_text(hub: Hub, raw: str) -> tuple[str, int]:
    """Return a message's text without control characters, and its bytes; raise Refused."""
    text = inert(raw)
    if not text.strip("\n"):
        raise Refused("The message has no visible text. Write something in it.", code="empty")
    size = len(text) if text.isascii() else len(text.encode())
    if size > hub.limits.text_bytes_max:
        raise Refused(
            f"The message has {size} bytes; the limit is {hub.limits.text_bytes_max}. "
            "Send it in shorter pieces.",
            code="too_long",
        )
    return text, size


def say(hub: Hub, session: Session, command: c.Say, at: int) -> Decision:
    room = own_membership(hub, session, command.room).room
    message = draft_message(session, room, command.text, at)
    message.nonce = command.nonce
    message.reply_to = command.reply_to
    if command.reply_to is not None:
        return _reply(hub, session, room, message, command)
    post(hub, session, message, command.ref)
    return None


def _reply(
    hub: Hub, session: Session, room: Room, message: e.Message, command: c.Say
) -> Generator[PageQuery, e.Page, None]:
    yield from find_message(session, room, command.reply_to or 0)
    post(hub, session, message, command.ref)


def draft_message(session: Session, room: Room, text: str, at: int) -> e.Message:
    """Return a message that is neither checked nor committed yet."""
    return e.Message(room=room.name, seq=0, prev=0, sender=session.name, at=at, text=text)


def say_as_guest(hub: Hub, guest: Session, command: c.Say, at: int) -> None:
    """Post to a public room without entering it; it opens if there is none of that name."""
    if is_direct(command.room):  # a guest may bear the name of a member who left
        raise Refused(
            f"There is no public room '{command.room}'. Join it to post there.",
            code="no_such_room",
        )
    room = find_or_open_room(hub, guest, command.room)
    check_may_open(hub, room)
    message = draft_message(guest, room, command.text, at)
    message.nonce = command.nonce
    post(hub, guest, message, command.ref)


def post(hub: Hub, session: Session, message: e.Message, ref: str | None = None) -> None:
    """Let a message wait for the next commit; raise Refused if its text is not allowed."""
    message.text, text_bytes = allowed_text(hub, message.text)
    hub.add(message, session, ref, text_bytes)


def find_message(session: Session, room: Room, seq: int) -> Generator[PageQuery, e.Page, e.Message]:
    """Read one message of the log; raise Refused `no_such_message`."""
    if 0 < seq <= room.last and not (room.direct and seq <= session.since):
        page = yield PageQuery(room=room.name, after=seq - 1, limit=1)
        if page.messages and page.messages[0].seq == seq and not page.messages[0].deleted:
            return page.messages[0]
    raise Refused(f"There is no message {seq} in '{room.name}'.", code="no_such_message")


def find_own_message(
    session: Session, room: Room, seq: int
) -> Generator[PageQuery, e.Page, e.Message]:
    """Read one message of the log that the session sent; raise Refused `forbidden`."""
    message = yield from find_message(session, room, seq)
    if not same_name(message.sender, session.name):
        raise Refused(
            f"Message {seq} is by '{message.sender}'; only they may change it.", code="forbidden"
        )
    return message


def edit(
    hub: Hub, session: Session, command: c.Edit, at: int
) -> Generator[PageQuery, e.Page, None]:
    room = own_membership(hub, session, command.room).room
    text, size = allowed_text(hub, command.text)
    yield from find_own_message(session, room, command.seq)
    draft = e.Edited(
        room=room.name, seq=0, prev=0, sender=session.name, at=at, target=command.seq, text=text
    )
    hub.add(draft, session, command.ref, size)


def delete(
    hub: Hub, session: Session, command: c.Delete, at: int
) -> Generator[PageQuery, e.Page, None]:
    room = own_membership(hub, session, command.room).room
    yield from find_own_message(session, room, command.seq)
    draft = e.Deleted(room=room.name, seq=0, prev=0, sender=session.name, at=at, target=command.seq)
    hub.add(draft, session, command.ref, 0)


def react(
    hub: Hub, session: Session, command: c.React, at: int
) -> Generator[PageQuery, e.Page, None]:
    room = own_membership(hub, session, command.room).room
    emoji = inert_line(command.emoji)
    if not emoji or any(char.isspace() for char in emoji):
        raise Refused("A reaction is one emoji or short word, without spaces.", code="bad_command")
    message = yield from find_message(session, room, command.seq)
    given = message.reactions.get(emoji, ())
    if any(same_name(name, session.name) for name in given) == command.on:
        _answer(session, command.ref)  # it stands so already
        return
    draft = e.Reaction(
        room=room.name,
        seq=0,
        prev=0,
        sender=session.name,
        at=at,
        target=command.seq,
        emoji=emoji,
        on=command.on,
    )
    hub.add(draft, session, command.ref, len(emoji))


def topic(hub: Hub, session: Session, command: c.SetTopic, at: int) -> None:
    room = own_membership(hub, session, command.room).room
    text = inert_line(command.text).strip()
    if len(text) > TOPIC_CHARS_MAX:
        raise Refused(
            f"The topic has {len(text)} characters; the limit is {TOPIC_CHARS_MAX}.",
            code="too_long",
        )
    draft = e.Topic(room=room.name, seq=0, prev=0, sender=session.name, at=at, text=text)
    hub.add(draft, session, command.ref, len(text))


def typing(hub: Hub, session: Session, command: c.Typing, _at: int) -> None:
    member = own_membership(hub, session, command.room)
    if not is_crowd(hub, member.room):
        event = e.Typing(room=member.room.name, name=session.name)
        announce(member.room, event, besides=member)
    _answer(session, command.ref)


def seen(hub: Hub, session: Session, command: c.Seen, _at: int) -> None:
    room = own_membership(hub, session, command.room).room
    # All sessions of the account: a name has one session at a time.
    session.send(e.Seen(room=room.name, seq=min(command.seq, room.last)))
    _answer(session, command.ref)


# Asking.


def history(
    hub: Hub, session: Session, command: c.History, _at: int
) -> Generator[PageQuery, e.Page, None]:
    if command.before is not None and command.after is not None:
        raise Refused("Ask for the history before a seq or after one, not both.")
    room = find_room(hub, session, command.room)
    page = yield PageQuery(
        room=room.name, before=command.before, after=command.after, limit=command.limit
    )
    session.send(replace(only_own_time(session, room, page), ref=command.ref))


def only_own_time(session: Session, room: Room, page: e.Page) -> e.Page:
    """Return a page of a private room without what was said before the session bore its name."""
    if not room.direct or not page.messages or page.messages[0].seq > session.since:
        return page
    recent = [message for message in page.messages if message.seq > session.since]
    return replace(page, messages=recent, more=False)


def search(
    hub: Hub, session: Session, command: c.Search, _at: int
) -> Generator[SearchQuery, e.Page, None]:
    room = None if command.room is None else find_room(hub, session, command.room)
    page = yield SearchQuery(
        words=inert_line(command.query),
        room=None if room is None else room.name,
        before=command.before,
        limit=command.limit,
    )
    if room is not None:
        page = only_own_time(session, room, page)
    session.send(replace(page, ref=command.ref))


def rooms(hub: Hub, session: Session, command: c.Rooms, _at: int) -> None:
    session.send(list_rooms(hub, command.ref))


def members(hub: Hub, session: Session, command: c.Members, _at: int) -> None:
    session.send(list_members(hub, find_room(hub, session, command.room), command.ref))


def ping(_hub: Hub, session: Session, command: c.Ping, _at: int) -> None:
    _answer(session, command.ref)


DECISIONS: dict[type[c.Command], Callable[[Hub, Session, Any, int], Decision]] = {
    c.Delete: delete,
    c.Direct: direct,
    c.Edit: edit,
    c.Hello: hello,
    c.History: history,
    c.Join: join,
    c.Leave: leave,
    c.Members: members,
    c.Ping: ping,
    c.React: react,
    c.Resume: resume,
    c.Rooms: rooms,
    c.Say: say,
    c.Search: search,
    c.Seen: seen,
    c.SetTopic: topic,
    c.Typing: typing,
    c.Unlock: unlock,
}
