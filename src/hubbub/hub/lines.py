"""Plain lines: a message to the session's room, or a `/` command (protocol section 2)."""

from datetime import UTC, datetime

from hubbub.chat import commands as c
from hubbub.chat.errors import Refused
from hubbub.chat.events import Message, Notice, Page
from hubbub.chat.nearest import nearest
from hubbub.chat.queries import PageQuery
from hubbub.chat.roles import Scope
from hubbub.chat.text import inert, whole_number
from hubbub.hub import commands, posting
from hubbub.hub.asking import Decision, Reading, read
from hubbub.hub.finding import Wanted, find
from hubbub.hub.flow.private import page_seen, topic_seen
from hubbub.hub.line import LineCommand, current_room, needed, split_name, told_when_done
from hubbub.hub.membership import (
    away_text,
    find_or_open_room,
    list_members,
    list_rooms,
    move_to_room,
)
from hubbub.hub.moderation_lines import MODERATION_LINES
from hubbub.hub.people import accounts, admission, operating, renaming
from hubbub.hub.people.conversations import open_direct_room
from hubbub.hub.people.ignoring import is_ignored
from hubbub.hub.people_lines import PEOPLE_LINES, said_of_away
from hubbub.hub.present.room import Session
from hubbub.hub.rules.rights import Act
from hubbub.hub.rules.scopes import check_scope
from hubbub.hub.standing import check_entry
from hubbub.hub.state import State

WORD_CHARS_MAX = 40
NOT_WHOLE = "Something is missing here: the server's log is damaged, and a part cannot be read."
BROKEN_OFF = (
    "The search was broken off, because it took too long: there may be older messages that match. "
    "Search for rarer words."
)
HISTORY_LINES_DEFAULT = 20
HISTORY_LINES_MAX = 50
"""A page of the longest messages is what one answer may weigh."""

SAID_LINES_MAX = 200
"""Lines of one message in such an answer: each of them repeats the time and the name."""


def decide(state: State, session: Session, text: str, at: int) -> Decision:
    """Decide on a line; an empty one means nothing, as in the tutorial."""
    if session.held or session.locked:
        admission.check_admitted(state, session)
    if text.startswith("/"):
        if not text.startswith("//"):
            if session.scopes is not None:
                raise Refused("Bots use commands, and no lines that begin with a slash.")
            word, _, argument = text[1:].partition(" ")
            return _line_command(word.strip().lower()).decide(state, session, argument.strip(), at)
        text = text[1:]
    if session.scopes is not None:
        check_scope(session.scopes, Scope.WRITE)
    # A printable character at the beginning stays: the whole text need be looked at once only.
    if text[:1].isprintable() or inert(text).strip("\n"):
        room = session.current or current_room(state, session)
        posting.post(state, session, posting.draft_message(session, room, text, at))
    return None


def _line_command(word: str) -> LineCommand:
    found = LINE_COMMANDS.get(word)
    if found is None:
        near = nearest(word[:WORD_CHARS_MAX], LINE_COMMANDS)
        hint = f"Did you mean /{near}? " if near else ""
        raise Refused(
            f"There is no command /{word[:WORD_CHARS_MAX]}. {hint}/help lists them; "
            "begin with // to say a line that starts with a slash."
        )
    return found


def _help(_state: State, session: Session, _argument: str, _at: int) -> None:
    lines = [f"{one.usage} - {one.purpose}" for one in LINE_COMMANDS.values()]
    session.send(Notice(text="\n".join([*lines, "//text - say a line that starts with a slash"])))


def _rooms(state: State, session: Session, _argument: str, _at: int) -> None:
    here = session.current.name if session.current else None
    lines = [
        f"{one.title or one.room}, {one.members} present"
        + (" (you are here)" if one.room == here else "")
        + (" (private)" if one.private else "")
        + (f": {one.topic}" if one.topic else "")
        for one in list_rooms(state, session.person.id).rooms
    ]
    session.send(Notice(text="\n".join(lines)))


def _join(state: State, session: Session, argument: str, at: int) -> None:
    raw = needed(argument, LINE_COMMANDS["join"].usage)
    if session.format.knows_rooms:
        commands.join(state, session, c.Join(room=raw), at)
        return
    room = find_or_open_room(state, session, raw)
    if room is not session.current:
        check_entry(state, session, Act.JOIN, room)
        move_to_room(state, session, room, at)
    topic = topic_seen(session.person, room)
    topic = f" Topic: {topic}" if topic else ""
    session.send(Notice(text=f"You are in {room.called} now, {len(room.people)} present.{topic}"))


def _who(state: State, session: Session, _argument: str, _at: int) -> None:
    room = current_room(state, session)
    listed = list_members(state, room)
    names = ", ".join(member.name for member in listed.members)
    more = ", and more" if listed.more else ""
    session.send(Notice(text=f"{len(room.people)} in {room.called}: {names}{more}"))


def _said(message: Message, server: str) -> str:
    """Return the lines of a message; each has the name, so that none can pass for another's.

    `server`: where its files are.
    """
    at = datetime.fromtimestamp(message.at / 1000, UTC)
    text = f"* {message.text}" if message.me else message.text
    lines = ["(deleted)"] if message.deleted else text.splitlines()
    if len(lines) > SAID_LINES_MAX:
        lines[SAID_LINES_MAX:] = [f"(… and {len(lines) - SAID_LINES_MAX:,} more lines)"]
    lines += [file.line(server) for file in message.files]
    return "\n".join(f"[{at:%Y-%m-%d %H:%M} UTC] {message.sender} > {line}" for line in lines)


def _send_page(session: Session, page: Page, none: str) -> None:
    for message in page.messages:
        if not is_ignored(session.person, message):
            session.send(Notice(text=_said(message, session.format.server)))
    if page.missing:
        session.send(Notice(text=NOT_WHOLE))
    elif not page.messages:
        session.send(Notice(text=none))


def _history(state: State, session: Session, argument: str, _at: int) -> Reading:
    count = whole_number(argument or str(HISTORY_LINES_DEFAULT), HISTORY_LINES_MAX)
    if not count:
        raise Refused(f"Usage: {LINE_COMMANDS['history'].usage}, N from 1 to {HISTORY_LINES_MAX}.")
    room = current_room(state, session)
    page = yield from read(state, session, PageQuery(room=room.name, limit=count))
    check_entry(state, session, Act.READ, room)  # they may have been put out meanwhile
    page = page_seen(session.person, room, page)
    _send_page(session, page, f"Nothing was said in {room.called} yet.")


def _search(state: State, session: Session, argument: str, at: int) -> Reading:
    room = current_room(state, session)
    query = needed(argument, LINE_COMMANDS["search"].usage)
    page = yield from find(state, session, Wanted(query, room, None, HISTORY_LINES_DEFAULT), at)
    if page.reached is not None:
        session.send(Notice(text=BROKEN_OFF))
    if page.messages or page.reached is None:
        _send_page(session, page, f"Nothing in {room.called} matches.")


def _msg(state: State, session: Session, argument: str, at: int) -> Decision:
    name, text = split_name(
        needed(argument, LINE_COMMANDS["msg"].usage),
        lambda key: key in state.here or key in state.book.names,
    )
    if not text:
        raise Refused(f"Usage: {LINE_COMMANDS['msg'].usage}")
    room = open_direct_room(state, session, name, at).room
    draft = posting.post(state, session, posting.draft_message(session, room, text, at))
    other = next((one for one in room.people.values() if one is not session.person), None)
    if other is None:
        waits = f"{name} is not here now, and will find this when they come back."
        return told_when_done(state, session, draft, waits)
    if other.away is None:
        return None
    text = away_text(state, state.here.named(other.key)[0], room)
    return told_when_done(state, session, draft, said_of_away(other.name, text))


def _topic(state: State, session: Session, argument: str, at: int) -> None:
    room = current_room(state, session)
    if argument:
        posting.topic(state, session, c.SetTopic(room=room.name, text=argument), at)
    else:
        session.send(
            Notice(text=topic_seen(session.person, room) or f"{room.called} has no topic.")
        )


def _register(state: State, session: Session, argument: str, at: int) -> Decision:
    _check_unheard(session)
    password = needed(argument, LINE_COMMANDS["register"].usage)
    return accounts.register(state, session, c.Register(password=password), at)


def _login(state: State, session: Session, argument: str, at: int) -> Decision:
    _check_unheard(session)
    name, password = split_name(
        needed(argument, LINE_COMMANDS["login"].usage), lambda key: key in state.book.names
    )
    if not password:
        raise Refused(f"Usage: {LINE_COMMANDS['login'].usage}")
    return accounts.login(state, session, c.Login(name=name, password=password), at)


def _check_unheard(session: Session) -> None:
    """Refuse a password that somebody on the way could read. Only this machine has no address."""
    if session.origin:
        raise Refused(
            "The password would cross the network in the clear, so it is not taken. Do this on the "
            "server's machine, in a browser, or with hubbub.",
            code="forbidden",
        )


def _nick(state: State, session: Session, argument: str, at: int) -> Reading:
    name = needed(argument, LINE_COMMANDS["nick"].usage)
    yield from renaming.rename(state, session, c.Rename(name=name), at)
    session.send(Notice(text=f"You are {session.name} now."))


def _operate(state: State, session: Session, argument: str, at: int) -> Decision:
    code = needed(argument, LINE_COMMANDS["operate"].usage)
    return operating.operate(state, session, c.Operate(code=code), at)


LINE_COMMANDS = {
    "help": LineCommand("/help", "this list", _help),
    "rooms": LineCommand("/rooms", "the public rooms", _rooms),
    "join": LineCommand("/join ROOM", "go to a room; it opens if there is none", _join),
    "who": LineCommand("/who", "who is in your room", _who),
    "history": LineCommand("/history [N]", "the last N messages of your room", _history),
    "search": LineCommand("/search WORDS", "messages of your room with these words", _search),
    "msg": LineCommand("/msg NAME TEXT", "say something to one person", _msg),
    "register": LineCommand("/register PASSWORD", "make your name yours for good", _register),
    "login": LineCommand("/login NAME PASSWORD", "be a member whose password you know", _login),
    "operate": LineCommand("/operate CODE", "run the server, by the code it made up", _operate),
    "nick": LineCommand("/nick NAME", "have another name, and stay the same person", _nick),
    "topic": LineCommand("/topic [TEXT]", "show or set your room's topic", _topic),
    **PEOPLE_LINES,
    **MODERATION_LINES,
}
