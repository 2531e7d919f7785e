"""SIGKILL in the midst of uploads, and between an upload and its message."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hubbub.testing import LocalServer
from tests.faults.serving import ServerProcess
from tests.server.event_peer import EventPeer
from tests.server.files.sharing import begin, get, kept, offset_of, patch, share, until, upload

CONTENT = bytes(range(256)) * 8192
DEVICE = "the-device-of-somebody-called-ann"


@contextmanager
def ann_at(server: ServerProcess) -> Iterator[tuple[LocalServer, EventPeer]]:
    """Give where a server is, and somebody there whom it knows."""
    place = LocalServer(server.host, server.port)
    with EventPeer(place, "ann", room=None) as ann:
        ann.tell(type="identify", device=DEVICE)
        ann.welcome = ann.next("welcome")
        ann.ask(type="join", room="lobby")
        yield place, ann


def test_what_was_seen_is_there_and_what_was_begun_goes_on(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data") as server:
        with ann_at(server) as (place, ann):
            seq, seen = share(place, ann, CONTENT[:300_000], nonce="n")
            whole = upload(place, ann, b"whole, and in no message")
            begun = begin(ann, len(CONTENT))
            assert patch(place, begun["address"], 0, CONTENT[:600_000]).status == 204
            server.kill()
        server.start()
        with ann_at(server) as (place, ann):
            assert get(place, seen).body == CONTENT[:300_000]
            again = ann.ask(type="say", room="lobby", text="", files=[seen["id"]], nonce="n")
            assert again["seq"] == seq
            reached = offset_of(place, begun["address"])
            assert reached == 600_000
            file = patch(place, begun["address"], reached, CONTENT[reached:]).json["file"]
            assert file["sha256"] == hashlib.sha256(CONTENT).hexdigest()
            said = ann.ask(type="say", room="lobby", text="", files=[file["id"], whole["id"]])
            assert said["type"] == "ok"
            assert get(place, file).body == CONTENT
            assert get(place, whole).body == b"whole, and in no message"


def test_what_was_deleted_goes_even_if_the_server_is_killed_at_once(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with ServerProcess(data) as server:
        with ann_at(server) as (place, ann):
            seq, file = share(place, ann, CONTENT)
            _, stays = share(place, ann, b"stays")
            assert ann.ask(type="delete", room="lobby", seq=seq)["type"] == "ok"
            server.kill()
        server.start()
        with ann_at(server) as (place, _):
            assert get(place, file).status == 404
            until(lambda: kept(data) == {stays["sha256"]}, "its bytes are gone")
