"""Files over HTTP: uploads at secret addresses, as tus 1.0 has them, and what is given out.

Whatever people upload is somebody else's program to a browser. So only what cannot run is shown in
place; all else is downloaded. Nothing that is shown may load, run or ask for anything.
"""

from __future__ import annotations

import asyncio
from base64 import b64decode
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import msgspec
from aiohttp import web

from hubbub.chat.errors import LogError, Refused
from hubbub.chat.files import UPLOADS, FileSummary, Upload
from hubbub.chat.queries import PageQuery
from hubbub.hub.cost import FILE, FILE_PIECE
from hubbub.hub.uploading import no_such_file
from hubbub.server.fairness.addresses import origin_of
from hubbub.server.files.intake import too_slow
from hubbub.server.http.guard import PROVEN, TOKEN, asker_of, visit_of
from hubbub.server.http.ranges import UNSATISFIABLE, asked_range
from hubbub.wire.json_format import JSON

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path
    from typing import BinaryIO

    from hubbub.hub import Session
    from hubbub.server.files.store import Store
    from hubbub.server.http.visit import Visit
    from hubbub.server.sessions.chatroom import Chatroom

TUS: Final = {"Tus-Resumable": "1.0.0", "Cache-Control": "no-store"}
TUS_OFFERS: Final = {"Tus-Version": "1.0.0", "Tus-Extension": "termination"}

SILENCE_SECONDS: Final = 60.0
"""How long a request that brings a file may bring nothing."""

PIECE_BYTES: Final = 262_144
"""What is written to the disk, or read from it, at once."""

GIVEN_BYTES: Final = 65_536
"""What is given out in one turn."""

SHOWN: Final = frozenset(
    [
        *("image/gif", "image/jpeg", "image/png", "image/webp"),
        *("audio/aac", "audio/flac", "audio/mp4", "audio/mpeg", "audio/ogg", "audio/wav"),
        *("video/mp4", "video/ogg", "video/webm"),
    ]
)
"""What browsers show, and nobody can write programs in."""

PLAIN_TEXT: Final = "text/plain"
PREVIEW_TYPE: Final = "image/webp"
_FOR_ALL: Final = "private, max-age=31536000, immutable"
_FOR_SOME: Final = "private, no-cache"
"""Asked for each time: they may have been put out."""


class Files:
    """The routes of files."""

    def __init__(self, chatroom: Chatroom) -> None:
        self._chatroom = chatroom
        self._files = chatroom.files

    def routes(self) -> list[web.RouteDef]:
        """Return what is served at which path."""
        upload = f"{UPLOADS}{{secret}}"
        return [
            web.options(upload, self._offers),
            web.head(upload, self._offset),
            web.patch(upload, self._receive),
            web.delete(upload, self._cancel),
            web.get("/files/{id}/preview", self._preview),
            web.get("/files/{id}/{name}", self._file),
        ]

    # Uploads.

    async def _offers(self, _request: web.Request) -> web.Response:
        return web.Response(status=204, headers=TUS | TUS_OFFERS)

    def _upload(self, request: web.Request) -> Upload:
        return self._chatroom.hub.files.uploads.find(request.match_info["secret"])

    async def _offset(self, request: web.Request) -> web.Response:
        upload = self._upload(request)
        headers = {"Upload-Offset": f"{self._files.offset(upload)}"}
        return web.Response(headers=TUS | headers | {"Upload-Length": f"{upload.size}"})

    async def _receive(self, request: web.Request) -> web.Response:
        upload, visit = self._upload(request), visit_of(request)
        given = request.headers.get("Upload-Offset", "")
        if not (given.isascii() and given.isdigit() and len(given) < 20):
            raise Refused(
                "Say in the header Upload-Offset where these bytes begin, as HEAD tells it.",
                code="bad_request",
            )
        hang_up, host = visit.hang_up, visit.host
        file = await self._files.receive(
            upload, int(given), pieces(request, visit, upload, goes_on=True), hang_up, host
        )
        if file is None:
            offset = {"Upload-Offset": f"{self._files.offset(upload)}"}
            return web.Response(status=204, headers=TUS | offset)
        visit.turn.spend(FILE)
        return web.Response(
            body=msgspec.json.encode({"file": file}),
            content_type="application/json",
            headers=TUS | {"Upload-Offset": f"{upload.size}"},
        )

    async def _cancel(self, request: web.Request) -> web.Response:
        await self._files.cancel(self._upload(request))
        return web.Response(status=204, headers=TUS)

    # What is given out.

    async def _file(self, request: web.Request) -> web.StreamResponse:
        file, is_for_all = await self._readable(request)
        store = self._store()
        is_text = file.type == PLAIN_TEXT
        is_shown = is_text or file.type in SHOWN
        headers = {
            "Content-Type": _content_type(file.type) if is_shown else "application/octet-stream",
            "Content-Disposition": disposition(file.name, shown=is_shown),
        }
        return await self._give(
            request, store.object(file.sha256), file.sha256, headers, is_for_all
        )

    async def _preview(self, request: web.Request) -> web.StreamResponse:
        file, is_for_all = await self._readable(request)
        if not file.preview:
            raise no_such_file()
        headers = {"Content-Type": PREVIEW_TYPE, "Content-Disposition": "inline"}
        path = self._store().preview(file.sha256)
        return await self._give(request, path, f"{file.sha256}-preview", headers, is_for_all)

    def _store(self) -> Store:
        if self._files.store is None:
            raise no_such_file()
        return self._files.store

    async def _readable(self, request: web.Request) -> tuple[FileSummary, bool]:
        """Return a file that whoever asks may read, and whether everybody may."""
        id_, reading = request.match_info["id"], self._chatroom.reading
        asker = asker_of(request, reading)
        if (holder := await reading.holder(asker, id_)) is None:
            hosted = self._chatroom.hub.files.uploads.hosted.get(id_)
            if hosted is None or hosted.file is None:
                raise no_such_file()
            return hosted.file, False  # its address is known to its owner alone, until they say it
        room, seq = holder
        is_for_all = self._chatroom.hub.files.is_for_all(room)
        self._check_may_read(request, room, seq, is_for_all=is_for_all)
        page = await reading.page(
            asker, PageQuery(room=room, after=seq - 1, before=seq + 1, limit=1)
        )
        for message in page.messages:
            for file in message.files:
                if file.id == id_:
                    self._check_may_read(request, room, seq, is_for_all=is_for_all)
                    return file, is_for_all
        raise no_such_file()

    def _check_may_read(
        self, request: web.Request, room: str, seq: int, *, is_for_all: bool
    ) -> None:
        hub = self._chatroom.hub
        if any(hub.files.may_read(one, room, seq) for one in self._sessions(request)):
            return
        if is_for_all or PROVEN in request:
            origin, token = origin_of(visit_of(request).host), request.get(TOKEN, "")
            visitor = hub.outside.poster("api", JSON, _NOBODY, token=token, origin=origin)
            if hub.files.may_read(visitor, room, seq):
                return
        raise Refused(
            "This file is for those who may read its room. Open it where you are in the chatroom, "
            "or send the name and the secret of your session (docs/protocol.md, Files).",
            code="forbidden",
        )

    def _sessions(self, request: web.Request) -> list[Session]:
        """Return the sessions by which a request says who it is from."""
        sessions = self._files.keys.sessions(request.cookies.get(cookie_name(request), ""))
        scheme, _, proof = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "basic":
            try:
                name, _, secret = b64decode(proof, validate=True).decode().rpartition(":")
            except ValueError:
                return sessions
            if (session := self._chatroom.hub.files.session_of(name, secret)) is not None:
                sessions.append(session)
        return sessions

    async def _give(
        self,
        request: web.Request,
        path: Path,
        tag: str,
        headers: dict[str, str],
        is_for_all: bool,
    ) -> web.StreamResponse:
        etag = f'"{tag}"'
        headers |= {
            "ETag": etag,
            "Cache-Control": _FOR_ALL if is_for_all else _FOR_SOME,
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Accept-Ranges": "bytes",
        }
        if any(one.value in {tag, "*"} for one in request.if_none_match or ()):
            del headers["Content-Type"]
            return web.Response(status=304, headers=headers)
        try:
            opened, size = await self._files.opened(path)
        except FileNotFoundError:
            if self._chatroom.stopgap is not None:
                raise Refused(
                    "This relay has no copy of the file. Ask again when it reaches its server.",
                    code="log_unavailable",
                ) from None
            raise no_such_file() from None
        try:
            part = asked_range(request.headers, size, etag)
            if part is UNSATISFIABLE:
                unsatisfied = {"Content-Range": f"bytes */{size}"}
                return web.Response(status=416, headers=unsatisfied)
            start, end = part or (0, size)
            response = web.StreamResponse(status=200 if part is None else 206, headers=headers)
            response.content_length = end - start
            if part is not None:
                response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
            await response.prepare(request)
            if request.method != "HEAD":
                await self._send(request, response, opened, start, end)
            await response.write_eof()
            return response
        finally:
            await self._files.in_thread(opened.close)

    async def _send(
        self,
        request: web.Request,
        response: web.StreamResponse,
        opened: BinaryIO,
        start: int,
        end: int,
    ) -> None:
        def read() -> bytes:
            opened.seek(start)
            return opened.read(min(PIECE_BYTES, end - start))

        while start < end:
            visit_of(request).turn.spend(FILE_PIECE)
            piece = await self._files.in_thread(read)
            if not piece:
                raise LogError("a file is shorter than it was")
            for at in range(0, len(piece), GIVEN_BYTES):
                given = piece[at : at + GIVEN_BYTES]
                await visit_of(request).may_give(len(given))
                await response.write(given)
            start += len(piece)


class _Nobody:
    """Takes what nobody is told."""

    def write(self, payload: bytes) -> None:
        """Pass over it."""

    def end(self) -> None:
        """Do nothing."""


_NOBODY: Final = _Nobody()


async def pieces(
    request: web.Request, visit: Visit, upload: Upload, *, goes_on: bool = False
) -> AsyncIterator[bytes]:
    """Yield the body of a request, in pieces that are worth a write to the disk. Each is charged.

    `goes_on`: whether another request may bring what this one does not. If so, what came counts
    though the connection is lost.
    """
    size, content = request.content_length, request.content
    if not content.is_eof():  # else what comes is the next request
        visit.carry(0 if size is None else size - content.total_bytes)
    gathered, is_over = bytearray(), False
    while not is_over:
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                gathered += await content.readany()
            is_over = content.at_eof()
        except TimeoutError:
            if not visit.feed_kept():
                raise too_slow(upload) from None
        except (web.RequestPayloadError, ConnectionError):  # it is lost, or its half closed
            content.feed_eof()
            if not goes_on:
                return
            is_over = True
        if len(gathered) >= PIECE_BYTES or (gathered and is_over):
            visit.turn.spend(FILE_PIECE)
            yield bytes(gathered)
            gathered.clear()


def cookie_name(request: web.Request) -> str:
    """Return the name of the cookie with the key: browsers keep them for all ports of a host."""
    prefix = "__Secure-" if request.secure else ""  # the page without TLS has one of its own
    return f"{prefix}hubbub-{request.url.port or 0}"


def cookie(request: web.Request, key: str) -> bytes:
    """Return the header that gives a browser its key."""
    secure = "; Secure" if request.secure else ""
    traits = f"Path=/files; HttpOnly; SameSite=Strict{secure}"
    return f"Set-Cookie: {cookie_name(request)}={key}; {traits}".encode()


def _content_type(mime: str) -> str:
    return f"{mime}; charset=utf-8" if mime == PLAIN_TEXT else mime


def disposition(name: str, *, shown: bool) -> str:
    """Return the header Content-Disposition of a file with this name (RFC 6266)."""
    plain = "".join(char if char.isascii() and char not in '"\\%' else "_" for char in name)
    kind = "inline" if shown else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
