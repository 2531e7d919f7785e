"""`/readyz` says what keeps people from talking, and takes it back by itself."""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event, Thread

import pytest

from hubbub.chat.errors import LogError
from hubbub.chat.events import Entry, Page
from hubbub.chat.queries import PageQuery
from hubbub.log.memory import MemoryLog
from hubbub.server import heartbeat, readiness
from hubbub.server.sessions import commits
from hubbub.testing import LocalServer, serving
from tests.server.conftest import Meet, Serve, WaitingLog
from tests.server.http.asking import Answer, ask
from tests.server.http.test_metrics import figures

PATIENCE_SECONDS = 30.0
CAUSE = "The disk with /home/operator/chat is full."
MESSAGES = "/api/rooms/lobby/messages"


def until(server: LocalServer, accepts: Callable[[Answer], bool]) -> Answer:
    """Ask whether the server is ready until the answer is as it should be."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not accepts(answer := ask(server, "/readyz")):
        assert time.monotonic() < deadline, answer
        time.sleep(0.01)
    return answer


def test_a_quiet_server_is_ready(hubbub_server: LocalServer) -> None:
    assert until(hubbub_server, lambda answer: answer.status == 200).body == b"ok\n"
    assert figures(hubbub_server)["hubbub_posting_fails"] == 0


class UnwritableLog(MemoryLog):
    failing = True

    async def append(self, drafts: Sequence[Entry]) -> list[int]:
        await self.try_writing()
        return await super().append(drafts)

    async def try_writing(self) -> None:
        if self.failing:
            raise LogError(CAUSE)


def test_it_says_that_nothing_can_be_posted_until_something_can(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(commits, "RETRY_SECONDS", 0.02)
    log = UnwritableLog()
    with serving(log=log) as server:
        assert ask(server, MESSAGES, {"text": "x"}).status == 503
        answer = ask(server, "/readyz")
        assert answer.refusal == (503, "not_ready")
        assert answer.json["detail"].startswith("Nothing can be posted: ")
        assert "operator" not in answer.json["detail"]
        after = figures(server)
        assert (after["hubbub_posting_fails"], after["hubbub_ready"]) == (1, 0)
        assert after["hubbub_commits_failed_total"] == 1
        log.failing = False
        until(server, lambda answer: answer.status == 200)  # and nobody posted meanwhile
        assert figures(server)["hubbub_posting_fails"] == 0
        assert ask(server, MESSAGES, {"text": "x"}).status == 201


def test_it_sees_that_the_log_is_gone_before_anybody_posts(serve: Serve, tmp_path: Path) -> None:
    with serve() as server:
        assert ask(server, MESSAGES, {"text": "x"}).status == 201
        for file in tmp_path.glob("hubbub.db*"):
            file.unlink()
        answer = ask(server, "/readyz")
        assert answer.refusal == (503, "not_ready")
        assert "Nothing can be posted: " in answer.json["detail"]
        assert figures(server)["hubbub_posting_fails"] == 1


def test_it_sees_that_the_disk_is_nearly_full_before_anybody_posts(serve: Serve) -> None:
    with serve(disk_free_bytes_min=2**60) as server:
        assert ask(server, "/readyz").refusal == (503, "not_ready")


def test_it_says_that_a_commit_does_not_end(monkeypatch: pytest.MonkeyPatch, meet: Meet) -> None:
    monkeypatch.setattr(readiness, "COMMIT_SECONDS_MAX", 0.1)
    log = WaitingLog()
    with serving(log=log) as server:
        ann = meet(server, "ann")
        ann.tell(type="say", room="lobby", text="x", ref="said")
        answer = until(server, lambda answer: answer.status == 503)
        assert "a commit has been under way for 0." in answer.json["detail"]
        log.allow()
        ann.next("ok", ref="said")
        until(server, lambda answer: answer.status == 200)


class StuckLog(MemoryLog):
    """Reads pages when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.may_read = Event()

    async def page(self, query: PageQuery) -> Page:
        await asyncio.to_thread(self.may_read.wait, PATIENCE_SECONDS)
        return await super().page(query)


def test_it_says_that_the_reader_is_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "READ_SECONDS_MAX", 0.1)
    log = StuckLog()
    with serving(log=log) as server:
        askers = [Thread(target=ask, args=(server, MESSAGES)) for _ in range(2)]
        for asker in askers:
            asker.start()
        try:
            answer = until(server, lambda answer: answer.status == 503)
            assert "behind with history, by 0." in answer.json["detail"]
            assert figures(server)["hubbub_reads_waiting/pages"] == 1
        finally:
            log.may_read.set()
            for asker in askers:
                asker.join(PATIENCE_SECONDS)
        until(server, lambda answer: answer.status == 200)


class HoggingLog(MemoryLog):
    """Reads pages in the event loop, slowly."""

    async def page(self, query: PageQuery) -> Page:
        time.sleep(heartbeat.STALL_SECONDS * 4)  # noqa: ASYNC251 (this is the stall)
        return await super().page(query)


def test_it_says_that_the_event_loop_stood_still_and_where(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(readiness, "STALLED_SECONDS_MAX", heartbeat.STALL_SECONDS / 2)
    monkeypatch.setattr(heartbeat, "_PACKAGE", f"{Path(__file__).parent}/")
    with serving(log=HoggingLog()) as server:
        assert ask(server, MESSAGES).status == 200
        answer = until(server, lambda answer: answer.status == 503)
        assert "The event loop stood still for" in answer.json["detail"]
        assert "seconds, last in test_readiness.py page." in answer.json["detail"]
        seen = figures(server)
        assert seen["hubbub_loop_stalls_total/test_readiness.py page"] == 1
        assert seen["hubbub_loop_stalled_seconds_total"] > heartbeat.STALL_SECONDS
