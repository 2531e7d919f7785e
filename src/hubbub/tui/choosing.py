"""What the pickers list: rooms, messages found, past inputs, emoji."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from rich.text import Text

from hubbub.tui.composer.emoji_names import emoji_matching
from hubbub.tui.dialogs.picker import Choice, Picker, Source, narrowing
from hubbub.tui.log.layout import at_of, one_line
from hubbub.tui.model.log import Said
from hubbub.tui.panes import badge

if TYPE_CHECKING:
    from hubbub.chat.events import Message
    from hubbub.tui.model.room import RoomState
    from hubbub.tui.screen import ChatScreen

Value = TypeVar("Value")

LABEL_CHARS_MAX = 300


async def _choose(
    screen: ChatScreen, title: str, source: Source[Value], nothing: str, typed: str = ""
) -> Value | None:
    return await screen.app.push_screen_wait(Picker(title, source, nothing=nothing, typed=typed))


async def choose_room(screen: ChatScreen) -> RoomState | None:
    """Choose among the user's rooms, those with something unread first."""
    rooms = sorted(screen.desk.rooms, key=lambda room: (not room.mentions, not room.unread))
    rooms.sort(key=lambda room: room is screen.desk.rooms.current)
    choices = [
        Choice(Text.assemble(one_line(room.title), (f"  {badge(room)}", "bold")), room.title, room)
        for room in rooms
    ]
    return await _choose(screen, "Go to", narrowing(choices), "You are in no such room.")


async def choose_public_room(screen: ChatScreen) -> str | None:
    """Choose among all public rooms of the server."""
    choices = []
    for one in await screen.desk.chat.rooms():
        label = Text.assemble(f"#{one_line(one.room)}", (f"  {one.members} here  ", "dim"))
        label.append(one_line(one.topic), "dim")
        choices.append(Choice(label, f"{one.room} {one.topic}", one.room))
    return await _choose(
        screen, "Rooms of the server", narrowing(choices), "No such room. /join ROOM opens it."
    )


async def choose_message(screen: ChatScreen, words: str) -> Message | None:
    """Find messages with all the words typed: in this private room, or in all public ones."""
    desk = screen.desk
    here = desk.rooms.current
    scope = here.name if here.is_direct else None

    async def found(typed: str) -> list[Choice[Message]]:
        if not typed.strip():
            return []
        page = await desk.chat.search(typed, scope)
        return [_found(message) for message in reversed(page.messages)]

    return await _choose(screen, "Find messages", found, "Type words of it.", words)


def _found(message: Message) -> Choice[Message]:
    at = at_of(Said(message))
    label = Text.assemble(
        (f"{at:%d %b %H:%M} #{one_line(message.room)} ", "dim"),
        (one_line(message.sender), "bold"),
        " ",
        one_line(message.text[:LABEL_CHARS_MAX]),
    )
    return Choice(label, "", message)


async def choose_input(screen: ChatScreen) -> str | None:
    """Choose among what was typed before."""
    choices = [
        Choice(Text(one_line(text[:LABEL_CHARS_MAX])), text, text)
        for text in dict.fromkeys(screen.history.entries)
    ]
    return await _choose(screen, "Typed before", narrowing(choices), "Nothing such was typed.")


async def choose_emoji(screen: ChatScreen) -> str | None:
    """Choose an emoji by its name."""

    async def matching(typed: str) -> list[Choice[str]]:
        found = emoji_matching(typed.strip().strip(":") or "smile")
        return [Choice(Text(f"{emoji}  {name}"), name, emoji) for emoji, name in found]

    return await _choose(screen, "React with", matching, "No emoji has such a name.")
