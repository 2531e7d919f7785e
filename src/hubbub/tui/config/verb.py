"""`/set`: sees and changes the settings."""

import re
from collections.abc import Awaitable
from typing import Protocol

from hubbub.desk.desk import Desk
from hubbub.desk.face import Face
from hubbub.desk.room import Draft
from hubbub.tui.config.file import ClientFile
from hubbub.tui.config.table import NAME, Setting, rows
from hubbub.tui.config.toml import Path, path_in, written, written_path

DEFAULT = "default"
_KEY = re.compile(r"""(?:"[^"]*"|'[^']*'|\S)+""")
"""A path as TOML has it: a part of several words stands in quotation marks."""

ELSEWHERE: Path = ("notifications", "of")


class Configured(Face, Protocol):
    """A face with settings."""

    @property
    def config(self) -> ClientFile:
        """The settings, and where they are kept."""

    def change_setting(self, path: Path, value: object | None) -> None:
        """Have a setting hold from now on; None: its default. Raises Refused as `config` does."""


def change(desk: Desk, face: Configured, argument: str) -> Awaitable[None] | None:
    """Change a setting; or say what it is; or have the user choose one to change."""
    found = _KEY.match(argument)
    key, typed = (found[0], argument[found.end() :]) if found is not None else ("", "")
    if not key:
        return _choose(face)
    config = face.config
    setting = config.setting(path_in(key))
    if typed:
        value = None if typed.strip() == DEFAULT else config.meant(setting, typed.strip())
        face.change_setting(setting.path, value)
        kept = f" It stands in {config.file}." if config.is_kept else " It holds until you quit."
        desk.note(f"{_line(config, setting.path)} now.{kept}")
    else:
        explained = " ".join(filter(None, [setting.description, f"It may be {setting.allowed}."]))
        desk.note(f"{_line(config, setting.path)}. {explained}")
    return None


def _choose(face: Configured) -> Awaitable[None]:
    listed = [setting for setting in rows() if NAME not in setting.path]

    async def lines() -> list[str]:
        return [f"{_line(face.config, one.path)} – {one.description}" for one in listed]

    return _put_chosen(face, listed, face.choose("Settings", lines))


async def _put_chosen(
    face: Configured, listed: list[Setting], choice: Awaitable[int | None]
) -> None:
    if (chosen := await choice) is not None:
        face.put(Draft(f"/set {written_path(listed[chosen].path)} "))


def _line(config: ClientFile, path: Path) -> str:
    value = config.value(path)
    said = "its default" if value is None else written(value)
    return f"{written_path(path)} = {said}"


def notify(desk: Desk, face: Configured, argument: str) -> None:
    """Say what calls the user in this room, or change it."""
    room = desk.rooms.current
    path: Path = ("rooms", room.called, "notify")
    config = face.config
    if argument:
        setting = config.setting(path)
        face.change_setting(path, None if argument == DEFAULT else config.meant(setting, argument))
    of = config.value(path) or DEFAULT
    as_elsewhere = f", as elsewhere: {written(config.value(ELSEWHERE))}" if of == DEFAULT else ""
    desk.note(
        f"In {room.title}, {of} calls you{as_elsewhere}. /notify everything, mentions, nothing or "
        "default changes that. /set notifications.of is for all rooms, notifications.words has "
        "words that count as a mention, and notifications.quiet is when nothing calls you."
    )
