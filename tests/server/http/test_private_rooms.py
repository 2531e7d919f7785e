"""Private rooms over HTTP: for bots that are let in, and for webhooks of people who are."""

import urllib.parse

from hubbub.testing import LocalServer
from tests.server.conftest import Meet
from tests.server.http.asking import ask

MESSAGES = "/api/rooms/plans/messages"
NOT_LET_IN = (403, "forbidden")


def test_a_private_room_is_not_there_for_scripts_but_for_bots_that_are_let_in(
    hubbub_server: LocalServer, meet: Meet
) -> None:
    ann = meet(hubbub_server, "ann", room=None)
    ann.ask(type="identify", device="a" * 22)
    ann.ask(type="join", room="plans")
    ann.ask(type="say", room="plans", text="the party is on Friday")
    ann.ask(type="rules", room="plans", private=True)
    token = ann.ask(type="token", name="builds", scopes=["read", "write"])["token"]
    bearer = f"Bearer {token}"
    hook = ann.ask(type="hook", room="plans", name="calendar")["hook"]

    for given in ({}, {"Authorization": bearer}):
        assert ask(hubbub_server, MESSAGES, **given).refusal == NOT_LET_IN
        assert ask(hubbub_server, MESSAGES, {"text": "me, too"}, **given).refusal == NOT_LET_IN
        assert ask(hubbub_server, "/api/search?query=party&room=plans", **given).refusal == (
            NOT_LET_IN
        )
        assert ask(hubbub_server, "/api/search?query=party", **given).json["messages"] == []
        listed = ask(hubbub_server, "/api/rooms", **given).json["rooms"]
        assert "plans" not in [one["room"] for one in listed]

    ann.ask(type="add", room="plans", name="builds")
    assert ask(hubbub_server, MESSAGES, {"text": "we build"}, Authorization=bearer).status == 201
    (message, *_) = ask(hubbub_server, MESSAGES, Authorization=bearer).json["messages"]
    assert message["text"] == "the party is on Friday"
    listed = ask(hubbub_server, "/api/rooms", Authorization=bearer).json["rooms"]
    assert next(one for one in listed if one["room"] == "plans")["private"] is True

    secret = urllib.parse.quote(hook)
    assert ask(hubbub_server, f"/hooks/{secret}", {"text": "at eight"}).status == 200
    ann.ask(type="kick", room="plans", name="ann")
    assert ask(hubbub_server, f"/hooks/{secret}", {"text": "at nine"}).refusal == NOT_LET_IN
