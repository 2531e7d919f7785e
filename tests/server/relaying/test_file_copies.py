"""Files that a relay keeps for when it is alone: whose they are, how many, and how long."""

import asyncio
import errno
import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from hubbub.chat.errors import LogError
from hubbub.server.config import Config
from hubbub.server.files.store import Store
from hubbub.server.relaying import file_copy
from hubbub.server.relaying.file_copy import FileCopy
from hubbub.server.relaying.giving import Giving
from hubbub.wire.relay import PIECE_BYTES, Wanted
from tests.faults.serving import ServerProcess
from tests.server.event_peer import EventPeer
from tests.server.files.pictures import photo
from tests.server.files.sharing import get, kept, proof, share, until
from tests.server.relaying.links import until as until_so
from tests.server.relaying.nodes import ORIGIN, Nodes, at, await_linked, relay_of

if TYPE_CHECKING:
    from hubbub.server.files.intake import Intake
    from hubbub.server.relaying.copy import Copy

CONTENT = bytes(range(256)) * 1200
"""More than four pieces."""


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """An origin and two relays that are linked to it."""
    with ExitStack() as stack:
        yield Nodes(tmp_path, stack)


def copied(nodes: Nodes, relay: str = "relay0") -> set[str]:
    """Return the names of the files that a relay has."""
    return kept(nodes.folder / relay / "copy")


def await_alike(nodes: Nodes, relay: str = "relay0") -> None:
    """Wait until a relay has all files of the origin, and no others."""
    until(lambda: copied(nodes, relay) == kept(nodes.folder / "origin"), "it has the same files")


def test_a_relay_that_is_alone_gives_out_files_and_previews(nodes: Nodes) -> None:
    origin, relay = nodes.origin, nodes.relays[0]
    with EventPeer(at(origin), "ann") as ann, EventPeer(at(relay), "bob") as bob:
        _, file = share(at(origin), ann, CONTENT)
        _, picture = share(at(relay), bob, photo())
        before = get(at(origin), picture, "preview").body
        await_alike(nodes)
    nodes.await_copied()
    origin.kill()
    await_linked(relay, linked=False)
    place = at(relay)
    assert get(place, file).body == CONTENT
    assert get(place, file, Range="bytes=70000-70009").body == CONTENT[70_000:70_010]
    assert get(place, picture, "preview").body == before


def test_files_of_a_private_room_are_for_those_who_may_read_it_also_at_a_relay_alone(
    nodes: Nodes,
) -> None:
    origin, relay = nodes.origin, nodes.relays[0]

    def known(server: ServerProcess, name: str) -> EventPeer:
        peer = EventPeer(at(server), name, room=None)
        assert peer.ask(type="identify", device=name.ljust(22, "x"))["type"] == "welcome"
        return peer

    with known(origin, "ann") as ann, known(origin, "bob") as bob:
        room = ann.ask(type="direct", name="bob")["room"]
        ann.ask(type="join", room=room)
        _, file = share(at(origin), ann, CONTENT, room=room)
        await_alike(nodes)
        nodes.await_copied()
        assert bob.welcome
    origin.kill()
    await_linked(relay, linked=False)
    with known(relay, "bob") as bob, EventPeer(at(relay), "eve") as eve:
        assert get(at(relay), file, **proof(bob)).body == CONTENT
        assert get(at(relay), file, **proof(eve)).status == 403
        assert get(at(relay), file).status == 403


def test_what_is_removed_at_the_origin_goes_from_relays_even_if_they_were_away(
    nodes: Nodes,
) -> None:
    with EventPeer(at(nodes.origin), "ann") as ann:
        first, _ = share(at(nodes.origin), ann, CONTENT)
        second, _ = share(at(nodes.origin), ann, photo())
        for relay in ("relay0", "relay1"):
            await_alike(nodes, relay)
        ann.ask(type="delete", room="lobby", seq=first)
        until(lambda: len(kept(nodes.folder / "origin")) == 2, "picture and preview are left")
        for relay in ("relay0", "relay1"):
            await_alike(nodes, relay)
        nodes.relays[0].kill()
        ann.ask(type="delete", room="lobby", seq=second)
        until(lambda: not kept(nodes.folder / "origin"), "nothing is left")
        await_alike(nodes, "relay1")
    nodes.relays[0].start()
    await_alike(nodes, "relay0")


def test_a_relay_keeps_the_newest_files_for_which_it_may_use_its_disk(tmp_path: Path) -> None:
    with ExitStack() as stack:
        origin = stack.enter_context(ServerProcess(tmp_path / "origin", ORIGIN))
        config = relay_of(origin.port).replace("[limits]", "file_megabytes_max = 0.7\n[limits]")
        relay = stack.enter_context(ServerProcess(tmp_path / "relay", config))
        await_linked(relay)
        contents = [CONTENT + bytes([number]) for number in range(3)]
        with EventPeer(at(relay), "ann") as ann:
            files = [share(at(origin), ann, content)[1] for content in contents]
            share(at(origin), ann, bytes(800_000))
            newest = {file["sha256"] for file in files[1:]}
            until(lambda: kept(tmp_path / "relay" / "copy") == newest, "it has the newest two")
        origin.kill()
        await_linked(relay, linked=False)
        assert get(at(relay), files[2]).body == contents[2]
        answer = get(at(relay), files[0])
        assert answer.status == 503
        assert "This relay has no copy of the file." in answer.json["detail"]


def test_files_stay_when_a_copy_is_made_anew(nodes: Nodes) -> None:
    with EventPeer(at(nodes.origin), "ann") as ann:
        _, file = share(at(nodes.origin), ann, CONTENT)
        await_alike(nodes)
        place = Store(nodes.folder / "relay0" / "copy").object(file["sha256"])
        before = place.stat()
        nodes.relays[0].kill()
        ann.say_and_wait("while it was away")
    nodes.origin.end()  # the next one does not remember what was said
    nodes.origin.start()
    nodes.relays[0].start()
    nodes.await_copied()
    await_alike(nodes)
    assert place.stat().st_ino == before.st_ino, "it was not fetched again"


def test_nobody_uploads_to_a_relay_that_is_alone(nodes: Nodes) -> None:
    """`What they write is refused for a passing reason`: the origin would not know the upload."""
    nodes.origin.kill()
    await_linked(nodes.relays[0], linked=False)
    with EventPeer(at(nodes.relays[0]), "ann") as ann:
        refused = ann.ask(type="upload", room="lobby", name="a.bin", size=10)
        assert refused["code"] == "log_unavailable"


def test_the_copy_of_a_relay_can_be_served_when_the_origin_is_lost_for_good(
    nodes: Nodes,
) -> None:
    with EventPeer(at(nodes.origin), "ann") as ann:
        seq, file = share(at(nodes.origin), ann, CONTENT, text="for ever")
        await_alike(nodes)
        nodes.await_copied()
    nodes.origin.kill()
    nodes.relays[0].end()
    with ServerProcess(nodes.folder / "relay0" / "copy") as server:
        assert get(at(server), file).body == CONTENT
        with EventPeer(at(server), "bob") as bob:
            page = bob.ask(type="history", room="lobby", limit=10)
            assert [(one["seq"], one["text"]) for one in page["messages"]] == [(seq, "for ever")]
            assert bob.say_and_wait("and on") > seq


def test_a_relay_is_given_nothing_but_files_by_their_hashes(tmp_path: Path) -> None:
    store = Store(tmp_path)
    hash_ = hashlib.sha256(CONTENT).hexdigest()
    store.object(hash_).parent.mkdir(parents=True)
    store.object(hash_).write_bytes(CONTENT)
    (tmp_path / "secret").write_text("secret")

    class Files:
        """What is needed of an intake."""

        def __init__(self) -> None:
            self.store = store

        async def opened(self, place: Path) -> object:
            if place.name == hashlib.sha256(b"later").hexdigest():
                raise OSError(errno.EMFILE, "Too many open files")
            return place.open("rb"), len(CONTENT)

        async def in_thread(self, work: object) -> object:
            return work()  # type: ignore[operator]

    async def scene() -> None:
        giving = Giving(cast("Intake", Files()))
        assert await giving.piece(Wanted(hash_, 0)) == CONTENT[:PIECE_BYTES]
        assert await giving.piece(Wanted(hash_, len(CONTENT) - 5)) == CONTENT[-5:]
        assert await giving.piece(Wanted(hash_, len(CONTENT))) == b""
        for name in ("../../secret", "../../../secret", f"{hash_}.preview", f"{hash_}/", "0" * 64):
            assert await giving.piece(Wanted(name, 0)) == b""
        assert await giving.piece(Wanted(hashlib.sha256(b"later").hexdigest(), 0)) is None

    asyncio.run(scene())


class CopyOfOne:
    """What is needed of a copy whose messages hold one file."""

    files_version = 1

    def __init__(self, folder: Path, hash_: str) -> None:
        self.folder = folder
        self.in_place = asyncio.Lock()
        self.log = self
        self._hash = hash_

    async def newest_files(self, _bytes_max: int) -> dict[str, int]:
        return {self._hash: 1}

    async def loose(self) -> list[str]:
        return []


def test_a_file_that_came_broken_is_not_kept(tmp_path: Path) -> None:
    hash_ = hashlib.sha256(CONTENT).hexdigest()
    asked: list[Wanted] = []

    async def ask(wanted: Wanted) -> bytes:
        asked.append(wanted)
        return b"" if wanted.at or wanted.name != hash_ else CONTENT[:-1]

    async def scene() -> None:
        copy = CopyOfOne(tmp_path, hash_)
        running = asyncio.create_task(FileCopy(cast("Copy", copy), Config()).run(ask))
        await until_so(lambda: len(asked) == 3 and not any((tmp_path / "files/uploads").iterdir()))
        running.cancel()

    asyncio.run(scene())
    assert [one.name for one in asked] == [f"{hash_}.preview", hash_, hash_]
    assert not kept(tmp_path)


def test_a_file_that_the_server_cannot_read_for_now_is_copied_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_copy, "AGAIN_SECONDS", 0.01)
    hash_ = hashlib.sha256(CONTENT).hexdigest()
    failures = ["first the preview", "then the file"]

    async def ask(wanted: Wanted) -> bytes:
        if (len(failures) == 2) == wanted.name.endswith(".preview") and failures:
            raise LogError(failures.pop())
        return CONTENT[wanted.at :] if wanted.name == hash_ else b""

    async def scene() -> None:
        copy = CopyOfOne(tmp_path, hash_)
        running = asyncio.create_task(FileCopy(cast("Copy", copy), Config()).run(ask))
        await until_so(lambda: kept(tmp_path) == {hash_})
        running.cancel()

    asyncio.run(scene())
    assert not failures
