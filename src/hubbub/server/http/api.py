"""The HTTP API for scripts and bots (docs/protocol.md, section 9)."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import msgspec
from aiohttp import web

from hubbub.chat.commands import PAGE_MESSAGES_DEFAULT, PageLimit, Rooms, Zone
from hubbub.chat.errors import Refused
from hubbub.chat.events import Seq
from hubbub.chat.names import HTTP_NAMES, allowed_room, is_direct
from hubbub.chat.queries import PageQuery, allow_one_place
from hubbub.hub import cost
from hubbub.hub.audience import hearing
from hubbub.hub.finding import Wanted
from hubbub.server.fairness.addresses import origin_of
from hubbub.server.http.admin_api import AdminApi
from hubbub.server.http.answers import POSTED, json_of, nonce_of, parameters_of, place_in
from hubbub.server.http.file_api import FileApi
from hubbub.server.http.guard import TOKEN, asker_of, visit_of
from hubbub.server.http.hooks.bodies import Said, read
from hubbub.server.http.hooks.names import marked_name, mended_name
from hubbub.server.sessions.answer import Answer
from hubbub.wire.json_format import JSON

if TYPE_CHECKING:
    from collections.abc import Generator

    from hubbub.chat import queries
    from hubbub.chat.events import Page
    from hubbub.hub import Session
    from hubbub.server.fairness.reading import Asker
    from hubbub.server.sessions.chatroom import Chatroom

NAMELESS = HTTP_NAMES[0]
"""The name of a sender that gives none."""


SHORT_BODY_BYTES = 4096
"""Of what a service sends: it is read in a fraction of a millisecond."""


class HistoryParameters(msgspec.Struct):
    """What `GET /api/rooms/{room}/messages` takes."""

    before: Seq | None = None
    after: Seq | None = None
    around: Seq | None = None
    limit: PageLimit = PAGE_MESSAGES_DEFAULT


class SearchParameters(msgspec.Struct):
    """What `GET /api/search` takes. `q` is what many call the query."""

    query: str = ""
    q: str = ""
    room: str | None = None
    before: Seq | None = None
    limit: PageLimit = PAGE_MESSAGES_DEFAULT
    zone: Zone = 0


class MentionsParameters(msgspec.Struct):
    """What `GET /api/mentions` takes."""

    before: Seq | None = None
    limit: PageLimit = PAGE_MESSAGES_DEFAULT


class Post(msgspec.Struct):
    """The body of a post: a text, and under which name it is said.

    The name is `name`, `from` as in messages, or `username` as in webhooks of other services.
    """

    text: str
    name: str | None = None
    sender: str | None = msgspec.field(name="from", default=None)
    username: str | None = None


class Posted(msgspec.Struct):
    """The answer to a post: it is committed."""

    room: str
    seq: int


class Api:
    """The routes under /api, and the secret addresses of webhooks."""

    def __init__(self, chatroom: Chatroom) -> None:
        self._chatroom = chatroom
        self._file_api = FileApi(chatroom)
        self._admin_api = AdminApi(chatroom, self._body)

    def routes(self) -> list[web.RouteDef]:
        """Return what is served at which path."""
        return [
            *self._file_api.routes(),
            *self._admin_api.routes(),
            web.get("/api", self._index),
            web.get("/api/rooms", self._rooms),
            web.get("/api/rooms/{room}/messages", self._messages),
            web.post("/api/rooms/{room}/messages", self._post),
            web.post("/api/rooms/{room}/webhook", self._webhook),
            web.post("/api/people/{name}/messages", self._post_privately),
            web.get("/api/search", self._search),
            web.get("/api/mentions", self._mentions),
            web.post("/hooks/{secret}", self._secret_webhook),
        ]

    async def _index(self, _request: web.Request) -> web.Response:
        return json_of([f"{route.method} {route.path}" for route in self.routes()])

    async def _rooms(self, request: web.Request) -> web.Response:
        hub = self._chatroom.hub
        visitor = self._visitor(request)
        visit_of(request).turn.spend(hub.price(None, Rooms()))
        return json_of(hub.list_rooms(visitor))

    async def _messages(self, request: web.Request) -> web.Response:
        parameters = parameters_of(request, HistoryParameters)
        allow_one_place(parameters.before, parameters.after, parameters.around)
        reading, turn = self._chatroom.reading, visit_of(request).turn
        visitor = self._visitor(request)
        room = self._readable(visitor, request.match_info["room"])
        page = await reading.page(
            asker_of(request, reading),
            PageQuery(
                room=room,
                before=parameters.before,
                after=parameters.after,
                around=parameters.around,
                limit=parameters.limit,
            ),
        )
        turn.spend(cost.page(page))
        self._readable(visitor, room)  # they may have been put out meanwhile
        return json_of(page)

    async def _search(self, request: web.Request) -> web.Response:
        parameters = parameters_of(request, SearchParameters)
        query = parameters.query or parameters.q
        if not query.strip():
            raise Refused("Say what to search for: /api/search?query=WORDS.")
        chatroom, visitor = self._chatroom, self._visitor(request)
        hub, room = chatroom.hub, None
        if parameters.room is not None:
            room = hub.rooms[self._readable(visitor, parameters.room)]
        wanted = Wanted(query, room, parameters.before, parameters.limit, parameters.zone)
        asker = asker_of(request, chatroom.reading)
        page = await self._decided(
            hub.outside.find(visitor, wanted, chatroom.clock.milliseconds()), asker
        )
        visit_of(request).turn.spend(cost.page(page))
        return json_of(page)

    async def _mentions(self, request: web.Request) -> web.Response:
        if TOKEN not in request:
            raise Refused(
                "Only a bot can ask over HTTP what mentions it: send its token as 'Authorization: "
                "Bearer TOKEN'.",
                code="forbidden",
            )
        parameters = parameters_of(request, MentionsParameters)
        visitor, reading = self._visitor(request), self._chatroom.reading
        calls = self._chatroom.hub.outside.find_calls(visitor, parameters.before, parameters.limit)
        page = await self._decided(calls, asker_of(request, reading))
        visit_of(request).turn.spend(cost.page(page))
        return json_of(page)

    async def _decided(
        self, finding: Generator[queries.Question, queries.Answer, Page], asker: Asker
    ) -> Page:
        """Return what is found once all that it asks is answered."""
        answer: queries.Answer = None
        while True:
            try:
                question = finding.send(answer)
            except StopIteration as found:
                page: Page = found.value
                return page
            answer = await self._chatroom.answer(question, asker)

    def _visitor(self, request: web.Request) -> Session:
        """Return who asks; raise Refused if they would not be let into the chatroom."""
        origin, token = origin_of(visit_of(request).host), request.get(TOKEN, "")
        return self._chatroom.hub.outside.poster(
            NAMELESS, JSON, Answer(), token=token, origin=origin
        )

    def _readable(self, visitor: Session, raw: str) -> str:
        """Return the name of a room that a visitor may read, or else raise Refused."""
        hub = self._chatroom.hub
        if is_direct(raw) or (name := hub.name_of(allowed_room(raw))) not in hub.rooms:
            raise Refused(
                f"There is no room '{raw[:100]}'. GET /api/rooms lists them.", code="no_such_room"
            )
        hub.outside.check_readable(visitor, name)
        return name

    async def _post(self, request: web.Request) -> web.Response:
        origin = origin_of(visit_of(request).host)  # while the connection is there
        post = _post_in(await self._body(request))
        name = post.name or post.sender or post.username or NAMELESS
        return json_of(await self._say(request, origin, post.text, name), status=201)

    async def _post_privately(self, request: web.Request) -> web.Response:
        if TOKEN not in request:
            raise Refused(
                "Only a bot can talk to somebody in private over HTTP: nobody else could be "
                "answered. Send its token.",
                code="forbidden",
            )
        return await self._post(request)

    async def _webhook(self, request: web.Request) -> web.Response:
        origin = origin_of(visit_of(request).host)
        said = await self._told(request)
        await self._say_marked(request, origin, said.text, mended_name(said.name))
        return web.Response(text="ok")

    async def _secret_webhook(self, request: web.Request) -> web.Response:
        origin = origin_of(visit_of(request).host)
        hook = self._chatroom.hub.outside.hook(request.match_info["secret"])
        said = await self._told(request)
        await self._say_marked(request, origin, said.text, hook.name)
        return web.Response(text="ok")

    async def _told(self, request: web.Request) -> Said:
        """Return what a service tells; a long body is read beside the event loop."""
        body = await self._body(request)
        visit_of(request).turn.spend(len(body) * cost.TOLD_BYTE)
        if len(body) <= SHORT_BODY_BYTES:
            return read(body, request.headers)
        work = partial(read, body, request.headers)
        return await self._chatroom.telling.in_turn(visit_of(request).host, work)

    async def _say_marked(self, request: web.Request, origin: str, text: str, name: str) -> None:
        """Post for a service, which cannot choose another name if somebody has this one."""
        try:
            await self._say(request, origin, text, name)
        except Refused as refusal:
            # Whoever repeats a request with its key must find it under the name it was said under.
            if refusal.code != "name_taken" or "Idempotency-Key" in request.headers:
                raise
            await self._say(request, origin, text, marked_name(name))

    async def _body(self, request: web.Request) -> bytes:
        try:
            async with asyncio.timeout(self._chatroom.limits.handshake_seconds):
                return await request.read()
        except TimeoutError:
            sentence = "The body did not come in time. Send it at once."
            raise Refused(sentence, code="slow_body") from None
        except web.RequestPayloadError:
            sentence = "The body is incomplete, or not what its headers say."
            raise Refused(sentence, code="bad_request") from None

    async def _say(self, request: web.Request, origin: str, text: str, name: str) -> Posted:
        """Post, and return when it is committed. Hanging up does not undo the post."""
        nonce = nonce_of(request)
        chatroom, answer = self._chatroom, Answer()
        hub, at = chatroom.hub, chatroom.clock.milliseconds()
        if (secret := request.match_info.get("secret")) is not None:
            room = hub.outside.hook(secret).room
            poster = hub.outside.hook_poster(secret, name, JSON, answer, origin=origin)
            hub.outside.post_by_hook(poster, secret, text, at, ref=POSTED, nonce=nonce)
        else:
            token = request.get(TOKEN, "")
            poster = hub.outside.poster(name, JSON, answer, token=token, origin=origin)
            if (person := request.match_info.get("name")) is not None:
                room = hub.outside.post_privately(poster, person, text, at, ref=POSTED, nonce=nonce)
            else:
                raw_room = request.match_info["room"]
                hub.outside.post(poster, raw_room, text, at, ref=POSTED, nonce=nonce)
                room = hub.name_of(allowed_room(raw_room))
        chatroom.commits.wake()
        if (heard_in := hub.rooms.get(room)) is not None:
            indexed = len(text.encode()) * cost.INDEXED_BYTE
            visit_of(request).turn.spend(cost.COMMAND + hearing(heard_in, text) + indexed)
        return Posted(room=room, seq=await answer.seq())


def _post_in(body: bytes) -> Post:
    try:
        return msgspec.json.decode(body, type=Post)
    except msgspec.ValidationError as error:
        raise Refused(f"The body is wrong: {place_in(error)}.") from None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise Refused('The body must be JSON such as {"text": "hello"}.') from None
