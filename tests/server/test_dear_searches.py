"""Dear searches of a real log: how many steps of theirs others wait for is counted."""

import asyncio
import threading
from contextvars import ContextVar
from pathlib import Path
from statistics import median

import pytest

from hubbub.chat.events import Page
from hubbub.chat.queries import SearchQuery
from hubbub.log.damage import Damage
from hubbub.log.sqlite import portions
from hubbub.log.sqlite.portions import fill_portion
from hubbub.log.sqlite.writer import Writer
from hubbub.server.fairness.reading import Asker, Reading
from hubbub.server.fairness.searching import Search
from hubbub.testing import LocalServer
from tests.faults.serving import ServerProcess
from tests.log.drafts import said
from tests.server.conftest import Meet, Serve
from tests.server.event_peer import EventPeer

MESSAGES = 20_000
CROWD = 20
DEAR = "a b c d e f g h i j k l m n o zz"
HONEST = "the"
LETTERS = "abcdefghijklmno"
SEARCHES = 20


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a log in which a search for `DEAR` has much to look at."""
    monkeypatch.setattr(portions, "WINDOW_WORDS", 256)
    writer, damage = Writer(tmp_path, "process"), Damage(tmp_path)
    connection = writer.open()
    for start in range(0, MESSAGES, 1000):
        told = range(start, start + 1000)
        texts = [" ".join(f"{letter}{n % 7}" for letter in LETTERS[n % 5 :]) for n in told]
        writer.commit(connection, [said(f"{HONEST} {text}") for text in texts])
        while fill_portion(writer, damage, connection):
            pass
    connection.close()
    return tmp_path


class Counted:
    """Counts what searches are made of, in the order of the server."""

    def __init__(self) -> None:
        self.dear: list[int] = []
        """The steps of each dear search that came to its end."""
        self.waited: list[int] = []
        """How many steps of dear ones came between an honest question and its first step."""
        self._steps = 0

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Count from now on."""
        search, step = Reading.search, Reading._step
        own: ContextVar[list[int]] = ContextVar("own")

        async def counted_search(reading: Reading, asker: Asker, query: SearchQuery) -> Page:
            mine: list[int] = []
            own.set(mine)
            begun, is_crowded = self._steps, reading.searches.waiting >= CROWD / 2
            page = await search(reading, asker, query)
            if query.words == DEAR:
                self.dear.append(len(mine))
            elif is_crowded:
                self.waited.append(mine[0] - begun)
            return page

        async def counted_step(reading: Reading, asker: Asker, its: Search) -> None:
            own.get().append(self._steps)
            self._steps += its.query.words == DEAR
            await step(reading, asker, its)

        monkeypatch.setattr(Reading, "search", counted_search)
        monkeypatch.setattr(Reading, "_step", counted_step)


def keep_searching(server: LocalServer, name: str, is_over: threading.Event) -> None:
    with EventPeer(server, name) as peer:
        while not is_over.is_set():
            peer.ask(type="search", query=DEAR)


@pytest.mark.usefixtures("folder")
def test_an_honest_search_does_not_wait_for_a_single_dear_one(
    serve: Serve, meet: Meet, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = Counted()
    counted.install(monkeypatch)
    with serve() as server:
        honest = meet(server, "honest")
        is_over = threading.Event()
        crowd = [
            threading.Thread(target=keep_searching, args=(server, f"dear {n}", is_over))
            for n in range(CROWD)
        ]
        for one in crowd:
            one.start()
        try:
            for _ in range(SEARCHES):
                honest.ask(type="search", query=HONEST)
        finally:
            is_over.set()
            for one in crowd:
                one.join()
    assert len(counted.waited) > SEARCHES / 2, "it would prove nothing"
    # In one queue for all, it would wait for twenty of them.
    assert median(counted.waited) < median(counted.dear)


def test_the_server_stops_while_a_crowd_searches_dearly(folder: Path, meet: Meet) -> None:
    with ServerProcess(folder, "[limits]\nshutdown_seconds = 1\n") as server:
        for n in range(CROWD):
            peer = meet(LocalServer(server.host, server.port), f"peer {n}")
            for _ in range(50):  # much longer than this test waits
                peer.tell(type="search", query=DEAR)
        server.stop()
        assert asyncio.run(server.exit_code()) == 0
