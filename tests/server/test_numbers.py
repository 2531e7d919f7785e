"""Numbers at the ends of what the protocol allows, as far as the log and back."""

import itertools
from collections.abc import Iterator

import pytest

from hubbub.testing import LocalServer
from tests.server.conftest import Meet, Serve
from tests.server.http.asking import ask

ENDS = [0, 1, 2, 2**31, 2**32, 2**53, 2**53 + 1, 2**63 - 2, 2**63 - 1]


@pytest.fixture
def server(serve: Serve) -> Iterator[LocalServer]:
    with serve(messages_per_second=0) as server:
        yield server


def test_every_seq_that_a_command_may_name_is_answered(server: LocalServer, meet: Meet) -> None:
    ann = meet(server, "ann", room="lobby")
    ann.ask(type="say", room="lobby", text="hello")
    for seq in ENDS:
        for command in ("edit", "delete", "react", "seen"):
            answer = ann.ask(type=command, room="lobby", seq=seq, text="x", emoji="x")
            assert answer["type"] in ("ok", "error")
            assert answer.get("code") in (None, "no_such_message")
        for fields in ({"before": seq}, {"after": seq}):
            for limit in (1, 200):
                assert (
                    ann.ask(type="history", room="lobby", limit=limit, **fields)["type"] == "page"
                )
        assert ann.ask(type="search", query="hello", before=seq)["type"] == "page"
        assert ann.ask(type="say", room="lobby", text="x", reply_to=seq)["type"] in ("ok", "error")
        for epoch in ({}, {"epoch": ""}, {"epoch": "unknown"}):
            assert ann.ask(type="join", room="lobby", after=seq, **epoch)["type"] == "room"
    assert ann.ask(type="ping")["type"] == "ok"


def test_every_seq_that_a_request_may_name_is_answered(server: LocalServer) -> None:
    ask(server, "/api/rooms/lobby/messages", {"text": "hello"})
    places = ("/api/rooms/lobby/messages?", "/api/search?query=hello&")
    for place, name, seq in itertools.product(places, ("before", "after"), ENDS):
        assert ask(server, f"{place}{name}={seq}").status == 200
    for beyond in ("-1", f"{2**63}", f"{2**64}", f"{10**30}", "9" * 5000):
        answer = ask(server, f"/api/rooms/lobby/messages?after={beyond}")
        assert answer.refusal == (400, "bad_command")
