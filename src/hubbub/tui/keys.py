"""Every key that means something in the chat, as one table: keys, help and settings are made of it.

It depends on the mode: whether messages are being chosen, or a text is written. What is done where
neither matters is a verb of `actions.py`; so is whatever has no `does` of its own here.
"""

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import NamedTuple

from textual.binding import Binding, BindingType

Keys = tuple[str, ...] | str


class Mode(Enum):
    """When a key means something; the value is its table in the settings."""

    ANY = "keys"
    WRITING = "writing_keys"
    CHOOSING = "choosing_keys"


class Row(NamedTuple):
    """`name`: that in the settings. `does`: a Textual action of the composer or the log.

    `purpose`: what the help says; empty: nothing, or what it says of the verb.
    """

    name: str
    keys: tuple[str, ...]
    does: str = ""
    purpose: str = ""


class Key(NamedTuple):
    """`key`: Textual's name of it, or a character; it does what `action` names, with an argument.

    Two with a space between them are pressed one after the other.
    """

    key: str
    action: str
    argument: str = ""


_ANY = (
    Row("help", ("f1",)),
    Row("palette", ("ctrl+p",)),
    Row("switch", ("ctrl+k",)),
    Row("above", ("alt+up",)),
    Row("below", ("alt+down",)),
    Row("numbered", tuple(f"alt+{number}" for number in range(1, 10))),
    Row("unread", ("alt+a",)),
    Row("stopped", ("alt+u",)),
    Row("read", ("alt+m",)),
    Row("next chatroom", ("ctrl+n",)),
    Row("search", ("ctrl+f",)),
    Row("older hit", ("f4",)),
    Row("newer hit", ("f5",)),
    Row("go back", ("f7",)),
    Row("go forward", ("f8",)),
    Row("typed", ("ctrl+r",)),
    Row("emoji", ("alt+e",)),
    Row("page up", ("pageup",)),
    Row("page down", ("pagedown",)),
    Row("oldest", ("ctrl+home",)),
    Row("newest", ("ctrl+end",)),
    Row("focus", ("f6",)),
    Row("rooms pane", ("f2",)),
    Row("members pane", ("f3",)),
    Row("interrupt", ("ctrl+c",)),
    Row("suspend", ("ctrl+z",)),
    Row("quit", ("ctrl+q",)),
)

_WRITING = (
    Row("send", ("enter",), "submit", "send"),
    Row("new line", ("alt+enter", "shift+enter", "ctrl+j"), "new_line", "a new line"),
    Row("up", ("up",), "cursor_up", "edit your last message; what you typed before"),
    Row("down", ("down",), "cursor_down", "what you typed after that"),
    Row("complete", ("tab",), "complete(1)", "complete a name, #room, /command or :emoji:"),
    Row("complete back", ("shift+tab",), "complete(-1)"),
    Row("cancel", ("escape",), "cancel", "close what is open; answer or edit nothing"),
    Row("editor", ("ctrl+x ctrl+e",), "edit_outside", "write in your editor, $EDITOR"),
    Row("undo", ("ctrl+underscore", "alt+z", "ctrl+z", "super+z"), "undo", "undo"),
    Row("redo", ("ctrl+y", "super+y"), "redo", "redo"),
    Row("left", ("left",), "cursor_left"),
    Row("right", ("right",), "cursor_right"),
    Row("word left", ("ctrl+left", "alt+left", "alt+b"), "cursor_word_left"),
    Row("word right", ("ctrl+right", "alt+right", "alt+f"), "cursor_word_right"),
    Row(
        "row start",
        ("home",),
        "cursor_line_start",
        "to its start; in an empty line, to the beginning of the room",
    ),
    Row("row end", ("end",), "cursor_line_end", "to its end; or to the newest message"),
    Row("line start", ("ctrl+a",), "row_start"),
    Row("line end", ("ctrl+e",), "row_end"),
    Row("select up", ("shift+up",), "cursor_up(True)"),
    Row("select down", ("shift+down",), "cursor_down(True)"),
    Row("select left", ("shift+left",), "cursor_left(True)"),
    Row("select right", ("shift+right",), "cursor_right(True)"),
    Row("select word left", ("ctrl+shift+left",), "cursor_word_left(True)"),
    Row("select word right", ("ctrl+shift+right",), "cursor_word_right(True)"),
    Row("select to row start", ("shift+home",), "cursor_line_start(True)"),
    Row("select to row end", ("shift+end",), "cursor_line_end(True)"),
    Row("delete left", ("backspace",), "delete_left"),
    Row("delete right", ("delete", "ctrl+d"), "delete_right"),
    Row("delete word left", ("ctrl+w", "ctrl+backspace", "alt+backspace"), "delete_word_left"),
    Row("delete word right", ("alt+d", "alt+delete", "ctrl+delete"), "delete_word_right"),
    Row("delete to line start", ("ctrl+u", "super+backspace"), "delete_to_start_of_line"),
    Row("cut", ("ctrl+x", "super+x"), "cut"),
    Row("copy", ("ctrl+c", "super+c"), "copy"),
    Row("paste", ("ctrl+v", "super+v"), "paste"),
)

_CHOOSING = (
    Row("message above", ("up", "k"), "select(-1)", "the message above"),
    Row("message below", ("down", "j"), "select(1)", "the message below"),
    Row("first message", ("home", "g"), "oldest", "the oldest message that is loaded"),
    Row("last message", ("end", "G"), "newest", "the newest message"),
    Row("reply", ("r",)),
    Row("edit", ("e",)),
    Row("delete", ("d",)),
    Row("react", ("+",)),
    Row("report", ("!",)),
    Row("copy", ("c",)),
    Row("view", ("v", "enter")),
    Row("download", ("s",)),
    Row("quote", ("q",)),
    Row("replies", ("t",)),
    Row("pin", ("p",)),
    Row("mark-unread", ("u",)),
    Row("address", ("l",)),
    Row("go", ("o",)),
    Row("revisions", ("h",)),
)

TABLE: Mapping[Mode, tuple[Row, ...]] = {
    Mode.ANY: _ANY,
    Mode.WRITING: _WRITING,
    Mode.CHOOSING: _CHOOSING,
}

Chosen = Mapping[Mode, Mapping[str, Keys]]
"""What the user has chosen, by the name of what it does."""

_NOTHING: Mapping[str, Keys] = {}


def keys_with(chosen: Chosen) -> dict[Mode, tuple[Key, ...]]:
    """Return the keys, with those that the user has chosen for something in place of its own.

    A key that the user chose for one thing means no other any more.
    """
    own = {mode: _own(chosen.get(mode, _NOTHING)) for mode in Mode}
    everywhere = {key.key for keys in own.values() for key in keys}
    found: dict[Mode, tuple[Key, ...]] = {}
    for mode in Mode:
        # What means something in any mode would come before what is chosen for one of them.
        taken = everywhere if mode is Mode.ANY else {key.key for key in own[mode]}
        left = {row.name: row.keys for row in TABLE[mode] if row.name not in chosen.get(mode, ())}
        found[mode] = (*own[mode], *(key for key in _own(left) if key.key not in taken))
    return found


def _own(chosen: Mapping[str, Keys]) -> tuple[Key, ...]:
    return tuple(
        Key(key, action, str(place) if action == "numbered" else "")
        for action, keys in chosen.items()
        for place, key in enumerate([keys] if isinstance(keys, str) else keys, start=1)
    )


def does(mode: Mode, name: str) -> str:
    """Return the action of a widget that something is; empty for a verb."""
    return next((row.does for row in TABLE[mode] if row.name == name), "")


def bindings(mode: Mode, keys: Iterable[Key] | None = None) -> list[BindingType]:
    """Return what a widget does for its keys; those of the program if no others are given."""
    keys = keys_with({})[mode] if keys is None else keys
    return [Binding(key.key, act, show=False) for key in keys if (act := does(mode, key.action))]


_MODIFIERS = r"(?:ctrl|alt|shift|super|hyper|meta)\+"
_MOVING = "up|down|left|right|home|end|pageup|pagedown|insert|delete|backspace|enter|tab|escape"
_PLAIN = (
    rf"(?:{_MODIFIERS})*(?:f[12]?\d|pageup|pagedown|insert)"
    rf"|(?=\S*(?:ctrl|alt|super|hyper|meta)\+)(?:{_MODIFIERS})+"
    rf"(?:[a-z0-9]|underscore|space|{_MOVING})"
)
_EDITING = rf"{_PLAIN}|(?:shift\+)?(?:{_MOVING})"
_ALLOWED = {
    Mode.ANY: re.compile(_PLAIN),
    Mode.WRITING: re.compile(rf"(?:{_EDITING})(?: (?:{_EDITING}))?"),
    Mode.CHOOSING: re.compile(rf"{_EDITING}|[^\s,]"),
}
"""What nobody writes with, in the mode."""

EXAMPLES = {
    Mode.ANY: '"ctrl+k", "alt+up" or "f5"',
    Mode.WRITING: '"ctrl+left", "home" or "ctrl+x ctrl+e"',
    Mode.CHOOSING: '"r", "up" or "ctrl+d"',
}
"""How keys are written."""


def is_bindable(mode: Mode, key: str) -> bool:
    """Return whether a key may mean something."""
    return key.isprintable() and _ALLOWED[mode].fullmatch(key) is not None


def label(key: str) -> str:
    """Return a key as people write it."""
    named = key.replace("underscore", "_").replace("page", "page ")
    return key if len(key) == 1 else named.title()


def labels(name: str, keys: Iterable[Key]) -> str:
    """Return the keys of something: all of a few, or else the first and the last."""
    own = list(dict.fromkeys(label(key.key) for key in keys if key.action == name))
    return ", ".join(own) if len(own) <= 3 else f"{own[0]} … {own[-1]}"
