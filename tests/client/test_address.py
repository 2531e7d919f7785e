"""What people write as an address, and what it means."""

import pytest

from hubbub.client.address import Address, BadAddress, parse_address

FP = "ab" * 16


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("", Address("127.0.0.1", 1234)),
        ("example.org", Address("example.org", 1234)),
        ("example.org:80", Address("example.org", 80)),
        (":5000", Address("127.0.0.1", 5000)),
        (" 10.0.0.1:1 ", Address("10.0.0.1", 1)),
        ("::1", Address("::1", 1234)),
        ("[::1]:99", Address("::1", 99)),
        ("[fe80::1%eth0]", Address("fe80::1%eth0", 1234)),
        ("hubbub://host:9/dev", Address("host", 9, "dev")),
        ("HUBBUB://host/", Address("host", 1234)),
        ("hubbub://host/dev/1042", Address("host", 1234, "dev", 1042)),
        ("http://host:9/dev", Address("host", 9, "dev", plain=True)),
        ("http://host:9/caf%C3%A9/7/", Address("host", 9, "café", 7, plain=True)),
        ("http://host:9/@0123/7", Address("host", 9, "@0123", 7, plain=True)),
        ("hubbub://[::1]:9/caf%C3%A9", Address("::1", 9, "café")),
        ("http://host:9/", Address("host", 9, plain=True)),
        ("HTTP://host", Address("host", 80, plain=True)),
        ("hubbubs://host", Address("host", 1234, secure=True)),
        ("https://host/dev", Address("host", 443, "dev", secure=True)),
        (f"hubbubs://host:9/#fp={'AB ' * 16}", Address("host", 9, secure=True, fingerprint=FP)),
        ("http://[::1]:9/#invite=k3vW-_", Address("::1", 9, invitation="k3vW-_", plain=True)),
        ("hubbub://host:9/#invite=k3vW", Address("host", 9, invitation="k3vW")),
        ("hubbub://host/dev#invite=k3vW", Address("host", 1234, "dev", invitation="k3vW")),
        ("host:9/#invite=k3vW", Address("host", 9, invitation="k3vW")),
        ("http://host:9/#password=a%20b%2B", Address("host", 9, password="a b+", plain=True)),
    ],
)
def test_what_people_write(written: str, address: Address) -> None:
    assert parse_address(written) == address


@pytest.mark.parametrize(
    "written",
    [
        "host:",
        "host:0",
        "host:65536",
        "host:abc",
        "host:٣",
        "a b",
        "[]:1",
        "[::1",
        "[::1]x",
        "ftp://host",
        "http://host/room/x",
        "hubbub://host/room/1/2",
        "http://host/room?q",
        "host/room",
        "http://host/#invite=",
        "http://host/#invite=k3 vW",
        "http://host/?q#invite=k3vW",
        "hubbubs://host/#fp=abcd",
        "a:b:c:d:e",
    ],
)
def test_what_no_one_can_mean_is_refused_with_the_forms_that_work(written: str) -> None:
    with pytest.raises(BadAddress, match="HOST:PORT") as refused:
        parse_address(written)
    assert refused.value.code == "bad_address"


def test_an_address_reads_back() -> None:
    for written in ("127.0.0.1:1234", "[::1]:99", "host:1"):
        assert str(parse_address(written)) == written


def test_a_chatroom_may_be_at_several_addresses() -> None:
    written = "n1:1, [::1]:2,n3"
    first = parse_address(written)
    assert str(first) == "n1:1"
    assert first.others == (Address("::1", 2, assumed=True), Address("n3", 1234, assumed=True))
    assert str(first.next) == "[::1]:2"
    assert first.next.next.next == first
    link = parse_address("https://n1,n2:9/dev#password=a,b")
    assert (link.room, link.password) == ("dev", "a,b")
    other = Address("n2", 9, "dev", password="a,b", secure=True, assumed=True)
    assert link.others == (other,)


@pytest.mark.parametrize("written", [",", "n1,", "n1,,n2", "hubbub://,n2", "n1,n2:0", "n1,n2/x"])
def test_each_of_several_addresses_is_one(written: str) -> None:
    with pytest.raises(BadAddress, match="HOST:PORT,HOST:PORT"):
        parse_address(written)
