"""Serves the page. It is put together when it is first asked for, and kept packed.

In a checkout it is put together anew when a source was changed, so a developer only loads it again.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from aiohttp import web

import hubbub
from hubbub.server.http.fellows import sources
from hubbub.server.http.guard import POLICY, SECURITY_HEADERS
from hubbub.server.http.page.parts import Part, put_together, state_of

FOLDER = Path(hubbub.__file__).parent / "web"

LOOK_SECONDS = 0.2
"""A checkout is not looked through more often, however many ask for the page."""

FOR_GOOD = "public, max-age=31536000, immutable"


class Assets:
    """Serves the page at the root; what is not one of its parts is not found.

    `home`: the origin of the chatroom, if that is not where the page is served. `addresses`: where
    its nodes are, if it has several: there the page may go on.
    """

    def __init__(
        self,
        folder: Path = FOLDER,
        *,
        home: str = "",
        addresses: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self._folder = folder
        self._home = home
        self._addresses = addresses
        self._may_change = (folder.parents[2] / "pyproject.toml").exists()
        self._state: list[tuple[str, int]] = []
        self._looked_at = 0.0
        self._parts: dict[str, Part] = {}
        self._looking = asyncio.Lock()

    def routes(self) -> list[web.RouteDef]:
        """Return a route for each part."""
        files = [f"/{path.name}" for path in self._folder.iterdir() if path.is_file()]
        return [web.get(path, self._serve) for path in ("/", *files, "/page/{name}")]

    async def document(self, request: web.Request) -> web.Response:
        """Return the page itself, whatever its address."""
        await self._look()
        part = self._parts["/"]
        more = sources(self._addresses(), secure=request.secure)
        policy = part.policy.replace("connect-src 'self'", f"connect-src 'self'{more}")
        return _answer(request, part._replace(policy=policy))

    async def _serve(self, request: web.Request) -> web.Response:
        if request.path == "/":
            return await self.document(request)
        if not self._parts:
            await self._look()
        if request.path not in self._parts:
            raise web.HTTPNotFound
        return _answer(request, self._parts[request.path])

    async def _look(self) -> None:
        """Put the page together if that is to be done: in a thread, for it takes a while."""
        async with self._looking:
            now = time.monotonic()
            if self._parts and not (self._may_change and now >= self._looked_at + LOOK_SECONDS):
                return
            self._looked_at = now
            state = state_of(str(self._folder))
            if state != self._state:
                policy = SECURITY_HEADERS[POLICY]
                self._parts = await asyncio.to_thread(
                    put_together, self._folder, policy, self._home
                )
                self._state = state


def _answer(request: web.Request, part: Part) -> web.Response:
    headers = {
        "Cache-Control": FOR_GOOD if part.lasts else "no-cache",
        "Content-Type": f"{part.content_type}; charset=utf-8",
        "ETag": f'W/"{part.tag}"',  # weak: packed or not, it is the same
        "Vary": "Accept-Encoding",
    }
    if part.policy:
        headers[POLICY] = part.policy
    if any(one.value in {part.tag, "*"} for one in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    accepted = request.headers.get("Accept-Encoding", "").split(",")
    if "gzip" in {coding.strip() for coding in accepted}:
        headers["Content-Encoding"] = "gzip"
        return web.Response(body=part.packed, headers=headers)
    return web.Response(body=part.body, headers=headers)
