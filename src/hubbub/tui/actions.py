"""Everything the user can do, as one table: it feeds the keys, the slash commands, the command
palette and the help.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from hubbub.chat.errors import Refused
from hubbub.chat.names import NAME_CHARS_MAX, same_name
from hubbub.tui import choosing
from hubbub.tui.composer.emoji_names import emoji_named
from hubbub.tui.dialogs.confirm import Confirm
from hubbub.tui.dialogs.help import HelpScreen
from hubbub.tui.log.layout import cut, one_line
from hubbub.tui.themes import THEMES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hubbub.chat.events import Message
    from hubbub.tui.model.log import Pending
    from hubbub.tui.screen import ChatScreen

    Run = Callable[[ChatScreen, str], Awaitable[None] | None]

_SLASH = re.compile(r"/([A-Za-z]+)(?:\s+(.*))?", re.DOTALL)


class Action(NamedTuple):
    """`key`: Textual's name for it. `word`: what follows the slash; `usage`: what follows that.

    An action without a purpose is told of by another's.
    """

    purpose: str
    run: Run
    key: str = ""
    word: str = ""
    usage: str = ""
    letter: str = ""
    """Its key while messages are chosen with the arrow keys."""
    events_only: bool = False
    """Whether it means nothing on a server that only relays messages."""


def parse(text: str) -> tuple[str, str] | None:
    """Split `/word argument`; None if `text` is no command but a message."""
    found = _SLASH.fullmatch(text)
    return None if found is None else (found[1].lower(), (found[2] or "").strip())


def _needed(argument: str, usage: str) -> str:
    if not argument:
        raise Refused(f"Usage: {usage}")
    return argument


def _split_name(known: list[str], argument: str) -> tuple[str, str]:
    """Split `NAME TEXT`; names may hold spaces, so the longest one that is known wins."""
    for end in range(min(len(argument), NAME_CHARS_MAX), 0, -1):
        name, rest = argument[:end], argument[end:]
        if rest[:1] in ("", " ") and any(same_name(name, one) for one in known):
            return name, rest.strip()
    name, _, text = argument.partition(" ")
    return name.removeprefix("@"), text.strip()


# Rooms and people.


async def _switch(screen: ChatScreen, _argument: str) -> None:
    if room := await choosing.choose_room(screen):
        screen.show_room(room)


async def _rooms(screen: ChatScreen, _argument: str) -> None:
    if name := await choosing.choose_public_room(screen):
        await screen.desk.join(name)
        screen.room_changed()


async def _join(screen: ChatScreen, argument: str) -> None:
    await screen.desk.join(_needed(argument, "/join ROOM").removeprefix("#"))
    screen.room_changed()


async def _leave(screen: ChatScreen, argument: str) -> None:
    desk = screen.desk
    name = argument.removeprefix("#")
    room = desk.rooms.get(name) if name else desk.rooms.current
    if room is None:
        raise Refused(f"You are not in a room called '{name}'.")
    await desk.leave(room)
    screen.room_changed()


async def _message(screen: ChatScreen, argument: str) -> None:
    name, text = _split_name(screen.names(), _needed(argument, "/msg NAME TEXT"))
    room = await screen.desk.direct(name)
    screen.room_changed()
    if text:
        screen.desk.posting.say(room, text)


async def _who(screen: ChatScreen, _argument: str) -> None:
    room = screen.desk.rooms.current
    found = await screen.desk.chat.members(room.name)
    names = ", ".join(sorted((one.name for one in found.members), key=str.casefold))
    more = ", and more" if found.more else ""
    screen.desk.note(f"{len(found.members)} in {room.title}: {names}{more}")


async def _topic(screen: ChatScreen, argument: str) -> None:
    room = screen.desk.rooms.current
    if argument:
        await screen.desk.chat.topic(room.name, argument)
        return
    replica = screen.desk.replica(room)
    topic = replica.topic if replica else ""
    screen.desk.note(f"Topic: {topic}" if topic else f"{room.title} has no topic.")


def _beside(steps: int) -> Run:
    return lambda screen, _: screen.show_room(screen.desk.rooms.beside(steps))


def _numbered(number: int) -> Run:
    def run(screen: ChatScreen, _argument: str) -> None:
        rooms = list(screen.desk.rooms)
        if number <= len(rooms):
            screen.show_room(rooms[number - 1])

    return run


def _next_unread(screen: ChatScreen, _argument: str) -> None:
    if room := screen.desk.rooms.next_unread():
        screen.show_room(room)
    else:
        screen.notify("Nothing is unread in other rooms.")


# Messages.


def _said(screen: ChatScreen, *, own: bool = False) -> Message:
    message = screen.chosen_message(own=own)
    if message is None:
        raise Refused("There is no message of yours here." if own else "There is no message here.")
    return message


async def _edit(screen: ChatScreen, argument: str) -> None:
    message = _said(screen, own=True)
    if argument:
        await screen.desk.chat.edit(message.room, message.seq, argument)
    else:
        screen.writing.edit(message)


async def _delete(screen: ChatScreen, _argument: str) -> None:
    message = _said(screen, own=True)
    question = f"Delete '{cut(one_line(message.text), 40)}' for everybody?"
    if await screen.app.push_screen_wait(Confirm(question, "Delete")):
        await screen.desk.chat.delete(message.room, message.seq)


def _reply(screen: ChatScreen, argument: str) -> None:
    message = _said(screen)
    if argument:
        screen.desk.posting.say(screen.desk.rooms.current, argument, message.seq)
    else:
        screen.writing.reply(message)


async def _react(screen: ChatScreen, argument: str) -> None:
    message = _said(screen)
    emoji = emoji_named(argument) or argument or await choosing.choose_emoji(screen)
    if emoji and emoji.startswith(":"):
        raise Refused(f"There is no emoji called {emoji}")
    if emoji:
        given = message.reactions.get(emoji, [])
        on = screen.desk.name not in given
        await screen.desk.chat.react(message.room, message.seq, emoji, on=on)


def _copy(screen: ChatScreen, _argument: str) -> None:
    screen.app.copy_to_clipboard(_said(screen).text)
    screen.notify("The message is in the clipboard, if your terminal allows it.")


def _failed(screen: ChatScreen) -> list[Pending]:
    failed = [one for one in screen.desk.rooms.current.log.pending if one.failure is not None]
    if not failed:
        raise Refused("Every message of yours in this room was sent or is on its way.")
    return failed


def _retry(screen: ChatScreen, _argument: str) -> None:
    for pending in _failed(screen):
        screen.desk.posting.retry(screen.desk.rooms.current, pending)


def _drop(screen: ChatScreen, _argument: str) -> None:
    for pending in _failed(screen):
        screen.desk.rooms.current.log.pending.remove(pending)
    screen.desk.stirred()


async def _search(screen: ChatScreen, argument: str) -> None:
    if message := await choosing.choose_message(screen, argument):
        await screen.jump(message)


async def _history_of_input(screen: ChatScreen, _argument: str) -> None:
    if text := await choosing.choose_input(screen):
        screen.composer.put(text)


# The screen.


def _help(screen: ChatScreen, _argument: str) -> None:
    screen.app.push_screen(HelpScreen(help_sections(classic=screen.desk.is_classic)))


def _palette(screen: ChatScreen, _argument: str) -> None:
    screen.app.action_command_palette()


def _theme(screen: ChatScreen, argument: str) -> None:
    if argument not in THEMES:
        raise Refused(f"Usage: /theme {'|'.join(THEMES)}")
    screen.app.choose_theme(argument)


def _page(pages: int) -> Run:
    return lambda screen, _: screen.log_view.scroll_pages(pages)


def _newest(screen: ChatScreen, _argument: str) -> None:
    screen.log_view.action_newest()


def _oldest(screen: ChatScreen, _argument: str) -> None:
    screen.log_view.action_oldest()


def _focus(screen: ChatScreen, _argument: str) -> None:
    screen.swap_focus()


def _toggle(pane: str) -> Run:
    return lambda screen, _: screen.toggle(pane)


async def _quit(screen: ChatScreen, _argument: str) -> None:
    await screen.app.leave()


def _interrupt(screen: ChatScreen, _argument: str) -> None:
    screen.interrupt()


ACTIONS = (
    Action("this help", _help, "f1", "help"),
    Action("find any of these by name", _palette, "ctrl+p"),
    Action("go to a room of yours", _switch, "ctrl+k", "switch", events_only=True),
    Action("go to the room above", _beside(-1), "alt+up", events_only=True),
    Action("go to the room below", _beside(1), "alt+down", events_only=True),
    Action("go to a room by its number, Alt+1 to Alt+9", _numbered(1), "alt+1", events_only=True),
    *(Action("", _numbered(number), f"alt+{number}") for number in range(2, 10)),
    Action("go to the next unread room", _next_unread, "alt+a", "unread", events_only=True),
    Action("choose among all rooms of the server", _rooms, "", "rooms", events_only=True),
    Action("enter a room; it opens if there is none", _join, "", "join", "ROOM", events_only=True),
    Action("leave this room, or another", _leave, "", "leave", "[ROOM]", events_only=True),
    Action("talk to one person alone", _message, "", "msg", "NAME [TEXT]", events_only=True),
    Action("who is in this room", _who, "", "who", events_only=True),
    Action("show or set the topic", _topic, "", "topic", "[TEXT]", events_only=True),
    Action("find messages", _search, "ctrl+f", "search", "[WORDS]", events_only=True),
    Action(
        "answer the chosen or newest message", _reply, "", "reply", "[TEXT]", "r", events_only=True
    ),
    Action(
        "edit the chosen or your last message", _edit, "", "edit", "[TEXT]", "e", events_only=True
    ),
    Action(
        "delete the chosen or your last message",
        _delete,
        "",
        "delete",
        letter="d",
        events_only=True,
    ),
    Action("give or take back an emoji", _react, "", "react", "[EMOJI]", "+", events_only=True),
    Action("copy the chosen or newest message", _copy, "", "copy", letter="c"),
    Action("try again to send what was not sent", _retry, "", "retry"),
    Action("give up what was not sent", _drop, "", "drop"),
    Action("find something you typed before", _history_of_input, "ctrl+r"),
    Action("scroll up", _page(-1), "pageup"),
    Action("scroll down", _page(1), "pagedown"),
    Action("to the oldest message loaded", _oldest, "ctrl+home"),
    Action("to the newest message", _newest, "ctrl+end"),
    Action("choose messages with the arrow keys; back with Escape", _focus, "f6"),
    Action("show or hide the rooms", _toggle("rooms"), "f2", events_only=True),
    Action("show or hide the members", _toggle("members"), "f3", events_only=True),
    Action("change the colours", _theme, "", "theme", "|".join(THEMES)),
    Action("copy what the mouse marked, or clear the line", _interrupt, "ctrl+c"),
    Action("quit", _quit, "ctrl+q", "quit"),
)

BY_WORD = {action.word: action for action in ACTIONS if action.word}


WRITING = (
    ("Enter", "send"),
    ("Alt+Enter, Ctrl+J", "a new line"),
    ("Up, Down", "edit your last message; what you typed before"),
    ("Tab", "complete a name, #room, /command or :emoji:"),
    ("Ctrl+X Ctrl+E", "write in your editor, $EDITOR"),
    ("Ctrl+Z, Ctrl+Y", "undo, redo"),
    ("**bold** *italic* ~~no~~", "emphasis"),
    ("`code`, ```python", "code, in a line or in lines between three backticks"),
    ("//text", "say a line that begins with a slash"),
)


def help_sections(*, classic: bool) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what the help shows: keys, slash commands, and how to write."""
    offered = [one for one in ACTIONS if one.purpose and not (classic and one.events_only)]
    return [
        ("Keys", [(key_label(one.key), one.purpose) for one in offered if one.key]),
        (
            "While choosing messages",
            [(one.letter, one.purpose) for one in offered if one.letter],
        ),
        (
            "Commands",
            [(f"/{one.word} {one.usage}".strip(), one.purpose) for one in offered if one.word],
        ),
        ("Writing", list(WRITING)),
        ("Screen readers", [("hubbub --plain", "chats in plain lines, without this screen")]),
    ]


def key_label(key: str) -> str:
    """Return Textual's name of a key as people write it."""
    return key.replace("page", "page ").title()
