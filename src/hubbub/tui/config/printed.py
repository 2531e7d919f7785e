"""The file of settings as it is printed: every default, commented out, with what it may be."""

import textwrap
from collections.abc import Iterable

from hubbub.tui.config.table import NAME, rows
from hubbub.tui.config.toml import written, written_path
from hubbub.tui.keys import EXAMPLES, TABLE, Mode

_COLUMNS = 98

_HEAD = (
    "client.toml: the settings of hubbub's terminal client, each with its default. Put the file "
    "at {file}, and remove the # before what you change. In the client, /set shows the settings "
    "and changes them in this file."
)
_KEYS = {
    Mode.ANY: "What keys do: for each action one key, or a list; [] is none. Write them like {}. "
    "Other commands that need no words, such as copy, can have keys, too.",
    Mode.WRITING: "The same while you write. Write them like {}: two are pressed one after the "
    "other.",
    Mode.CHOOSING: "The same while you choose messages with the arrow keys, where letters are "
    "keys. Write them like {}. Other commands about messages can have keys, too.",
}


def printed(file: object) -> str:
    """Return the file."""
    lines = list(_comment(_HEAD.format(file=file)))
    table: tuple[str, ...] = ()
    allowed = ""
    for setting in rows():
        if setting.path[:-1] != table:
            table = setting.path[:-1]
            lines += ["", *_headed(table)]
            allowed = ""
        else:
            lines.append("")
        lines += _comment(setting.description)
        if setting.allowed != allowed:
            allowed = setting.allowed
            lines += _comment(f"Allowed: {allowed}.")
        lines.append(f"#{setting.path[-1]} = {written(setting.default)}")
    for mode, rows_of_mode in TABLE.items():
        lines += ["", f"[{mode.value}]", *_comment(_KEYS[mode].format(EXAMPLES[mode]))]
        for row in rows_of_mode:
            shown = row.keys[0] if len(row.keys) == 1 else row.keys
            lines.append(f"#{written_path((row.name,))} = {written(shown)}")
    return "\n".join(lines) + "\n"


def _headed(table: tuple[str, ...]) -> list[str]:
    """Return the header of a table; one of the user's own names is only an example."""
    if NAME in table:
        return [f"#[{written_path(tuple('lobby' if part == NAME else part for part in table))}]"]
    return [f"[{written_path(table)}]"]


def _comment(text: str) -> Iterable[str]:
    return textwrap.wrap(
        text, _COLUMNS, initial_indent="# ", subsequent_indent="# ", break_long_words=False
    )
