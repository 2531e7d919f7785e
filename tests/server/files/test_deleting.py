"""Deleted is gone: the bytes go from the disk once no standing message holds them."""

from pathlib import Path

from tests.server.conftest import Meet
from tests.server.files.conftest import ServeFiles
from tests.server.files.pictures import photo
from tests.server.files.sharing import get, kept, share, until, upload
from tests.server.test_moderation import known

SECRET = b"a secret that nobody may find, " * 100
NAME = "a-name-that-tells-much.txt"


def holds(folder: Path, what: bytes) -> list[str]:
    """Return the files of a folder that hold some bytes."""
    return [path.name for path in folder.rglob("*") if path.is_file() and what in path.read_bytes()]


def test_a_deleted_message_takes_its_files(
    serve_files: ServeFiles, meet: Meet, tmp_path: Path
) -> None:
    with serve_files() as server:
        ann, bob = meet(server, "ann"), meet(server, "bob")
        seq, file = share(server, ann, SECRET, name=NAME, text="look")
        picture_seq, picture = share(server, ann, photo())
        ann.ask(type="edit", room="lobby", seq=seq, text="look here")
        assert bob.ask(type="history", room="lobby")["messages"][0]["files"] == [file]
        assert get(server, file).body == SECRET
        assert len(kept(tmp_path)) == 3
        for one in (seq, picture_seq):
            assert ann.ask(type="delete", room="lobby", seq=one)["type"] == "ok"
        assert get(server, file).status == get(server, picture, "preview").status == 404
        for message in bob.ask(type="history", room="lobby")["messages"]:
            assert message["deleted"]
            assert "files" not in message
        until(lambda: not kept(tmp_path), "the bytes are gone")
        assert not holds(tmp_path, SECRET)
        until(lambda: not holds(tmp_path, NAME.encode()), "the name is gone")
        again = bob.ask(type="join", room="lobby", after=0)
        assert again["type"] == "room"
        assert "files" not in bob.next("message")


def test_a_file_that_two_rooms_hold_stays_as_long_as_one_does(
    serve_files: ServeFiles, meet: Meet, tmp_path: Path
) -> None:
    with serve_files() as server:
        ann, bob = meet(server, "ann"), meet(server, "bob")
        bob.ask(type="join", room="kitchen")
        seq, file = share(server, ann, SECRET)
        other_seq, other = share(server, bob, SECRET, room="kitchen", name="other")
        assert (file["sha256"], file["id"] == other["id"]) == (other["sha256"], False)
        assert len(kept(tmp_path)) == 1
        ann.ask(type="delete", room="lobby", seq=seq)
        until(lambda: get(server, file).status == 404, "it is gone there")
        share(server, ann, b"meanwhile")
        assert get(server, other).body == SECRET
        bob.ask(type="delete", room="kitchen", seq=other_seq)
        until(lambda: len(kept(tmp_path)) == 1, "nobody holds it any more")
        assert not holds(tmp_path, SECRET)


def test_what_is_uploaded_stays_though_another_message_with_it_goes(
    serve_files: ServeFiles, meet: Meet
) -> None:
    with serve_files() as server:
        ann = meet(server, "ann")
        seq, _ = share(server, ann, SECRET)
        waiting = upload(server, ann, SECRET)
        ann.ask(type="delete", room="lobby", seq=seq)
        marker, _ = share(server, ann, b"marker")
        ann.ask(type="delete", room="lobby", seq=marker)
        said = ann.ask(type="say", room="lobby", text="", files=[waiting["id"]])
        assert said["type"] == "ok"
        assert get(server, waiting).body == SECRET


def test_a_deleted_room_takes_its_files(
    serve_files: ServeFiles, meet: Meet, tmp_path: Path
) -> None:
    with serve_files() as server:
        cleo = known(meet, server, "cleo")
        cleo.ask(type="join", room="plans", epoch="")
        _, file = share(server, cleo, SECRET, room="plans", text="mine")
        assert get(server, file).status == 200
        assert cleo.ask(type="delete_room", room="plans")["type"] == "ok"
        assert get(server, file).status == 404
        until(lambda: not kept(tmp_path), "the bytes are gone")


def test_a_deleted_account_takes_its_files(
    serve_files: ServeFiles, meet: Meet, tmp_path: Path
) -> None:
    with serve_files() as server:
        ann = known(meet, server, "ann")
        ann.ask(type="join", room="lobby")
        _, file = share(server, ann, SECRET)
        ann.tell(type="forget_me", messages="delete")
        until(lambda: get(server, file).status == 404, "the message is deleted")
        until(lambda: not kept(tmp_path), "the bytes are gone")


def test_what_nothing_refers_to_goes_at_the_start(
    serve_files: ServeFiles, meet: Meet, tmp_path: Path
) -> None:
    with serve_files() as server:
        _, file = share(server, meet(server, "ann"), SECRET)
    orphan = tmp_path / "files/objects/ab" / ("ab" + "0" * 62)
    orphan.parent.mkdir()
    orphan.write_bytes(b"left by a server that was killed")
    (tmp_path / "files/uploads/left").write_bytes(b"half")
    with serve_files() as server:
        assert kept(tmp_path) == {file["sha256"]}
        assert not list((tmp_path / "files/uploads").iterdir())
        assert get(server, file).body == SECRET


def test_without_any_file_there_is_no_folder(serve_files: ServeFiles, tmp_path: Path) -> None:
    with serve_files():
        assert not (tmp_path / "files").exists()
    with serve_files():
        assert not (tmp_path / "files").exists()
