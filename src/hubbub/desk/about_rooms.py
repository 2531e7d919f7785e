"""The verbs about rooms and people."""

from collections.abc import Iterable

from hubbub.chat.errors import Refused
from hubbub.chat.names import NAME_CHARS_MAX, same_name
from hubbub.desk.desk import Desk
from hubbub.desk.face import Face
from hubbub.desk.room import RoomState


def show(desk: Desk, face: Face, room: RoomState) -> None:
    """Put a room on the screen."""
    desk.show(room)
    face.room_changed()


async def switch(desk: Desk, face: Face, _argument: str) -> None:
    """Go to a room of the user's, those with something unread first."""
    rooms = sorted(desk.rooms, key=lambda room: (not room.mentions, not room.unread))
    rooms.sort(key=lambda room: room is desk.rooms.current)
    if room := await face.choose_room(rooms):
        show(desk, face, room)


def above(desk: Desk, face: Face, _argument: str) -> None:
    """Go to the room above."""
    show(desk, face, desk.rooms.beside(-1))


def below(desk: Desk, face: Face, _argument: str) -> None:
    """Go to the room below."""
    show(desk, face, desk.rooms.beside(1))


def numbered(desk: Desk, face: Face, argument: str) -> None:
    """Go to the room with this number, counted from 1."""
    rooms = list(desk.rooms)
    if (number := int(argument)) <= len(rooms):
        show(desk, face, rooms[number - 1])


def next_unread(desk: Desk, face: Face, _argument: str) -> None:
    """Go to the next room with something unread."""
    if room := desk.rooms.next_unread():
        show(desk, face, room)
    else:
        face.tell("Nothing is unread in other rooms.")


async def choose(desk: Desk, face: Face, _argument: str) -> None:
    """Enter one of the server's rooms."""
    if name := await face.choose_public_room(await desk.chat.rooms()):
        await desk.join(name)
        face.room_changed()


async def join(desk: Desk, face: Face, argument: str) -> None:
    """Enter a room."""
    await desk.join(_needed(argument, "/join ROOM").removeprefix("#"))
    face.room_changed()


async def leave(desk: Desk, face: Face, argument: str) -> None:
    """Leave a room, the current one if none is named."""
    name = argument.removeprefix("#")
    room = desk.rooms.get(name) if name else desk.rooms.current
    if room is None:
        raise Refused(f"You are not in a room called '{name}'.")
    await desk.leave(room)
    face.room_changed()


async def message(desk: Desk, face: Face, argument: str) -> None:
    """Open the private room shared with somebody, and say something there."""
    name, text = _split_name(desk.names(), _needed(argument, "/msg NAME TEXT"))
    room = await desk.direct(name)
    face.room_changed()
    if text:
        desk.posting.say(room, text)


async def who(desk: Desk, _face: Face, _argument: str) -> None:
    """Say who is in the current room."""
    room = desk.rooms.current
    found = await desk.chat.members(room.name)
    names = ", ".join(sorted((one.name for one in found.members), key=str.casefold))
    more = ", and more" if found.more else ""
    desk.note(f"{len(found.members)} in {room.title}: {names}{more}")


async def topic(desk: Desk, _face: Face, argument: str) -> None:
    """Give the current room a topic, or say which it has."""
    room = desk.rooms.current
    if argument:
        await desk.chat.topic(room.name, argument)
        return
    replica = desk.replica(room)
    there = replica.topic if replica else ""
    desk.note(f"Topic: {there}" if there else f"{room.title} has no topic.")


def _needed(argument: str, usage: str) -> str:
    if not argument:
        raise Refused(f"Usage: {usage}")
    return argument


def _split_name(known: Iterable[str], argument: str) -> tuple[str, str]:
    """Split `NAME TEXT`; names may hold spaces, so the longest one that is known wins."""
    names = list(known)
    for end in range(min(len(argument), NAME_CHARS_MAX), 0, -1):
        name, rest = argument[:end], argument[end:]
        if rest[:1] in ("", " ") and any(same_name(name, one) for one in names):
            return name, rest.strip()
    name, _, text = argument.partition(" ")
    return name.removeprefix("@"), text.strip()
