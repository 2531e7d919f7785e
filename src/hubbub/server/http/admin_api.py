"""Running the server over HTTP: the verbs that its control socket has, with an operator's token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from hubbub.chat.errors import Refused
from hubbub.server.control.verbs import VERBS, named, verb_of
from hubbub.server.fairness.addresses import origin_of
from hubbub.server.http.answers import json_of
from hubbub.server.http.guard import TOKEN, asker_of, visit_of
from hubbub.server.sessions.answer import Answer, carry_out
from hubbub.wire.json_format import JSON

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hubbub.server.sessions.chatroom import Chatroom

_NAMELESS = "api"


class AdminApi:
    """The routes under /api/admin. `body` reads the body of a request, or raises Refused."""

    def __init__(self, chatroom: Chatroom, body: Callable[[web.Request], Awaitable[bytes]]) -> None:
        self._chatroom = chatroom
        self._body = body

    def routes(self) -> list[web.RouteDef]:
        """Return what is served at which path."""
        return [
            web.get("/api/admin", self._index),
            web.post("/api/admin/{verb}", self._act),
        ]

    async def _index(self, _request: web.Request) -> web.Response:
        return json_of([f"POST /api/admin/{verb}" for verb in sorted(VERBS)])

    async def _act(self, request: web.Request) -> web.Response:
        """Do what the verb says; its fields are those of the command of that name."""
        if TOKEN not in request:
            raise Refused(
                "This is for bots that are operators. Send the token of one.", code="forbidden"
            )
        chatroom, turn = self._chatroom, visit_of(request).turn
        asker = asker_of(request, chatroom.reading)
        origin = origin_of(turn.host)
        body = await self._body(request)
        command, answer = verb_of(named(request.match_info["verb"], body)), Answer()
        session = chatroom.hub.outside.poster(
            _NAMELESS, JSON, answer, token=request[TOKEN], origin=origin
        )
        await visit_of(request).may_spend(chatroom.hub.price(session, command))
        try:
            return json_of(await carry_out(chatroom, session, answer, command, asker))
        finally:
            turn.spend(answer.written)
