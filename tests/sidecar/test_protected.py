"""The side-car's way inside TLS, with a certificate that nobody but the password vouches for."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from bench.ports import free_port

from hubbub.chat.errors import Refused
from hubbub.lan.networks import own_networks
from hubbub.server.config import Config, ServerSection
from hubbub.testing import LocalServer, serving
from tests.server.tls.peers import protected
from tests.sidecar.cars import Car, PagePeer, side_car
from tests.sidecar.test_carrying import PHOTO, shared
from tests.tls.pairs import Pair, pair_in

PASSWORD = "rotu-mika-tedo"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """A certificate of its own."""
    return pair_in(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def server(pair: Pair, tmp_path: Path) -> Iterator[LocalServer]:
    """A server that speaks nothing but TLS."""
    with protected(pair, PASSWORD, "forbidden", data=str(tmp_path / "data")) as one:
        yield one


@pytest.fixture
def car(server: LocalServer, tmp_path: Path) -> Iterator[Car]:
    """Its side-car, which knows the password."""
    address = f"hubbubs://{server.address}/"
    with side_car(address, tmp_path / "side-cars", password=PASSWORD) as one:
        yield one


def test_all_that_pages_say_is_carried_inside_tls(car: Car, server: LocalServer) -> None:
    assert f'content="https://{server.address}"' in car.ask("/").body.decode()
    with PagePeer(car, "ann", PASSWORD) as ann, PagePeer(car, "ben", PASSWORD) as ben:
        ann.say_and_wait("日本" * 1000)
        assert ben.next("message")["text"] == "日本" * 1000
        assert car.ask(shared(car, ann, "lobby")).body == PHOTO
    rooms = car.ask("/api/rooms", Authorization=f"Bearer {PASSWORD}")
    assert rooms.status == 200


def test_the_certificate_is_remembered_and_needs_no_password_then(
    car: Car, server: LocalServer, tmp_path: Path
) -> None:
    with side_car(f"hubbubs://{server.address}/", tmp_path / "other") as again:
        with PagePeer(again, "ann", PASSWORD) as ann:
            assert ann.room["type"] == "room"
        assert again.told == []


def test_a_certificate_that_nobody_vouches_for_is_refused(
    server: LocalServer, tmp_path: Path
) -> None:
    for password, code in (("", "password_needed"), ("guess", "wrong_password")):
        with (
            pytest.raises(Refused) as refusal,
            side_car(f"hubbubs://{server.address}/", tmp_path, password=password),
        ):
            pass
        assert refusal.value.code == code


def test_no_password_goes_where_others_could_read_it(tmp_path: Path) -> None:
    """It is another machine's address, as far as the side-car can see."""
    host = str(own_networks()[0].ip)
    if host.startswith("127."):
        pytest.skip("this machine is in no network")
    config = Config(server=ServerSection(listen=f"{host}:0", password=PASSWORD))
    with serving(config) as server:
        for password, code in ((PASSWORD, "unprotected"), ("", "password_needed")):
            with (
                pytest.raises(Refused) as refusal,
                side_car(server.address, tmp_path / "bare", password=password),
            ):
                pass
            assert refusal.value.code == code
        said = f"http://{server.address}/"
        with (
            side_car(said, tmp_path / "said", password=PASSWORD) as car,
            PagePeer(car, "ann", PASSWORD) as ann,
        ):
            assert ann.room["type"] == "room"


def test_where_another_certificate_is_shown_the_person_is_told_once_and_nothing_is_said(
    pair: Pair, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    other = pair_in(tmp_path_factory.mktemp("other"))
    with ExitStack() as cars:
        with protected(pair, PASSWORD, listen=f"127.0.0.1:{free_port()}") as server:
            address = f"hubbubs://{server.address}/"
            knowing = cars.enter_context(side_car(address, tmp_path / "a", password=PASSWORD))
            known = cars.enter_context(side_car(address, tmp_path / "b"))
        with protected(other, PASSWORD, listen=server.address):
            for _ in range(2):
                assert known.ask("/api/rooms").refusal == (503, "http_unavailable")
            (sentence,) = known.told
            assert "another one than before" in sentence
            rooms = knowing.ask("/api/rooms", Authorization=f"Bearer {PASSWORD}")
            assert rooms.status == 200
            (sentence,) = knowing.told
            assert "has changed" in sentence, "the password vouches for it"
