"""Rooms are called otherwise, and deleted, while people talk, scripts post, and the server dies."""

import os
import time
from pathlib import Path

from hubbub.testing import LocalServer
from tests.server.conftest import Meet, Serve
from tests.server.event_peer import EventPeer
from tests.server.http.asking import PATIENCE_SECONDS, ask
from tests.server.test_moderation import known


def owner(meet: Meet, server: LocalServer) -> EventPeer:
    """Have somebody come who has opened the room `plans`."""
    host = known(meet, server, "host")
    host.ask(type="join", room="plans", epoch="")
    host.ask(type="say", room="plans", text="at noon")
    return host


def test_a_script_finds_a_room_by_its_title_and_by_its_name(serve: Serve, meet: Meet) -> None:
    with serve() as server:
        host = owner(meet, server)
        assert host.ask(type="rules", room="plans", title="plans-2027")["type"] == "ok"
        for called in ("plans", "Plans-2027"):
            posted = ask(server, f"/api/rooms/{called}/messages", {"text": called})
            assert (posted.status, posted.json["room"]) == (201, "plans")
            page = ask(server, f"/api/rooms/{called}/messages?limit=1").json
            assert page["messages"][0]["text"] == called
            search = f"/api/search?query=noon&room={called}"
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not (found := ask(server, search).json["messages"]):  # indexed within a second
                assert time.monotonic() < deadline
                time.sleep(0.05)
            assert [one["text"] for one in found] == ["at noon"]
        listed = {one["room"]: one for one in ask(server, "/api/rooms").json["rooms"]}
        assert listed["plans"]["title"] == "plans-2027"
        assert "title" not in listed["lobby"]
        assert ask(server, "/api/rooms/plans-2028/messages").status == 404


def test_a_deleted_room_is_gone_for_everybody_and_for_good(
    serve: Serve, meet: Meet, tmp_path: Path
) -> None:
    with serve() as server:
        host = owner(meet, server)
        hook = host.ask(type="hook", room="plans", name="ci")["hook"]
        assert ask(server, f"/hooks/{hook}", {"text": "green"}).status == 200
        bob = meet(server, "bob", room=None)
        room = bob.ask(type="join", room="plans", epoch="")
        assert host.ask(type="delete_room", room="plans")["type"] == "ok"
        assert bob.next("removed")["gone"] is True
        assert ask(server, "/api/rooms/plans/messages").status == 404
        assert ask(server, f"/hooks/{hook}", {"text": "red"}).json["code"] == "no_such_hook"
        assert bob.ask(type="search", query="noon")["messages"] == []
        back = {"type": "join", "room": "plans", "after": room["last"], "epoch": room["epoch"]}
        assert bob.ask(**back)["code"] == "no_such_room"
        assert bob.ask(type="join", room="plans")["last"] == 0
        assert bob.ask(type="say", room="plans", text="anew")["type"] == "ok"
    with serve() as server:
        page = ask(server, "/api/rooms/plans/messages").json
        assert [one["text"] for one in page["messages"]] == ["anew"]
        bob = meet(server, "bob", room=None)
        assert bob.ask(**back)["replaced"] is True
    held = b"".join(Path(one).read_bytes() for one in os.scandir(tmp_path) if one.is_file())
    assert b"at noon" not in held
