"""The addresses of rooms and messages, `/lobby` and `/lobby/1042`: the page is at each of them."""

import re

from aiohttp import web

from hubbub.chat.errors import Refused
from hubbub.chat.names import allowed_room, is_direct
from hubbub.server.http.page.assets import Assets

_TAKEN = re.compile(
    r"(?:api|hooks|files|ws|page|metrics|healthz|readyz)|.*\.[a-z]{2,}", re.IGNORECASE
)
"""What is no room: the server's own paths, and what looks like a file."""


def is_place(room: str) -> bool:
    """Return whether a room of this name, if there is one, has an address here."""
    if _TAKEN.fullmatch(room):
        return False
    try:
        return is_direct(room) or bool(allowed_room(room))
    except Refused:
        return False


class Places:
    """Serves the page at the address of each room and message; these routes are to come last."""

    def __init__(self, assets: Assets) -> None:
        self._assets = assets

    def routes(self) -> list[web.RouteDef]:
        """Return a route for rooms and one for messages."""
        return [web.get("/{room}", self._serve), web.get(r"/{room}/{seq:\d{1,16}}", self._serve)]

    async def _serve(self, request: web.Request) -> web.Response:
        if not is_place(request.match_info["room"]):
            raise web.HTTPNotFound
        return await self._assets.document(request)
