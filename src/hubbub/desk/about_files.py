"""The verbs about files: sending one, and saving those of a message."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

import platformdirs

from hubbub.chat.errors import HubbubError, Refused
from hubbub.chat.events import Message
from hubbub.chat.files import FileSummary, allowed_file_name, size_words
from hubbub.desk.desk import Desk
from hubbub.desk.face import Face
from hubbub.desk.log import Said
from hubbub.desk.naming import needed
from hubbub.desk.room import RoomState

USAGE: Final = "PATH [TEXT]"

TOLD_BYTES_MIN: Final = 1_000_000
"""A larger file takes a while, so the log says that it is on its way."""

_PATH: Final = re.compile(r"""(?:"(?P<double>[^"]+)"|'(?P<single>[^']+)'|(?P<bare>(?:\\.|\S)+))""")


def send(desk: Desk, _face: Face, argument: str) -> Awaitable[None]:
    """Send a file of this machine to the room on the screen, with a text or none."""
    path, text = split(needed(argument, f"/send {USAGE}"))
    room = desk.rooms.current
    if silence := desk.silence(room):
        raise Refused(silence)
    if not _is_there(path):
        raise Refused(f"There is no file {path}. Say where it is, such as /send ~/picture.png")
    if not path.is_file():
        raise Refused(f"{path} is no file that could be sent. To send a folder, pack it first.")
    if (size := path.stat().st_size) >= TOLD_BYTES_MIN:
        desk.note(f"Sending {path.name} ({size_words(size)}) …")
    return _send(desk, room, path, text)


async def _send(desk: Desk, room: RoomState, path: Path, text: str) -> None:
    try:
        await desk.chat.send_file(room.name, path, text)
    except OSError as error:
        raise HubbubError(f"{path} cannot be read: {error.strerror or error}.") from error


def split(argument: str) -> tuple[Path, str]:
    """Return the path at the beginning of what was typed, and the text behind it.

    A path with spaces stands in quotes, or has backslashes before them, as shells and terminals
    write it; if all that was typed is a file, that is the path.
    """
    whole = _expanded(argument)
    if _is_there(whole):
        return whole, ""
    found = _PATH.match(argument)
    assert found, "a path has a character at least"
    quoted = found["double"] or found["single"]
    path = quoted or re.sub(r"\\(.)", r"\1", found["bare"])
    return _expanded(path), argument[found.end() :].strip()


def _expanded(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:  # nobody here has that home
        return Path(text)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # as where the name is longer than any, or the folder is somebody else's
        return False


def as_command(pasted: str) -> str:
    """Return the command that sends what was pasted, if that is the path of a file; else nothing.

    Terminals paste the path of a file that is dropped on them.
    """
    text = pasted.strip().removeprefix("file://")
    if not text or "\n" in text or text[0] not in "/'\"~":
        return ""
    try:
        path, rest = split(text)
        is_file = path.is_absolute() and path.is_file()
    except (OSError, ValueError):  # too long, or no path at all
        return ""
    return f'/send "{path}" ' if is_file and not rest and '"' not in str(path) else ""


def save(desk: Desk, face: Face, argument: str) -> Awaitable[None]:
    """Save the files of the chosen message, or of the newest that has some."""
    message = _meant(desk, face)
    folder = _expanded(argument) if argument else platformdirs.user_downloads_path()
    return _save(desk, message.files, folder)


def view(desk: Desk, face: Face, _argument: str) -> Awaitable[None]:
    """Show the pictures of the chosen message, or of the newest that has some."""
    return face.show_pictures(pictures_of(_meant(desk, face, "pictures", pictures_of)))


def pictures_of(message: Message) -> Sequence[FileSummary]:
    """Return the files of a message that can be shown as pictures."""
    return [file for file in message.files if file.preview]


def _files_of(message: Message) -> Sequence[FileSummary]:
    return message.files


def _meant(
    desk: Desk,
    face: Face,
    kind: str = "files",
    of: Callable[[Message], Sequence[FileSummary]] = _files_of,
) -> Message:
    """Return the chosen message, or the newest one that has what is wanted."""
    chosen = face.chosen
    if isinstance(chosen, Said):
        found = chosen.message if of(chosen.message) else None
    else:
        newest = desk.rooms.current.log.newest_first()
        found = next((one for one in newest if of(one) and not one.deleted), None)
    if found is None:
        raise Refused(f"This message has no {kind}." if chosen else f"No message here has {kind}.")
    return found


async def _save(desk: Desk, files: tuple[FileSummary, ...], folder: Path) -> None:
    for file in files:
        try:
            await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
            path = free_path(folder, allowed_file_name(file.name))
            await desk.chat.download(file, path)
        except OSError as error:
            reason = error.strerror or str(error)
            raise HubbubError(f"{file.name} cannot be saved in {folder}: {reason}.") from error
        desk.note(f"Saved {path}")


def free_path(folder: Path, name: str) -> Path:
    """Return where a file of this name can be written without replacing another one."""
    path = folder / name
    number = 2
    while path.exists():
        path = folder / f"{Path(name).stem} ({number}){Path(name).suffix}"
        number += 1
    return path
