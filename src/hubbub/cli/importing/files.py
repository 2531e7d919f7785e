"""Reads files of exports, whichever program they are of, in the order of what was said in them."""

import re
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from heapq import merge
from operator import attrgetter
from pathlib import Path
from typing import Final
from zipfile import BadZipFile, is_zipfile
from zipfile import Path as ZipPath
from zlib import error as BadDeflate  # noqa: N812 (it is a class)

from hubbub.cli.importing import discord, irc, own, slack
from hubbub.cli.importing.said import BadExport, Said, Source

_CHANNEL: Final = re.compile(r".*?#+([^#]+?)(?:\.weechatlog|\.log)?")
_UNREADABLE: Final = (OSError, EOFError, BadZipFile, BadDeflate, RuntimeError)
"""The last of a zip that needs a password, or is packed in a way that Python does not know."""


def read(source: Source, paths: Sequence[Path], room: str, zone: tzinfo | None) -> Iterator[Said]:
    """Yield what was said in all of the files. Raises BadExport, with the file."""
    return merge(*(_read(source, path, room, zone) for path in paths), key=attrgetter("at"))


def _read(source: Source, path: Path, room: str, zone: tzinfo | None) -> Iterator[Said]:
    try:
        path.stat()  # else one that is not there would be an export that lacks something
        match source:
            case "hubbub":
                with path.open("rb") as file:
                    yield from own.parse(file)
            case "slack":
                yield from slack.parse(ZipPath(path) if is_zipfile(path) else path)
            case "discord":
                yield from discord.parse(path)
            case "irc":
                channel = _channel(path)
                if not (room or channel):
                    raise BadExport(
                        "its name has no channel with a '#'. Name the room with --room."
                    )
                with path.open(encoding="utf-8", errors="replace") as lines:
                    for said in irc.parse(lines, room or channel, zone):
                        yield said._replace(place=channel)
    except BadExport as error:
        raise BadExport(f"{path} cannot be imported: {error}") from None
    except _UNREADABLE as error:
        reason = getattr(error, "strerror", None) or error
        raise BadExport(f"{path} cannot be read: {reason}.") from None


def _channel(path: Path) -> str:
    """Return the channel that the name of a log has, as `irc.libera.#python.weechatlog`."""
    found = _CHANNEL.fullmatch(path.name)
    return "" if found is None else found[1]
