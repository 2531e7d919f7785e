"""Side-cars that run beside a test, and what their pages say."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from hubbub.client import parse_address
from hubbub.sidecar.noted import Note
from hubbub.sidecar.running import SideCar, running
from hubbub.sidecar.way import Way
from hubbub.testing import LocalServer
from tests.interop.raw import RawPeer
from tests.server.http.asking import Answer, ask
from tests.server.websocket_peer import WebSocketPeer, opening

PATIENCE_SECONDS = 30


class Car(NamedTuple):
    """One that runs: where it listens, and the cookie of a browser that used a ticket."""

    server: LocalServer
    cookie: str
    loop: asyncio.AbstractEventLoop
    sidecar: SideCar
    note: Note
    told: list[str]
    """What the person was told."""

    @property
    def origin(self) -> str:
        """Where its page comes from."""
        return f"http://{self.server.address}"

    def ask(self, path: str, body: object = None, **options: str) -> Answer:
        """Ask as its page does."""
        more = {"Cookie": self.cookie, "Origin": self.origin, "Sec_Fetch_Site": "same-origin"}
        return ask(self.server, path, body, **{**more, **options})

    def entrance(self, place: str = "/") -> str:
        """Return a path with a new ticket."""
        return path_of(asyncio.run_coroutine_threadsafe(self._entrance(place), self.loop).result())

    async def _entrance(self, place: str) -> str:
        return self.sidecar.entrance(place)


class PagePeer(WebSocketPeer):
    """A page of a side-car, in the lobby."""

    def __init__(self, car: Car, name: str, password: str = "") -> None:
        RawPeer.__init__(self, car.server.host, car.server.port)
        self.refs = 0
        self.send(opening(car.server, Origin=car.origin, Cookie=car.cookie))
        self.answer = self.head()
        assert self.answer.startswith("HTTP/1.1 101 "), self.answer
        self.welcome = self.ask(type="hello", name=name)
        if password:
            assert self.ask(type="unlock", password=password)["type"] == "welcome"
        self.room = self.ask(type="join", room="lobby")


def path_of(address: str) -> str:
    """Return what an address asks its server for."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


@contextmanager
def side_car(
    address: str, folder: Path, seconds: float | None = None, password: str = ""
) -> Iterator[Car]:
    """Run the side-car of a chatroom; with `seconds`, until nobody was there for so long."""
    with Note(parse_address(address), folder) as note:
        assert note.claim()
        told: list[str] = []
        way = Way(parse_address(address), password, told.append)
        yield from _running(way, told, note, seconds)


def _running(way: Way, told: list[str], note: Note, seconds: float | None) -> Iterator[Car]:
    begun: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, SideCar, str]] = Future()

    async def run() -> None:
        async with running(way, note) as car:
            ending = asyncio.Event()
            begun.set_result((asyncio.get_running_loop(), ending, car, car.entrance("/")))
            if seconds is not None:
                await car.left(seconds)
            else:
                await ending.wait()

    def run_to_its_end() -> None:
        try:
            asyncio.run(run())
        except Exception as error:
            if begun.done():
                raise
            begun.set_exception(error)

    thread = threading.Thread(target=run_to_its_end)
    thread.start()
    try:
        loop, ending, car, entrance = begun.result(PATIENCE_SECONDS)
        parts = urlsplit(entrance)
        server = LocalServer(f"{parts.hostname}", parts.port or 0)
        answer = ask(server, path_of(entrance))
        assert answer.status == 303, answer
        cookie = answer.headers["set-cookie"].partition(";")[0]
        try:
            yield Car(server, cookie, loop, car, note, told)
        finally:  # else a test that fails would wait for ever
            if seconds is None:
                loop.call_soon_threadsafe(ending.set)
    finally:
        thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()
