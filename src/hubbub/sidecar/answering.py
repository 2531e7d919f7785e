"""One connection of a browser, as aiohttp answers it; others are closed before they say a word."""

import asyncio
from typing import Final, cast

import aiohttp
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from hubbub.sidecar.owner import is_of_another
from hubbub.sidecar.refusals import stranger

_OF_PEERS: Final = (aiohttp.ClientError, OSError, HttpProcessingError, web.RequestPayloadError)
"""What goes wrong at either end of a connection, and is no fault of ours."""


class Answering(web.RequestHandler):
    """Answers the person's browsers, until a connection becomes a tunnel."""

    _is_begun = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, unless another user of this machine has connected."""
        ends = (transport.get_extra_info(end) for end in ("peername", "sockname"))
        if is_of_another(*(end[:2] for end in ends)):
            cast("asyncio.Transport", transport).abort()
            return
        self._is_begun = True
        super().connection_made(transport)

    async def start(self) -> None:
        """Answer what is asked, unless the connection was lost before this could begin."""
        if self._manager is not None:
            await super().start()

    def data_received(self, data: bytes) -> None:
        """Take in what came, unless it is another user's."""
        if self._is_begun:
            super().data_received(data)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget the connection, if it was ever answered."""
        if self._is_begun:
            super().connection_lost(exc)

    def leave(self) -> bytes:
        """Have aiohttp forget the connection; return what came behind the request to leave HTTP."""
        unread, self._message_tail = self._message_tail, b""
        self.transport = None
        super().connection_lost(None)
        return unread

    def handle_error(
        self,
        request: web.BaseRequest,
        _status: int = 500,
        exc: BaseException | None = None,
        _message: str | None = None,
    ) -> web.StreamResponse:
        """Say nothing of what is wrong: anybody may have sent it."""
        if exc is not None and not isinstance(exc, _OF_PEERS):
            self.log_exception("a request failed", exc_info=exc)
        if request.writer.output_size:
            raise ConnectionError("a part of the answer was sent already")
        return stranger()


def answering_of(request: web.Request) -> Answering:
    """Return what answers a request."""
    return cast("Answering", request.protocol)
