"""What bots say to one person over HTTP: heard by them alone, at once or when they come back."""

from typing import Any

import pytest

from hubbub.hub.shares import unanswered
from hubbub.testing import LocalServer
from tests.server.conftest import Meet, Serve
from tests.server.event_peer import EventPeer
from tests.server.http.asking import Answer, ask
from tests.server.test_private_talk import known


def to(server: LocalServer, name: str, text: str, **headers: str) -> Answer:
    return ask(server, f"/api/people/{name}/messages", {"text": text}, **headers)


def bearer_of(operator: EventPeer, *scopes: str) -> dict[str, str]:
    token = operator.ask(type="token", name="nagios", scopes=scopes or ["write"])["token"]
    return {"Authorization": f"Bearer {token}"}


def history(peer: EventPeer, room: str) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = peer.ask(type="history", room=room)["messages"]
    return messages


def test_somebody_away_finds_what_a_bot_said_to_them_after_a_restart(
    serve: Serve, meet: Meet
) -> None:
    with serve() as server:
        olga = known(meet(server, "olga", room=None), "olga")
        with EventPeer(server, "ben", room=None) as ben:
            known(ben, "ben")
        bearer = bearer_of(olga)
        answer = to(server, "Ben", "the disk is full", **bearer)
        assert answer.status == 201
        assert answer.json["room"].startswith("@")
        assert olga.ask(type="conversations")["conversations"] == []
        assert olga.ask(type="search", query="disk")["messages"] == []
        assert ask(server, "/api/mentions").refusal == (403, "forbidden")
    with serve() as server:
        again = known(meet(server, "ben", room=None), "ben")
        unasked = again.next("room", room=answer.json["room"])
        assert unasked["direct"] == ["nagios", "ben"]
        (message,) = history(again, unasked["room"])
        assert (message["from"], message["text"]) == ("nagios", "the disk is full")
        assert message["seq"] == answer.json["seq"]
        later = to(server, "ben", "and now it is not", **bearer)
        assert later.json["room"] == answer.json["room"]
        assert again.next("message")["text"] == "and now it is not"
        assert again.ask(type="say", room=unasked["room"], text="thanks")["type"] == "ok"


def test_somebody_passing_hears_a_bot_while_they_are_here(
    hubbub_server: LocalServer, meet: Meet
) -> None:
    bearer = bearer_of(known(meet(hubbub_server, "olga", room=None), "olga"))
    ben = EventPeer(hubbub_server, "ben")
    answer = to(hubbub_server, "ben", "psst", **bearer)
    assert answer.status == 201
    heard = ben.next("message")
    assert (heard["room"], heard["text"]) == (answer.json["room"], "psst")
    ben.leave()
    assert to(hubbub_server, "ben", "psst", **bearer).refusal == (404, "not_here")


def test_a_request_that_is_repeated_says_it_once(hubbub_server: LocalServer, meet: Meet) -> None:
    olga = known(meet(hubbub_server, "olga", room=None), "olga")
    bearer = bearer_of(olga)
    answers = [
        to(hubbub_server, "olga", "once", Idempotency_Key="alarm-1", **bearer) for _ in range(2)
    ]
    assert [one.status for one in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert [one["text"] for one in history(olga, answers[0].json["room"])] == ["once"]


def test_what_cannot_be_said_in_private_is_refused_with_a_sentence(
    hubbub_server: LocalServer, meet: Meet
) -> None:
    olga = known(meet(hubbub_server, "olga", room=None), "olga")
    bearer, reads = bearer_of(olga), bearer_of(olga, "read")
    nameless = to(hubbub_server, "olga", "psst")
    assert nameless.refusal == (403, "forbidden")
    assert nameless.json["detail"] == (
        "Only a bot can talk to somebody in private over HTTP: nobody else could be answered. "
        "Send its token."
    )
    assert to(hubbub_server, "olga", "psst", **reads).refusal == (403, "forbidden")
    assert to(hubbub_server, "nobody", "psst", **bearer).refusal == (404, "not_here")
    assert to(hubbub_server, "olga", "\x07", **bearer).refusal == (400, "empty")
    assert olga.ask(type="conversations")["conversations"] == []


def test_a_bot_that_nobody_answers_waits_before_it_speaks_to_more_people(
    hubbub_server: LocalServer, meet: Meet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unanswered, "OF_PERSON_MAX", 2)
    bearer = bearer_of(known(meet(hubbub_server, "olga", room=None), "olga"))
    people = {name: known(meet(hubbub_server, name, room=None), name) for name in ("a", "b", "c")}
    rooms = [to(hubbub_server, name, "psst", **bearer).json["room"] for name in ("a", "b")]
    assert to(hubbub_server, "c", "psst", **bearer).refusal == (503, "too_many_rooms")
    assert to(hubbub_server, "a", "psst again", **bearer).status == 201
    assert people["b"].ask(type="say", room=rooms[1], text="yes?")["type"] == "ok"
    assert to(hubbub_server, "c", "psst", **bearer).status == 201
