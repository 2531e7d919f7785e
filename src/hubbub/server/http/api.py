"""The HTTP API for scripts and bots (docs/protocol.md, section 9)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qs

import msgspec
from aiohttp import web

from hubbub.chat.commands import PAGE_MESSAGES_DEFAULT, Nonce, PageLimit, Seq
from hubbub.chat.errors import HubbubError, Refused
from hubbub.chat.events import Error, Ok
from hubbub.chat.names import allowed_room, is_direct
from hubbub.chat.queries import PageQuery, SearchQuery
from hubbub.chat.text import inert_line
from hubbub.wire.codec import decode_event
from hubbub.wire.json_format import JSON

if TYPE_CHECKING:
    from hubbub.server.chatroom import Chatroom

FORM_FIELDS_MAX = 100
_FORM = "application/x-www-form-urlencoded"
_REF = "posted"

_Struct = TypeVar("_Struct", bound=msgspec.Struct)


class HistoryParameters(msgspec.Struct):
    """Of `GET /api/rooms/{room}/messages`."""

    before: Seq | None = None
    after: Seq | None = None
    limit: PageLimit = PAGE_MESSAGES_DEFAULT


class SearchParameters(msgspec.Struct):
    """Of `GET /api/search`. `q` is what many call the query."""

    query: str = ""
    q: str = ""
    room: str | None = None
    before: Seq | None = None
    limit: PageLimit = PAGE_MESSAGES_DEFAULT


class Post(msgspec.Struct):
    """The body of a post: a text, and under which name it is said.

    The name is `name`, `from` as in messages, or `username` as senders of webhooks write it.
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
    """The routes under /api."""

    def __init__(self, chatroom: Chatroom) -> None:
        self._chatroom = chatroom

    def routes(self) -> list[web.RouteDef]:
        """Return what is served at which path."""
        return [
            web.get("/api", self._index),
            web.get("/api/rooms", self._rooms),
            web.get("/api/rooms/{room}/messages", self._messages),
            web.post("/api/rooms/{room}/messages", self._post),
            web.post("/api/rooms/{room}/webhook", self._webhook),
            web.get("/api/search", self._search),
        ]

    async def _index(self, _request: web.Request) -> web.Response:
        return _json([f"{route.method} {route.path}" for route in self.routes()])

    async def _rooms(self, _request: web.Request) -> web.Response:
        return _json(self._chatroom.hub.list_rooms())

    async def _messages(self, request: web.Request) -> web.Response:
        parameters = _parameters(request, HistoryParameters)
        if parameters.before is not None and parameters.after is not None:
            raise Refused("Ask for the messages before a seq or after one, not both.")
        page = await self._chatroom.log.page(
            PageQuery(
                room=self._public(request.match_info["room"]),
                before=parameters.before,
                after=parameters.after,
                limit=parameters.limit,
            )
        )
        return _json(page)

    async def _search(self, request: web.Request) -> web.Response:
        parameters = _parameters(request, SearchParameters)
        words = inert_line(parameters.query or parameters.q)
        if not words.strip():
            raise Refused("Say what to search for: /api/search?query=WORDS.")
        page = await self._chatroom.log.search(
            SearchQuery(
                words=words,
                room=None if parameters.room is None else self._public(parameters.room),
                before=parameters.before,
                limit=parameters.limit,
            )
        )
        return _json(page)

    def _public(self, raw: str) -> str:
        """Return the name of a room that everybody may read; raise Refused `no_such_room`."""
        if is_direct(raw) or (name := allowed_room(raw)) not in self._chatroom.hub.rooms:
            raise Refused(
                f"There is no room '{raw[:100]}'. GET /api/rooms lists them.", code="no_such_room"
            )
        return name

    async def _post(self, request: web.Request) -> web.Response:
        post = _post_in(await self._body(request))
        key = request.headers.get("Idempotency-Key")
        return _json(await self._say(request, post, "api", key), status=201)

    async def _webhook(self, request: web.Request) -> web.Response:
        body = await self._body(request)
        # As JSON, or as a form; curl calls JSON a form unless it is told otherwise.
        if request.content_type == _FORM and not body.lstrip().startswith(b"{"):
            body = _payload(body)
        await self._say(request, _post_in(body), "webhook", None)
        return web.Response(text="ok")

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

    async def _say(self, request: web.Request, post: Post, name: str, key: str | None) -> Posted:
        """Post, and return when it is committed. Hanging up does not undo the post."""
        try:
            nonce = msgspec.convert(key, Nonce | None)
        except msgspec.ValidationError:
            raise Refused(
                "An Idempotency-Key has 1 to 64 characters, and no control characters."
            ) from None
        room = request.match_info["room"]
        chatroom = self._chatroom
        answer = _Answer()
        name = post.name or post.sender or post.username or name
        poster = chatroom.hub.poster(name, JSON, answer)
        at = chatroom.clock.milliseconds()
        chatroom.hub.post(poster, room, post.text, at, ref=_REF, nonce=nonce)
        chatroom.commits.wake()
        return Posted(room=allowed_room(room), seq=await answer.seq())


class _Answer:
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


def _json(value: msgspec.Struct | list[str], status: int = 200) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(value), content_type="application/json", status=status
    )


def _parameters(request: web.Request, kind: type[_Struct]) -> _Struct:
    try:
        return msgspec.convert(dict(request.query), kind, strict=False)
    except msgspec.ValidationError as error:
        raise Refused(f"A parameter is wrong: {_place(error)}.") from None


def _payload(form: bytes) -> bytes:
    """Return the field `payload` of a form, empty if there is none."""
    try:
        fields = parse_qs(form.decode(errors="replace"), max_num_fields=FORM_FIELDS_MAX)
    except ValueError:
        raise Refused(f"A form may have {FORM_FIELDS_MAX} fields at the most.") from None
    return fields.get("payload", [""])[0].encode()


def _post_in(body: bytes) -> Post:
    try:
        return msgspec.json.decode(body, type=Post)
    except msgspec.ValidationError as error:
        raise Refused(f"The body is wrong: {_place(error)}.") from None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise Refused('The body must be JSON such as {"text": "hello"}.') from None


def _place(error: msgspec.ValidationError) -> str:
    """Return what was expected and where, without the notation of JSON paths."""
    return str(error).replace("`$.", "`").replace(" - at ", " at ")
