"""All that the user of the terminal can do, as one table: the desk's verbs and the terminal's own.

It feeds the keys, the slash commands, the command palette and the help.
"""

from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol

from hubbub.chat.errors import Refused
from hubbub.desk.desk import Desk
from hubbub.desk.face import Face
from hubbub.desk.verbs import VERBS, Verb
from hubbub.tui.themes import THEMES


class Terminal(Face, Protocol):
    """What the terminal's own verbs need beside."""

    async def choose_input(self) -> None:
        """Have the user choose something typed before, to type it again."""

    def show_help(self) -> None:
        """Show the help."""

    def show_palette(self) -> None:
        """Show the command palette."""

    def choose_theme(self, name: str) -> None:
        """Change the colours."""

    def scroll_pages(self, pages: int) -> None:
        """Scroll the log; up is negative."""

    def show_oldest(self) -> None:
        """Show the oldest message that is loaded."""

    def swap_focus(self) -> None:
        """Go from the composer to the log, and back."""

    def toggle(self, pane: str) -> None:
        """Show or hide a pane."""

    def leave(self) -> None:
        """Quit, after a question if others would lose the chatroom."""

    def interrupt(self) -> None:
        """Copy what is marked, or clear the line."""


CHOOSING = "choose messages with the arrow keys; back with Escape"


def _theme(_desk: Desk, terminal: Terminal, argument: str) -> None:
    if argument not in THEMES:
        raise Refused(f"Usage: /theme {'|'.join(THEMES)}")
    terminal.choose_theme(argument)


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
    _own("page up", "scroll up", lambda t: t.scroll_pages(-1)),
    _own("page down", "scroll down", lambda t: t.scroll_pages(1)),
    _own("oldest", "to the oldest message loaded", lambda t: t.show_oldest()),
    _own("newest", "to the newest message", lambda t: t.show_newest()),
    _own("focus", CHOOSING, lambda t: t.swap_focus()),
    Verb("rooms pane", "show or hide the rooms", lambda _, t, __: t.toggle("rooms")),
    Verb("members pane", "show or hide the members", lambda _, t, __: t.toggle("members")),
    Verb("theme", "change the colours", _theme, "theme", "|".join(THEMES), events_only=False),
    _own("interrupt", "copy what the mouse marked, or clear the line", lambda t: t.interrupt()),
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
    Key("ctrl+f", "search"),
    Key("ctrl+r", "typed"),
    Key("pageup", "page up"),
    Key("pagedown", "page down"),
    Key("ctrl+home", "oldest"),
    Key("ctrl+end", "newest"),
    Key("f6", "focus"),
    Key("f2", "rooms pane"),
    Key("f3", "members pane"),
    Key("ctrl+c", "interrupt"),
    Key("ctrl+q", "quit"),
)

LETTERS = {"r": "reply", "e": "edit", "d": "delete", "+": "react", "c": "copy", "!": "report"}
"""What a letter does while messages are chosen with the arrow keys."""

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

PEOPLE = (
    ("●  ◐  ◌  ◆", "a member, a guest, somebody in passing, a bot; dimmed: away"),
    ("○", "somebody who spoke here, and is gone"),
    ("op, owner, mod", "who keeps order here; mod is a moderator, op runs the server"),
)

Rows = list[tuple[str, str]]


def offered(desk: Desk) -> list[Verb[Terminal]]:
    """Return what the user can do at this server, in the room on the screen."""
    return [action for action in ACTIONS if action.is_offered(desk)]


def help_sections(desk: Desk) -> list[tuple[str, Rows]]:
    """Return what the help shows: keys, slash commands, and how to write."""
    there = offered(desk)
    letters = [(letter, BY_NAME[name]) for letter, name in LETTERS.items()]
    return [
        ("Keys", [(label, one.purpose) for one in there if (label := keys_of(one))]),
        (
            "While choosing messages",
            [(letter, action.purpose) for letter, action in letters if action in there],
        ),
        ("Commands", [(one.slash, one.purpose) for one in there if one.word]),
        ("Writing", list(WRITING)),
        ("In the list of people", list(PEOPLE)),
        ("Screen readers", [("hubbub --plain", "chats in plain lines, without this screen")]),
    ]


def keys_of(action: Verb[Terminal]) -> str:
    """Return the keys of an action as people write them: the only one, or the first and last."""
    keys = [_label(key.key) for key in KEYS if key.action == action.name]
    return " … ".join(dict.fromkeys((keys[0], keys[-1]))) if keys else ""


def _label(key: str) -> str:
    return key.replace("page", "page ").title()
