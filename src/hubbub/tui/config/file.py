"""The user's file of settings: read when the client starts, and changed by `/set`."""

from pathlib import Path as File

import msgspec
import platformdirs

from hubbub.chat.errors import Refused
from hubbub.tui.config.reading import Check, Reading, read, wrong_value
from hubbub.tui.config.settings import Settings
from hubbub.tui.config.table import Setting, row_of
from hubbub.tui.config.toml import Path, changed, with_value, written_path

SWITCHES = {"on": True, "yes": True, "off": False, "no": False}


def client_file() -> File:
    """Return where the file of settings is, or would be."""
    return platformdirs.user_config_path("hubbub") / "client.toml"


class ClientFile:
    """`settings` are those that hold. `complaints`: what is wrong in the file, as sentences.

    `is_kept`: whether what is changed is to hold from the next start on, too.
    """

    def __init__(self, file: File, check: Check) -> None:
        self.file = file
        self.is_kept = True
        self._check = check
        self._take(read(file, check))

    def _take(self, reading: Reading) -> None:
        self.settings: Settings = reading.settings
        self.complaints = reading.complaints
        self._table = reading.table

    def value(self, path: Path) -> object:
        """Return what holds for a setting; None if nothing is said and it has no default."""
        found: object = self._table
        for part in path:
            found = found.get(part) if isinstance(found, dict) else None
        setting = row_of(path)
        return setting.default if found is None and setting is not None else found

    def setting(self, path: Path) -> Setting:
        """Return the row of a setting; raise Refused if there is none."""
        if (found := row_of(path)) is None:
            raise Refused(f"There is no setting '{written_path(path)}'. /set lists them.")
        return found

    def meant(self, setting: Setting, typed: str) -> object:
        """Return the value that somebody typed without minding how TOML has it; raise Refused."""
        words = tuple(typed.replace(",", " ").split())
        for value in (typed, SWITCHES.get(typed), *_literals(typed), words):
            if value is not None and not wrong_value(setting, value, self._check):
                return value
        wrong = wrong_value(setting, typed, self._check)
        raise Refused(f"'{written_path(setting.path)}' {wrong}")

    def change(self, path: Path, value: object | None) -> None:
        """Have a setting hold from now on; None: its default.

        Raises Refused if the file cannot be changed; the setting holds all the same.
        """
        self._table = with_value(self._table, path, value)
        self.settings = msgspec.convert(self._table, Settings)
        if self.is_kept:
            self._write(path, value)

    def _write(self, path: Path, value: object | None) -> None:
        where = self.file.resolve()  # it may be a link to where somebody keeps all their settings
        try:
            where.parent.mkdir(parents=True, exist_ok=True)
            text = where.read_text(encoding="utf-8") if where.exists() else ""
            fresh = where.with_name(f"{where.name}.new")
            fresh.write_text(changed(text, path, value), encoding="utf-8")
            fresh.replace(where)
        except (OSError, ValueError, Refused) as error:
            cause = (isinstance(error, OSError) and error.strerror) or str(error)
            raise Refused(
                f"It holds until you quit: {self.file} was not changed ({cause})."
            ) from None


def _literals(typed: str) -> list[object]:
    """Return a number or a list that is written as such."""
    try:
        return [msgspec.json.decode(typed.encode())]
    except (ValueError, UnicodeError, RecursionError):
        return []
