"""Plain lines: a message to the session's room, or a `/` command (protocol section 2)."""

import difflib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from hubbub.chat import commands as c
from hubbub.chat.errors import Refused
from hubbub.chat.events import Message, Notice, Page
from hubbub.chat.names import DEFAULT_ROOM, NAME_CHARS_MAX
from hubbub.chat.queries import PageQuery, SearchQuery
from hubbub.chat.text import inert
from hubbub.hub import admission, commands, posting
from hubbub.hub.asking import Decision, Reading, read
from hubbub.hub.membership import (
    find_or_open_room,
    list_members,
    list_rooms,
    move_to_room,
    open_direct_room,
)
from hubbub.hub.private import page_seen, topic_seen
from hubbub.hub.room import Room, Session
from hubbub.hub.state import State

WORD_CHARS_MAX = 40
HISTORY_LINES_DEFAULT = 20
HISTORY_LINES_MAX = 50
"""A page of the longest messages is what one answer may weigh."""


def decide(state: State, session: Session, text: str, at: int) -> Decision:
    """Decide on a line; an empty one means nothing, as in the tutorial."""
    admission.check_admitted(session)
    if text.startswith("/"):
        if not text.startswith("//"):
            word, _, argument = text[1:].partition(" ")
            return _line_command(word.strip().lower()).decide(state, session, argument.strip(), at)
        text = text[1:]
    if text.isprintable() or inert(text).strip("\n"):
        room = session.current or current_room(state, session)
        posting.post(state, session, posting.draft_message(session, room, text, at))
    return None


def current_room(state: State, session: Session) -> Room:
    """Return the room that plain lines go to: the last joined, else the lobby, joined now."""
    while (room := session.current) is None:
        commands.join(state, session, c.Join(room=DEFAULT_ROOM), 0)
    return room


class LineCommand(NamedTuple):
    """One `/` command: how it is used, what it does, and its function."""

    usage: str
    purpose: str
    decide: Callable[[State, Session, str, int], Decision]


def _line_command(word: str) -> LineCommand:
    found = LINE_COMMANDS.get(word)
    if found is None:
        near = difflib.get_close_matches(word[:WORD_CHARS_MAX], LINE_COMMANDS, 1)
        hint = f"Did you mean /{near[0]}? " if near else ""
        raise Refused(
            f"There is no command /{word[:WORD_CHARS_MAX]}. {hint}/help lists them; "
            "begin with // to say a line that starts with a slash."
        )
    return found


def _needs(argument: str, word: str) -> str:
    if not argument:
        raise Refused(f"Usage: {LINE_COMMANDS[word].usage}")
    return argument


def _help(_state: State, session: Session, _argument: str, _at: int) -> None:
    lines = [f"{one.usage} - {one.purpose}" for one in LINE_COMMANDS.values()]
    session.send(Notice(text="\n".join([*lines, "//text - say a line that starts with a slash"])))


def _rooms(state: State, session: Session, _argument: str, _at: int) -> None:
    here = session.current.name if session.current else None
    lines = [
        f"{one.room}, {one.members} present"
        + (" (you are here)" if one.room == here else "")
        + (f": {one.topic}" if one.topic else "")
        for one in list_rooms(state).rooms
    ]
    session.send(Notice(text="\n".join(lines)))


def _join(state: State, session: Session, argument: str, at: int) -> None:
    raw = _needs(argument, "join")
    if session.format.knows_rooms:
        commands.join(state, session, c.Join(room=raw), at)
        return
    room = find_or_open_room(state, session, raw)
    if room is not session.current:
        move_to_room(state, session, room)
    topic = topic_seen(session, room)
    topic = f" Topic: {topic}" if topic else ""
    session.send(Notice(text=f"You are in {room.name} now, {len(room.members)} present.{topic}"))


def _who(state: State, session: Session, _argument: str, _at: int) -> None:
    room = current_room(state, session)
    listed = list_members(state, room)
    names = ", ".join(member.name for member in listed.members)
    more = ", and more" if listed.more else ""
    session.send(Notice(text=f"{len(room.members)} in {room.name}: {names}{more}"))


def _said(message: Message) -> str:
    """Return the lines of a message; each has the name, so that none can pass for another's."""
    at = datetime.fromtimestamp(message.at / 1000, UTC)
    lines = ["(deleted)"] if message.deleted else message.text.splitlines()
    return "\n".join(f"[{at:%Y-%m-%d %H:%M} UTC] {message.sender} > {line}" for line in lines)


def _send_page(session: Session, page: Page, none: str) -> None:
    for message in page.messages:
        session.send(Notice(text=_said(message)))
    if not page.messages:
        session.send(Notice(text=none))


def _history(state: State, session: Session, argument: str, _at: int) -> Reading:
    count = argument or str(HISTORY_LINES_DEFAULT)
    if not (count.isascii() and count.isdigit() and 1 <= int(count) <= HISTORY_LINES_MAX):
        raise Refused(f"Usage: {LINE_COMMANDS['history'].usage}, N from 1 to {HISTORY_LINES_MAX}.")
    room = current_room(state, session)
    page = yield from read(state, session, PageQuery(room=room.name, limit=int(count)))
    page = page_seen(session, room, page)
    _send_page(session, page, f"Nothing was said in {room.name} yet.")


def _search(state: State, session: Session, argument: str, _at: int) -> Reading:
    room = current_room(state, session)
    query = SearchQuery(
        words=_needs(argument, "search"), room=room.name, limit=HISTORY_LINES_DEFAULT
    )
    page = page_seen(session, room, (yield from read(state, session, query)))
    _send_page(session, page, f"Nothing in {room.name} matches.")


def _msg(state: State, session: Session, argument: str, at: int) -> None:
    name, text = _split_name(state, _needs(argument, "msg"))
    if not text:
        raise Refused(f"Usage: {LINE_COMMANDS['msg'].usage}")
    room = open_direct_room(state, session, name).room
    posting.post(state, session, posting.draft_message(session, room, text, at))


def _split_name(state: State, argument: str) -> tuple[str, str]:
    """Split `NAME TEXT`; names may hold spaces, so the longest one that is here wins."""
    present = {session.name.lower() for session in state.sessions.values()}
    longest = argument[: NAME_CHARS_MAX + 1]
    for end in range(len(longest) - 1, 0, -1):
        if longest[end] == " " and longest[:end].lower() in present:
            return argument[:end], argument[end:].strip()
    name, _, text = argument.partition(" ")
    return name, text.strip()


def _topic(state: State, session: Session, argument: str, at: int) -> None:
    room = current_room(state, session)
    if argument:
        posting.topic(state, session, c.SetTopic(room=room.name, text=argument), at)
    else:
        session.send(Notice(text=topic_seen(session, room) or f"{room.name} has no topic."))


LINE_COMMANDS = {
    "help": LineCommand("/help", "this list", _help),
    "rooms": LineCommand("/rooms", "the public rooms", _rooms),
    "join": LineCommand("/join ROOM", "go to a room; it opens if there is none", _join),
    "who": LineCommand("/who", "who is in your room", _who),
    "history": LineCommand("/history [N]", "the last N messages of your room", _history),
    "search": LineCommand("/search WORDS", "messages of your room with these words", _search),
    "msg": LineCommand("/msg NAME TEXT", "say something to one person", _msg),
    "topic": LineCommand("/topic [TEXT]", "show or set your room's topic", _topic),
}
