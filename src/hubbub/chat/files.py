"""Files that messages carry: what is told of each, and which names they may have."""

import hashlib
import hmac
import re
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Container
from typing import Annotated, Final
from urllib.parse import quote

import msgspec
from msgspec import Meta

FILES_MAX: Final = 10
"""Of one message."""

NAME_BYTES_MAX: Final = 200
"""Of UTF-8; every disk takes a name of this length, and a suffix with it."""

MEGABYTE: Final = 1_000_000

UPLOADS: Final = "/files/uploads/"
"""With a secret behind it, the address that takes the bytes of one file."""

HOSTED: Final = "/files/hosted/"
"""With a name and a `hosting_token` behind it, the address that takes somebody's file before they
say in which room it is to be; it has that room once they say its address there."""

_TOKEN_BYTES: Final = 16

_ADDRESS: Final = re.compile(r"https?://[^/\s]+/files/([A-Za-z0-9_-]{22})/\S+")

NAMELESS: Final = "file"

# No system takes these in names, or they mean something to a shell.
_NO_NAME: Final = dict.fromkeys(map(ord, '<>:"|?*'), "_")
# Whatever cannot be seen, or turns the direction of writing.
_UNSEEN: Final = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")

FileId = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{22}$")]


def hosting_token(secret: str) -> str:
    """Return what lets somebody bring files, and do nothing else, by the secret of their session.

    Addresses are copied and noted on their way, so the secret itself stands in none.
    """
    token = hmac.digest(secret.encode(), HOSTED.encode(), hashlib.sha256)[:_TOKEN_BYTES]
    return urlsafe_b64encode(token).decode().rstrip("=")


class FileSummary(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a message tells of one of its files.

    `type` is its MIME type, told by its bytes, and `size` and `sha256` (hexadecimal) are those of
    what the server gives out. Pictures have a `width` and `height`; with a `preview`, a smaller
    picture is at /files/ID/preview.
    """

    id: FileId
    name: str
    size: int
    type: str
    sha256: str
    width: int = 0
    height: int = 0
    preview: bool = False

    @property
    def path(self) -> str:
        """The address of its bytes, without that of the server."""
        return f"/files/{self.id}/{quote(self.name, safe='')}"

    def line(self, server: str) -> str:
        """Return what those read who know no files; `server` is as in http://HOST:PORT."""
        return f"{self.name} ({size_words(self.size)}) {server}{self.path}"


class Upload(msgspec.Struct):
    """A file on its way: until all its bytes have come, and then until it is in a message.

    `owner` is the handle of who sends it, and `since` when they took their name if they are only
    passing; `origin` is the address that it counts for. `at` is when the latest of it came, in
    milliseconds. `file` is what messages will tell of it, once it is whole.
    """

    id: str
    secret: str
    room: str
    name: str
    size: int
    owner: str
    since: int
    origin: str
    at: int
    file: FileSummary | None = None


def allowed_file_name(raw: str) -> str:
    """Return a name that is safe on every disk and in every header: no path, nothing unseen."""
    name = raw[-4 * NAME_BYTES_MAX :].replace("\\", "/").rpartition("/")[2].translate(_NO_NAME)
    seen = "".join(char for char in name if unicodedata.category(char) not in _UNSEEN)
    seen = " ".join(seen.split()).strip(" .")
    return _shortened(seen) or NAMELESS


def _shortened(name: str) -> str:
    """Return a name with so many bytes at most; what stands behind its last dot stays."""
    if len(name.encode()) <= NAME_BYTES_MAX:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not stem or len(suffix.encode()) > NAME_BYTES_MAX // 4:
        stem, dot, suffix = name, "", ""
    left = NAME_BYTES_MAX - len((dot + suffix).encode())
    return stem.encode()[:left].decode(errors="ignore").rstrip(" .") + dot + suffix


def size_words(size: int) -> str:
    """Return a number of bytes as people say it, such as 2.4 MB."""
    if size < 1000:
        return "1 byte" if size == 1 else f"{size} bytes"
    power = next((power for power in (1, 2, 3) if size < 999.5 * 1000**power), 4)
    amount, unit = size / 1000**power, ("kB", "MB", "GB", "TB")[power - 1]
    return f"{amount:.0f} {unit}" if amount >= 9.95 else f"{amount:.1f} {unit}".replace(".0 ", " ")


def without_addresses(text: str, ids: Container[str]) -> tuple[str, tuple[str, ...]]:
    """Return a text without the addresses of the files with some ids, and those that it has."""
    found = [one for one in _ADDRESS.finditer(text) if one[1] in ids][:FILES_MAX]
    for one in reversed(found):
        text = text[: one.start()] + text[one.end() :]
    return text.strip() if found else text, tuple(dict.fromkeys(one[1] for one in found))
