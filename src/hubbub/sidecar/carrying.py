"""Carries requests and WebSockets to the server, and its answers back.

The server is told what it would be told by its own page: its own name and origin, and no address
but that of the connection. What the person's browser has of us stays here, and so does the key that
the server gives to browsers: all pages here are the person's.
"""

import asyncio
import re
from collections.abc import Mapping
from http import HTTPStatus
from types import TracebackType
from typing import Final, Self

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from hubbub.client.errors import Disconnected
from hubbub.sidecar.answering import answering_of
from hubbub.sidecar.presence import Presence
from hubbub.sidecar.refusals import unreachable
from hubbub.sidecar.tunnel import Answered, Handshake, join, question
from hubbub.sidecar.way import Connector, Way

SILENCE_SECONDS: Final = 120.0
"""How long the server may let an answer wait: it is slower than this with nothing."""

_OF_A_CONNECTION: Final = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
_NOT_ASKED: Final = _OF_A_CONNECTION | {
    "cookie",
    "expect",
    "forwarded",
    "host",
    "origin",
    "referer",
    "x-real-ip",
}
_NOT_ANSWERED: Final = _OF_A_CONNECTION | {"set-cookie", "set-cookie2"}

_OF_A_HANDSHAKE: Final = (
    "Accept-Language",
    "Sec-WebSocket-Extensions",
    "Sec-WebSocket-Key",
    "Sec-WebSocket-Protocol",
    "Sec-WebSocket-Version",
    "User-Agent",
)
_COOKIE: Final = re.compile(r"\s*[^=;\s]+=[^;\s]*")
_NO_BODY: Final = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}


class Carrier:
    """Carries all that the pages here say. `way`: to the server."""

    def __init__(self, way: Way, presence: Presence) -> None:
        self._way = way
        self._presence = presence
        self._key = ""
        """The server's cookie: by it, files are given to those who may read them."""

        self._greeting = asyncio.Lock()
        self._tunnels: set[asyncio.Transport] = set()

    async def __aenter__(self) -> Self:
        waits = aiohttp.ClientTimeout(total=None, sock_read=SILENCE_SECONDS)
        self._http = aiohttp.ClientSession(
            connector=Connector(self._way),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            timeout=waits,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._http.close()

    def cut(self) -> None:
        """End all tunnels: the pages there try again, as they do whenever a server is gone."""
        for transport in list(self._tunnels):
            transport.abort()

    async def request(self, request: web.Request) -> web.StreamResponse:
        """Carry a request, and give out its answer."""
        headers = self._headers(request.headers)
        has_body = request.body_exists
        url = URL(self._way.origin + request.raw_path, encoded=True)
        asking = self._http.request(
            request.method,
            url,
            headers=headers,
            data=request.content.iter_any() if has_body else None,
            allow_redirects=False,
            skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent", "Content-Type"),
        )
        try:
            answer = await asking
        except (aiohttp.ClientError, OSError, TimeoutError) as reason:
            return unreachable(self._way.authority, reason)
        async with answer:
            return await _give(request, answer)

    async def websocket(self, request: web.Request) -> web.StreamResponse:
        """Carry a WebSocket, as long as both sides have it open."""
        if request.headers.get("Upgrade", "").lower() != "websocket":
            return web.Response(status=HTTPStatus.UPGRADE_REQUIRED)
        try:
            # One after the other: each brings the key that the one before it was given, so all
            # pages here have one.
            async with self._greeting:
                far, (status, lines, rest) = await self._reached(request.headers)
                answer = self._without_key(lines)
        except Disconnected as reason:
            return unreachable(self._way.authority, reason)
        if status != HTTPStatus.SWITCHING_PROTOCOLS:
            far.transport.abort()
            return web.Response(status=status)
        self._join(request, far, answer + rest)
        return web.Response()  # aiohttp finds the connection gone

    async def _reached(self, asked: Mapping[str, str]) -> tuple[Handshake, Answered]:
        """Ask for a WebSocket, at one server of the chatroom after the other; return the answer.

        What else is asked for goes to the one that answers.
        """
        for _ in self._way.address.others:
            try:
                return await self._ask(asked)
            except Disconnected:
                self._way.turn()
        return await self._ask(asked)

    async def _ask(self, asked: Mapping[str, str]) -> tuple[Handshake, Answered]:
        headers = {
            "Host": self._way.authority,
            "Origin": self._way.origin,
            "Connection": "Upgrade",
            "Upgrade": "websocket",
        } | {name: asked[name] for name in _OF_A_HANDSHAKE if name in asked}
        if self._key:
            headers["Cookie"] = self._key
        far = await self._way.connect(lambda: Handshake(question("/ws", headers)))
        try:
            return far, await far.answer()
        except BaseException:
            far.transport.abort()
            raise

    def _join(self, request: web.Request, far: Handshake, answer: bytes) -> None:
        near = request.transport
        if near is None:
            far.transport.abort()
            return

        def left() -> None:
            self._tunnels.discard(near)
            self._presence.went()

        self._tunnels.add(near)
        self._presence.came()
        join(near, far, answer, answering_of(request).leave(), left)

    def _headers(self, asked: Mapping[str, str]) -> CIMultiDict[str]:
        named = asked.get("Connection", "").lower().split(",")
        left_out = _NOT_ASKED | {name.strip() for name in named}
        headers = CIMultiDict(
            (name, value)
            for name, value in asked.items()
            if name.lower() not in left_out and not name.lower().startswith("x-forwarded-")
        )
        headers["Host"] = self._way.authority
        if "Origin" in asked:
            headers["Origin"] = self._way.origin
        if self._key:
            headers["Cookie"] = self._key
        return headers

    def _without_key(self, lines: list[bytes]) -> bytes:
        """Return the head of an answer without the cookie in it, which is kept here."""
        kept = []
        for line in lines:
            name, _, value = line.partition(b":")
            if name.lower() != b"set-cookie":
                kept.append(line)
            elif found := _COOKIE.match(value.decode("latin-1")):
                self._key = found[0].strip()
        return b"\r\n".join([*kept, b"", b""])


async def _give(request: web.Request, answer: aiohttp.ClientResponse) -> web.StreamResponse:
    """Give out an answer as it comes."""
    headers = CIMultiDict(
        (name, value) for name, value in answer.headers.items() if name.lower() not in _NOT_ANSWERED
    )
    given = web.StreamResponse(status=answer.status, reason=answer.reason, headers=headers)
    await given.prepare(request)
    if request.method != "HEAD" and answer.status not in _NO_BODY:
        async for piece in answer.content.iter_any():
            await given.write(piece)
    await given.write_eof()
    return given
