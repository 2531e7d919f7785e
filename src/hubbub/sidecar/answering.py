"""One connection of a browser, as aiohttp answers it; others are closed before they say a word."""

import asyncio
from typing import Final, cast

import aiohttp
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from hubbub.server.sockets.receiving import RECEIVE_BYTES, Receiver
from hubbub.sidecar.owner import is_of_another
from hubbub.sidecar.refusals import stranger
from hubbub.sidecar.strangers import Strangers

_OF_PEERS: Final = (aiohttp.ClientError, OSError, HttpProcessingError, web.RequestPayloadError)
"""What goes wrong at either end of a connection, and is no fault of ours."""


HEAD_BYTES_MAX: Final = 32_768
"""The longest head of a request. aiohttp alone bounds only its lines, and their number."""

UNHEARD_BYTES_MAX: Final = 65_536
"""How much is still taken of whoever was refused, and not looked at: who sends no more than that
hears why, and an endless body has an end."""


class Answering(web.RequestHandler, Receiver):
    """Answers the person's browsers, until a connection becomes a tunnel."""

    strangers: Strangers
    """Where it is counted until it is known that it is the person's."""

    _below: asyncio.Transport
    _is_known = _is_refused = _is_begun = False
    _head_bytes = 0
    """What has come of the first request, up to its body."""

    _unheard_bytes: int | None = None
    """Of whoever was refused: what came after that."""

    @property
    def piece_bytes(self) -> int:
        """How much is read at a time: no more than a head needs while anybody may have sent it."""
        is_judged = self._is_known or self._unheard_bytes is not None
        return RECEIVE_BYTES if is_judged else HEAD_BYTES_MAX + 1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for what is said, unless another user of this machine has connected."""
        self._below = cast("asyncio.Transport", transport)
        ends = (transport.get_extra_info(end) for end in ("peername", "sockname"))
        if is_of_another(*(end[:2] for end in ends)):
            self._is_refused = True
            self._below.abort()
            return
        self.strangers.came(self)

    def cut(self) -> None:
        """Close at once."""
        self._is_refused = True
        self._below.abort()

    def known(self) -> None:
        """Take in that the person has asked for something."""
        self._is_known = True
        self.strangers.left(self)

    def refused(self) -> None:
        """Listen no more: whoever asks is told that this is not for them."""
        self._unheard_bytes = 0

    async def start(self) -> None:
        """Answer what is asked, unless the connection was lost before this could begin."""
        if self._manager is not None:
            await super().start()

    def data_received(self, data: bytes) -> None:
        """Take in what came, unless it is another user's."""
        if self._is_refused:
            return
        if self._unheard_bytes is not None:
            self._unheard_bytes += len(data)
            if self._unheard_bytes > UNHEARD_BYTES_MAX:
                self.cut()
            return
        if not self._request_count:
            end = data.find(b"\r\n\r\n")
            self._head_bytes += len(data) if end < 0 else end
            if self._head_bytes > HEAD_BYTES_MAX:  # nothing of it is looked at
                self.cut()
                return
        if not self._is_begun:  # who says nothing costs little
            self._is_begun = True
            super().connection_made(self._below)
        super().data_received(data)

    def eof_received(self) -> None:
        """Close; whoever has said nothing is owed nothing."""
        if self._is_begun:
            super().eof_received()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget the connection, if it was ever answered."""
        self.strangers.left(self)
        if self._is_begun:
            super().connection_lost(exc)

    def leave(self) -> bytes:
        """Have aiohttp forget the connection; return what came behind the request to leave HTTP."""
        unread, self._message_tail = self._message_tail, b""
        self.transport = None
        self.strangers.left(self)
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
