"""All that the user of the terminal can do, as one table: the desk's verbs and the terminal's own.

It feeds the slash commands, the command palette and the help; `keys.py` has the keys.
"""

import difflib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Protocol, cast

from hubbub.chat.errors import Refused
from hubbub.desk.desk import Desk
from hubbub.desk.naming import needed
from hubbub.desk.verbs import VERBS, Verb
from hubbub.tui.config.toml import Path
from hubbub.tui.config.verb import Configured, change, notify
from hubbub.tui.keys import EXAMPLES, TABLE, Key, Mode, is_bindable, labels
from hubbub.tui.themes import THEMES


class Terminal(Configured, Protocol):
    """What the terminal's own verbs need beside."""

    async def choose_input(self) -> None:
        """Have the user choose something typed before, to type it again."""

    def show_help(self) -> None:
        """Show the help."""

    async def insert_emoji(self) -> None:
        """Have the user choose an emoji, and write it."""

    def show_palette(self) -> None:
        """Show the command palette."""

    def scroll_pages(self, pages: int) -> None:
        """Scroll the log; up is negative."""

    def swap_focus(self) -> None:
        """Go from the composer to the log, and back."""

    def toggle(self, pane: str) -> None:
        """Show or hide a pane."""

    def next_chatroom(self) -> None:
        """Show the next chatroom that the program is in."""

    def disconnect(self, address: str) -> None:
        """Be in a chatroom no longer; without an address, in this one."""

    def put_aside(self) -> None:
        """Stop the program until the shell lets it go on."""

    def leave(self) -> None:
        """Quit, after a question if others would lose the chatroom."""

    def interrupt(self) -> None:
        """Copy what is marked, or clear the line."""


CHOOSING = "choose messages with the arrow keys; back with Escape"


def _theme(_desk: Desk, terminal: Terminal, argument: str) -> None:
    if argument not in THEMES:
        raise Refused(f"Usage: /theme {'|'.join(THEMES)}")
    terminal.change_setting(("theme",), argument)


def _connect(_desk: Desk, terminal: Terminal, argument: str) -> None:
    address, _, name = argument.partition(" ")
    terminal.connect(needed(address, "/connect ADDRESS [NAME]"), name.strip())


def _own(
    name: str, purpose: str, deed: Callable[[Terminal], Awaitable[None] | None], word: str = ""
) -> Verb[Terminal]:
    """Return a verb of the terminal, which needs no argument and suits every server."""
    return Verb(name, purpose, lambda _, terminal, __: deed(terminal), word, events_only=False)


ACTIONS: tuple[Verb[Terminal], ...] = (
    _own("help", "this help", lambda t: t.show_help(), "help"),
    _own("palette", "find any of these by name", lambda t: t.show_palette()),
    *VERBS,
    _own("typed", "find something you typed before", lambda t: t.choose_input()),
    _own("emoji", "find an emoji, and write it", lambda t: t.insert_emoji(), "emoji"),
    _own("page up", "scroll up", lambda t: t.scroll_pages(-1)),
    _own("page down", "scroll down", lambda t: t.scroll_pages(1)),
    _own("newest", "to the newest message", lambda t: t.show_newest()),
    _own("focus", CHOOSING, lambda t: t.swap_focus()),
    Verb("rooms pane", "show or hide the rooms", lambda _, t, __: t.toggle("rooms")),
    Verb("members pane", "show or hide the members", lambda _, t, __: t.toggle("members")),
    _own("next chatroom", "go to the next chatroom", lambda t: t.next_chatroom()),
    Verb(
        "connect",
        "come into another chatroom as well",
        _connect,
        "connect",
        "ADDRESS [NAME]",
        events_only=False,
    ),
    Verb(
        "disconnect",
        "leave this chatroom, or another",
        lambda _, t, address: t.disconnect(address),
        "disconnect",
        "[ADDRESS]",
        events_only=False,
    ),
    Verb("set", "see and change settings", change, "set", "[KEY] [VALUE]", events_only=False),
    Verb(
        "notify",
        "what calls you in this room",
        notify,
        "notify",
        "[everything|mentions|nothing|default]",
        events_only=False,
    ),
    Verb("theme", "change the colours", _theme, "theme", "|".join(THEMES), events_only=False),
    _own("interrupt", "copy what the mouse marked, or clear the line", lambda t: t.interrupt()),
    _own("suspend", "put hubbub aside; fg in the shell brings it back", lambda t: t.put_aside()),
    _own("quit", "quit", lambda t: t.leave(), "quit"),
)

BY_NAME = {action.name: action for action in ACTIONS}


def wrong_setting(path: Path, value: object) -> str:
    """Return what is wrong with the keys of an action, as the rest of a sentence."""
    mode = next((mode for mode in Mode if mode.value == path[0]), None)
    if mode is None:
        return ""
    if not _can_have_keys(mode, path[-1]):
        names = [row.name for row in TABLE[mode]]
        near = difflib.get_close_matches(path[-1], names, 1)
        hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(names)}."
        return f"is nothing that a key can do; {hint}"
    keys = [value] if isinstance(value, str) else list(cast("Iterable[str]", value))
    wrong = next((key for key in keys if not is_bindable(mode, key)), None)
    if wrong is None:
        return ""
    return f"cannot be '{wrong}': a key is written like {EXAMPLES[mode]}."


def _can_have_keys(mode: Mode, name: str) -> bool:
    if any(row.name == name for row in TABLE[mode]):
        return True
    action = BY_NAME.get(name)
    return mode is not Mode.WRITING and action is not None and not action.needs_argument


MARKS = (
    ("**bold** *italic* ~~no~~", "emphasis"),
    ("# title, - item, > quote", "headings, lists, quotes, each in lines of their own"),
    ("[name](https://address)", "a link with a name"),
    (":tada:", "an emoji, by its name; Tab completes it"),
    ("`code`, ```python", "code, in a line or in lines between three backticks"),
    ("//text", "say a line that begins with a slash"),
)

PEOPLE = (
    ("●  ◐  ◌  ◆", "a member, a guest, somebody in passing, a bot; dimmed: away"),
    ("○", "somebody who spoke here, and is gone"),
    ("op, owner, mod", "who keeps order here; mod is a moderator, op runs the server"),
)

Rows = list[tuple[str, str]]


def offered(desk: Desk) -> list[Verb[Terminal]]:
    """Return what the user can do at this server, in the room on the screen."""
    return [action for action in ACTIONS if action.is_offered(desk)]


def help_sections(desk: Desk, keys: Mapping[Mode, Sequence[Key]]) -> list[tuple[str, Rows]]:
    """Return what the help shows: keys, slash commands, and how to write."""
    there = offered(desk)
    choosing = [*_told(Mode.CHOOSING, keys), *_of_verbs(there, keys[Mode.CHOOSING])]
    return [
        ("Keys", _of_verbs(there, keys[Mode.ANY])),
        ("While choosing messages", choosing),
        ("Commands", [(one.slash, one.purpose) for one in there if one.word]),
        ("Writing", [*_told(Mode.WRITING, keys), *MARKS]),
        ("In the list of people", list(PEOPLE)),
        ("Screen readers", [("hubbub --plain", "chats in plain lines, without this screen")]),
    ]


def _of_verbs(there: Sequence[Verb[Terminal]], keys: Sequence[Key]) -> Rows:
    """Return the keys of verbs, in the order of the table."""
    return [(shown, one.purpose) for one in there if (shown := labels(one.name, keys))]


def _told(mode: Mode, keys: Mapping[Mode, Sequence[Key]]) -> Rows:
    """Return the keys of what the composer or the log does."""
    rows = [row for row in TABLE[mode] if row.does and row.purpose]
    return [(shown, row.purpose) for row in rows if (shown := labels(row.name, keys[mode]))]
