"""The verbs about rooms and people."""

from collections.abc import Awaitable

from hubbub.chat.errors import Refused
from hubbub.desk.desk import Desk
from hubbub.desk.face import Face
from hubbub.desk.naming import needed, split_name
from hubbub.desk.room import RoomState
from hubbub.desk.rooms import ORDERS


def switch(desk: Desk, face: Face, _argument: str) -> Awaitable[None]:
    """Go to a room of the user's, those with something unread first."""
    rooms = sorted(desk.rooms, key=lambda room: (not room.mentions, not room.unread))
    rooms.sort(key=lambda room: room is desk.rooms.current)
    return _show_chosen(desk, face.choose_room(rooms))


async def _show_chosen(desk: Desk, choice: Awaitable[RoomState | None]) -> None:
    if room := await choice:
        desk.show(room)


def above(desk: Desk, _face: Face, _argument: str) -> None:
    """Go to the room above."""
    desk.show(desk.rooms.beside(-1))


def below(desk: Desk, _face: Face, _argument: str) -> None:
    """Go to the room below."""
    desk.show(desk.rooms.beside(1))


def numbered(_desk: Desk, face: Face, argument: str) -> None:
    """Go to the room with this number, counted from 1."""
    face.show_listed(int(argument))


def next_unread(desk: Desk, face: Face, _argument: str) -> None:
    """Go to the next room with something unread."""
    if room := desk.rooms.next_unread():
        desk.show(room)
    elif not face.show_unread_elsewhere():
        face.tell("Nothing is unread in other rooms.")


def keep_on_top(desk: Desk, face: Face, _argument: str) -> None:
    """Keep the current room on top of the list, or no longer."""
    room = desk.rooms.current
    is_there = desk.rooms.keep_on_top(room)
    desk.stirred()
    where = "is on top of the list now" if is_there else "is where it was in the list"
    face.tell(f"{room.title} {where}; /top changes that.")


def sort(desk: Desk, _face: Face, argument: str) -> None:
    """Have the rooms stand in another order."""
    order = next((one for one in ORDERS if one == argument), None)
    if order is None:
        raise Refused(f"Usage: /sort {'|'.join(ORDERS)}. It is '{desk.rooms.order}' now.")
    desk.rooms.order = desk.profile.order = order
    desk.stirred()


def choose(desk: Desk, face: Face, _argument: str) -> Awaitable[None]:
    """Enter one of the server's rooms."""
    return _enter_chosen(desk, face, face.choose_public_room(desk.chat.rooms))


async def _enter_chosen(desk: Desk, face: Face, choice: Awaitable[str | None]) -> None:
    if name := await choice:
        await face.writing.move(desk.join(name))


def join(desk: Desk, face: Face, argument: str) -> Awaitable[object]:
    """Enter a room."""
    name = needed(argument, "/join ROOM").removeprefix("#")
    return face.writing.move(desk.join(name))


def leave(desk: Desk, face: Face, argument: str) -> Awaitable[None]:
    """Leave a room, the current one if none is named."""
    name = argument.removeprefix("#")
    room = desk.rooms.find(name) if name else desk.rooms.current
    if room is None:
        raise Refused(f"You are not in a room called '{name}'.")
    if room is not desk.rooms.current:
        return desk.leave(room)
    # What is said after that was meant for this room, and for no other.
    return face.writing.leave(desk.leave(room))


def message(desk: Desk, face: Face, argument: str) -> Awaitable[object]:
    """Open the private room shared with somebody, and say something there."""
    name, text = split_name(desk.company.names(), needed(argument, "/msg NAME TEXT"))
    return face.writing.move(_say_to(desk, name, text))


async def _say_to(desk: Desk, name: str, text: str) -> RoomState:
    room = await desk.direct(name)
    if text:
        desk.posting.say(room, text)
    return room


def topic(desk: Desk, _face: Face, argument: str) -> Awaitable[None] | None:
    """Give the current room a topic, or say which it has."""
    room = desk.rooms.current
    if argument:
        return desk.chat.topic(room.name, argument)
    replica = desk.replica(room)
    there = replica.topic if replica else ""
    desk.note(f"Topic: {there}" if there else f"{room.title} has no topic.")
    return None


def host(desk: Desk, _face: Face, _argument: str) -> Awaitable[None]:
    """Host the chatroom of this machine on, whose host has quit."""
    return desk.hosting.accept()
