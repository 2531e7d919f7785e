"""`/` commands that keep a room in order: the same as the commands of event sessions."""

from typing import Any

from hubbub.chat import commands as c
from hubbub.chat.durations import split_duration, spoken_duration
from hubbub.chat.errors import Refused
from hubbub.chat.events import Notice
from hubbub.chat.rules import REASON_CHARS_MAX, SLOW_SECONDS_MAX
from hubbub.hub.asking import Decision, Reading
from hubbub.hub.line import LineCommand, current_room, needed, split_name, told_when_done
from hubbub.hub.power import deleting, entrance, members, upkeep
from hubbub.hub.present.room import Session
from hubbub.hub.state import State

KICK = "/kick NAME [REASON]"
BAN = "/ban NAME [TIME] [REASON]"
UNBAN = "/unban NAME"
MUTE = "/mute NAME [TIME] [REASON]"
UNMUTE = "/unmute NAME"
SLOW = "/slow TIME|off"
ADD = "/add NAME"
MODERATOR = "/moderator NAME"
TITLE = "/title NAME"
DELETE_ROOM = "/delete-room NAME"
DOOR = "/door locked|open"


def _kick(state: State, session: Session, argument: str, at: int) -> Decision:
    name, reason = split_name(needed(argument, KICK), lambda key: key in state.here)
    room = current_room(state, session).called
    command = c.Kick(room=room, name=name, reason=_short(reason))
    draft = upkeep.kick(state, session, command, at)
    return told_when_done(state, session, draft, f"{name} is put out of {room}.")


def _ban(state: State, session: Session, argument: str, at: int) -> Decision:
    who, seconds, reason = _split_terms(state, needed(argument, BAN))
    room = current_room(state, session).called
    command = c.Ban(room=room, who=who, seconds=seconds or None, reason=reason)
    draft = upkeep.ban(state, session, command, at)
    text = f"{who} is banned from {room} {_for(seconds)}. /unban {who} lets them back in."
    return told_when_done(state, session, draft, text)


def _mute(state: State, session: Session, argument: str, at: int) -> Decision:
    who, seconds, reason = _split_terms(state, needed(argument, MUTE))
    room = current_room(state, session).called
    command = c.Mute(room=room, who=who, seconds=seconds or None, reason=reason)
    draft = upkeep.mute(state, session, command, at)
    text = f"{who} is muted in {room} {_for(seconds)}. /unmute {who} lets them write again."
    return told_when_done(state, session, draft, text)


def _unban(state: State, session: Session, argument: str, at: int) -> Decision:
    who, room = needed(argument, UNBAN), current_room(state, session).called
    draft = upkeep.unban(state, session, c.Unban(room=room, who=who), at)
    return told_when_done(state, session, draft, f"{who} may come back to {room}.")


def _unmute(state: State, session: Session, argument: str, at: int) -> Decision:
    who, room = needed(argument, UNMUTE), current_room(state, session).called
    draft = upkeep.unmute(state, session, c.Unmute(room=room, who=who), at)
    return told_when_done(state, session, draft, f"{who} may write in {room} again.")


def _lock(state: State, session: Session, _argument: str, at: int) -> Decision:
    return _set(state, session, at, "Only moderators write in {room} now.", locked=True)


def _unlock(state: State, session: Session, _argument: str, at: int) -> Decision:
    return _set(state, session, at, "Everybody may write in {room} again.", locked=False)


def _private(state: State, session: Session, _argument: str, at: int) -> Decision:
    return _set(state, session, at, "{room} is private now. /add lets people in.", private=True)


def _public(state: State, session: Session, _argument: str, at: int) -> Decision:
    done = "{room} is public now: everybody may come in, and read all of it."
    return _set(state, session, at, done, private=False)


def _add(state: State, session: Session, argument: str, at: int) -> Reading:
    name, room = needed(argument, ADD), current_room(state, session)
    done = members.add(state, session, c.Add(room=room.name, name=name), at)
    if done is not None:
        yield from done
    is_private = state.order.is_private(room.name)
    told = "let into" if is_private else "told of"
    session.send(Notice(text=f"{name} is {told} {room.called}."))


def _slow(state: State, session: Session, argument: str, at: int) -> Decision:
    if argument.lower() == "off":
        return _set(state, session, at, "{room} is not slow any more.", slow_seconds=0)
    seconds, rest = split_duration(needed(argument, SLOW))
    if not seconds or rest or seconds > SLOW_SECONDS_MAX:
        most = spoken_duration(SLOW_SECONDS_MAX)
        raise Refused(f"Usage: {SLOW}, up to {most}.")
    done = f"Everybody may write in {{room}} once in {spoken_duration(seconds)} now."
    return _set(state, session, at, done, slow_seconds=seconds)


def _set(state: State, session: Session, at: int, done: str, **rules: Any) -> Reading:
    room = current_room(state, session).called
    made = upkeep.set_rules(state, session, c.SetRules(room=room, **rules), at)
    return told_when_done(state, session, made, done.format(room=room))


def _title(state: State, session: Session, argument: str, at: int) -> Reading:
    title, room = needed(argument, TITLE), current_room(state, session)
    made = upkeep.set_rules(state, session, c.SetRules(room=room.name, title=title), at)
    yield from made or ()
    text = f"{room.name} is called {room.called} now, and found by either name."
    session.send(Notice(text=text if room.title else f"{room.name} is called so again."))


def _delete_room(state: State, session: Session, argument: str, at: int) -> Reading:
    room, name = current_room(state, session), needed(argument, DELETE_ROOM)
    if name not in (room.name, room.title):
        raise Refused(
            f"You are in '{room.called}'. To delete it for good, with all that was said there, "
            f"type /delete-room {room.name}"
        )
    yield from deleting.delete_room(state, session, c.DeleteRoom(room=room.name), at)


def _moderator(state: State, session: Session, argument: str, at: int) -> Reading:
    name, room = needed(argument, MODERATOR), current_room(state, session).called
    command = c.Appoint(room=room, name=name, role="moderator")
    made = upkeep.appoint(state, session, command, at)
    return told_when_done(state, session, made, f"{name} is a moderator of {room} now.")


def _door(state: State, session: Session, argument: str, at: int) -> Decision:
    if argument.lower() not in SAID_OF_DOOR:
        raise Refused(f"Usage: {DOOR}")
    is_locked = argument.lower() == "locked"
    draft = entrance.set_door(state, session, c.SetDoor(locked=is_locked), at)
    return told_when_done(state, session, draft, SAID_OF_DOOR[argument.lower()])


SAID_OF_DOOR = {
    "locked": "The door is locked: nobody new is let in. /door open lets them in again.",
    "open": "The door is open again.",
}
"""What is said once it is so."""


def _split_terms(state: State, argument: str) -> tuple[str, int | None, str]:
    """Split `NAME [TIME] [REASON]`; None is no time, which is for good."""
    who, rest = split_name(argument, lambda key: key in state.here or key in state.book.names)
    seconds, reason = split_duration(rest)
    return who, seconds, _short(reason)


def _short(reason: str) -> str:
    if len(reason) > REASON_CHARS_MAX:
        raise Refused(
            f"The reason has {len(reason)} characters; the limit is {REASON_CHARS_MAX}.",
            code="too_long",
        )
    return reason


def _for(seconds: int | None) -> str:
    return f"for {spoken_duration(seconds)}" if seconds else "for good"


MODERATION_LINES = {
    "kick": LineCommand(KICK, "put somebody out of your room", _kick),
    "ban": LineCommand(BAN, "keep somebody out of your room, for 10m, 2h or good", _ban),
    "unban": LineCommand(UNBAN, "let them back in", _unban),
    "mute": LineCommand(MUTE, "let somebody write nothing in your room", _mute),
    "unmute": LineCommand(UNMUTE, "let them write again", _unmute),
    "lock": LineCommand("/lock", "let only moderators write in your room", _lock),
    "unlock": LineCommand("/unlock", "let everybody write again", _unlock),
    "add": LineCommand(ADD, "let somebody into your private room, or tell them of it", _add),
    "private": LineCommand("/private", "let in only the people who are there, or added", _private),
    "public": LineCommand("/public", "let everybody in again", _public),
    "slow": LineCommand(SLOW, "have people wait between messages, like 30s", _slow),
    "title": LineCommand(TITLE, "rename your room; its first name undoes it", _title),
    "delete-room": LineCommand(DELETE_ROOM, "delete your room for good", _delete_room),
    "moderator": LineCommand(MODERATOR, "make somebody a moderator", _moderator),
    "door": LineCommand(DOOR, "let nobody new into the chatroom", _door),
}
