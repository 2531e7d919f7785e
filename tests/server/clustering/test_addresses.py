"""Members are told where the nodes are, as these are configured, and of nothing else."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from hubbub.chat.errors import ConfigError
from hubbub.server.node_addresses import ADDRESSES_MAX, KEPT_SECONDS, Addresses, as_told
from hubbub.testing import LocalServer, serving
from tests.faults.serving import ServerProcess
from tests.server.clustering.nodes import config_of
from tests.server.clustering.pairs import address_of, telling
from tests.server.event_peer import EventPeer

FIRST, SECOND = "n1.example.org:1234", "hubbubs://n2.example.org:443"
SECRET = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("n1.example.org", "n1.example.org:1234"),
        ("hubbub://N1.example.org:80", "n1.example.org:80"),
        ("hubbubs://n1.example.org:443", "hubbubs://n1.example.org:443"),
        ("192.0.2.1:5", "192.0.2.1:5"),
        ("[2001:db8::1]:5", "[2001:db8::1]:5"),
        ("hubbubs://[2001:db8::1]", "hubbubs://[2001:db8::1]:1234"),
    ],
)
def test_addresses_are_told_in_one_form(written: str, told: str) -> None:
    assert as_told(written) == as_told(told) == told


@pytest.mark.parametrize(
    "written",
    [
        *("0.0.0.0:1234", "[::]:1234", "2001:db8::1", "n1:0", "n1:99999", "n1:x", "n1:", "n1,n2"),
        *("http://n1", "n1/lobby", "ann@n1", "n1; script-src *", "-n1", "n 1"),
    ],
)
def test_an_address_at_which_nobody_finds_a_node_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(ConfigError, match="Write HOST:PORT as they would, such as n1"):
        as_told(written)


def test_the_own_address_is_told_first_and_the_others_from_there_on_around() -> None:
    for own, told in [("b:1", ["b:1", "c:1", "a:1"]), ("c:1", ["c:1", "a:1", "b:1"])]:
        addresses = Addresses(own)
        for one in ("a:1", "b:1", "c:1"):
            addresses.hear(one, 0)
        assert addresses.told(0) == told
    assert Addresses("").told(0) == []


def test_a_node_that_is_away_is_told_of_for_a_day_and_not_for_ever() -> None:
    addresses = Addresses("a:1")
    addresses.hear("b:1", 0)
    addresses.hear("c:1", 10)
    assert addresses.told(KEPT_SECONDS - 1) == ["a:1", "b:1", "c:1"]
    assert addresses.told(KEPT_SECONDS + 1) == ["a:1", "c:1"]


def test_what_a_node_tells_that_is_no_address_goes_no_further_nor_do_too_many() -> None:
    addresses = Addresses("a:1")
    for one in ("", "x; script-src *", "n1/../..", *(f"b{number}:1" for number in range(100))):
        addresses.hear(one, 0)
    assert len(addresses.told(0)) == ADDRESSES_MAX
    assert all(one[0] in "ab" for one in addresses.told(0))


def test_members_are_told_of_each_node_that_comes_and_find_all_in_their_welcome(
    tmp_path: Path, nats: str, stream: str
) -> None:
    def config(name: str, address: str) -> LocalServer:
        folder = tmp_path / name
        return stack.enter_context(serving(config_of(folder, [nats], stream, name, address)))

    with ExitStack() as stack:
        first = config("n1", FIRST)
        ann = stack.enter_context(EventPeer(first, "ann"))
        assert ann.welcome["addresses"] == [FIRST]
        second = config("n2", SECOND)
        assert ann.next("addresses")["addresses"] == [FIRST, SECOND]
        bob = stack.enter_context(EventPeer(first, "bob"))
        assert bob.welcome["addresses"] == [FIRST, SECOND]
        eve = stack.enter_context(EventPeer(second, "eve", room=None))
        found = eve.welcome["addresses"]
        assert (found if len(found) > 1 else eve.next("addresses")["addresses"]) == [SECOND, FIRST]


def test_nodes_without_addresses_tell_nothing(tmp_path: Path, nats: str, stream: str) -> None:
    with (
        serving(config_of(tmp_path / "n1", [nats], stream)) as node,
        EventPeer(node, "ann") as ann,
    ):
        assert "addresses" not in ann.welcome


def test_a_node_without_an_address_says_at_its_start_what_is_lost_and_what_to_set(
    tmp_path: Path, nats: str, stream: str
) -> None:
    said = "nobody is told where this node is"
    for name, address in (("n1", ""), ("n2", FIRST)):
        config = f'[cluster]\nservers = ["{nats}"]\nstream = "{stream}"\naddress = "{address}"\n'
        with ServerProcess(tmp_path / name, config):
            journal = (tmp_path / f"{name}.stderr").read_text()
        assert (said in journal) is (not address)


def test_members_of_workers_are_told_and_those_of_relays_are_not(
    tmp_path: Path, nats: str, stream: str
) -> None:
    relay = f'[relay]\nsecret = "{SECRET}"\n'
    with telling(tmp_path, nats, stream, f"[server]\nworkers = 1\n{relay}") as (first, second):
        config = relay.replace("[relay]\n", f'[relay]\nof = "127.0.0.1:{first.port}"\n')
        with ServerProcess(tmp_path / "relay", config) as away, ExitStack() as stack:
            ann = stack.enter_context(EventPeer(LocalServer(first.host, first.port), "ann"))
            told = ann.welcome["addresses"]
            told = told if len(told) > 1 else ann.next("addresses")["addresses"]
            assert told == [address_of(first), address_of(second)]
            ben = stack.enter_context(EventPeer(LocalServer(away.host, away.port), "ben"))
            assert "addresses" not in ben.welcome
            assert ann.next("presence", name="ben")["state"] == "joined", "they are at one node"
