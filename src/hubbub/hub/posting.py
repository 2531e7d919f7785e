"""What changes a room's log: messages, edits, deletions and topics."""

from collections.abc import Generator, Sequence

from msgspec.structs import replace

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Damaged, LogError, Refused
from hubbub.chat.files import FileSummary, Upload, without_addresses
from hubbub.chat.fold import target_of
from hubbub.chat.names import is_direct, known_by, same_name
from hubbub.chat.programs import allowed_tags, size_of
from hubbub.chat.queries import Answer, PageQuery, PostedAs, Question
from hubbub.chat.text import inert, inert_line
from hubbub.hub.asking import Decision, Reading, read
from hubbub.hub.flow.drafts import NOT_COMMITTED, Draft
from hubbub.hub.flow.private import is_seen, is_seen_by_both
from hubbub.hub.membership import (
    check_may_open,
    find_or_open_room,
    find_room,
    open_room,
    own_membership,
)
from hubbub.hub.people import conversations
from hubbub.hub.power.audit import record, reports
from hubbub.hub.power.succession import claim
from hubbub.hub.present.host import HOST
from hubbub.hub.present.person import Person
from hubbub.hub.present.room import Room, Session
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import (
    check,
    check_changing,
    check_entry,
    check_not_held,
    check_power,
    check_speaking,
    no_such_room,
    rules_of,
    spoke,
)
from hubbub.hub.state import State
from hubbub.hub.uploading import check_room_for

TOPIC_CHARS_MAX = 300
EDITS_BYTES_MAX = 8 * 1_048_576
"""The newest text, once for each edit: whoever missed the message must read so much."""

Finding = Generator[Question, Answer, e.Message]


def allowed_text(state: State, raw: str, *, may_be_empty: bool = False) -> tuple[str, int]:
    """Return a message's text without control characters, and its bytes; raise Refused."""
    text = raw if raw.isprintable() else inert(raw)
    if not (text.strip("\n") or may_be_empty):
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
    room = _room_to_speak_in(state, session, command.room)
    if command.behind is not None and command.behind in session.put_off:
        raise Refused(NOT_COMMITTED, code=LogError.code)
    if state.uploads.hosted:
        command = _with_hosted(state, session, room, command)
    message = draft_message(session, room, command.text, at)
    message.nonce = command.nonce
    message.reply_to = command.reply_to
    message.me = command.me
    message.notice = command.notice
    if command.tags:
        message.tags = allowed_tags(command.tags)
    if command.reply_to is not None or command.files:
        return _say_with(state, session, room, message, command)
    _post_behind(state, session, message, command)
    return None


def _with_hosted(state: State, session: Session, room: Room, command: c.Say) -> c.Say:
    """Return what somebody says, with the files whose addresses stand in it, if they are theirs
    and in no room yet."""
    text, files = without_addresses(command.text, state.uploads.hosted_by(session.person))
    if not files:
        return command
    for file in files:
        check_room_for(state, room.name, state.uploads.hosted[file].size)
    return replace(command, text=text, files=(*command.files, *files))


def _room_to_speak_in(state: State, session: Session, raw: str) -> Room:
    """Return a room that the session is in, or one in which outsiders may speak."""
    rules = state.order.rules.get(raw)
    if rules is None or not rules.outsiders or raw in session.members:
        return own_membership(state, session, raw).room
    room = find_room(state, session, raw)
    check_entry(state, session, Act.SAY, room)
    return room


def _say_with(
    state: State, session: Session, room: Room, message: e.Message, command: c.Say
) -> Reading:
    """Post a message that answers one, or has files."""
    uploads: list[Upload] = []
    try:
        if command.reply_to is not None:
            yield from find_message_to_change(state, session, room, command.reply_to)
        if command.files:
            by, drafts = session.person, state.drafts
            uploads = state.uploads.finished(by, room.name, command.files, command.nonce, drafts)
    except Refused:
        # What it needs may have gone since it was posted: a repeat is a repeat all the same.
        if not (yield from _was_posted(state, session, room, command)):
            raise
    message.files = summaries(uploads)
    draft = _post_behind(state, session, message, command)
    state.uploads.taken(uploads, draft)


def summaries(uploads: Sequence[Upload]) -> tuple[FileSummary, ...]:
    """Return what a message tells of finished uploads."""
    return tuple(one.file for one in uploads if one.file is not None)


def _was_posted(
    state: State, session: Session, room: Room, command: c.Say
) -> Generator[Question, Answer, bool]:
    if command.nonce is None:
        return False
    posted_as = PostedAs(session.person.name, command.nonce, session.person.id)
    page = yield from read(state, session, PageQuery(room=room.name, posted_as=posted_as))
    return bool(page.messages)


def _post_behind(state: State, session: Session, message: e.Message, command: c.Say) -> Draft:
    if command.ref is not None:
        session.said_again(command.ref)
    draft = post(state, session, message, command.ref, may_be_empty=bool(command.files))
    draft.behind = command.behind
    return draft


def draft_message(session: Session, room: Room, text: str, at: int) -> e.Message:
    """Return a message that is neither checked nor committed yet."""
    person = session.person
    return e.Message(
        room=room.name, seq=0, prev=0, sender=person.name, person=person.id, at=at, text=text
    )


def post_from_outside(
    state: State,
    poster: Session,
    raw_room: str,
    text: str,
    at: int,
    *,
    ref: str,
    nonce: str | None,
    maker: Session | None = None,
    uploads: Sequence[Upload] = (),
) -> None:
    """Post to a public room without entering it; it opens if there is none of that name.

    The poster may do so if its `maker` might, who is itself unless it is a webhook. The message has
    the files of finished `uploads`.
    """
    maker = maker or poster
    if is_direct(raw_room):  # the poster's name may be that of a member who left
        raise Refused(
            f"There is no public room '{raw_room}'. Join it to post there.", code="no_such_room"
        )
    room = find_or_open_room(state, maker, raw_room)
    check_may_open(state, poster, room, at)
    message = draft_message(poster, room, text, at)
    message.nonce, message.files = nonce, summaries(uploads)
    message.text, text_bytes = allowed_text(state, message.text, may_be_empty=bool(uploads))
    check_entry(state, maker, Act.SAY, room)
    check_speaking(state, maker, room, nonce)
    if room.name not in state.rooms:
        open_room(state, poster, room, at)
    draft = _submit_from_outside(state, poster, message, ref, text_bytes)
    state.uploads.taken(uploads, draft)
    spoke(state, maker, room, nonce)


def post_privately(
    state: State, poster: Session, name: str, text: str, at: int, *, ref: str, nonce: str | None
) -> str:
    """Post to a bot's private room with the person called `name`, without entering it.

    Returns the room's name.
    """
    room, other = conversations.direct_room(state, poster, name, at)
    check_may_open(state, poster, room, at)
    message = draft_message(poster, room, text, at)
    message.nonce = nonce
    message.text, text_bytes = allowed_text(state, message.text)
    check_speaking(state, poster, room, nonce)
    conversations.open_from_outside(state, poster, room, other, at)
    _submit_from_outside(state, poster, message, ref, text_bytes)
    return room.name


def _submit_from_outside(
    state: State, poster: Session, message: e.Message, ref: str, text_bytes: int
) -> Draft:
    """Let a message wait; if that is refused, leave no room behind that was opened for it."""
    try:
        return submit(state, poster, message, ref, text_bytes)
    except Refused:
        state.close_if_unused(state.rooms[message.room])
        raise


def post(
    state: State,
    session: Session,
    message: e.Message,
    ref: str | None = None,
    *,
    may_be_empty: bool = False,
) -> Draft:
    """Let a message wait for the next commit; raise Refused if its text is not allowed.

    Whatever is asked here, and in `submit`, of a line in a room is asked in speech.py as well.
    """
    message.text, text_bytes = allowed_text(state, message.text, may_be_empty=may_be_empty)
    if message.tags:
        text_bytes += size_of(message.tags)
    if not state.order.restrains(message.room):
        return submit(state, session, message, ref, text_bytes)
    room = state.rooms[message.room]
    check_speaking(state, session, room, message.nonce)
    draft = submit(state, session, message, ref, text_bytes)
    spoke(state, session, room, message.nonce)
    return draft


def submit(
    state: State, session: Session, event: e.AnyLogged, ref: str | None, text_bytes: int
) -> Draft:
    """Let a draft wait for the next commit, and return it.

    Raises Refused `too_much`, or `not_here` if a private message would be heard by nobody, or as
    `check_stands`.
    """
    room = state.rooms.get(event.room)
    if state.removed or (room is not None and room.going):  # nearly never, and this is each message
        check_stands(state, room, event)
    if room is not None and room.direct and isinstance(event, e.Message):
        conversations.check_is_reachable(state, session.person, room)
    if text_bytes:  # to take something back is always allowed
        state.quota.take(session.origin, text_bytes, event.at, session.person.drafts)
    if room is None:  # everybody left it meanwhile, and it closed
        return state.drafts.add(event, session, ref, text_bytes)
    to = _said_in_private(state, session.person, room, event.at) if room.direct else ""
    draft = state.drafts.add(event, session, ref, text_bytes, to=to, listeners=room.listeners)
    rules = state.order.rules.get(room.name)
    if not room.direct and (rules is None or not rules.is_closed):
        session.person.spoke_at = event.at
    if not room.last:
        if room.owner and not room.direct and room.name not in state.order.rules:
            state.note(claim(room, event.at))
        room.newest_draft = draft.number
        state.awaited[room] = None
    return draft


def check_stands(state: State, room: Room | None, event: e.AnyLogged) -> None:
    """Raise Refused if an event is about a room that is deleted: the next one must not get it."""
    if room is not None and room.going:
        what = "renamed" if rules_of(state, room).in_passing else "deleted"
        raise Refused(f"'{room.called}' is being {what}.", code="no_such_room")
    if (removed := state.removed.get(event.room, 0)) == 0:
        return
    if room is None:
        raise no_such_room(event.room)
    about = event.reply_to if isinstance(event, e.Message) else target_of(event)
    if about is not None and about <= removed:
        raise Refused(
            f"Message {about} is gone: the room '{event.room}' that it was said in was deleted.",
            code="no_such_message",
        )


def _said_in_private(state: State, person: Person, room: Room, at: int) -> str:
    """Note that somebody says something in a private room; return the key to fence: `Draft.to`."""
    state.unanswered.said(room.name, person.handle)
    conversations.said(state, person, room, at)
    other = room.other(person.handle)
    return "" if known_by(other) else other


def find_message(
    state: State, session: Session, room: Room, seq: int, *, or_deleted: bool = False
) -> Finding:
    """Read one message of the log; raise Refused `no_such_message`, or `damaged`."""
    if 0 < seq <= room.last and is_seen(session.person, room, seq):
        query = PageQuery(room=room.name, after=seq - 1, limit=1)
        page = yield from read(state, session, query)
        if page.messages and page.messages[0].seq == seq:
            message = page.messages[0]
            if or_deleted or not message.deleted:
                return message
        if any(part.after < seq <= part.upto for part in page.missing):
            raise Refused(
                f"Message {seq} in '{room.called}' cannot be read any more, because the server's "
                "log is damaged there. It can be neither changed nor answered.",
                code=Damaged.code,
            )
    state.check_has_read(seq, state.epoch)  # its sender may have come from another node just now
    raise Refused(f"There is no message {seq} in '{room.called}'.", code="no_such_message")


def find_message_to_change(
    state: State, session: Session, room: Room, seq: int, *, or_deleted: bool = False
) -> Finding:
    """Read one message that may be changed or answered; raise Refused `no_such_message`."""
    message = yield from find_message(state, session, room, seq, or_deleted=or_deleted)
    check_entry(state, session, Act.READ, room)  # they may have been put out meanwhile
    if not is_seen_by_both(state.here, room, seq):
        raise Refused(
            f"Message {seq} can be neither changed nor answered any more: it was said to an "
            "earlier holder of the other name.",
            code="no_such_message",
        )
    return message


def find_own_message(
    state: State, session: Session, room: Room, seq: int, *, or_deleted: bool = False
) -> Finding:
    """Read one message that the session's person sent; raise Refused `forbidden`."""
    message = yield from find_message_to_change(state, session, room, seq, or_deleted=or_deleted)
    if session.person.said(message):
        return message
    raise _not_own(session, message)


def _not_own(session: Session, message: e.Message) -> Refused:
    sender = message.sender
    if same_name(sender, session.person.name):
        sentence = f"is by somebody who was called '{sender}' before you"
    else:
        sentence = f"is by '{sender}'"
    return Refused(f"Message {message.seq} {sentence}; only they may change it.", code="forbidden")


def report(state: State, session: Session, command: c.Report, at: int) -> Reading:
    """Tell those who look after a room, and operators, of a message."""
    room = find_room(state, session, command.room)
    check(state, session, Act.REPORT, room)
    message = yield from find_message(state, session, room, command.seq)
    reason = inert_line(command.reason).strip()
    *others, last = reports(state, session, room, message, reason, at=at)
    for entry in others:
        submit(state, session, entry, None, len(entry.text.encode()))
    submit(state, session, last, command.ref, len(last.text.encode()))


def edit(state: State, session: Session, command: c.Edit, at: int) -> Reading:
    """Give a message of the session's own a new text."""
    room = own_membership(state, session, command.room).room
    check_changing(state, session, Act.EDIT, room)
    text, size = allowed_text(state, command.text)
    message = yield from find_own_message(state, session, room, command.seq)
    check_not_held(state, room)  # it may be since the message was looked up
    draft = e.Edited(
        room=room.name,
        seq=0,
        prev=0,
        sender=session.person.name,
        person=session.person.id,
        at=at,
        target=command.seq,
        text=text,
        edits=_edits_of(message, size) + 1,
        kept=rules_of(state, room).revisions,
    )
    submit(state, session, draft, command.ref, size)


def _edits_of(message: e.Message, size: int) -> int:
    """Return how often a message was edited; raise Refused if its new text is too long for that."""
    edits = message.edits or int(message.edited is not None)
    limit = EDITS_BYTES_MAX // (edits + 1)
    if size > limit:
        raise Refused(
            f"Message {message.seq} was edited {edits:,} times, and each edit is sent with the "
            f"newest text. So the text may have {limit:,} bytes now, and this one has {size:,}. "
            "Say it in a new message.",
            code="too_long",
        )
    return edits


def delete(state: State, session: Session, command: c.Delete, at: int) -> Reading:
    """Take a message of the session's own back, or have somebody else's deleted."""
    if session.person.id == HOST:  # is in no room
        room = find_room(state, session, command.room)
    else:
        room = own_membership(state, session, command.room).room
    message = yield from _find_deletable(state, session, room, command.seq)
    if message.deleted:
        session.confirm(command.ref)  # it stands so already
        return
    draft = e.Deleted(
        room=room.name,
        seq=0,
        prev=0,
        sender=session.person.name,
        person=session.person.id,
        at=at,
        target=command.seq,
        reason=inert_line(command.reason).strip(),
    )
    submit(state, session, draft, command.ref, len(draft.reason))


def _find_deletable(state: State, session: Session, room: Room, seq: int) -> Finding:
    """Read a message of the session's own, or of somebody over whom its person has power here."""
    message = yield from find_message_to_change(state, session, room, seq, or_deleted=True)
    check_not_held(state, room)
    if session.person.said(message):
        check(state, session, Act.DELETE, room)
        return message
    check(state, session, Act.REMOVE, room)
    check_power(state, session, message.person, message.sender, room)
    if not message.deleted:
        record(state, session, f"deleted message {seq} of '{message.sender}' in '{room.name}'")
    return message


def topic(state: State, session: Session, command: c.SetTopic, at: int) -> None:
    """Give a room a topic."""
    room = own_membership(state, session, command.room).room
    check_changing(state, session, Act.TOPIC, room)
    text = inert_line(command.text).strip()
    if len(text) > TOPIC_CHARS_MAX:
        raise Refused(
            f"The topic has {len(text)} characters; the limit is {TOPIC_CHARS_MAX}.",
            code="too_long",
        )
    draft = e.Topic(
        room=room.name,
        seq=0,
        prev=0,
        sender=session.person.name,
        person=session.person.id,
        at=at,
        text=text,
    )
    submit(state, session, draft, command.ref, len(text))
