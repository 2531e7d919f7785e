"""A list of addresses with nodes of one chatroom in it, and a stranger's that claims to be one."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hubbub.client import connect, parse_address
from hubbub.client.nodes import Nodes
from hubbub.desk.profile import Profile
from hubbub.testing import LocalServer, serving
from tests.cli.commands import refused, told
from tests.cli.folders import own_folders
from tests.client.overheard import Ear, overheard
from tests.client.test_lists import DEVICE, PATIENCE_SECONDS, QUICKLY, online, tries
from tests.faults.serving import ServerProcess
from tests.server.clustering.nodes import config_of
from tests.server.clustering.pairs import address_of, telling
from tests.server.event_peer import EventPeer
from tests.sidecar.cars import PagePeer, side_car

__all__ = ["own_folders"]


@contextmanager
def claiming(folder: Path, nats: str, stream: str, *addresses: str) -> Iterator[LocalServer]:
    """Run a node of another chatroom, which says that it is at the first of these addresses."""
    config = config_of(folder / "evil", [nats], f"{stream}e", address=addresses[0])
    with serving(config) as evil:
        with EventPeer(evil, "probe", room=None) as probe:
            assert probe.welcome["addresses"] == list(addresses)
        yield evil


Pair = tuple[ServerProcess, ServerProcess]


@pytest.fixture
def pair(tmp_path: Path, nats: str, stream: str) -> Iterator[Pair]:
    with telling(tmp_path, nats, stream) as nodes:
        yield nodes


@pytest.fixture
def evil(pair: Pair, tmp_path: Path, nats: str, stream: str) -> Iterator[LocalServer]:
    """A stranger's, which says that it is at the address of the first node."""
    with claiming(tmp_path, nats, stream, address_of(pair[0])) as server:
        yield server


def test_of_a_list_those_are_the_chatroom_s_that_it_tells_of_and_no_other(
    pair: Pair, evil: LocalServer
) -> None:
    first, second = pair

    async def scene(ear: Ear) -> None:
        listed = f"{address_of(first)},{ear.address},{address_of(second)}"
        async with connect(listed, name="ann", device=DEVICE, reconnect=QUICKLY) as ann:
            assert await online(ann) == address_of(first)
            person = ann.person
            assert person is not None
            first.kill()
            assert await online(ann) == address_of(second)
            assert ann.person == person
            second.kill()
            assert f"{ear.address} is left out" in await tries(ann)
            assert ear.heard == b""
            first.start()
            assert await online(ann) == address_of(first)
            assert ann.person == person

    async def overhearing() -> None:
        async with asyncio.timeout(PATIENCE_SECONDS), overheard(evil) as ear:
            await scene(ear)

    asyncio.run(overhearing())


def device_at(address: str) -> str:
    """Return the secret that the user's programs keep for ann at an address."""
    return Profile.load().devices.known(address, "ann")


def test_no_command_shows_a_stranger_what_is_kept_of_a_chatroom_however_they_are_listed(
    pair: Pair, evil: LocalServer
) -> None:
    """Nor does the stranger get it by saying that it is at the chatroom's address."""
    first, second = pair
    bank = address_of(first)

    def devices(address: str) -> str:
        return told("account", "devices", address, "--name", "ann")

    async def scene() -> None:
        async with overheard(evil) as ear:
            own = await asyncio.to_thread(devices, bank)
            assert (secret := device_at(bank))
            assert await asyncio.to_thread(devices, f"{bank},{ear.address}") == own
            assert ear.heard == b""
            first.kill()
            second.kill()
            sentence = await asyncio.to_thread(
                refused, "account", "devices", f"{bank},{ear.address}", "--name", "ann"
            )
            assert f"{ear.address} is left out" in sentence
            assert ear.heard == b""
            for listed in (f"{ear.address},{bank}", ear.address, f"{ear.address},{bank}"):
                await asyncio.to_thread(devices, listed)
            theirs = device_at(ear.address)
            assert theirs.encode() in ear.heard
            assert secret.encode() not in ear.heard
            first.start()
            assert await asyncio.to_thread(devices, bank) == own
            assert device_at(bank) == secret

    asyncio.run(scene())


def test_what_a_stranger_tells_is_not_kept_for_the_chatroom_before_it_in_a_list(
    tmp_path: Path, nats: str, stream: str, hubbub_server: LocalServer
) -> None:
    gone = "127.0.0.1:1"
    with claiming(tmp_path, nats, stream, hubbub_server.address) as evil:

        async def scene() -> None:
            listed = f"{gone},{evil.address}"
            async with connect(listed, name="eve", reconnect=False) as eve:
                assert eve.address == evil.address
                assert hubbub_server.address in eve.addresses, "it may lead in passing"
            at_the_next_start = Nodes(parse_address(listed)).known()
            assert [str(one) for one in at_the_next_start.others] == [evil.address]
            assert at_the_next_start.others[0].assumed

        asyncio.run(scene())


def test_a_side_car_goes_on_at_the_nodes_of_a_list_that_the_chatroom_tells_of(
    pair: Pair, tmp_path: Path
) -> None:
    first, second = pair
    with side_car(f"{address_of(first)},{address_of(second)}", tmp_path / "cars") as car:
        assert car.told == []
        with PagePeer(car, "ann") as ann:
            ann.say_and_wait("to the first")
        first.kill()
        with PagePeer(car, "ben") as ben:
            ben.say_and_wait("to the second")
            page = car.ask("/api/rooms/lobby/messages").json["messages"]
            assert [one["text"] for one in page] == ["to the first", "to the second"]
