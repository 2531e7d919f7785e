"""Dear searches of a real log: the figures are compared with others of the same run."""

import asyncio
import statistics
import threading
import time
from pathlib import Path

import pytest

from hubbub.log.damage import Damage
from hubbub.log.sqlite import portions
from hubbub.log.sqlite.portions import fill_portion
from hubbub.log.sqlite.writer import Writer
from hubbub.testing import LocalServer
from tests.faults.serving import ServerProcess
from tests.log.drafts import said
from tests.server.conftest import Meet, Serve
from tests.server.event_peer import EventPeer

MESSAGES = 20_000
CROWD = 20
DEAR = "a b c d e f g h i j k l m n o zz"
LETTERS = "abcdefghijklmno"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a log in which a search for `DEAR` has much to look at."""
    monkeypatch.setattr(portions, "WINDOW_WORDS", 256)
    writer, damage = Writer(tmp_path, "process"), Damage(tmp_path)
    connection = writer.open()
    for start in range(0, MESSAGES, 1000):
        told = range(start, start + 1000)
        texts = [" ".join(f"{letter}{n % 7}" for letter in LETTERS[n % 5 :]) for n in told]
        writer.commit(connection, [said(f"the {text}") for text in texts])
        while fill_portion(writer, damage, connection):
            pass
    connection.close()
    return tmp_path


def seconds_of(peer: EventPeer, query: str, times: int = 1) -> float:
    """Return how long the peer waits for the answer to a search, as a rule."""
    taken = []
    for _ in range(times):
        started = time.monotonic()
        peer.ask(type="search", query=query)
        taken.append(time.monotonic() - started)
    return statistics.median(taken)


def keep_searching(server: LocalServer, name: str, is_over: threading.Event) -> None:
    with EventPeer(server, name) as peer:
        while not is_over.is_set():
            peer.ask(type="search", query=DEAR)


@pytest.mark.usefixtures("folder")
def test_an_honest_search_does_not_wait_for_a_single_dear_one(serve: Serve, meet: Meet) -> None:
    with serve() as server:
        honest = meet(server, "honest")
        alone = seconds_of(honest, "the", 15)
        dear = seconds_of(honest, DEAR)
        assert alone < dear / 4, "it would prove nothing"
        is_over = threading.Event()
        crowd = [
            threading.Thread(target=keep_searching, args=(server, f"dear {n}", is_over))
            for n in range(CROWD)
        ]
        for one in crowd:
            one.start()
        try:
            beside = seconds_of(honest, "the", 15)
        finally:
            is_over.set()
            for one in crowd:
                one.join()
    # In one queue for all, it would wait for twenty of them.
    assert beside < dear


def test_the_server_stops_while_a_crowd_searches_dearly(folder: Path, meet: Meet) -> None:
    with ServerProcess(folder, "[limits]\nshutdown_seconds = 1\n") as server:
        for n in range(CROWD):
            peer = meet(LocalServer(server.host, server.port), f"peer {n}")
            for _ in range(50):  # much longer than this test waits
                peer.tell(type="search", query=DEAR)
        server.stop()
        assert asyncio.run(server.exit_code()) == 0
