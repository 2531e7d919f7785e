"""Files of people whose clients send them before they say in which room: FILEHOST of IRC."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Final

from aiohttp import web
from aiohttp.multipart import content_disposition_filename, parse_content_disposition

from hubbub.chat.errors import Refused
from hubbub.chat.files import HOSTED
from hubbub.hub.cost import FILE, UPLOADING
from hubbub.server.http.file_api import begun, only_a_part, size_of
from hubbub.server.http.files import pieces
from hubbub.server.http.guard import asker_of, visit_of

if TYPE_CHECKING:
    from hubbub.server.sessions.chatroom import Chatroom

_ALLOWED: Final = {"Allow": "OPTIONS, POST", "Accept-Post": "*/*"}


class Hosting:
    """The route that takes a file, and gives it an address."""

    def __init__(self, chatroom: Chatroom) -> None:
        self._chatroom = chatroom

    def routes(self) -> list[web.RouteDef]:
        """Return what is served at which path."""
        path = f"{HOSTED}{{name}}/{{token}}"
        return [web.options(path, self._offers), web.post(path, self._take)]

    async def _offers(self, _request: web.Request) -> web.Response:
        return web.Response(status=204, headers=_ALLOWED)

    async def _take(self, request: web.Request) -> web.Response:
        await visit_of(request).may_spend(UPLOADING)
        chatroom, files = self._chatroom, self._chatroom.files
        given = request.match_info
        session = chatroom.hub.files.host_of(given["name"], given["token"])
        if session is None:
            raise Refused(
                "Nobody is here who was given this address. Connect again, for a new one.",
                code="forbidden",
            )
        beginning = chatroom.hub.files.host(
            session,
            name=_name_in(request.headers.get("Content-Disposition")),
            size=size_of(request),
            at=chatroom.clock.milliseconds(),
        )
        visit = visit_of(request)
        upload = await begun(chatroom, beginning, asker_of(request, chatroom.reading))
        try:
            body = pieces(request, visit, upload)
            file = await files.receive(upload, 0, body, visit.hang_up, visit.host)
            if file is None:
                raise only_a_part(upload)
        except BaseException:
            await files.give_up(upload)
            raise
        visit.turn.spend(FILE)
        return web.Response(status=201, headers={"Location": file.path})


def _name_in(header: str | None) -> str:
    """Return the file's name that a Content-Disposition has, empty if none can be read there."""
    try:
        with warnings.catch_warnings(action="ignore"):  # on stderr, with the name in them
            _, parameters = parse_content_disposition(header)
            return content_disposition_filename(parameters) or ""
    except (LookupError, ValueError):
        return ""
