"""Which of this machine's addresses others are told, and which of theirs are taken."""

import ipaddress
from types import SimpleNamespace

import pytest

from hubbub.lan import networks
from hubbub.lan.networks import Own, nearest, own_networks

LOOPBACK = ("127.0.0.1", 8)
CABLE = ("169.254.7.7", 16)
BRIDGE = ("172.17.0.1", 16)
WIFI = ("192.168.1.5", 24)


def have(
    monkeypatch: pytest.MonkeyPatch, *addresses: tuple[str, int], outward: str | None = None
) -> list[str]:
    """Give this machine an adapter for each address; return what others are told."""
    ips = [SimpleNamespace(ip=ip, network_prefix=bits, is_IPv4=True) for ip, bits in addresses]
    ips.append(SimpleNamespace(ip=("fe80::1", 0, 1), network_prefix=64, is_IPv4=False))
    monkeypatch.setattr(networks, "get_adapters", lambda: [SimpleNamespace(ips=[ip]) for ip in ips])
    monkeypatch.setattr(networks, "_outward_address", lambda: outward)
    return [str(own) for own in own_networks()]


def test_what_others_can_use_comes_without_what_they_cannot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert have(monkeypatch, LOOPBACK, CABLE, BRIDGE, WIFI) == ["172.17.0.1/16", "192.168.1.5/24"]
    assert have(monkeypatch, LOOPBACK, CABLE) == ["169.254.7.7/16"]
    assert have(monkeypatch, LOOPBACK) == ["127.0.0.1/8"]
    assert have(monkeypatch) == []


def test_the_address_that_faces_the_network_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    told = have(monkeypatch, LOOPBACK, BRIDGE, WIFI, outward=WIFI[0])
    assert told == ["192.168.1.5/24", "172.17.0.1/16"]


def test_this_machine_has_an_address() -> None:
    own = own_networks()
    assert own
    outward = networks._outward_address()
    assert outward is None or ipaddress.IPv4Address(outward) in {one.ip for one in own}


def test_a_host_is_reached_where_one_is_near() -> None:
    own = [Own("192.168.1.5/24"), Own("172.17.0.1/16")]
    assert nearest(["172.17.0.1", "192.168.1.9", "10.0.0.1"], own) == "192.168.1.9"
    assert nearest(["172.17.0.1", "10.0.0.1"], own) == "172.17.0.1"
    assert nearest(["10.0.0.9", "10.0.0.1"], own) == "10.0.0.1"
    assert nearest([], own) is None
