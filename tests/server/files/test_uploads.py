"""Uploads: begun by a command, brought by any number of requests, said once."""

import errno
import hashlib
import http.client
import socket
from pathlib import Path

import pytest

from hubbub.hub.cost import FILE, FILE_PIECE, METRICS, REQUEST, UPLOADING
from hubbub.server.files.store import Store
from hubbub.server.http.files import PIECE_BYTES
from hubbub.testing import LocalServer
from tests.server.conftest import Connect, Meet
from tests.server.files.conftest import ServeFiles
from tests.server.files.sharing import (
    begin,
    get,
    kept,
    offset_of,
    patch,
    share,
    until,
    upload,
)
from tests.server.http.asking import Answer, ask, units_of_strangers
from tests.server.test_moderation import known

CONTENT = bytes(range(256)) * 400


def test_a_file_is_brought_in_pieces_and_said(
    serve_files: ServeFiles, meet: Meet, connect: Connect
) -> None:
    with serve_files() as server:
        ann, bob, classic = meet(server, "ann"), meet(server, "bob"), connect(server, "cleo")
        bob.next("presence", name="cleo")
        begun = begin(ann, len(CONTENT), name="table.bin")
        for start in range(0, len(CONTENT), 40_000):
            answer = patch(server, begun["address"], start, CONTENT[start : start + 40_000])
        file = answer.json["file"]
        assert file == {
            "id": begun["upload"],
            "name": "table.bin",
            "size": len(CONTENT),
            "type": "application/octet-stream",
            "sha256": hashlib.sha256(CONTENT).hexdigest(),
        }
        ann.say_and_wait("numbers", files=[file["id"]])
        message = bob.next("message")
        assert (message["text"], message["files"]) == ("numbers", [file])
        assert get(server, file).body == CONTENT
        address = f"http://{server.address}/files/{file['id']}/table.bin"
        assert classic.pair() == ("ann", f"numbers\ntable.bin (102 kB) {address}")
        page = bob.ask(type="history", room="lobby")
        assert page["messages"][0]["files"] == [file]


def test_with_files_the_text_may_be_empty(serve_files: ServeFiles, meet: Meet) -> None:
    with serve_files() as server:
        ann, bob = meet(server, "ann"), meet(server, "bob")
        _, file = share(server, ann, b"x", name="x")
        assert bob.next("message")["text"] == ""
        assert bob.ask(type="history", room="lobby")["messages"][0]["files"] == [file]
        assert ann.ask(type="say", room="lobby", text="")["code"] == "empty"


def go_on(server: LocalServer, address: str, content: bytes) -> Answer:
    """Send the rest; some of an earlier request may still be coming to the disk."""
    answer = None
    while answer is None or answer.status == 409:
        reached = offset_of(server, address)
        answer = patch(server, address, reached, content[reached:])
    return answer


def test_a_cut_connection_is_made_up_for(serve_files: ServeFiles, meet: Meet) -> None:
    with serve_files() as server:
        ann = meet(server, "ann")
        content = CONTENT * 10
        begun = begin(ann, len(content))
        with socket.create_connection((server.host, server.port)) as sock:
            head = (
                f"PATCH {begun['address']} HTTP/1.1\r\nHost: {server.address}\r\n"
                f"Upload-Offset: 0\r\nContent-Length: {len(content)}\r\n\r\n"
            )
            sock.sendall(head.encode() + content[:500_000])
            until(lambda: offset_of(server, begun["address"]) > 0, "what came is written")
        answer = go_on(server, begun["address"], content)
        assert answer.json["file"]["sha256"] == hashlib.sha256(content).hexdigest()


def test_a_request_that_seems_to_go_on_gives_way(serve_files: ServeFiles, meet: Meet) -> None:
    """Its connection was lost without a word; the client has another one."""
    with serve_files() as server:
        ann = meet(server, "ann")
        content = CONTENT * 10
        begun = begin(ann, len(content))
        with socket.create_connection((server.host, server.port)) as silent:
            head = (
                f"PATCH {begun['address']} HTTP/1.1\r\nHost: {server.address}\r\n"
                f"Upload-Offset: 0\r\nContent-Length: {len(content)}\r\n\r\n"
            )
            silent.sendall(head.encode() + content[:500_000])
            until(lambda: offset_of(server, begun["address"]) > 0, "what came is written")
            answer = go_on(server, begun["address"], content)
            assert answer.json["file"]["sha256"] == hashlib.sha256(content).hexdigest()


def test_the_last_answer_can_be_had_again(serve_files: ServeFiles, meet: Meet) -> None:
    with serve_files() as server:
        ann = meet(server, "ann")
        begun = begin(ann, 5)
        first = patch(server, begun["address"], 0, b"hello")
        assert offset_of(server, begun["address"]) == 5
        assert patch(server, begun["address"], 5, b"").json == first.json


@pytest.mark.parametrize("offset", [1, 3, 10**18])
def test_a_wrong_offset_is_refused(serve_files: ServeFiles, meet: Meet, offset: int) -> None:
    with serve_files() as server:
        ann = meet(server, "ann")
        address = begin(ann, 10)["address"]
        patch(server, address, 0, b"ab")
        assert patch(server, address, offset, b"c").refusal == (409, "wrong_offset")
        assert offset_of(server, address) == 2


@pytest.mark.parametrize("given", ["", "-1", "x", "1.5", "9" * 40, "٣"])
def test_an_offset_that_is_none_is_refused(serve_files: ServeFiles, meet: Meet, given: str) -> None:
    with serve_files() as server:
        address = begin(meet(server, "ann"), 10)["address"]
        connection = http.client.HTTPConnection(server.host, server.port, timeout=30)
        headers = {"Upload-Offset": given.encode()}
        connection.request("PATCH", address, b"ab", headers)
        assert connection.getresponse().status == 400
        connection.close()


def test_a_connection_on_which_a_request_was_refused_brings_the_next(
    serve_files: ServeFiles, meet: Meet
) -> None:
    with serve_files() as server:
        begun = begin(meet(server, "ann"), 4)
        connection = http.client.HTTPConnection(server.host, server.port, timeout=30)
        for offset, body, status in (("4", b"", 409), ("0", b"ab", 204), ("2", b"cd", 200)):
            connection.request("PATCH", begun["address"], body, {"Upload-Offset": offset})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == status
        connection.close()


def test_more_than_was_announced_is_refused(serve_files: ServeFiles, meet: Meet) -> None:
    with serve_files() as server:
        address = begin(meet(server, "ann"), 10)["address"]
        assert patch(server, address, 0, b"x" * 11).refusal == (413, "too_large")


def test_a_secret_address_that_is_none_is_not_found(serve_files: ServeFiles) -> None:
    with serve_files() as server:
        for method in ("HEAD", "PATCH", "DELETE"):
            answer = ask(server, f"/files/uploads/{'x' * 22}", method=method, Upload_Offset="0")
            assert answer.status == 404


def test_a_tus_client_is_told_what_there_is(serve_files: ServeFiles) -> None:
    with serve_files() as server:
        answer = ask(server, f"/files/uploads/{'x' * 22}", method="OPTIONS")
        assert answer.status == 204
        assert answer.headers["tus-version"] == "1.0.0"


# Who may, and how much.


def test_who_may_not_write_may_not_upload(serve_files: ServeFiles, meet: Meet) -> None:
    with serve_files() as server:
        cleo, bob = known(meet, server, "cleo"), meet(server, "bob", room=None)
        cleo.ask(type="join", room="news", epoch="")
        cleo.ask(type="say", room="news", text="mine")
        assert begin(bob, 1, room="news")["code"] == "not_a_member"
        assert begin(bob, 1, room="nowhere")["code"] == "no_such_room"
        bob.ask(type="join", room="news")
        assert begin(bob, 1, room="news")["type"] == "upload"
        cleo.ask(type="rules", room="news", read_only=True)
        assert begin(bob, 1, room="news")["code"] == "forbidden"
        cleo.ask(type="rules", room="news", read_only=False)
        file = upload(server, bob, b"x", room="news")
        cleo.ask(type="mute", room="news", who="bob")
        assert begin(bob, 1, room="news")["code"] == "muted"
        said = bob.ask(type="say", room="news", text="", files=[file["id"]])
        assert said["code"] == "muted"
        cleo.ask(type="unmute", room="news", who="bob")
        cleo.ask(type="rules", room="news", private=True)
        assert bob.ask(type="say", room="news", text="", files=[file["id"]])["type"] == "error"


def test_a_file_is_said_by_its_sender_in_its_room_and_once(
    serve_files: ServeFiles, meet: Meet
) -> None:
    with serve_files() as server:
        ann, bob = meet(server, "ann"), meet(server, "bob")
        file = upload(server, ann, b"x")
        said = {"type": "say", "text": "", "files": [file["id"]]}
        assert bob.ask(**said, room="lobby")["code"] == "no_such_file"
        ann.ask(type="join", room="kitchen")
        assert ann.ask(**said, room="kitchen")["code"] == "no_such_file"
        unfinished = begin(ann, 5)["upload"]
        late = ann.ask(type="say", room="lobby", text="", files=[unfinished])
        assert (late["code"], "not uploaded to the end" in late["message"]) == (
            "no_such_file",
            True,
        )
        first = ann.ask(**said, room="lobby", nonce="n")
        assert ann.ask(**said, room="lobby", nonce="n")["seq"] == first["seq"], "a repeat"
        assert ann.ask(**said, room="lobby", nonce="m")["code"] == "no_such_file"
        assert len(bob.ask(type="history", room="lobby")["messages"]) == 1


def test_a_repeat_is_one_even_after_a_restart(serve_files: ServeFiles, meet: Meet) -> None:
    with serve_files() as server:
        ann = known(meet, server, "ann")
        ann.ask(type="join", room="lobby")
        seq, file = share(server, ann, b"x", nonce="n")
    with serve_files() as server:
        ann = known(meet, server, "ann")
        ann.ask(type="join", room="lobby")
        said = ann.ask(type="say", room="lobby", text="", files=[file["id"]], nonce="n")
        assert said["seq"] == seq
        other = ann.ask(type="say", room="lobby", text="", files=[file["id"]], nonce="m")
        assert other["code"] == "no_such_file"


def test_an_upload_goes_on_after_a_restart_if_its_sender_is_known(
    serve_files: ServeFiles, meet: Meet
) -> None:
    with serve_files() as server:
        ann, bob = known(meet, server, "ann"), meet(server, "bob")
        ann.ask(type="join", room="lobby")
        begun, passing = begin(ann, 10), begin(bob, 10)
        patch(server, begun["address"], 0, b"hello")
        patch(server, passing["address"], 0, b"hello")
        whole = upload(server, ann, b"whole before")
    with serve_files() as server:
        ann = known(meet, server, "ann")
        ann.ask(type="join", room="lobby")
        assert ask(server, passing["address"], method="HEAD").status == 404
        assert offset_of(server, begun["address"]) == 5
        file = patch(server, begun["address"], 5, b"again").json["file"]
        said = ann.ask(type="say", room="lobby", text="", files=[file["id"], whole["id"]])
        assert said["type"] == "ok"
        assert get(server, file).body == b"helloagain"
        assert get(server, whole).body == b"whole before"


LIMITS = [
    ({"file_megabytes_max": 0.001}, 1001, "too_large", "may have 1 kB"),
    ({"room_megabytes_max": 0.001}, 1001, "no_space", "may hold 1 kB (room_megabytes_max)"),
    ({"megabytes_max": 0.001}, 1001, "no_space", "may hold 1 kB (megabytes_max)"),
    ({"daily_megabytes_max": 0.0001}, 1001, "too_much", "1000 a day are allowed"),
    ({"disk_free_megabytes_min": 10**9}, 1, "no_space", "has room for 0 bytes"),
    ({"file_megabytes_max": 0}, 1, "forbidden", "takes no files"),
    ({}, 0, "empty", "is empty"),
    ({}, 10**17, "too_large", "100 MB"),
]


@pytest.mark.parametrize("limit", LIMITS, ids=[one[3] for one in LIMITS])
def test_each_limit_says_its_number(
    serve_files: ServeFiles, meet: Meet, limit: tuple[dict[str, float], int, str, str]
) -> None:
    limits, size, code, words = limit
    with serve_files(**limits) as server:
        refused = begin(meet(server, "ann"), size, name="big.iso")
        assert (refused["type"], refused["code"]) == ("error", code)
        assert words in refused["message"]


def test_a_room_is_full_of_what_it_holds_and_has_room_again(
    serve_files: ServeFiles, meet: Meet
) -> None:
    with serve_files(room_megabytes_max=0.001) as server:
        ann = meet(server, "ann")
        seq, _ = share(server, ann, b"x" * 900)
        assert begin(ann, 200)["code"] == "no_space"
        ann.ask(type="delete", room="lobby", seq=seq)
        until(lambda: begin(ann, 900)["type"] == "upload", "there is room again")


def test_nobody_can_begin_without_end(serve_files: ServeFiles, meet: Meet) -> None:
    with serve_files() as server:
        ann = meet(server, "ann")
        begun = [begin(ann, 1)["address"] for _ in range(20)]
        assert begin(ann, 1)["code"] == "too_much"
        ask(server, begun[0], method="DELETE")
        assert begin(ann, 1)["type"] == "upload"


def test_a_server_without_a_folder_takes_none(hubbub_server: LocalServer, meet: Meet) -> None:
    assert begin(meet(hubbub_server, "ann"), 1)["code"] == "no_space"


@pytest.mark.parametrize("size", ["x", -1, 1.5, 2**70, None])
def test_a_size_that_is_none_is_refused(serve_files: ServeFiles, meet: Meet, size: object) -> None:
    with serve_files() as server:
        ann = meet(server, "ann")
        refused = ann.ask(type="upload", room="lobby", name="a", size=size)
        assert refused["code"] == "bad_command"


# In one request.


def test_a_script_shares_a_file_in_one_request(serve_files: ServeFiles, meet: Meet) -> None:
    with serve_files() as server:
        ann = meet(server, "ann")
        path = "/api/rooms/lobby/files?name=log.txt&text=the+log&from=ci"
        first = ask(server, path, b"all green\n", Idempotency_Key="k")
        assert first.status == 201
        message = ann.next("message")
        assert (message["from"], message["text"]) == ("ci", "the log")
        assert first.json == {"room": "lobby", "seq": message["seq"], "files": message["files"]}
        again = ask(server, path, b"all green\n", Idempotency_Key="k")
        assert (again.status, again.json) == (201, first.json)
        assert get(server, message["files"][0]).body == b"all green\n"


def test_a_script_that_may_not_write_shares_nothing(
    serve_files: ServeFiles, meet: Meet, tmp_path: Path
) -> None:
    with serve_files() as server:
        cleo = known(meet, server, "cleo")
        cleo.ask(type="join", room="news", epoch="")
        cleo.ask(type="say", room="news", text="mine")
        cleo.ask(type="rules", room="news", read_only=True)
        path = "/api/rooms/news/files?name=a"
        assert ask(server, path, b"x").refusal == (403, "forbidden")
        token = cleo.ask(type="token", name="ci", scopes=["read"])["token"]
        bearer = {"Authorization": f"Bearer {token}"}
        assert ask(server, "/api/rooms/lobby/files", b"x", **bearer).refusal == (403, "forbidden")
        assert not kept(tmp_path)


def test_a_script_must_say_how_long_its_file_is(serve_files: ServeFiles) -> None:
    with serve_files() as server:
        connection = http.client.HTTPConnection(server.host, server.port, timeout=30)
        connection.request("POST", "/api/rooms/lobby/files", iter([b"x"]), encode_chunked=True)
        assert connection.getresponse().status == 400
        connection.close()


def test_what_the_disk_neither_takes_nor_lets_go_of_is_refused_and_removed_later(
    serve_files: ServeFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hubbub.server.files.intake.SWEEP_SECONDS", 0.02)

    def fails(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    with serve_files() as server:
        with monkeypatch.context() as read_only:
            read_only.setattr(Store, "keep", fails)
            read_only.setattr(Store, "forget", fails)
            answer = ask(server, "/api/rooms/lobby/files?name=a", CONTENT)
            assert answer.refusal == (507, "no_space")
            assert any((tmp_path / "files" / "uploads").iterdir())
        until(lambda: not any((tmp_path / "files" / "uploads").iterdir()), "something is left")


@pytest.mark.parametrize("step", ["note", "keep", "append"])
def test_what_the_disk_does_not_take_is_refused_and_can_be_sent_on(
    serve_files: ServeFiles, meet: Meet, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fails(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with serve_files() as server:
        begun = begin(meet(server, "ann"), len(CONTENT))
        with monkeypatch.context() as full:
            full.setattr(Store, step, fails)
            assert patch(server, begun["address"], 0, CONTENT).refusal == (507, "no_space")
        reached = offset_of(server, begun["address"])
        answer = patch(server, begun["address"], reached, CONTENT[reached:])
        assert answer.json["file"]["sha256"] == hashlib.sha256(CONTENT).hexdigest()


def test_what_threads_do_with_a_file_is_paid_for(serve_files: ServeFiles, meet: Meet) -> None:
    large = bytes(5 * PIECE_BYTES)
    with serve_files() as server:
        ann = meet(server, "ann")
        share(server, ann, b"x")
        spent = []
        for content in (b"y", large):
            before = units_of_strangers(server)
            _, file = share(server, ann, content)
            spent.append(units_of_strangers(server) - before)
        assert spent[0] > METRICS + FILE
        assert spent[1] > spent[0] + 4 * FILE_PIECE, "whatever comes of it at a time"
        before = units_of_strangers(server)
        assert len(get(server, file).body) == len(large)
        assert units_of_strangers(server) - before > METRICS + 5 * FILE_PIECE


def test_to_let_a_file_come_is_paid_for_whether_or_not_it_may(serve_files: ServeFiles) -> None:
    with serve_files(file_megabytes_max=1) as server:
        before = units_of_strangers(server)
        assert ask(server, "/api/rooms/lobby/files?name=a", bytes(2_000_000)).status == 413
        assert units_of_strangers(server) - before > METRICS + REQUEST + UPLOADING
