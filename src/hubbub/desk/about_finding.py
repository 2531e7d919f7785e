"""The verbs that lead to messages: searching, and walking through what was found."""

from collections.abc import Awaitable, Sequence

from hubbub.chat.events import Message
from hubbub.desk.desk import Desk
from hubbub.desk.face import Face


def search(desk: Desk, face: Face, argument: str) -> Awaitable[None]:
    """Find messages: in this talk of two, or in all rooms; and show the one chosen.

    Without words, it begins with those of the last search.
    """
    here = desk.rooms.current
    scope = here.name if here.is_direct else None

    async def found(query: str) -> Sequence[Message]:
        if not query.strip():
            return []
        page = await desk.chat.search(query, scope, limit=100)
        if page.reached is not None:
            face.tell("The search took too long to look further back. Search for rarer words.")
        desk.hits.found(query, page.messages[::-1])
        return desk.hits.messages

    return _begin(desk, face, face.choose_message(argument or desk.hits.query, found))


async def _begin(desk: Desk, face: Face, choice: Awaitable[Message | None]) -> None:
    if (message := await choice) is not None:
        desk.hits.choose(message)
        await show(desk, face, message.room, message.seq)
        _tell_place(desk, face)


def older_hit(desk: Desk, face: Face, _argument: str) -> Awaitable[None] | None:
    """Show the next message that was found; search if nothing was."""
    return _step(desk, face, 1)


def newer_hit(desk: Desk, face: Face, _argument: str) -> Awaitable[None] | None:
    """Show the one before it."""
    return _step(desk, face, -1)


def _step(desk: Desk, face: Face, steps: int) -> Awaitable[None] | None:
    if not desk.hits.messages:
        return search(desk, face, "")
    message = desk.hits.step(steps)
    if message is None:
        face.tell(f"This is {desk.hits.place}: there is none beyond.")
        return None
    return _show_hit(desk, face, message)


async def _show_hit(desk: Desk, face: Face, message: Message) -> None:
    await show(desk, face, message.room, message.seq)
    _tell_place(desk, face)


def _tell_place(desk: Desk, face: Face) -> None:
    face.tell(f"{desk.hits.place}. F4: older, F5: newer, Ctrl+F: the list.")


async def show_chosen(desk: Desk, face: Face, choice: Awaitable[Message | None]) -> None:
    """Show the message that the user chooses, in its room."""
    if (message := await choice) is not None:
        await show(desk, face, message.room, message.seq)


async def show(desk: Desk, face: Face, name: str, seq: int) -> None:
    """Show a message with what stands around it, in its room."""
    room = desk.rooms.get(name)
    if room is None:
        room = await face.writing.move(desk.join(name))
    else:
        desk.show(room)
    await desk.paging.fill(room)
    await desk.paging.reach(room, seq)
    desk.catch_up()
    if room is not desk.rooms.current:
        return  # the user has gone elsewhere meanwhile
    if room.log.index_of(seq) is not None:
        face.show_message(seq)
    else:
        face.tell("This message cannot be shown: it is not in the room any more, or is hidden.")
