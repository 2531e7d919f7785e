"""What is answered when the log cannot be used, or when the fault is ours."""

from collections.abc import Sequence

import pytest

from hubbub.chat.errors import LogError
from hubbub.chat.events import Entry, Page
from hubbub.chat.queries import PageQuery, SearchQuery
from hubbub.log.memory import MemoryLog
from hubbub.testing import serving
from tests.server.http.asking import ask

MESSAGES = "/api/rooms/lobby/messages"
CAUSE = "/srv/log is on fire"
"""For the operator's eyes only: it names the server's folders."""


class BrokenLog(MemoryLog):
    """Fails at everything it is asked for."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    async def append(self, _drafts: Sequence[Entry]) -> list[int]:
        raise self._error

    async def page(self, _query: PageQuery) -> Page:
        raise self._error

    async def search(self, _query: SearchQuery, _windows: int) -> Page:
        raise self._error


@pytest.mark.parametrize("path", [MESSAGES, "/api/search?query=x"])
@pytest.mark.parametrize(
    ("error", "refusal"),
    [
        (LogError(CAUSE), (503, "log_unavailable")),
        (RuntimeError(CAUSE), (500, "server_fault")),
    ],
)
def test_what_cannot_be_read_is_said_without_the_cause(
    path: str, error: Exception, refusal: tuple[int, str], caplog: pytest.LogCaptureFixture
) -> None:
    with serving(log=BrokenLog(error)) as server:
        answer = ask(server, path)
        assert answer.refusal == refusal
        assert CAUSE.encode() not in answer.body
        assert ("retry-after" in answer.headers) == (answer.status == 503)
        assert answer.headers["content-security-policy"]
        assert ask(server, "/api/rooms").status == 200
    assert CAUSE in caplog.text, "the operator is told"


def test_what_cannot_be_committed_is_not_posted() -> None:
    with serving(log=BrokenLog(LogError(CAUSE))) as server:
        answer = ask(server, MESSAGES, {"text": "x"}, Idempotency_Key="k")
        assert answer.refusal == (503, "log_unavailable")
        assert CAUSE.encode() not in answer.body
        assert answer.headers["retry-after"]
        assert ask(server, "/healthz").status == 503
        assert ask(server, "/api/rooms").json["rooms"][0]["last"] == 0
