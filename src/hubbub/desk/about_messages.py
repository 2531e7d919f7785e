"""The verbs about messages. They mean the chosen one; else the newest, or the newest own one."""

from collections.abc import Awaitable, Callable, Sequence

from hubbub.chat.errors import Refused
from hubbub.chat.events import Message
from hubbub.chat.roles import Role
from hubbub.desk.desk import Desk
from hubbub.desk.emoji_names import emoji_named
from hubbub.desk.face import Face
from hubbub.desk.form import Field, Form
from hubbub.desk.log import Item, Pending, Said

_QUOTED_CHARS = 40


def _chosen(desk: Desk, face: Face, *, own: bool) -> Message | None:
    if (item := face.chosen) is not None:
        return item.message if isinstance(item, Said) else None
    return newest(desk, own=own)


def newest(desk: Desk, *, own: bool) -> Message | None:
    """Return the newest message of the room: the user's own, or somebody else's."""
    return next(
        (
            message
            for message in desk.rooms.current.log.newest_first()
            if not message.deleted and desk.chat.is_own(message) == own
        ),
        None,
    )


def meant(desk: Desk, face: Face, *, own: bool = False) -> Message:
    """Return the message that a verb is about; raise Refused if there is none."""
    message = _chosen(desk, face, own=own)
    if message is None:
        raise Refused("There is no message of yours here." if own else "There is no message here.")
    return message


def suits(desk: Desk, item: Item | None, verb: str) -> bool:
    """Return whether a verb about messages means something for what is chosen, if anything is."""
    if item is None:
        return True
    if not isinstance(item, Said) or item.message.deleted:
        return False
    message, is_own = item.message, desk.chat.is_own(item.message)
    rules: dict[str, Callable[[], bool]] = {
        "edit": lambda: is_own,
        "report": lambda: not is_own,
        "download": lambda: bool(message.files),
        "view": lambda: any(file.preview for file in message.files),
        "delete": lambda: is_own or _may_delete_others(desk),
        "replies": lambda: message.replies > 0,
        "pin": lambda: _may_pin(desk),
        "revisions": lambda: message.edited is not None and _keeps_revisions(desk),
    }
    return rules[verb]() if verb in rules else True


def _may_delete_others(desk: Desk) -> bool:
    room = desk.rooms.current
    return not room.is_direct and desk.standing.role(room.name) >= Role.MODERATOR


def _may_pin(desk: Desk) -> bool:
    room = desk.rooms.current
    replica = desk.replica(room)
    is_owned = replica is not None and bool(replica.rules.owner) and not room.is_direct
    return not is_owned or desk.standing.role(room.name) >= Role.MODERATOR


def _keeps_revisions(desk: Desk) -> bool:
    replica = desk.replica(desk.rooms.current)
    return replica is not None and replica.rules.revisions


def edit(desk: Desk, face: Face, argument: str) -> Awaitable[None] | None:
    """Give an own message a new text, or let the user write one."""
    message = meant(desk, face, own=True)
    if argument:
        return desk.changes.edit(message, argument)
    face.writing.edit(message, own=desk.chat.is_own(message))
    return None


def delete(desk: Desk, face: Face, _argument: str) -> Awaitable[None]:
    """Delete an own message, or another one that is chosen, after a question."""
    message = meant(desk, face, own=True)
    answer = face.confirm(f"Delete {_quoted(desk, message)} for everybody?", "Delete")
    return _delete(desk, message, answer)


def _quoted(desk: Desk, message: Message) -> str:
    """Return a message in a few words, and by whom it is if not by the user."""
    text = " ".join(message.text.split())
    shown = text if len(text) <= _QUOTED_CHARS else f"{text[:_QUOTED_CHARS]}…"
    return f"'{shown}'" if desk.chat.is_own(message) else f"'{shown}' by {message.sender}"


async def _delete(desk: Desk, message: Message, answer: Awaitable[bool]) -> None:
    if await answer:
        await desk.changes.delete(message)


def report(desk: Desk, face: Face, argument: str) -> Awaitable[None]:
    """Tell those who look after the room of a bad message, and why it is bad."""
    message = meant(desk, face)
    if desk.chat.is_own(message):
        raise Refused("This message is yours. You can edit or delete it.")

    async def submit(typed: Sequence[str]) -> None:
        await desk.chat.report(message.room, message.seq, reason=typed[0])

    quoted = _quoted(desk, message)
    if argument:
        answer = face.confirm(f"Report {quoted}?", "Report")
        return _report(desk, answer, lambda: submit([argument]))
    fields = (Field("What is wrong with it?", secret=False),)
    form = Form("Report a message", fields, submit, f"You report {quoted}.")
    return _report(desk, face.fill(form))


async def _report(
    desk: Desk, answer: Awaitable[bool], deed: Callable[[], Awaitable[None]] | None = None
) -> None:
    if await answer:
        if deed is not None:
            await deed()
        desk.note("It is reported to those who look after this room, and to operators.")


def reply(desk: Desk, face: Face, argument: str) -> None:
    """Answer a message, or let the user write the answer."""
    message = meant(desk, face)
    if argument:
        if silence := desk.silence(desk.rooms.current):
            raise Refused(silence)
        desk.posting.say(desk.rooms.current, argument, message.seq)
    else:
        face.writing.reply(message)


def react(desk: Desk, face: Face, argument: str) -> Awaitable[None]:
    """Give an emoji to a message, or take it back."""
    message = meant(desk, face)
    emoji = emoji_named(argument) or argument
    if emoji.startswith(":"):
        raise Refused(f"There is no emoji called {emoji}")
    if emoji:
        return _react(desk, message, emoji)
    return _react_with_chosen(desk, message, face.choose_emoji())


async def _react_with_chosen(desk: Desk, message: Message, choice: Awaitable[str | None]) -> None:
    if emoji := await choice:
        await _react(desk, message, emoji)


async def _react(desk: Desk, message: Message, emoji: str) -> None:
    on = desk.name not in message.reactions.get(emoji, [])
    await desk.changes.react(message, emoji, on=on)


def copy(desk: Desk, face: Face, _argument: str) -> None:
    """Copy a message's text."""
    face.copy(meant(desk, face).text)
    face.tell("The message is in the clipboard, if your terminal allows it.")


def mark_unread(desk: Desk, face: Face, _argument: str) -> None:
    """Have a message, and all that follows it, be unread again."""
    message = meant(desk, face)
    desk.reading.mark_unread(message)
    face.tell("It is unread from here on, until you leave this room and come back.")


def mark_read(desk: Desk, face: Face, _argument: str) -> None:
    """Have all of the room be read."""
    desk.reading.mark_read()
    face.show_newest()


def stopped(desk: Desk, face: Face, _argument: str) -> Awaitable[None]:
    """Go to where the user stopped reading."""
    if desk.rooms.current.unread_after is None:
        raise Refused("Nothing here is new to you.")
    return face.show_unread()


def retry(desk: Desk, _face: Face, _argument: str) -> None:
    """Send again what was not sent."""
    room = desk.rooms.current
    for pending in _failed(room.log.pending):
        desk.posting.retry(room, pending)


def drop(desk: Desk, _face: Face, _argument: str) -> None:
    """Give up what was not sent."""
    room = desk.rooms.current
    for pending in _failed(room.log.pending):
        desk.posting.drop(room, pending)
    desk.stirred()


def _failed(pending: Sequence[Pending]) -> list[Pending]:
    failed = [one for one in pending if one.failure is not None]
    if not failed:
        raise Refused("Every message of yours in this room was sent or is on its way.")
    return failed
