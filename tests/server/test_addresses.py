"""What counts as one address."""

import pytest

from hubbub.server.fairness.addresses import address_of, is_loopback, origin_of


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_this_machine(host: str) -> None:
    assert is_loopback(host)
    assert address_of(host) == address_of("127.0.0.1")
    assert origin_of(host) == ""


@pytest.mark.parametrize(
    "host", ["192.0.2.1", "::2", "::ffff:192.0.2.1", "fe80::1%eth0", "12.7.0.1"]
)
def test_other_machines(host: str) -> None:
    assert not is_loopback(host)
    assert origin_of(host) == address_of(host)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"),
        ("fe80::1%eth0", "fe80::2%eth0"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
    ],
)
def test_what_one_customer_has_is_one_address(one: str, other: str) -> None:
    assert address_of(one) == address_of(other)


@pytest.mark.parametrize(
    ("one", "other"), [("192.0.2.1", "192.0.2.2"), ("2001:db8:1:2::1", "2001:db8:1:3::1")]
)
def test_what_two_customers_have_are_two(one: str, other: str) -> None:
    assert address_of(one) != address_of(other)
