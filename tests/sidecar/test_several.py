"""A side-car of a chatroom with several servers.

A page shows what it keeps to whatever server it talks to, so it is led to no other than the
chatroom's. That a side-car learns by itself which those are is tested with nodes, in
`server/clustering`.
"""

from contextlib import ExitStack
from pathlib import Path

import pytest

from hubbub.chat.errors import Unreachable
from hubbub.client import parse_address
from hubbub.client.nodes import Nodes
from hubbub.testing import LocalServer, serving
from tests.losing import at_its_own_port, dead_address
from tests.server.conftest import Meet
from tests.sidecar.cars import PagePeer, side_car


def has_told(first: str, *others: str) -> str:
    """Have been at a chatroom that told of its nodes; return the list of them."""
    Nodes(parse_address(first)).learn(parse_address(first), [first, *others], locked=False)
    return ",".join([first, *others])


def test_it_begins_at_the_first_server_that_answers(server: LocalServer, tmp_path: Path) -> None:
    listed = has_told(dead_address(), server.address)
    with side_car(listed, tmp_path) as car, PagePeer(car, "ann"):
        assert f'content="http://{server.address}"' in car.ask("/").body.decode()
        assert car.ask("/api").status == 200


def test_if_none_answers_it_says_so(tmp_path: Path) -> None:
    last = dead_address()
    with (
        pytest.raises(Unreachable, match=f"No chatroom answers at {last}"),
        side_car(has_told(dead_address(), last), tmp_path),
    ):
        pass


def test_no_page_is_led_to_a_stranger_in_a_list(server: LocalServer, tmp_path: Path) -> None:
    with (
        pytest.raises(Unreachable, match=f"{server.address} is left out"),
        side_car(f"{dead_address()},{server.address}", tmp_path),
    ):
        pass
    with ExitStack() as first:
        lost = first.enter_context(serving(at_its_own_port()))
        with side_car(f"{lost.address},{server.address}", tmp_path) as car:
            assert car.ask("/api").status == 200
            [told] = car.told
            assert f"{server.address} is left out, as nothing shows" in told
            first.close()
            assert car.ask("/api").status == 503


def test_pages_and_their_files_go_on_at_the_next_server_when_one_is_lost(
    server: LocalServer, tmp_path: Path, meet: Meet
) -> None:
    bob = meet(server, "bob")
    with ExitStack() as first:
        lost = first.enter_context(serving(at_its_own_port()))
        with side_car(has_told(lost.address, server.address), tmp_path) as car:
            with PagePeer(car, "ann") as ann:
                ann.say_and_wait("to the first")
            first.close()
            with PagePeer(car, "ann") as ann:
                ann.say_and_wait("to the second")
                assert bob.next("message")["text"] == "to the second"
            assert (
                car.ask("/api/rooms/lobby/messages").json["messages"][-1]["text"] == "to the second"
            )
