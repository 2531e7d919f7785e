"""The page's files: read once, each with a tag by which browsers see that it is the same still.

They are served as they are, but without the comments of modules, which are a quarter of the page.
Each line keeps its place, so a fault is found where the browser says.
"""

import gzip
import hashlib
import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

from aiohttp import web

_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
}


_COMMENT = re.compile(rb"^[ \t]*/\*\*.*?\*/[ \t]*$", re.MULTILINE | re.DOTALL)


class Asset(NamedTuple):
    """One file, as it is and packed."""

    body: bytes
    packed: bytes
    content_type: str
    tag: str


class Assets:
    """Serves the files of hubbub/web at the root; what is not among them is not found."""

    def __init__(self) -> None:
        self._files = {path: _read(file) for path, file in _walk(files("hubbub") / "web", "/")}
        self._files["/"] = self._files["/index.html"]

    def routes(self) -> list[web.RouteDef]:
        """Return a route for each file."""
        return [web.get(path, self._serve) for path in self._files]

    async def _serve(self, request: web.Request) -> web.Response:
        file = self._files[request.path]
        headers = {
            "Cache-Control": "no-cache",
            "Content-Type": f"{file.content_type}; charset=utf-8",
            "ETag": f'W/"{file.tag}"',  # weak: packed or not, it is the same file
            "Vary": "Accept-Encoding",
        }
        if any(one.value in {file.tag, "*"} for one in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        accepted = request.headers.get("Accept-Encoding", "").split(",")
        if "gzip" in {coding.strip() for coding in accepted}:
            headers["Content-Encoding"] = "gzip"
            return web.Response(body=file.packed, headers=headers)
        return web.Response(body=file.body, headers=headers)


def _walk(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _walk(entry, f"{path}{entry.name}/")
        elif entry.name[entry.name.rfind(".") :] in _TYPES:
            yield path + entry.name, entry


def _read(file: Traversable) -> Asset:
    body = file.read_bytes()
    if file.name.endswith(".js"):
        body = _COMMENT.sub(lambda found: b"\n" * found[0].count(b"\n"), body)
    return Asset(
        body,
        gzip.compress(body, mtime=0),
        _TYPES[file.name[file.name.rfind(".") :]],
        hashlib.sha256(body).hexdigest()[:16],
    )
