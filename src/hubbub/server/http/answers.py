"""What the parts of the API share: parameters, keys of requests, and answers."""

from __future__ import annotations

import asyncio
from typing import TypeVar

import msgspec
from aiohttp import web

from hubbub.chat.commands import Nonce
from hubbub.chat.errors import HubbubError, Refused
from hubbub.chat.events import Error, Ok
from hubbub.wire.codec import decode_event

POSTED = "posted"
"""The ref of what is posted."""

_Struct = TypeVar("_Struct", bound=msgspec.Struct)


class Answer:
    """What a poster is told: an outlet for one event."""

    def __init__(self) -> None:
        self._told: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def write(self, payload: bytes) -> None:
        """Take the event."""
        if not self._told.done():  # at the server's end nobody waits for it any more
            self._told.set_result(payload)

    def end(self) -> None:
        """Do nothing: the connection is for other requests as well."""

    async def seq(self) -> int:
        """Return the seq of what was posted, once it is committed; raise HubbubError if not."""
        match decode_event((await self._told).decode()):
            case Ok(seq=int(seq)):
                return seq
            case Error(code=code, message=sentence):
                raise HubbubError(sentence, code=code)
            case other:
                raise TypeError(other)


def json_of(value: msgspec.Struct | list[str], status: int = 200) -> web.Response:
    """Return an answer in JSON."""
    return web.Response(
        body=msgspec.json.encode(value), content_type="application/json", status=status
    )


def parameters_of(request: web.Request, kind: type[_Struct]) -> _Struct:
    """Return the parameters of a request; raise Refused if one is wrong."""
    try:
        return msgspec.convert(dict(request.query), kind, strict=False)
    except msgspec.ValidationError as error:
        raise Refused(f"A parameter is wrong: {place_in(error)}.") from None


def nonce_of(request: web.Request) -> str | None:
    """Return the key by which a request is found again that is repeated."""
    try:
        return msgspec.convert(request.headers.get("Idempotency-Key"), Nonce | None)
    except msgspec.ValidationError:
        raise Refused(
            "An Idempotency-Key has 1 to 64 characters, and no control characters."
        ) from None


def place_in(error: msgspec.ValidationError) -> str:
    """Return what was expected and where, without the notation of JSON paths."""
    return str(error).replace("`$.", "`").replace(" - at ", " at ")
