"""All that the user of the terminal can do, as one table: the desk's verbs and the terminal's own.

It feeds the keys, the slash commands, the command palette and the help.
"""

import difflib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol, cast

from hubbub.chat.errors import Refused
from hubbub.desk.desk import Desk
from hubbub.desk.naming import needed
from hubbub.desk.verbs import VERBS, Verb
from hubbub.tui.config.settings import Keys
from hubbub.tui.config.toml import Path
from hubbub.tui.config.verb import Configured, change, notify
from hubbub.tui.keyboard import is_bindable
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

    def connect(self, address: str, name: str) -> None:
        """Come into another chatroom as well."""

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


class Key(NamedTuple):
    """`key`: Textual's name of it; it does what `action` names, with an argument."""

    key: str
    action: str
    argument: str = ""


KEYS = (
    Key("f1", "help"),
    Key("ctrl+p", "palette"),
    Key("ctrl+k", "switch"),
    Key("alt+up", "above"),
    Key("alt+down", "below"),
    *(Key(f"alt+{number}", "numbered", str(number)) for number in range(1, 10)),
    Key("alt+a", "unread"),
    Key("alt+u", "stopped"),
    Key("alt+m", "read"),
    Key("ctrl+n", "next chatroom"),
    Key("ctrl+f", "search"),
    Key("f4", "older hit"),
    Key("f5", "newer hit"),
    Key("f7", "go back"),
    Key("f8", "go forward"),
    Key("ctrl+r", "typed"),
    Key("alt+e", "emoji"),
    Key("pageup", "page up"),
    Key("pagedown", "page down"),
    Key("ctrl+home", "oldest"),
    Key("ctrl+end", "newest"),
    Key("f6", "focus"),
    Key("f2", "rooms pane"),
    Key("f3", "members pane"),
    Key("ctrl+c", "interrupt"),
    Key("ctrl+z", "suspend"),
    Key("ctrl+q", "quit"),
)


def default_keys() -> dict[str, tuple[str, ...]]:
    """Return the keys of the actions that have some."""
    found: dict[str, tuple[str, ...]] = {}
    for key in KEYS:
        found[key.action] = (*found.get(key.action, ()), key.key)
    return found


def keys_with(chosen: Mapping[str, Keys]) -> tuple[Key, ...]:
    """Return the keys with those that the user has chosen, by action, in place of its own.

    A key that the user chose for one action means no other any more.
    """
    own = [
        Key(key, action, str(place) if action == "numbered" else "")
        for action, keys in chosen.items()
        for place, key in enumerate([keys] if isinstance(keys, str) else keys, start=1)
    ]
    taken = {key.key for key in own}
    return (*own, *(key for key in KEYS if key.action not in chosen and key.key not in taken))


def wrong_setting(path: Path, value: object) -> str:
    """Return what is wrong with the keys of an action, as the rest of a sentence."""
    if path[0] != "keys":
        return ""
    action = BY_NAME.get(path[-1])
    if action is None or (action.needs_argument and action.name != "numbered"):
        near = difflib.get_close_matches(path[-1], default_keys(), 1)
        hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(default_keys())}."
        return f"is nothing that a key can do; {hint}"
    keys = [value] if isinstance(value, str) else list(cast("Iterable[str]", value))
    wrong = next((key for key in keys if not is_bindable(key)), None)
    if wrong is None:
        return ""
    return f'cannot be \'{wrong}\': a key is written like "ctrl+k", "alt+up" or "f5".'


LETTERS = {
    "r": "reply",
    "e": "edit",
    "d": "delete",
    "+": "react",
    "!": "report",
    "c": "copy",
    "s": "download",
    "q": "quote",
    "t": "replies",
    "p": "pin",
    "u": "mark-unread",
    "l": "address",
    "o": "go",
    "h": "revisions",
}
"""What a letter does while messages are chosen with the arrow keys."""

WRITING = (
    ("Enter", "send"),
    ("Alt+Enter, Ctrl+J", "a new line"),
    ("Up, Down", "edit your last message; what you typed before"),
    ("Tab", "complete a name, #room, /command or :emoji:"),
    ("Ctrl+X Ctrl+E", "write in your editor, $EDITOR"),
    ("Ctrl+_ or Alt+Z, Ctrl+Y", "undo, redo"),
    ("Home, End", "in an empty line: the beginning of the room, and the newest message"),
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


def help_sections(desk: Desk, keys: Sequence[Key]) -> list[tuple[str, Rows]]:
    """Return what the help shows: keys, slash commands, and how to write."""
    there = offered(desk)
    letters = [(letter, BY_NAME[name]) for letter, name in LETTERS.items()]
    return [
        ("Keys", [(label, one.purpose) for one in there if (label := keys_of(one, keys))]),
        (
            "While choosing messages",
            [(letter, action.purpose) for letter, action in letters if action in there],
        ),
        ("Commands", [(one.slash, one.purpose) for one in there if one.word]),
        ("Writing", list(WRITING)),
        ("In the list of people", list(PEOPLE)),
        ("Screen readers", [("hubbub --plain", "chats in plain lines, without this screen")]),
    ]


def keys_of(action: Verb[Terminal], keys: Sequence[Key]) -> str:
    """Return the keys of an action as people write them: the only one, or the first and last."""
    own = [_label(key.key) for key in keys if key.action == action.name]
    return " … ".join(dict.fromkeys((own[0], own[-1]))) if own else ""


def _label(key: str) -> str:
    return key.replace("page", "page ").title()
