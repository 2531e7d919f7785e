"""While the log fails, members are told so, and nothing else ends; the operator learns why."""

from collections.abc import Sequence

import pytest

from hubbub.chat.errors import Damaged, LogError
from hubbub.chat.events import Entry, Message, Page
from hubbub.chat.queries import PageQuery
from hubbub.log.memory import MemoryLog
from hubbub.testing import serving
from tests.server.conftest import Connect, Meet
from tests.server.http.asking import ask

CAUSE = "The disk with /home/operator/chat is full."


class FailingLog(MemoryLog):
    """Neither writes nor reads while it fails."""

    failing = True

    async def append(self, drafts: Sequence[Entry]) -> list[int]:
        if self.failing:
            raise LogError(CAUSE)
        return await super().append(drafts)

    async def page(self, query: PageQuery) -> Page:
        if self.failing:
            raise LogError(CAUSE)
        return await super().page(query)


def test_members_are_told_and_go_on_when_the_log_does(
    meet: Meet, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    log = FailingLog()
    with serving(log=log) as server:
        ann, bob = meet(server, "ann"), connect(server, "bob")
        for command in (
            {"type": "say", "room": "lobby", "text": "lost?", "nonce": "n"},
            {"type": "history", "room": "lobby"},
        ):
            answer = ann.ask(**command)
            assert answer["code"] == "log_unavailable"
            assert "operator" not in answer["message"]
            assert "Try again" in answer["message"]
        bob.say("lost?")
        assert bob.pair()[1].startswith("Nothing was posted: ")
        log.failing = False
        assert ann.say_and_wait("lost?", nonce="n") == 1
        assert [one["text"] for one in ann.ask(type="history", room="lobby")["messages"]] == [
            "lost?"
        ]
        assert bob.pair() == ("ann", "lost?")
    assert CAUSE in caplog.text


def test_the_health_check_fails_with_the_log(connect: Connect) -> None:
    log = FailingLog()
    with serving(log=log) as server:
        for failing, status in ((True, b"503"), (False, b"200")):
            log.failing = failing
            visitor = connect(server)
            visitor.send(b"GET /healthz HTTP/1.0\r\n\r\n")
            assert visitor.rest().split(b" ")[1] == status


def test_a_request_that_is_repeated_with_its_key_posts_once() -> None:
    log = FailingLog()
    posted: list[int] = []
    with serving(log=log) as server:
        for number in range(3):
            body, key = {"text": f"text {number}", "name": "ci"}, f"key {number}"
            log.failing = True
            for _ in range(2):
                answer = ask(server, "/api/rooms/lobby/messages", body, Idempotency_Key=key)
                assert answer.refusal == (503, "log_unavailable")
                assert int(answer.headers["retry-after"]) > 0
            log.failing = False
            for _ in range(2):  # the first answer is lost on its way
                answer = ask(server, "/api/rooms/lobby/messages", body, Idempotency_Key=key)
                posted.append(answer.json["seq"])
    assert posted == [1, 1, 2, 2, 3, 3]


class PartlyDamagedLog(MemoryLog):
    """Cannot take what would have to be written to a damaged place."""

    async def append(self, drafts: Sequence[Entry]) -> list[int]:
        if any(isinstance(draft, Message) and draft.text == "no place" for draft in drafts):
            raise Damaged(CAUSE)
        return await super().append(drafts)


def test_who_meets_damage_alone_is_told_that_it_lasts_and_nobody_else_is(
    meet: Meet, connect: Connect
) -> None:
    with serving(log=PartlyDamagedLog()) as server:
        ann, bob = meet(server, "ann"), meet(server, "bob")
        for person in (ann, bob):
            person.ask(type="join", room="lobby")
        answer = ann.ask(type="say", room="lobby", text="no place", nonce="1")
        assert answer["code"] == "damaged"
        assert answer["message"].endswith("in its journal.")
        assert ann.say_and_wait("a place", nonce="2") == 1
        assert bob.say_and_wait("mine, too", nonce="3") == 2
