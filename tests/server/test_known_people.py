"""People who are known on a real server: found after a restart, and never taken for nobody."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.server.conftest import Meet, Serve
from tests.server.event_peer import JSON, EventPeer

ANN, BOB = (f"the-device-of-{name}-that-stays" for name in ("ann", "bob"))


def identified(peer: EventPeer, device: str) -> JSON:
    return peer.ask(type="identify", device=device)


def test_people_are_known_again_by_device_name_and_looks_after_a_restart(
    serve: Serve, meet: Meet
) -> None:
    with serve() as server:
        first = identified(meet(server, "Ann", room=None), ANN)
    with serve() as server:
        peer = meet(server, "somebody", room=None)
        again = identified(peer, ANN)
        assert again["name"] == "Ann"
        assert again["person"] == first["person"]
    with serve() as server:
        assert meet(server, "ann", room=None).welcome["held"]
        alike = meet(server, "\u0410nn", room=None).welcome  # a Cyrillic letter
        assert alike["type"] == "error"
        assert (alike["code"], "looks like 'Ann'" in alike["message"]) == ("name_taken", True)
        assert meet(server, "bob").welcome["type"] == "welcome"


def test_a_person_whom_the_disk_damaged_is_nobody_elses_and_others_come_in(
    serve: Serve, meet: Meet, tmp_path: Path
) -> None:
    with serve() as server:
        identified(meet(server, "ann", room=None), ANN)
        identified(meet(server, "bob", room=None), BOB)
    (path,) = tmp_path.rglob("hubbub.db")
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE facts SET body = replace(body, '\"ann\"', '\"eve\"')")
    with serve() as server:
        refusal = meet(server, "ann", room=None).welcome
        assert (refusal["type"], refusal["code"]) == ("error", "damaged")
        peer = meet(server, "cat", room=None)
        refusal = identified(peer, ANN)
        assert (refusal["type"], refusal["code"]) == ("error", "damaged")
        assert identified(peer, BOB)["name"] == "bob", "the session goes on"
        peer.ask(type="join", room="lobby")
        peer.say_and_wait("hello")
