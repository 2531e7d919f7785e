"""A side-car from its start to its end."""

import socket
import threading
from pathlib import Path

import pytest
from bench.ports import free_port

from hubbub.chat.errors import Unreachable
from hubbub.client import parse_address
from hubbub.sidecar.asking import asked
from hubbub.sidecar.guard import HOST
from hubbub.sidecar.noted import Note, Noted
from hubbub.sidecar.ports import listening
from hubbub.sidecar.running import place_of
from hubbub.sidecar.site import Asked
from hubbub.testing import LocalServer
from tests.server.http.asking import ask
from tests.sidecar.cars import PATIENCE_SECONDS, Car, PagePeer, path_of, side_car


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("", "/"),
        ("192.0.2.2", "/"),
        ("http://192.0.2.2/lobby/1042", "/lobby/1042"),
        ("hubbub://192.0.2.2/日本", "/%E6%97%A5%E6%9C%AC"),
        ("http://192.0.2.2/#invite=abc", "/#invite=abc"),
        ("http://192.0.2.2/tea#password=a%20%26b", "/tea#password=a%20%26b"),
        ("hubbub://192.0.2.2/api/3", "/"),
        ("hubbub://192.0.2.2/%2Fevil.example", "/"),
    ],
)
def test_the_page_begins_where_the_address_leads(address: str, place: str) -> None:
    given = parse_address(address)
    assert place_of(given, given.password) == place


def test_it_listens_on_this_machine_alone_and_comes_back_on_the_same_port(
    server: LocalServer, tmp_path: Path
) -> None:
    with side_car(server.address, tmp_path) as car:
        assert car.server.host == HOST
        first = car.server.port
        noted = car.note.read()
        assert noted is not None
        assert noted.port == first
    with side_car(server.address, tmp_path) as car:
        assert car.server.port == first


def test_where_its_port_is_taken_it_takes_another(server: LocalServer, tmp_path: Path) -> None:
    with listening(None) as taken:
        port = taken.getsockname()[1]
        note = Note(parse_address(server.address), tmp_path)
        assert note.claim()
        note.release(port)
        with side_car(server.address, tmp_path) as car:
            assert car.server.port != port


def test_without_a_server_it_does_not_start(tmp_path: Path) -> None:
    nobody = f"{HOST}:{free_port()}"
    with (
        pytest.raises(Unreachable, match=f"No chatroom answers at {nobody}"),
        side_car(nobody, tmp_path),
    ):
        pass
    assert Note(parse_address(nobody), tmp_path).claim(), "nothing is held any more"


def test_nobody_is_led_to_the_port_of_one_that_was_killed(tmp_path: Path) -> None:
    address = parse_address("127.0.0.1:1")
    Note(address, tmp_path).write(Noted(2345, "its secret"))
    with pytest.raises(Unreachable), side_car("127.0.0.1:1", tmp_path):
        pass
    assert Note(address, tmp_path).read() == Noted(2345)


def test_another_program_of_the_person_gets_an_entrance(car: Car, server: LocalServer) -> None:
    other = Note(parse_address(server.address), car.note.path.parent)
    assert not other.claim()
    entrance = asked(other, Asked("/tea/3", window=True))
    assert entrance is not None
    assert entrance.address is not None
    answer = ask(car.server, path_of(entrance.address))
    assert (answer.status, answer.headers["location"]) == (303, "/tea/3")


def test_whoever_asks_one_that_is_ending_becomes_the_next(
    server: LocalServer, tmp_path: Path
) -> None:
    other = Note(parse_address(server.address), tmp_path)
    with side_car(server.address, tmp_path) as car:
        noted = car.note.read()
        assert noted is not None
        car.note.write(Noted(1, noted.secret))  # nobody answers there
        found: list[object] = []
        asking = threading.Thread(target=lambda: found.append(asked(other, Asked())))
        asking.start()
    asking.join(PATIENCE_SECONDS)
    assert found == [None]
    assert not Note(parse_address(server.address), tmp_path).claim(), "it has claimed the note"


def test_it_ends_when_nobody_has_the_page_open_any_more(
    server: LocalServer, tmp_path: Path
) -> None:
    with side_car(server.address, tmp_path, seconds=5) as car:
        with PagePeer(car, "ann") as ann:
            for _ in range(3):
                ann.ask(type="say", room="lobby", text="I am here")
        until_gone(car)


def until_gone(car: Car) -> None:
    """Wait until it does not listen any more."""
    gone = threading.Event()

    def look() -> None:
        while not gone.is_set():
            try:
                socket.create_connection((car.server.host, car.server.port), 1).close()
            except OSError:
                gone.set()

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    assert gone.wait(PATIENCE_SECONDS)
