"""While the log fails, members are told so, and nothing else ends; the operator learns why."""

from collections.abc import Sequence

import pytest

from hubbub.chat.errors import LogError
from hubbub.chat.events import AnyLogged, Page
from hubbub.chat.queries import PageQuery
from hubbub.log.memory import MemoryLog
from hubbub.testing import serving
from tests.server.conftest import Connect, Meet

CAUSE = "The disk with /home/operator/chat is full."


class FailingLog(MemoryLog):
    """Neither writes nor reads while it fails."""

    failing = True

    async def append(self, drafts: Sequence[AnyLogged]) -> list[int]:
        if self.failing:
            raise LogError(CAUSE)
        return await super().append(drafts)

    async def page(self, query: PageQuery) -> Page:
        if self.failing:
            raise LogError(CAUSE)
        return await super().page(query)


def test_members_are_told_and_go_on_when_the_log_does(
    meet: Meet, connect: Connect, capfd: pytest.CaptureFixture[str]
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
    assert CAUSE in "".join(capfd.readouterr())


def test_the_health_check_fails_with_the_log(connect: Connect) -> None:
    log = FailingLog()
    with serving(log=log) as server:
        for failing, status in ((True, b"503"), (False, b"200")):
            log.failing = failing
            visitor = connect(server)
            visitor.send(b"GET /healthz HTTP/1.0\r\n\r\n")
            assert visitor.rest().split(b" ")[1] == status
