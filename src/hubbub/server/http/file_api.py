"""A file in one request, for scripts and bots: it is uploaded and said at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from aiohttp import web

from hubbub.chat.errors import Refused
from hubbub.chat.files import FileSummary
from hubbub.chat.names import allowed_room
from hubbub.chat.queries import PageQuery
from hubbub.hub.cost import FILE, UPLOADING
from hubbub.server.fairness.addresses import origin_of
from hubbub.server.http.answers import POSTED, json_of, nonce_of, parameters_of
from hubbub.server.http.files import pieces
from hubbub.server.http.guard import TOKEN, asker_of, visit_of
from hubbub.server.sessions.answer import Answer
from hubbub.wire.json_format import JSON

if TYPE_CHECKING:
    from hubbub.chat.files import Upload
    from hubbub.hub.uploading import Beginning
    from hubbub.server.fairness.reading import Asker
    from hubbub.server.sessions.chatroom import Chatroom


class FileParameters(msgspec.Struct):
    """What `POST /api/rooms/{room}/files` takes: the file's name, and what is said with it.

    `sender` is the name under which it is said, as `name` is elsewhere.
    """

    name: str = ""
    text: str = ""
    sender: str = msgspec.field(name="from", default="api")


class Shared(msgspec.Struct):
    """The answer: the message is committed, and has these files."""

    room: str
    seq: int
    files: tuple[FileSummary, ...]


class FileApi:
    """The route that takes a file and says it."""

    def __init__(self, chatroom: Chatroom) -> None:
        self._chatroom = chatroom

    def routes(self) -> list[web.RouteDef]:
        """Return what is served at which path."""
        return [web.post("/api/rooms/{room}/files", self._share)]

    async def _share(self, request: web.Request) -> web.Response:
        parameters, nonce = parameters_of(request, FileParameters), nonce_of(request)
        size = size_of(request)
        chatroom, hub, answer = self._chatroom, self._chatroom.hub, Answer()
        await visit_of(request).may_spend(UPLOADING)
        visit = visit_of(request)  # it may be gone by now, and with it most of the file
        origin, host, asker = origin_of(visit.host), visit.host, asker_of(request, chatroom.reading)
        token = request.get(TOKEN, "")
        poster = hub.outside.poster(parameters.sender, JSON, answer, token=token, origin=origin)
        room = request.match_info["room"]
        beginning = hub.files.begin(
            poster, room, name=parameters.name, size=size, at=chatroom.clock.milliseconds()
        )
        upload = await begun(chatroom, beginning, asker)
        try:
            body = pieces(request, visit, upload)
            if await chatroom.files.receive(upload, 0, body, visit.hang_up, host) is None:
                raise only_a_part(upload)
            visit.turn.spend(FILE)
            at = chatroom.clock.milliseconds()
            hub.outside.post(
                poster, room, parameters.text, at, ref=POSTED, nonce=nonce, uploads=(upload,)
            )
        except BaseException:
            await chatroom.files.give_up(upload)
            raise
        chatroom.commits.wake()
        seq = await answer.seq()  # hanging up does not undo the post
        room = hub.name_of(allowed_room(room))
        files = await self._files(asker, room, seq)
        if upload.file not in files:  # it was said before, with the same key
            await chatroom.files.give_up(upload)
        return json_of(Shared(room, seq, files), status=201)

    async def _files(self, asker: Asker, room: str, seq: int) -> tuple[FileSummary, ...]:
        """Return the files of a message that was just posted, or earlier with the same key."""
        query = PageQuery(room=room, after=seq - 1, before=seq + 1, limit=1)
        page = await self._chatroom.reading.page(asker, query)
        return page.messages[0].files if page.messages else ()


async def begun(chatroom: Chatroom, beginning: Beginning, asker: Asker) -> Upload:
    """Return the upload that the hub decides on."""
    try:
        question = next(beginning)
        while True:
            question = beginning.send(await chatroom.answer(question, asker))
    except StopIteration as decided:
        upload: Upload = decided.value
        return upload
    finally:
        beginning.close()


def size_of(request: web.Request) -> int:
    """Return how many bytes a request brings; raise Refused if it does not say so."""
    if (size := request.content_length) is None:
        raise Refused(
            "Say how many bytes the file has, in the header Content-Length; with curl, send it "
            "with --data-binary @FILE.",
            code="bad_request",
        )
    return size


def only_a_part(upload: Upload) -> Refused:
    """Return the refusal of a file that ended too soon."""
    return Refused(
        f"Only a part of '{upload.name}' came. Send all of it again.", code="bad_request"
    )
