"""Uploads that are given up: nothing is left of them, and nothing of others goes with them."""

import socket
from pathlib import Path

import pytest

from tests.server.conftest import Meet
from tests.server.files.conftest import ServeFiles
from tests.server.files.sharing import begin, get, kept, offset_of, patch, share, until, upload
from tests.server.http.asking import ask
from tests.server.test_moderation import known

CONTENT = bytes(range(256)) * 400


def test_an_upload_can_be_cancelled(serve_files: ServeFiles, meet: Meet, tmp_path: Path) -> None:
    with serve_files() as server:
        ann = meet(server, "ann")
        begun = begin(ann, 10)
        patch(server, begun["address"], 0, b"abc")
        assert ask(server, begun["address"], method="DELETE").status == 204
        assert ask(server, begun["address"], method="HEAD").status == 404
        assert patch(server, begun["address"], 3, b"d").refusal == (404, "no_such_upload")
        assert list((tmp_path / "files/uploads").iterdir()) == []


def test_what_is_abandoned_is_given_up(serve_files: ServeFiles, meet: Meet, tmp_path: Path) -> None:
    with serve_files() as server:
        ann = known(meet, server, "ann")
        ann.ask(type="join", room="lobby")
        patch(server, (half := begin(ann, 10))["address"], 0, b"half")
        upload(server, ann, b"never said")
        assert kept(tmp_path)
    with serve_files(unfinished_hours=1e-9) as server:
        until(lambda: ask(server, half["address"], method="HEAD").status == 404, "it is given up")
        until(lambda: not kept(tmp_path), "nothing is left")
        until(lambda: not list((tmp_path / "files/uploads").iterdir()), "nor of the half one")


def test_what_is_said_cannot_be_cancelled(serve_files: ServeFiles, meet: Meet) -> None:
    """Not even while its message still waits for the log."""
    with serve_files() as server:
        ann = meet(server, "ann")
        for number in range(6):
            begun = begin(ann, 9)
            assert patch(server, begun["address"], 0, b"content %d" % number).status == 200
            ann.tell(type="say", room="lobby", text="", files=[begun["upload"]])
            cancelled = ask(server, begun["address"], method="DELETE").status
            messages = ann.ask(type="history", room="lobby")["messages"]
            said = [file["id"] for message in messages for file in message["files"]]
            assert cancelled == (404 if begun["upload"] in said else 204)
            assert all(get(server, {"id": id_}).status == 200 for id_ in said)


def test_what_is_cancelled_while_it_is_looked_at_is_not_kept(
    serve_files: ServeFiles, meet: Meet, tmp_path: Path
) -> None:
    with serve_files() as server:
        begun = begin(meet(server, "ann"), len(CONTENT))
        with socket.create_connection((server.host, server.port)) as sock:
            head = (
                f"PATCH {begun['address']} HTTP/1.1\r\nHost: {server.address}\r\n"
                f"Upload-Offset: 0\r\nContent-Length: {len(CONTENT)}\r\n\r\n"
            )
            sock.sendall(head.encode() + CONTENT)
            until(lambda: offset_of(server, begun["address"]) == len(CONTENT), "all of it is here")
            assert ask(server, begun["address"], method="DELETE").status == 204
        assert patch(server, begun["address"], 0, b"x").refusal == (404, "no_such_upload")
        assert not kept(tmp_path)
        assert not list((tmp_path / "files/uploads").iterdir())


def test_what_was_said_is_no_upload_after_a_restart_either(
    serve_files: ServeFiles, meet: Meet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The server may be killed before it has put away what it knew of the upload."""
    monkeypatch.setattr("hubbub.server.files.intake.SWEEP_SECONDS", 1000.0)
    with serve_files() as server:
        ann = known(meet, server, "ann")
        ann.ask(type="join", room="lobby")
        _, file = share(server, ann, b"said once")
        assert list((tmp_path / "files/uploads").iterdir())
    with serve_files() as server:
        ann = known(meet, server, "ann")
        ann.ask(type="join", room="lobby")
        again = ann.ask(type="say", room="lobby", text="", files=[file["id"]])
        assert again["code"] == "no_such_file"
        assert not list((tmp_path / "files/uploads").iterdir())
        assert get(server, file).body == b"said once"
