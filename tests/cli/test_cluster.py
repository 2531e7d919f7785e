"""`hubbub admin cluster`: a chatroom of one machine goes on as a stream, and comes back."""

import asyncio
import shutil
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec.structs import replace

from hubbub.chat.errors import LogError
from hubbub.chat.files import FileSummary
from hubbub.cli.cluster import bring, take_back
from hubbub.log.jetstream import JetStreamLog, moving
from hubbub.log.sqlite import SqliteLog
from hubbub.server.config import ClusterSection
from hubbub.server.files.store import Store
from tests.cli.commands import hubbub, refused
from tests.client.test_restored import opened, served
from tests.log.conftest import nats, stream
from tests.log.drafts import all_of, deleted, fact, person, said, told
from tests.log.file_places import FilePlace, place
from tests.log.killed import killed
from tests.log.nodes import whole_stream
from tests.log.s3_server import S3Server, s3
from tests.log.test_jetstream_erasing import until_gone
from tests.log.test_sqlite_cut_off import cut

__all__ = ["nats", "place", "s3", "stream"]


async def nothing_more(_node: JetStreamLog) -> None:
    """Bring no files."""


async def filled(folder: Path) -> None:
    """Make the log of one machine, with people and more than one message of a stream holds."""
    log = await SqliteLog.open(folder, durability="process")
    await log.append([said(f"text {n}", nonce=f"n{n}") for n in range(1500)])
    await log.append([person("p1", "ann", "hash of a secret"), fact("name/ann", 1, expects=0)])
    await log.close()


def test_members_notice_no_more_than_a_lost_connection(
    tmp_path: Path, nats: str, stream: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "data"

    section = ClusterSection(servers=(nats,), stream=stream)

    async def scene() -> None:
        async with served(folder) as server:
            port = server.port
            ann = await opened(server, "ann").__aenter__()
            await ann.say("one")
        await asyncio.to_thread(bring, folder, section)
        assert f"goes on as the stream '{stream}'." in capsys.readouterr().out
        async with served(folder, port, section):
            await ann.say("two")
        await asyncio.to_thread(take_back, folder, section)
        assert f"holds all of the stream '{stream}'" in capsys.readouterr().out
        async with served(folder, port):
            await ann.say("three")
            replica = ann.replicas["lobby"]
            assert [message.text for message in replica.messages] == ["one", "two", "three"]
            assert replica.histories == 0
        await ann.__aexit__(None, None, None)

    asyncio.run(asyncio.wait_for(scene(), 200))


def test_seqs_people_and_proofs_stay_in_a_new_folder_and_in_that_of_a_node(
    tmp_path: Path, nats: str, stream: str
) -> None:
    async def scene() -> None:
        await filled(tmp_path / "one")
        log = await SqliteLog.open(tmp_path / "one", durability="process")
        before = (await all_of(log, "lobby"), told(await log.facts()), await log.epochs())
        await log.close()
        assert await moving.bring(tmp_path / "one", [nats], stream, 1) == 1502
        shutil.copytree(tmp_path / "one", tmp_path / "behind")
        node = await JetStreamLog.join(tmp_path / "one", [nats], stream)
        await node.append([said("more")])
        assert await node.append([said("again", nonce="n7")]) == [8]
        await node.close()
        for name in ("one", "behind"):
            await moving.take_back(tmp_path / name, [nats], stream, nothing_more)
            log = await SqliteLog.open(tmp_path / name, durability="process")
            *earlier, more = await all_of(log, "lobby")
            assert earlier == before[0]
            assert more.prev == earlier[-1].seq
            assert told(log.look_up(["person/p1", "name/ann"])) == before[1][::-1]
            assert (await log.epochs())[: len(before[2])] == before[2]
            assert await log.append([said("again", nonce="n7")]) == [8]
            await log.close()

    asyncio.run(scene())


def test_files_go_with_it_and_what_is_nowhere_is_said(
    tmp_path: Path, place: FilePlace, capsys: pytest.CaptureFixture[str]
) -> None:
    content, lost = b"holiday" * 100_000, b"lost"
    folder, (one, other) = tmp_path / "one", [sha256(what).hexdigest() for what in (content, lost)]

    async def with_files() -> None:
        log = await SqliteLog.open(folder, durability="process")
        for hash_ in (one, other):
            file = FileSummary(hash_[:22], "a.png", 7, "image/png", sha256=hash_)
            await log.append([replace(said("look"), files=(file,))])
        await log.close()

    asyncio.run(with_files())
    store = Store(folder)
    for path in (store.object(one), store.preview(one)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    bring(folder, place.section())
    shutil.rmtree(folder / "files")
    take_back(folder, place.section())
    assert store.object(one).read_bytes() == store.preview(one).read_bytes() == content
    assert capsys.readouterr().out.count("is missing: neither") == 1
    assert not store.object(other).exists()


def test_what_a_power_cut_took_is_not_given_again_by_the_stream(
    tmp_path: Path, nats: str, stream: str
) -> None:
    async def scene() -> None:
        folder = await killed(tmp_path / "log", runs=2)
        cut(folder)
        assert await moving.bring(folder, [nats], stream, 1) == 40
        node = await JetStreamLog.join(folder, [nats], stream)
        (seq,) = await node.append([said("new")])
        assert seq > 40
        await node.close()

    asyncio.run(scene())


def test_what_the_folder_brought_gets_into_the_stream_by_no_deletion(
    tmp_path: Path, nats: str, stream: str
) -> None:
    async def scene() -> None:
        await filled(tmp_path / "one")
        await moving.bring(tmp_path / "one", [nats], stream, 1)
        node = await JetStreamLog.join(tmp_path / "one", [nats], stream)
        (seq,) = await node.append([said("secret")])
        await node.append([deleted(2), deleted(1100), deleted(seq)])
        await until_gone(["secret"], nats, stream)
        assert b"text " not in await whole_stream(nats, stream)
        await node.close()

    asyncio.run(scene())


def test_what_cannot_be_moved_is_said_in_a_sentence_and_stays_what_it_was(
    tmp_path: Path, nats: str, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hubbub.log.jetstream.link.OPEN_SECONDS", 0.5)
    one, new = tmp_path / "one", tmp_path / "new"
    away = "nats://127.0.0.1:9"

    async def refused_to_bring(sentence: str, *where: object, replicas: int = 1) -> None:
        folder, server, name = where
        assert isinstance(folder, Path)
        with pytest.raises(LogError, match=sentence):
            await moving.bring(folder, [str(server)], str(name), replicas)

    async def refused_to_take_back(sentence: str, folder: Path, server: str = nats) -> None:
        with pytest.raises(LogError, match=sentence):
            await moving.take_back(folder, [server], stream, nothing_more)

    async def scene() -> None:
        await filled(one)
        await refused_to_bring("There is no folder", tmp_path / "none", nats, stream)
        tmp_path.joinpath("empty").mkdir()
        await refused_to_bring("There is no log in", tmp_path / "empty", nats, stream)
        await refused_to_bring("cannot be called 'a.b'", one, nats, "a.b")
        await refused_to_bring("servers can be used", one, away, stream)
        await refused_to_bring("make no stream", one, nats, stream, replicas=3)
        await refused_to_take_back(f"have no stream '{stream}'", one)
        await refused_to_take_back("servers can be used", one, away)
        await moving.bring(one, [nats], stream, 1)
        await refused_to_bring(f"have a stream '{stream}' already", one, nats, stream)
        await filled(tmp_path / "other")
        await refused_to_take_back("holds another log than the stream", tmp_path / "other")
        await refused_to_take_back("Restore a backup", new)
        node = await JetStreamLog.join(one, [nats], stream)
        await refused_to_take_back("in use by another hubbub server", one)
        await refused_to_bring("in use by another hubbub server", one, nats, stream)
        await node.close()

    asyncio.run(scene())


def test_a_refusal_ends_the_command_with_one_line(tmp_path: Path, nats: str, stream: str) -> None:
    where = (str(tmp_path / "none"), nats, "--stream", stream)
    said = refused("admin", "cluster", "export", *where)
    assert said == (
        f"hubbub: The NATS servers have no stream '{stream}'. Name the one that was made for it.\n"
    )
    said = refused("admin", "cluster", "import", *where)
    assert said == (
        f"hubbub: There is no folder {tmp_path / 'none'}. Name the one that a server kept a log "
        "in.\n"
    )


def test_the_commands_take_a_bucket_with_the_key_of_the_environment(
    tmp_path: Path, nats: str, stream: str, s3: S3Server
) -> None:
    bucket = s3.make(stream)
    options = ["--stream", stream, "--files", bucket.where, "--files-endpoint", bucket.endpoint]
    key = {"AWS_ACCESS_KEY_ID": bucket.key_id, "AWS_SECRET_ACCESS_KEY": bucket.key}
    asyncio.run(filled(tmp_path / "one"))
    content = Store(tmp_path / "one").object(sha256(b"holiday").hexdigest())
    content.parent.mkdir(parents=True)
    content.write_bytes(b"holiday")
    where = (str(tmp_path / "one"), nats, *options)
    assert hubbub("admin", "cluster", "import", *where, **key).returncode == 0
    assert content.name in "".join(s3.keys(stream))
    assert hubbub("admin", "cluster", "export", *where, **key).returncode == 0
    assert "needs a key. Have AWS_ACCESS_KEY_ID" in refused("admin", "cluster", "export", *where)
    wrong = (*where[:-1], "http://s3.example.org")
    assert "over http, everybody" in refused("admin", "cluster", "import", *wrong)
