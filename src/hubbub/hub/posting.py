"""What changes a room's log: messages, edits, deletions, reactions and topics."""

from collections.abc import Generator

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.names import is_direct, same_name
from hubbub.chat.queries import PageQuery, Question
from hubbub.chat.text import inert, inert_line
from hubbub.hub.asking import Decision, Reading, read
from hubbub.hub.membership import check_may_open, find_or_open_room, own_membership
from hubbub.hub.private import is_seen, is_seen_by_both
from hubbub.hub.room import Room, Session
from hubbub.hub.state import State

TOPIC_CHARS_MAX = 300

Finding = Generator[Question, e.Page | None, e.Message]


def allowed_text(state: State, raw: str) -> tuple[str, int]:
    """Return a message's text without control characters, and its bytes; raise Refused."""
    text = inert(raw)
    if not text.strip("\n"):
        raise Refused("The message has no visible text. Write something in it.", code="empty")
    size = len(text) if text.isascii() else len(text.encode())
    if size > state.limits.text_bytes_max:
        raise Refused(
            f"The message has {size} bytes; the limit is {state.limits.text_bytes_max}. "
            "Send it in shorter pieces.",
            code="too_long",
        )
    return text, size


def say(state: State, session: Session, command: c.Say, at: int) -> Decision:
    """Post a message, perhaps as a reply to one that exists."""
    room = own_membership(state, session, command.room).room
    message = draft_message(session, room, command.text, at)
    message.nonce = command.nonce
    message.reply_to = command.reply_to
    if command.reply_to is not None:
        return _reply(state, session, room, message, command)
    post(state, session, message, command.ref)
    return None


def _reply(
    state: State, session: Session, room: Room, message: e.Message, command: c.Say
) -> Reading:
    yield from find_message_to_change(state, session, room, command.reply_to or 0)
    post(state, session, message, command.ref)


def draft_message(session: Session, room: Room, text: str, at: int) -> e.Message:
    """Return a message that is neither checked nor committed yet."""
    return e.Message(room=room.name, seq=0, prev=0, sender=session.name, at=at, text=text)


def post_from_outside(
    state: State,
    poster: Session,
    raw_room: str,
    text: str,
    at: int,
    *,
    ref: str,
    nonce: str | None,
) -> None:
    """Post to a public room without entering it; it opens if there is none of that name."""
    if is_direct(raw_room):  # the poster's name may be that of a member who left
        raise Refused(
            f"There is no public room '{raw_room}'. Join it to post there.", code="no_such_room"
        )
    room = find_or_open_room(state, poster, raw_room)
    check_may_open(state, room)
    message = draft_message(poster, room, text, at)
    message.nonce = nonce
    post(state, poster, message, ref)


def post(state: State, session: Session, message: e.Message, ref: str | None = None) -> None:
    """Let a message wait for the next commit; raise Refused if its text is not allowed."""
    message.text, text_bytes = allowed_text(state, message.text)
    state.drafts.add(message, session, ref, text_bytes)


def find_message(state: State, session: Session, room: Room, seq: int) -> Finding:
    """Read one message of the log; raise Refused `no_such_message`."""
    if 0 < seq <= room.last and is_seen(session, room, seq):
        query = PageQuery(room=room.name, after=seq - 1, limit=1)
        page = yield from read(state, session, query)
        if page.messages and page.messages[0].seq == seq and not page.messages[0].deleted:
            return page.messages[0]
    raise Refused(f"There is no message {seq} in '{room.name}'.", code="no_such_message")


def find_message_to_change(state: State, session: Session, room: Room, seq: int) -> Finding:
    """Read one message that may be changed or answered; raise Refused `no_such_message`."""
    message = yield from find_message(state, session, room, seq)
    if not is_seen_by_both(state.sessions, room, seq):
        raise Refused(
            f"Message {seq} can be neither changed nor answered any more: it was said to an "
            "earlier holder of the other name.",
            code="no_such_message",
        )
    return message


def find_own_message(state: State, session: Session, room: Room, seq: int) -> Finding:
    """Read one message that the session's person sent; raise Refused `forbidden`."""
    message = yield from find_message_to_change(state, session, room, seq)
    if not same_name(message.sender, session.name):
        raise Refused(
            f"Message {seq} is by '{message.sender}'; only they may change it.", code="forbidden"
        )
    if not session.said(seq):
        raise Refused(
            f"Message {seq} is by somebody who was called '{message.sender}' before you; only "
            "they may change it.",
            code="forbidden",
        )
    return message


def edit(state: State, session: Session, command: c.Edit, at: int) -> Reading:
    """Give a message of the session's own a new text."""
    room = own_membership(state, session, command.room).room
    text, size = allowed_text(state, command.text)
    yield from find_own_message(state, session, room, command.seq)
    draft = e.Edited(
        room=room.name, seq=0, prev=0, sender=session.name, at=at, target=command.seq, text=text
    )
    state.drafts.add(draft, session, command.ref, size)


def delete(state: State, session: Session, command: c.Delete, at: int) -> Reading:
    """Take a message of the session's own back."""
    room = own_membership(state, session, command.room).room
    yield from find_own_message(state, session, room, command.seq)
    draft = e.Deleted(room=room.name, seq=0, prev=0, sender=session.name, at=at, target=command.seq)
    state.drafts.add(draft, session, command.ref, 0)


def react(state: State, session: Session, command: c.React, at: int) -> Reading:
    """Give a message an emoji, or take it back."""
    room = own_membership(state, session, command.room).room
    emoji = inert_line(command.emoji)
    if not emoji or any(char.isspace() for char in emoji):
        raise Refused("A reaction is one emoji or short word, without spaces.", code="bad_command")
    message = yield from find_message_to_change(state, session, room, command.seq)
    given = message.reactions.get(emoji, ())
    if any(same_name(name, session.name) for name in given) == command.on:
        if command.ref is not None:
            session.send(e.Ok(ref=command.ref))  # it stands so already
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
    state.drafts.add(draft, session, command.ref, len(emoji))


def topic(state: State, session: Session, command: c.SetTopic, at: int) -> None:
    """Give a room a topic."""
    room = own_membership(state, session, command.room).room
    text = inert_line(command.text).strip()
    if len(text) > TOPIC_CHARS_MAX:
        raise Refused(
            f"The topic has {len(text)} characters; the limit is {TOPIC_CHARS_MAX}.",
            code="too_long",
        )
    draft = e.Topic(room=room.name, seq=0, prev=0, sender=session.name, at=at, text=text)
    state.drafts.add(draft, session, command.ref, len(text))
