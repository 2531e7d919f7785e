"""A side-car of a chatroom with several servers."""

import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from hubbub.chat.errors import Unreachable
from hubbub.testing import LocalServer, serving
from tests.server.conftest import Meet
from tests.sidecar.cars import PagePeer, side_car


def dead_address() -> str:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        return f"127.0.0.1:{gone.getsockname()[1]}"


def test_it_begins_at_the_first_server_that_answers(server: LocalServer, tmp_path: Path) -> None:
    with side_car(f"{dead_address()},{server.address}", tmp_path) as car, PagePeer(car, "ann"):
        assert f'content="http://{server.address}"' in car.ask("/").body.decode()
        assert car.ask("/api").status == 200


def test_if_none_answers_it_says_so(tmp_path: Path) -> None:
    last = dead_address()
    with (
        pytest.raises(Unreachable, match=f"No chatroom answers at {last}"),
        side_car(f"{dead_address()},{last}", tmp_path),
    ):
        pass


def test_pages_and_their_files_go_on_at_the_next_server_when_one_is_lost(
    server: LocalServer, tmp_path: Path, meet: Meet
) -> None:
    bob = meet(server, "bob")
    with ExitStack() as first:
        lost = first.enter_context(serving())
        with side_car(f"{lost.address},{server.address}", tmp_path) as car:
            with PagePeer(car, "ann") as ann:
                ann.say_and_wait("to the first")
            first.close()
            with PagePeer(car, "ann") as ann:
                ann.say_and_wait("to the second")
                assert bob.next("message")["text"] == "to the second"
            assert (
                car.ask("/api/rooms/lobby/messages").json["messages"][-1]["text"] == "to the second"
            )
