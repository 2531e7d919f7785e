"""The verbs that lead to messages: searching, walking through what was found, and addresses."""

from collections.abc import Awaitable, Sequence

from hubbub.chat.events import Message
from hubbub.chat.words import words_of
from hubbub.desk.desk import Desk
from hubbub.desk.face import Face
from hubbub.desk.log import Said
from hubbub.desk.places import Place, address_of

MENTIONS_MAX = 100
MENTIONS = "mentions of you"


def search(desk: Desk, face: Face, argument: str) -> Awaitable[None]:
    """Find messages: in this talk of two, or in all rooms; and show the one chosen.

    Without words, it begins with those of the last search.
    """
    here = desk.rooms.current
    scope = here.name if here.is_direct else None
    return _search(desk, face, argument or desk.ways.hits.query, scope)


def mentions(desk: Desk, face: Face, _argument: str) -> Awaitable[None]:
    """Find what mentions the user or answers them, in all rooms that they may read."""

    async def found(typed: str) -> Sequence[Message]:
        page = await desk.chat.mentions(limit=MENTIONS_MAX)
        if page.reached is not None:
            face.tell("To look further back took too long.")
        wanted = words_of(typed)
        desk.ways.hits.listed(MENTIONS, [one for one in page.messages[::-1] if holds(one, wanted)])
        return desk.ways.hits.messages

    return _begin(desk, face, face.choose_message("", found, title="What mentions you"))


def holds(message: Message, wanted: Sequence[str]) -> bool:
    """Return whether a message has words that begin like these."""
    words = list(words_of(message.text))
    return all(any(word.startswith(one) for word in words) for one in wanted)


def _search(desk: Desk, face: Face, typed: str, scope: str | None) -> Awaitable[None]:
    async def found(query: str) -> Sequence[Message]:
        if not query.strip():
            return []
        page = await desk.chat.search(query, scope, limit=100)
        if page.reached is not None:
            face.tell("The search took too long to look further back. Search for rarer words.")
        desk.ways.hits.found(query, page.messages[::-1])
        return desk.ways.hits.messages

    return _begin(desk, face, face.choose_message(typed, found))


async def _begin(desk: Desk, face: Face, choice: Awaitable[Message | None]) -> None:
    if (message := await choice) is not None:
        desk.ways.hits.choose(message)
        await show(desk, face, message.room, message.seq)
        _tell_place(desk, face)


def older_hit(desk: Desk, face: Face, _argument: str) -> Awaitable[None] | None:
    """Show the next message that was found; search if nothing was."""
    return _step(desk, face, 1)


def newer_hit(desk: Desk, face: Face, _argument: str) -> Awaitable[None] | None:
    """Show the one before it."""
    return _step(desk, face, -1)


def _step(desk: Desk, face: Face, steps: int) -> Awaitable[None] | None:
    if not desk.ways.hits.messages:
        return search(desk, face, "")
    message = desk.ways.hits.step(steps)
    if message is None:
        face.tell(f"This is {desk.ways.hits.place}: there is none beyond.")
        return None
    return _show_hit(desk, face, message)


async def _show_hit(desk: Desk, face: Face, message: Message) -> None:
    await show(desk, face, message.room, message.seq)
    _tell_place(desk, face)


def _tell_place(desk: Desk, face: Face) -> None:
    list_again = "/mentions" if desk.ways.hits.what == MENTIONS else "Ctrl+F"
    face.tell(f"{desk.ways.hits.place}. F4: older, F5: newer, {list_again}: the list.")


async def show_chosen(desk: Desk, face: Face, choice: Awaitable[Message | None]) -> None:
    """Show the message that the user chooses, in its room."""
    if (message := await choice) is not None:
        await show(desk, face, message.room, message.seq)


def address(desk: Desk, face: Face, _argument: str) -> None:
    """Copy the address of the chosen message, or else of the room."""
    item = face.chosen
    seq = item.message.seq if isinstance(item, Said) else None
    found = address_of(desk.link.page, Place(desk.rooms.current.name, seq))
    face.copy(found)
    face.tell(f"The address is in the clipboard, if your terminal allows it: {found}")


def go_back(desk: Desk, face: Face, _argument: str) -> Awaitable[None] | None:
    """Go back to where the user was before."""
    return _go(desk, face, -1)


def go_forward(desk: Desk, face: Face, _argument: str) -> Awaitable[None] | None:
    """Go forward again."""
    return _go(desk, face, 1)


def _go(desk: Desk, face: Face, steps: int) -> Awaitable[None] | None:
    place = desk.ways.trail.step(steps)
    if place is None:
        face.tell("There is no place before this one." if steps < 0 else "This is the last place.")
        return None
    return show_place(desk, face, place)


async def show_place(desk: Desk, face: Face, place: Place) -> None:
    """Show a room, or a message in it."""
    if place.seq is not None:
        await show(desk, face, place.room, place.seq)
    elif (room := desk.rooms.get(place.room)) is not None:
        desk.show(room)
    else:
        await face.writing.move(desk.join(place.room))


async def show(desk: Desk, face: Face, name: str, seq: int) -> None:
    """Show a message with what stands around it, in its room."""
    desk.ways.trail.begin(Place(desk.rooms.current.name))
    desk.ways.trail.visit(Place(name, seq))
    room = desk.rooms.get(name)
    if room is None:
        room = await face.writing.move(desk.join(name))
        if room is not desk.rooms.current:
            return  # the user has gone elsewhere meanwhile
    else:
        desk.show(room)
    is_wanted = face.set_out()
    await desk.paging.fill(room)
    await desk.paging.reach(room, seq)
    desk.catch_up()
    if not is_wanted():
        return
    if room.log.index_of(seq) is not None:
        face.show_message(seq)
    else:
        face.tell("This message cannot be shown: it is not in the room any more, or is hidden.")
