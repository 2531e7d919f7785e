"""`/api/admin`: the verbs of the control socket, with the token of a bot that is an operator."""

from collections.abc import Iterator

import pytest

from hubbub.server.control.verbs import VERBS
from hubbub.testing import LocalServer, serving
from tests.server.event_peer import EventPeer
from tests.server.http.asking import ask


@pytest.fixture
def operated() -> Iterator[tuple[LocalServer, EventPeer]]:
    with serving() as server, EventPeer(server, "olga", room=None) as olga:
        olga.ask(type="identify", device="o" * 22)
        yield server, olga


def bearer(olga: EventPeer, name: str, *scopes: str, operator: bool = True) -> dict[str, str]:
    token = olga.ask(type="token", name=name, scopes=list(scopes))["token"]
    if operator:
        assert olga.ask(type="appoint", name=name, role="operator")["type"] == "ok"
    return {"Authorization": f"Bearer {token}"}


def test_a_bot_that_is_an_operator_runs_the_server(
    operated: tuple[LocalServer, EventPeer],
) -> None:
    server, olga = operated
    deploy = bearer(olga, "deploy", "admin", "read")
    status = ask(server, "/api/admin/status", {}, **deploy)
    assert (status.status, status.json["people"]) == (200, 1)
    with EventPeer(server, "eve") as eve:
        kicked = ask(server, "/api/admin/kick", {"name": "eve", "reason": "too loud"}, **deploy)
        assert kicked.json["type"] == "ok"
        assert "too loud" in eve.next("bye")["reason"]
    bans = ask(server, "/api/admin/bans", {}, **deploy).json
    assert bans["bans"][0]["by"] == "deploy"
    made = ask(server, "/api/admin/token", {"name": "ci", "scopes": ["read"]}, **deploy).json
    assert made["token"].startswith("hb_")


def test_others_may_not(operated: tuple[LocalServer, EventPeer]) -> None:
    server, olga = operated
    reads = bearer(olga, "reader", "read", "write")
    assert ask(server, "/api/admin/status", {}, **reads).refusal == (403, "forbidden")
    no_operator = bearer(olga, "helper", "admin", operator=False)
    assert ask(server, "/api/admin/status", {}, **no_operator).refusal == (403, "forbidden")
    assert ask(server, "/api/admin/status", {}).refusal == (403, "forbidden")
    wrong = {"Authorization": f"Bearer hb_{'x' * 22}"}
    assert ask(server, "/api/admin/status", {}, **wrong).refusal == (401, "wrong_token")


def test_what_is_wrong_is_said(operated: tuple[LocalServer, EventPeer]) -> None:
    server, olga = operated
    deploy = bearer(olga, "deploy", "admin")
    assert ask(server, "/api/admin/kik", {}, **deploy).refusal == (404, "not_found")
    assert ask(server, "/api/admin/say", {}, **deploy).refusal == (404, "not_found")
    assert ask(server, "/api/admin/kick", {}, **deploy).refusal == (400, "bad_command")
    assert ask(server, "/api/admin/kick", [1], **deploy).refusal == (400, "bad_command")
    no_text = b'{"name":"\xff"}'
    assert ask(server, "/api/admin/kick", no_text, **deploy).refusal == (400, "bad_command")
    assert ask(server, "/api/admin/kick", {"name": "eve"}, **deploy).refusal == (404, "not_here")


def test_the_verbs_are_listed(hubbub_server: LocalServer) -> None:
    listed = ask(hubbub_server, "/api/admin").json
    assert listed == [f"POST /api/admin/{verb}" for verb in sorted(VERBS)]
