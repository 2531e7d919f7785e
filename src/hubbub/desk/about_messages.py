"""The verbs about messages. They mean the chosen one; else the newest, or the newest own one."""

from collections.abc import Awaitable, Sequence

from hubbub.chat.errors import Refused
from hubbub.chat.events import Message
from hubbub.chat.names import same_name
from hubbub.desk.desk import Desk
from hubbub.desk.emoji_names import emoji_named
from hubbub.desk.face import Face
from hubbub.desk.log import Pending, Said

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
            if not message.deleted and same_name(message.sender, desk.name) == own
        ),
        None,
    )


def _meant(desk: Desk, face: Face, *, own: bool = False) -> Message:
    message = _chosen(desk, face, own=own)
    if message is None:
        raise Refused("There is no message of yours here." if own else "There is no message here.")
    return message


def edit(desk: Desk, face: Face, argument: str) -> Awaitable[None] | None:
    """Give an own message a new text, or let the user write one."""
    message = _meant(desk, face, own=True)
    if argument:
        return desk.chat.edit(message.room, message.seq, argument)
    face.writing.edit(message, desk.name)
    return None


def delete(desk: Desk, face: Face, _argument: str) -> Awaitable[None]:
    """Delete an own message, after a question."""
    message = _meant(desk, face, own=True)
    text = " ".join(message.text.split())
    shown = text if len(text) <= _QUOTED_CHARS else f"{text[:_QUOTED_CHARS]}…"
    answer = face.confirm(f"Delete '{shown}' for everybody?", "Delete")
    return _delete(desk, message, answer)


async def _delete(desk: Desk, message: Message, answer: Awaitable[bool]) -> None:
    if await answer:
        await desk.chat.delete(message.room, message.seq)


def reply(desk: Desk, face: Face, argument: str) -> None:
    """Answer a message, or let the user write the answer."""
    message = _meant(desk, face)
    if argument:
        desk.posting.say(desk.rooms.current, argument, message.seq)
    else:
        face.writing.reply(message)


def react(desk: Desk, face: Face, argument: str) -> Awaitable[None]:
    """Give an emoji to a message, or take it back."""
    message = _meant(desk, face)
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
    await desk.chat.react(message.room, message.seq, emoji, on=on)


def copy(desk: Desk, face: Face, _argument: str) -> None:
    """Copy a message's text."""
    face.copy(_meant(desk, face).text)
    face.tell("The message is in the clipboard, if your terminal allows it.")


def retry(desk: Desk, _face: Face, _argument: str) -> None:
    """Send again what was not sent."""
    room = desk.rooms.current
    for pending in _failed(room.log.pending):
        desk.posting.retry(room, pending)


def drop(desk: Desk, _face: Face, _argument: str) -> None:
    """Give up what was not sent."""
    log = desk.rooms.current.log
    for pending in _failed(log.pending):
        log.pending.remove(pending)
    desk.stirred()


def _failed(pending: Sequence[Pending]) -> list[Pending]:
    failed = [one for one in pending if one.failure is not None]
    if not failed:
        raise Refused("Every message of yours in this room was sent or is on its way.")
    return failed


def search(desk: Desk, face: Face, argument: str) -> Awaitable[None]:
    """Find messages: in this private room, or in all public ones; and show the one chosen."""
    here = desk.rooms.current
    scope = here.name if here.is_direct else None

    async def found(words: str) -> Sequence[Message]:
        if not words.strip():
            return []
        return (await desk.chat.search(words, scope)).messages[::-1]

    return _show_chosen(desk, face, face.choose_message(argument, found))


async def _show_chosen(desk: Desk, face: Face, choice: Awaitable[Message | None]) -> None:
    """Show a message with what stands around it, in its room."""
    if (message := await choice) is None:
        return
    room = desk.rooms.get(message.room)
    if room is None:
        room = await face.writing.move(desk.join(message.room))
    else:
        desk.show(room)
    await desk.paging.fill(room)
    await desk.paging.back_to(room, message.seq)
    desk.catch_up()
    if room is not desk.rooms.current:
        return  # the user has gone elsewhere meanwhile
    if room.log.index_of(message.seq) is not None:
        face.show_message(message.seq)
    else:
        face.tell("The message is too far back to be shown here.")
