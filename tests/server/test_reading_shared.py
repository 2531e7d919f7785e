"""Many who read dearly, and one who asks for little, at a real server; the test gives the turns."""

import asyncio
import socket
import struct
import time
from collections.abc import Callable, Sequence

import pytest
from msgspec.structs import replace

from hubbub.chat.events import AnyLogged, Page
from hubbub.chat.limits import Limits
from hubbub.chat.queries import PageQuery, SearchQuery
from hubbub.hub.known.forgotten import ForgottenPeople
from hubbub.log.memory import MemoryLog
from hubbub.server.config import Config
from hubbub.server.fairness import searching
from hubbub.server.fairness.reading import Reading
from hubbub.testing import LocalServer, serving
from tests.hub.peers import now
from tests.interop.raw import PATIENCE_SECONDS
from tests.log.drafts import said
from tests.server.conftest import Meet
from tests.server.event_peer import EventPeer
from tests.server.http.asking import ask
from tests.server.http.test_metrics import figures

CROWD = 20
QUICK = Config(limits=Limits(shutdown_seconds=0.1))  # nobody in the crowd reads the goodbye
MESSAGES = 100
STEPS = 4
READ_SECONDS = 0.002  # of a portion, as on a disk


class GatedLog(MemoryLog):
    """Reads nothing until the test lets it. A search for `dear` has always more to look at."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: list[str] = []
        self._gate = asyncio.Semaphore(0)
        self._loop: asyncio.AbstractEventLoop | None = None

    def let(self, reads: int) -> None:
        """Let so many reads end; called from the test's thread."""
        assert self._loop is not None, "nothing was asked yet"
        for _ in range(reads):
            self._loop.call_soon_threadsafe(self._gate.release)

    def let_all(self) -> None:
        """Let all reads end, from now on."""
        self._gate = asyncio.Semaphore(1_000_000)

    async def _pass(self, what: str) -> None:
        self._loop = asyncio.get_running_loop()
        self.begun.append(what)
        await self._gate.acquire()

    async def backlog(self, room: str, after: int, _bytes_max: int) -> list[AnyLogged]:
        await self._pass("backlog")
        await asyncio.sleep(READ_SECONDS)
        return await super().backlog(room, after, 1)  # so there are as many portions as messages

    async def page(self, query: PageQuery) -> Page:
        await self._pass("page")
        return await super().page(query)

    async def search(self, query: SearchQuery, windows: int) -> Page:
        await self._pass(query.words)
        page = await super().search(query, windows)
        return replace(page, reached=1_000_000) if query.words == "dear" else page


class BusyLoopLog(MemoryLog):
    """A log whose answers wait for the event loop, far longer than it took to find them."""

    def __init__(self) -> None:
        super().__init__()
        self.windows: list[int] = []

    async def search(self, query: SearchQuery, windows: int) -> Page:
        self.windows.append(windows)
        await asyncio.sleep(2 * searching.STEP_SECONDS)
        reached = None if len(self.windows) == STEPS else 1_000_000
        return replace(await super().search(query, windows), reached=reached)


def test_a_busy_event_loop_makes_a_search_take_no_smaller_steps() -> None:
    async def scene() -> list[int]:
        log = BusyLoopLog()
        reading = Reading(log, time.perf_counter, lambda: 0, ForgottenPeople())
        await reading.search(reading.asker("", lambda: False), SearchQuery(words="rare"))
        return log.windows

    first, growth = searching.WINDOWS_AT_FIRST, searching.GROWTH_MAX
    assert asyncio.run(scene()) == [first * growth**number for number in range(STEPS)]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> GatedLog:
    monkeypatch.setattr(searching, "SECONDS_MAX", 1000)  # the test takes its time
    log = GatedLog()
    now(log.append([said(f"hello {n}") for n in range(MESSAGES)]))
    return log


def until(condition: Callable[[], bool]) -> None:
    """Wait until `condition` holds, far longer than it should take."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.001)


def waiting(server: LocalServer, lane: str) -> int:
    return int(figures(server)[f"hubbub_reads_waiting/{lane}"])


def crowd(
    server: LocalServer, meet: Meet, log: GatedLog, lane: str, **command: object
) -> Sequence[EventPeer]:
    """Return peers that wait with `command`, after they have had two turns each."""
    peers = [meet(server, f"peer {n}") for n in range(CROWD)]
    for peer in peers:
        peer.tell(**command, ref="dear")
    until(lambda: waiting(server, lane) == CROWD - 1)
    for turns in range(1, 2 * CROWD + 1):
        log.let(1)
        until(lambda turns=turns: len(log.begun) == turns + 1)  # type: ignore[misc]
    until(lambda: waiting(server, lane) == CROWD - 1)
    return peers


def turns_until(log: GatedLog, what: str) -> int:
    """Return after how many more turns a read has begun; it waits already."""
    before = len(log.begun)
    for turns in range(1, 3 * CROWD):
        log.let(1)
        until(lambda turns=turns: len(log.begun) == before + turns)  # type: ignore[misc]
        if log.begun[-1] == what:
            return turns
    raise AssertionError("it never came to that")


def test_a_search_waits_for_one_turn_of_a_crowd_that_searches_dearly(
    log: GatedLog, meet: Meet
) -> None:
    with serving(QUICK, log) as server:
        crowd(server, meet, log, "searches", type="search", query="dear")
        honest = meet(server, "honest")
        honest.tell(type="search", query="hello", ref="h")
        until(lambda: waiting(server, "searches") == CROWD)
        assert turns_until(log, "hello") == 1
        log.let(1)
        assert honest.next("page", ref="h")["messages"]


def test_a_page_waits_for_one_turn_of_a_crowd_that_reads_from_the_beginning(
    log: GatedLog, meet: Meet
) -> None:
    with serving(QUICK, log) as server:
        crowd(server, meet, log, "pages", type="join", room="lobby", after=0)
        honest = meet(server, "honest")
        honest.tell(type="history", room="lobby", ref="h")
        until(lambda: waiting(server, "pages") == CROWD)
        assert turns_until(log, "page") == 1
        log.let(1)
        assert honest.next("page", ref="h")["messages"]


def test_a_crowd_that_reads_the_same_backlog_shares_what_is_read(log: GatedLog, meet: Meet) -> None:
    with serving(QUICK, log) as server:
        peers = [meet(server, f"peer {n}") for n in range(CROWD)]
        for peer in peers:
            peer.tell(type="join", room="lobby", after=0)
        until(lambda: waiting(server, "pages") == CROWD - 1)
        log.let(CROWD * MESSAGES)
        for peer in peers:
            assert [one["seq"] for one in peer.messages(MESSAGES)] == list(range(1, MESSAGES + 1))
        assert log.begun.count("backlog") < CROWD * MESSAGES / 4


def test_what_is_shared_is_as_it_reads_now(log: GatedLog, meet: Meet) -> None:
    log.let_all()
    with serving(QUICK, log) as server:
        ann, bob = meet(server, "ann"), meet(server, "bob", room=None)
        seq = ann.say_and_wait("a former text")
        for text in ("a former text", "another text"):
            bob.tell(type="join", room="lobby", after=seq - 1)
            assert bob.next("message", seq=seq)["text"] == text
            assert ann.ask(type="edit", room="lobby", seq=seq, text="another text")["type"] == "ok"


def test_pages_do_not_wait_for_searches(log: GatedLog, meet: Meet) -> None:
    with serving(QUICK, log) as server:
        crowd(server, meet, log, "searches", type="search", query="dear")
        honest = meet(server, "honest")
        honest.tell(type="history", room="lobby", ref="h")
        until(lambda: log.begun[-1] == "page")  # and nothing ended meanwhile


def test_searches_over_http_take_turns_with_others(log: GatedLog, meet: Meet) -> None:
    with serving(QUICK, log) as server:
        crowd(server, meet, log, "searches", type="search", query="dear")
        with socket.create_connection((server.host, server.port)) as visitor:
            visitor.sendall(b"GET /api/search?query=hello HTTP/1.1\r\nHost: localhost\r\n\r\n")
            until(lambda: waiting(server, "searches") == CROWD)
            assert turns_until(log, "hello") == 1
            log.let(1)
            visitor.settimeout(30)
            assert visitor.recv(100).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("protocol", ["events", "http"])
def test_nobody_is_searched_for_who_has_gone(log: GatedLog, meet: Meet, protocol: str) -> None:
    with serving(QUICK, log) as server:
        if protocol == "events":
            peer = EventPeer(server, "gone")
            peer.tell(type="search", query="dear")
            gone = peer.sock
        else:
            gone = socket.create_connection((server.host, server.port))
            gone.sendall(b"GET /api/search?query=dear HTTP/1.1\r\nHost: localhost\r\n\r\n")
        until(lambda: log.begun == ["dear"])
        log.let(1)
        until(lambda: log.begun == ["dear"] * 2)
        # A reset: after a mere end, the peer might still read the answer.
        gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        gone.close()
        ask(server, "/api")  # the server can know by now
        log.let(1)
        meet(server, "other").tell(type="search", query="hello")
        until(lambda: log.begun[-1] == "hello")
        assert log.begun == ["dear", "dear", "hello"]


def test_the_server_stops_while_a_crowd_searches(log: GatedLog, meet: Meet) -> None:
    with serving(QUICK, log) as server:
        crowd(server, meet, log, "searches", type="search", query="dear")
    assert "dear" in log.begun  # and it has stopped, though the read that had begun has not ended
