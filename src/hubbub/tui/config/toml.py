"""Lines of a TOML file: where a setting stands, and the same file with another value for it.

Comments and order stay as the user wrote them. There are more ways to write TOML than are looked
for here, so the result is read again: what would not be the same file with one change is refused.
"""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import msgspec

from hubbub.chat.errors import Refused

_NAME = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_PATH = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_HEADER = re.compile(rf"\s*\[\s*({_PATH})\s*\]\s*(?:#.*)?$")
_KEY = re.compile(rf"(\s*)(#?)({_PATH})\s*=")
_PART = re.compile(_NAME)
_BARE = re.compile(r"[A-Za-z0-9_-]+")

Table = dict[str, Any]

Path = tuple[str, ...]
"""The tables down to a setting, and its own name."""


def written(value: object) -> str:
    """Return a value as it stands in a file."""
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(written, value))}]"
    return msgspec.json.encode(value).decode().replace("\x7f", "\\u007f")


def written_path(path: Path) -> str:
    """Return the way to a setting as it stands in a file."""
    return ".".join(part if _BARE.fullmatch(part) else written(part) for part in path)


def path_in(typed: str) -> Path:
    """Return the way to a setting that somebody wrote; no part of it is in quotation marks."""
    return tuple(part.strip("\"'") for part in _PART.findall(typed))


def line_of(text: str, path: Path) -> int | None:
    """Return the number of the line, counted from 1, in which a setting or a table begins."""
    return next((number for number, found in _lines(text) if found == path), None)


def _lines(text: str, *, comments: bool = False) -> Iterator[tuple[int, Path]]:
    """Yield the lines with a header or a key, and where they lead.

    `comments`: of keys, only those that are commented out, as in the file that is printed.
    """
    table: Path = ()
    for number, line in enumerate(text.split("\n"), start=1):
        if header := _HEADER.match(line):
            table = path_in(header[1])
            yield number, table
        elif (key := _KEY.match(line)) and bool(key[2]) is comments:
            yield number, table + path_in(key[3])


def changed(text: str, path: Path, value: object | None) -> str:
    """Return the file with another value for a setting; None: without it.

    Raises Refused if that cannot be done, or the file is no TOML.
    """
    value = list(value) if isinstance(value, tuple) else value
    lines = text.split("\n")
    number = line_of(text, path)
    if number is not None:
        assigned = f"{lines[number - 1].partition('=')[0].rstrip()} = {written(value)}"
        lines[number - 1 : _end(lines, number)] = [] if value is None else [assigned]
    elif value is not None:
        _insert(lines, path, f"{written_path(path[-1:])} = {written(value)}")
    result = "\n".join(lines)
    try:
        if tomllib.loads(result) == with_value(tomllib.loads(text), path, value):
            return result
    except ValueError:
        pass
    raise Refused(f"'{written_path(path)}' stands there in a way that only you can change.")


def _end(lines: list[str], number: int) -> int:
    """Return the number of the line in which a value ends; lists may have several."""
    for end in range(number, len(lines) + 1):
        try:
            tomllib.loads("\n".join(lines[number - 1 : end]))
        except ValueError:
            continue
        return end
    return number


def _insert(lines: list[str], path: Path, assigned: str) -> None:
    """Put a line where its default stands as a comment; else at the end of its table."""
    text = "\n".join(lines)
    table = path[:-1]
    for number, found in _lines(text, comments=True):
        if found == path:
            lines.insert(number, assigned)
            return
    headers = [(line, found) for line, found in _lines(text) if _HEADER.match(lines[line - 1])]
    if table and table not in [found for _, found in headers]:
        while lines and not lines[-1].strip():
            lines.pop()
        lines += ["", f"[{written_path(table)}]", assigned, ""]
        return
    begins = next((number for number, found in headers if found == table), 0) if table else 0
    ends = next((number - 1 for number, _ in headers if number > begins), len(lines))
    while ends > begins and not lines[ends - 1].strip():
        ends -= 1
    lines.insert(ends, assigned)


def with_value(table: Table, path: Path, value: object | None) -> Table:
    """Return nested tables with another value in them; None: without it."""
    first, *rest = path
    if rest:
        return table | {first: with_value(table.get(first, {}), tuple(rest), value)}
    kept = {key: one for key, one in table.items() if key != first}
    return kept if value is None else kept | {first: value}
