"""The verbs about what holds in the room on the screen."""

from collections.abc import Awaitable

from hubbub.chat.durations import split_duration, spoken_duration
from hubbub.chat.errors import Refused
from hubbub.chat.retention import parse_retention
from hubbub.desk.desk import Desk
from hubbub.desk.face import Face
from hubbub.desk.naming import needed
from hubbub.desk.room import RoomState
from hubbub.desk.standing import rules_told
from hubbub.desk.telling import done

NO_RULES = "Nothing special holds here."
RULES = ("read-only", "archived", "private", "revisions", "hold")
RETENTION = "retention"


def lock(desk: Desk, _face: Face, _argument: str) -> Awaitable[None]:
    """Let only moderators write in the current room."""
    room = desk.rooms.current
    work = desk.chat.rules(room.name, locked=True)
    return done(desk, work, f"Only moderators write in {room.called} now.")


def unlock(desk: Desk, _face: Face, _argument: str) -> Awaitable[None]:
    """Let everybody write in the current room again."""
    room = desk.rooms.current
    work = desk.chat.rules(room.name, locked=False)
    return done(desk, work, f"Everybody may write in {room.called} again.")


def slow(desk: Desk, _face: Face, argument: str) -> Awaitable[None]:
    """Have people wait between their messages in the current room."""
    usage = "/slow TIME|off"
    room = desk.rooms.current
    if needed(argument, usage).lower() == "off":
        work = desk.chat.rules(room.name, slow_seconds=0)
        return done(desk, work, f"{room.called} is not slow any more.")
    seconds, rest = split_duration(argument)
    if not seconds or rest:
        raise Refused(f"Usage: {usage}")
    work = desk.chat.rules(room.name, slow_seconds=seconds)
    told = f"Everybody may write in {room.called} once in {spoken_duration(seconds)} now."
    return done(desk, work, told)


def title(desk: Desk, _face: Face, argument: str) -> Awaitable[None]:
    """Rename the current room; its first name undoes it."""
    room = desk.rooms.current
    new = needed(argument, "/title NEW").removeprefix("#")
    work = desk.chat.rules(room.name, title="" if new == room.name else new)
    return done(desk, work, f"{room.title} is called #{new} now. Its old name leads here, too.")


def rules(desk: Desk, _face: Face, argument: str) -> Awaitable[None] | None:
    """Show what holds in the current room, or change it."""
    room = desk.rooms.current
    if not argument:
        replica = desk.replica(room)
        desk.note(rules_told(room.title, replica.rules) if replica else NO_RULES)
        return None
    word, _, state = argument.lower().partition(" ")
    if word == RETENTION:
        return _retain(desk, room, state)
    if word not in RULES or state.strip() not in ("on", "off"):
        raise Refused(f"Usage: /rules {'|'.join(RULES)} on|off, or /rules {RETENTION} 30 days")
    is_on = state.strip() == "on"
    if word == "private":
        return _make_private(desk, room, is_on=is_on)
    if word == "revisions":
        can = "can be read from now on" if is_on else "cannot be read any more"
        work = desk.chat.rules(room.name, revisions=is_on)
        return done(desk, work, f"What messages in {room.title} said before edits {can}.")
    if word == "hold":
        can = "can be" if not is_on else "cannot be"
        told = f"What was said in {room.title} {can} changed or deleted from now on."
        return done(desk, desk.chat.rules(room.name, held=is_on), told)
    change = (
        desk.chat.rules(room.name, read_only=is_on)
        if word == "read-only"
        else desk.chat.rules(room.name, archived=is_on)
    )
    return done(
        desk,
        change,
        f"{room.title} is {word} now." if is_on else f"{room.title} is not {word} any more.",
    )


def _retain(desk: Desk, room: RoomState, words: str) -> Awaitable[None]:
    retention = parse_retention(words)
    if retention is None:
        raise Refused(f"Usage: /rules {RETENTION} 30 days|1000 messages|off")
    told = f"Messages in {room.title} are kept {retention} now."
    if retention.is_for_ever:
        told = f"{room.title} keeps all messages that the chatroom as a whole keeps."
    return done(desk, desk.chat.rules(room.name, retention=retention), told)


def private(desk: Desk, _face: Face, argument: str) -> Awaitable[None]:
    """Let only its members see the current room, or everybody again."""
    if argument.lower() not in ("", "on", "off"):
        raise Refused("Usage: /private [on|off]")
    return _make_private(desk, desk.rooms.current, is_on=argument.lower() != "off")


def _make_private(desk: Desk, room: RoomState, *, is_on: bool) -> Awaitable[None]:
    told = (
        f"Only its members see {room.title} now; /invite NAME lets somebody in."
        if is_on
        else f"Everybody may see and enter {room.title} again."
    )
    return done(desk, desk.chat.rules(room.name, private=is_on), told)


def delete_room(desk: Desk, face: Face, _argument: str) -> Awaitable[None]:
    """Delete the current room, after a question."""
    room = desk.rooms.current
    question = f"Delete {room.title}, and all that was said in it, for good? Nobody can undo it."
    return _delete(desk, room, face.confirm(question, "Delete"))


async def _delete(desk: Desk, room: RoomState, answer: Awaitable[bool]) -> None:
    if await answer:
        await desk.chat.delete_room(room.name)
