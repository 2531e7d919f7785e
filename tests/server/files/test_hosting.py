"""A file is sent before its sender says in which room it is to be."""

import http.client
from collections.abc import Iterator

import pytest

from hubbub.chat.files import hosting_token
from hubbub.testing import LocalServer
from tests.irc.irc_client import IrcClient
from tests.server.event_peer import EventPeer
from tests.server.files.conftest import ServeFiles

BYTES = b"some bytes"


@pytest.fixture
def server(serve_files: ServeFiles) -> Iterator[LocalServer]:
    """A server that keeps files."""
    with serve_files() as server:
        yield server


def ask(
    server: LocalServer,
    method: str,
    path: str,
    body: bytes | None = None,
    named: str = 'filename="a.txt"',
) -> tuple[int, str, bytes]:
    """Return the status, the header Location and the body of an answer."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=20)
    connection.request(method, path, body, {"Content-Disposition": f"attachment; {named}"})
    answer = connection.getresponse()
    found = answer.status, answer.headers.get("Location", ""), answer.read()
    connection.close()
    return found


def door_of(peer: EventPeer) -> str:
    """Return where somebody sends files before they say where these are to be."""
    return f"/files/hosted/{peer.welcome['name']}/{hosting_token(peer.welcome['session'])}"


def test_a_file_is_in_the_room_where_its_address_is_said(server: LocalServer) -> None:
    address = f"http://{server.address}"
    with EventPeer(server, "ann") as ann, EventPeer(server, "bob") as bob:
        door = door_of(ann)
        assert ask(server, "OPTIONS", door)[0] == 204
        status, place, _ = ask(server, "POST", door, BYTES)
        assert status == 201
        assert ask(server, "GET", place) == (200, "", BYTES)
        bob.tell(type="say", room="lobby", text=f"{address}{place} is not mine")
        assert "files" not in ann.next("message")
        ann.tell(type="say", room="lobby", text=f"look: {address}{place}")
        said = bob.next("message", **{"from": "ann"})
        assert said["text"] == "look:"
        assert [one["name"] for one in said["files"]] == ["a.txt"]
        assert ask(server, "GET", place) == (200, "", BYTES)
        ann.tell(type="say", room="lobby", text=f"once more: {address}{place}")
        again = bob.next("message", **{"from": "ann"})
        assert "files" not in again
        assert place in again["text"]


def test_nobody_else_may_send_files_for_somebody(server: LocalServer) -> None:
    with EventPeer(server, "ann") as ann:
        door, named = door_of(ann), 'filename="../../x.txt"'
        token = door.rpartition("/")[2]
        for wrong in ("ann/xx", f"bob/{token}", f"%01/{token}", f"{'a' * 300}/{token}"):
            assert ask(server, "POST", f"/files/hosted/{wrong}", BYTES)[0] == 403
        assert ask(server, "POST", door, b"")[0] in (400, 422)
        status, place, _ = ask(server, "POST", door, BYTES, named)
        assert status == 201
        assert place.endswith("/x.txt")
    assert ask(server, "POST", door, BYTES)[0] == 403


def test_the_address_for_files_opens_nothing_else(server: LocalServer) -> None:
    with EventPeer(server, "ann") as ann:
        secret, token = ann.welcome["session"], door_of(ann).rpartition("/")[2]
        assert ask(server, "POST", f"/files/hosted/ann/{secret}", BYTES)[0] == 403
        assert secret not in door_of(ann)
        with EventPeer(server, "ann", room=None) as eve:
            eve.tell(type="resume", session=token)
            assert eve.next("error")["code"] == "name_taken"


@pytest.mark.parametrize("nick", ["名" * 32, "𠮷" * 32])
def test_an_address_for_files_is_told_whole_or_not_at_all(server: LocalServer, nick: str) -> None:
    client = IrcClient(server.address, f"NICK {nick}", "USER a 0 * :a")
    lines = [line for line in client.until("376") if line.command == "005"]
    assert {line.params[-1] for line in lines} == {"are supported by this server"}


@pytest.mark.parametrize(
    "named",
    ["filename*0=a'b", "filename*=x''%FF", "filename*=utf-8''%FF", "filename=a b", 'filename="a'],
)
def test_a_file_whose_name_cannot_be_read_is_a_file(
    server: LocalServer, named: str, recwarn: pytest.WarningsRecorder
) -> None:
    """And its name stands on no terminal, nor in the journal."""
    with EventPeer(server, "ann") as ann:
        door = door_of(ann)
        status, place, _ = ask(server, "POST", door, BYTES, named)
        assert (status, place.rpartition("/")[2]) == (201, "file")
    assert [one.message for one in recwarn if "Disposition" in one.category.__name__] == []


def test_a_client_of_irc_is_told_where_to_send_files(server: LocalServer) -> None:
    ann = IrcClient(server.address, "NICK Ann？", "USER ann 0 * :Ann")
    tokens = [one for line in ann.until("376") if line.command == "005" for one in line.params]
    (door,) = [one for one in tokens if one.startswith("soju.im/FILEHOST=")]
    url = door.partition("=")[2]
    status, place, _ = ask(server, "POST", url.removeprefix(f"http://{server.address}"), BYTES)
    assert status == 201
    ann.ask("JOIN #lobby")
    ann.until("366")
    with EventPeer(server, "page") as page:
        ann.ask(f"PRIVMSG #lobby :http://{server.address}{place}")
        said = page.next("message")
        assert (said["text"], len(said["files"])) == ("", 1)
