"""What the parts of the API share: parameters, keys of requests, and answers."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from aiohttp import web

from hubbub.chat.commands import Nonce
from hubbub.chat.errors import Refused

POSTED = "posted"
"""The ref of what is posted."""

_Struct = TypeVar("_Struct", bound=msgspec.Struct)


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
