"""What the side-car says itself. To strangers, that is nothing."""

from http import HTTPStatus
from typing import Final

import msgspec
from aiohttp import web

STRANGERS: Final = "This is not for you. If you started it, open it anew from there.\n"
"""All that is said to whoever cannot show that they are the person: not even what runs here."""


class _Problem(msgspec.Struct):
    title: str
    status: int
    detail: str
    code: str
    type: str = "about:blank"


def stranger() -> web.Response:
    """Return the answer to a request that may be anybody's."""
    response = web.Response(
        status=HTTPStatus.FORBIDDEN,
        text=STRANGERS,
        headers={"Cache-Control": "no-store", "Server": ""},
    )
    response.force_close()
    return response


def unreachable(authority: str, reason: BaseException) -> web.Response:
    """Return the answer where the server does not answer, in the words of servers (RFC 9457)."""
    status = HTTPStatus.SERVICE_UNAVAILABLE
    detail = f"The chatroom at {authority} cannot be reached: {reason}."
    problem = _Problem(status.phrase, status, detail, "http_unavailable")
    return web.Response(
        status=status,
        body=msgspec.json.encode(problem),
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store", "Retry-After": "5"},
    )
