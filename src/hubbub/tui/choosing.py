"""The pickers: rooms, messages found, past inputs, emoji."""

from collections.abc import Callable, Iterable, Sequence

from rich.text import Text

from hubbub.chat.events import Message, RoomSummary
from hubbub.desk.emoji_names import emoji_matching, every_emoji
from hubbub.desk.face import FindLines, FindMessages, FindRooms
from hubbub.desk.hits import context_of
from hubbub.desk.log import Said
from hubbub.desk.room import RoomState
from hubbub.markup.visible import visible
from hubbub.tui.dialogs.picker import Choice, Picker, Source, narrowing
from hubbub.tui.log.labels import at_of, one_line
from hubbub.tui.panes import badge

LABEL_CHARS_MAX = 300
FILTERS = 'Type words of it, "a phrase", from:ben, in:lobby, after:7d, before:2026-11-24, has:link.'


def room_picker(rooms: Iterable[RoomState]) -> Picker[RoomState]:
    """Return what has the user choose one of their rooms."""
    choices = [
        Choice(Text.assemble(one_line(room.title), (f"  {badge(room)}", "bold")), room.title, room)
        for room in rooms
    ]
    return Picker("Go to", narrowing(choices), nothing="You are in no such room.")


def public_room_picker(find: FindRooms) -> Picker[str]:
    """Return what has the user choose one of the server's rooms, which are asked for once."""
    listed: list[Source[str]] = []

    async def matching(typed: str) -> list[Choice[str]]:
        if not listed:
            listed.append(narrowing(map(_listed, await find())))
        return await listed[0](typed)

    nothing = "No such room. /join ROOM opens it."
    return Picker("Rooms of the server", matching, nothing=nothing)


def _listed(room: RoomSummary) -> Choice[str]:
    called = room.title or room.room
    label = Text.assemble(f"#{one_line(called)}", (f"  {room.members} here  ", "dim"))
    label.append("private  " if room.private else "", "dim").append(one_line(room.topic), "dim")
    return Choice(label, f"{called} {room.room} {room.topic}", room.room)


def message_picker(
    title: str, words: str, find: FindMessages, title_of: Callable[[str], str]
) -> Picker[Message]:
    """Return what has the user choose among the messages with all the words typed.

    `title` is that of a list which is no search. `title_of` returns what a room is called, by its
    name.
    """

    async def found(typed: str) -> list[Choice[Message]]:
        return [_found(message, title_of(message.room)) for message in await find(typed)]

    nothing = "There is no such message here." if title else FILTERS
    return Picker(title or "Find messages", found, nothing=nothing, typed=words)


def _found(message: Message, title: str) -> Choice[Message]:
    at = at_of(Said(message))
    label = Text.assemble(
        (f"{at:%d %b %H:%M} {one_line(title)} ", "dim"),
        (one_line(message.sender), "bold"),
        "\n  ",
    )
    for piece, is_found in context_of(message.text, message.found):
        label.append(visible(piece), "bold reverse" if is_found else "")
    return Choice(label, "", message)


def input_picker(entries: Iterable[str]) -> Picker[str]:
    """Return what has the user choose among what they typed before."""
    choices = [
        Choice(Text(one_line(text[:LABEL_CHARS_MAX])), text, text)
        for text in dict.fromkeys(entries)
    ]
    return Picker("Typed before", narrowing(choices), nothing="Nothing such was typed.")


def emoji_picker(recent: Sequence[str]) -> Picker[str]:
    """Return what has the user choose an emoji by its name; before, the `recent` ones."""

    async def matching(typed: str) -> list[Choice[str]]:
        query = typed.strip().strip(":")
        found = emoji_matching(query or "smile")
        if not query:
            known = {one.emoji: one.names[0] for one in every_emoji()}
            latest = {emoji: known.get(emoji, "") for emoji in recent}
            found = list((latest | dict(found)).items())
        return [Choice(Text(f"{emoji}  {name}"), name, emoji) for emoji, name in found]

    return Picker("Choose an emoji", matching, nothing="No emoji has such a name.")


def line_picker(title: str, find: FindLines, nothing: str) -> Picker[int]:
    """Return what has the user choose one of some lines, by its index; they are asked for once."""
    listed: list[Source[int]] = []

    async def matching(typed: str) -> list[Choice[int]]:
        if not listed:
            lines = enumerate(await find())
            listed.append(narrowing(Choice(_line(line), line, index) for index, line in lines))
        return await listed[0](typed)

    return Picker(title, matching, nothing=nothing, whole=True)


def _line(text: str) -> Text:
    return Text(visible(text[:LABEL_CHARS_MAX]))
