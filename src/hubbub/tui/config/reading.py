"""Reads the settings out of a file; what is wrong in it counts as its default, and is told."""

import difflib
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path as File
from typing import Any, NamedTuple, get_type_hints

import msgspec

from hubbub.tui.config.settings import Settings
from hubbub.tui.config.table import Setting, entry_of, struct_in
from hubbub.tui.config.toml import Path, Table, line_of, written, written_path

Check = Callable[[Path, object], str]
"""Returns what is wrong with a value that has the right type, as a sentence; empty if nothing."""

COMPLAINTS_MAX = 5


class Reading(NamedTuple):
    """What a file says: `table` holds what is right in it, `complaints` a sentence for the rest."""

    settings: Settings
    table: Table
    complaints: list[str]


def read(file: File, check: Check) -> Reading:
    """Read a file; one that is not there says nothing. Never fails."""
    try:
        text = file.read_text(encoding="utf-8")
        raw = tomllib.loads(text)
    except FileNotFoundError:
        return Reading(Settings(), {}, [])
    except OSError as error:
        return _unread(f"{file} cannot be read ({error.strerror})")
    except (ValueError, RecursionError) as error:  # of what Python cannot read, too
        return _unread(f"{file} is not valid TOML: {error}")
    reader = _Reader(file, text, check)
    table = reader.table(raw, Settings, ())
    return Reading(msgspec.convert(table, Settings), table, _first(reader.complaints, file))


def _unread(why: str) -> Reading:
    sentence = f"{why}. Every setting has its default until that is right."
    return Reading(Settings(), {}, [sentence])


def _first(complaints: list[str], file: File) -> list[str]:
    more = len(complaints) - COMPLAINTS_MAX
    rest = [f"{more} more things in {file} are wrong."] if more > 0 else []
    return complaints[:COMPLAINTS_MAX] + rest


class _Reader:
    def __init__(self, file: File, text: str, check: Check) -> None:
        self.complaints: list[str] = []
        self._file = file
        self._text = text
        self._check = check

    def table(self, raw: Table, struct: type[msgspec.Struct], above: Path) -> Table:
        """Return what is right in a table of settings."""
        hints = get_type_hints(struct, include_extras=True)
        right: Table = {}
        for name, value in raw.items():
            if name in hints:
                self._take(right, value, hints[name], (*above, name))
            else:
                self._unknown((*above, name), hints)
        return right

    def _take(self, right: Table, value: Any, kind: Any, path: Path) -> None:
        struct, entry = struct_in(kind), entry_of(kind)
        if (struct or entry) and not isinstance(value, dict):
            self._complain(path, f"is no setting but a table: [{written_path(path)}]")
        elif struct:
            right[path[-1]] = self.table(value, struct, path)
        elif entry:
            right[path[-1]] = {}
            for name, one in value.items():
                self._take(right[path[-1]], one, entry, (*path, name))
        elif not (wrong := wrong_value(Setting(path, kind, None, ""), value, self._check)):
            right[path[-1]] = value
        else:
            self._complain(path, wrong)

    def _unknown(self, path: Path, known: Iterable[str]) -> None:
        near = difflib.get_close_matches(path[-1], known, 1)
        hint = f"did you mean '{near[0]}'?" if near else "'hubbub --print-client-config' lists all."
        self._complain(path, f"is no setting; {hint}")

    def _complain(self, path: Path, what: str) -> None:
        number = line_of(self._text, path)
        place = f"{self._file}, line {number}" if number else str(self._file)
        self.complaints.append(f"{place}: '{written_path(path)}' {what}")


def wrong_value(setting: Setting, value: object, check: Check) -> str:
    """Return what is wrong with a value, as the rest of a sentence; empty if nothing is."""
    try:
        setting.converted(value)
    except msgspec.ValidationError:
        return f"must be {setting.allowed}, not {_shown(value)}."
    return check(setting.path, value)


def _shown(value: object) -> str:
    try:
        text = written(value)
    except (TypeError, ValueError):  # a table, or a date
        text = str(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
