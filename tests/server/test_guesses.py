"""Passwords cannot be guessed by trying many, and nobody suffers from the guesses of others."""

from collections.abc import Iterator

import pytest

from hubbub.chat.errors import WrongSecret
from hubbub.server.config import Config, ServerSection
from hubbub.server.sessions import guesses
from hubbub.server.sessions.guesses import (
    LATER_SECONDS,
    OF_ACCOUNT,
    OF_ADDRESS,
    OF_ALL,
    OF_NETWORK,
    Guesses,
)
from hubbub.testing import LocalServer, serving
from tests.server.event_peer import EventPeer
from tests.server.http.asking import ask

PASSWORD = "rolu-mika"
WRONG = WrongSecret("That is not it.", code="wrong_password")
WRONG_FOR_ANN = WrongSecret("That is not it.", code="wrong_login", account="ann")

now = 0.0


def clock() -> float:
    return now


def wrong(counted: Guesses, host: str, times: int) -> list[str]:
    return [counted.wrong(host, WRONG).code for _ in range(times)]


def test_wrong_ones_are_told_when_to_try_again_after_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Guesses(clock)
    assert wrong(counted, "192.0.2.1", 11) == ["wrong_password"] * 10 + ["slow_down"]
    for _ in range(50):  # guessing on makes nobody wait longer
        refusal = counted.wrong("192.0.2.1", WRONG)
    assert str(refusal).startswith("That is not it. Too many")
    assert "in 10 seconds" in str(refusal)
    assert wrong(counted, "192.0.2.2", 1) == ["wrong_password"]
    monkeypatch.setitem(globals(), "now", 10.0)
    assert wrong(counted, "192.0.2.1", 2) == ["wrong_password", "slow_down"]


@pytest.mark.parametrize(
    ("budget", "hosts", "beside", "elsewhere"),
    [
        (OF_ADDRESS, ["192.0.2.1"], "192.0.2.1", "192.0.2.2"),
        (
            OF_ADDRESS,
            [f"2001:db8::{n:x}" for n in range(99)],
            "2001:db8::f:1",
            "2001:db8:0:1::1",
        ),
        (OF_ADDRESS, ["127.0.0.1", "::1"], "127.0.0.2", "192.0.2.1"),
        (OF_NETWORK, [f"192.0.2.{n}" for n in range(99)], "192.0.2.200", "192.0.3.1"),
        (OF_NETWORK, [f"2001:db8:0:{n:x}::1" for n in range(99)], "2001:db8::1", "2001:db9::1"),
        (OF_ALL, [f"10.{n}.0.1" for n in range(250)], "192.0.2.1", None),
    ],
)
def test_after_many_of_an_address_or_network_or_in_all_they_are_looked_at_later(
    budget: guesses._Budget, hosts: list[str], beside: str, elsewhere: str | None
) -> None:
    counted = Guesses(clock)
    for number in range(int(budget.at_once)):
        assert not counted.delay(beside)
        wrong(counted, hosts[number % len(hosts)], 1)
    assert counted.delay(beside) == LATER_SECONDS
    for number in range(350):
        wrong(counted, hosts[number % len(hosts)], 1)
    assert counted.delay(beside) == LATER_SECONDS
    assert elsewhere is None or not counted.delay(elsewhere)


def test_they_are_looked_at_one_after_the_other_as_they_came(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counted = Guesses(clock)
    wrong(counted, "192.0.2.1", int(OF_ADDRESS.at_once))
    looked_at = set()
    for number in range(100):
        monkeypatch.setitem(globals(), "now", number / 100)
        looked_at.add(round(now + counted.delay("192.0.2.1"), 3))
    assert len(looked_at) == 100


def test_so_many_addresses_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guesses, "COUNTED_MAX", 4)  # two addresses and their networks
    counted = Guesses(clock)
    for host in ("192.0.2.1", "198.51.100.1", "192.0.2.1", "203.0.113.1"):
        wrong(counted, host, 60)
    assert counted.delay("192.0.2.1")
    assert not counted.delay("198.51.100.1"), "it is forgotten"


def test_after_some_for_one_account_they_are_looked_at_later_wherever_they_come_from() -> None:
    counted = Guesses(clock)
    for number in range(int(OF_ACCOUNT.at_once)):
        assert not counted.delay("198.51.100.1", "ann")
        counted.wrong(f"10.{number}.0.1", WRONG_FOR_ANN)
    assert counted.delay("198.51.100.1", "ann") == LATER_SECONDS
    assert not counted.delay("198.51.100.1", "bob"), "another account is not concerned"
    assert not counted.delay("198.51.100.1"), "nor is the chatroom's password"


def test_an_account_that_is_guessed_at_does_not_keep_its_owner_waiting() -> None:
    counted = Guesses(clock)
    counted.right("198.51.100.1", "ann")
    for number in range(300):
        counted.wrong(f"10.{number % 250}.0.1", WRONG_FOR_ANN)
    assert counted.delay("192.0.2.1", "ann")
    assert not counted.delay("198.51.100.1", "ann")
    assert counted.delay("198.51.100.1", "bob") == 0
    assert counted.delay("10.0.0.1", "ann")


def test_a_familiar_address_may_guess_no_more_than_others() -> None:
    counted = Guesses(clock)
    counted.right("192.0.2.1", "ann")
    for _ in range(int(OF_ADDRESS.at_once)):
        assert not counted.delay("192.0.2.1", "ann")
        counted.wrong("192.0.2.1", WRONG_FOR_ANN)
    assert counted.delay("192.0.2.1", "ann")


def test_accounts_that_nobody_has_are_counted_like_others_and_forgotten_like_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guesses, "COUNTED_MAX", 10)
    monkeypatch.setattr(guesses, "FAMILIAR_MAX", 10)
    counted = Guesses(clock)
    for number in range(100):
        wrong_for = WrongSecret("That is not it.", code="wrong_login", account=f"nobody {number}")
        counted.wrong("192.0.2.1", wrong_for)
        counted.right("192.0.2.1", f"somebody {number}")
    assert len(counted._accounts) == len(counted._familiar) == 10


@pytest.fixture
def locked() -> Iterator[LocalServer]:
    """A server with a password."""
    with serving(Config(server=ServerSection(password=PASSWORD))) as server:
        yield server


def unlock(server: LocalServer, name: str, password: str) -> str:
    """Return the code of the refusal, or `welcome`."""
    with EventPeer(server, name, room=None) as peer:
        answer = peer.ask(type="unlock", password=password)
        if answer["type"] == "error":
            assert peer.rest() == b""
        return str(answer.get("code", answer["type"]))


def over_http(server: LocalServer, password: str) -> int:
    return ask(server, "/api", Authorization=f"Bearer {password}").status


def test_the_right_password_is_taken_whoever_guesses_beside_it(locked: LocalServer) -> None:
    codes = [unlock(locked, "eve", "1234") for _ in range(12)]
    assert codes == ["wrong_password"] * 10 + ["slow_down"] * 2
    assert unlock(locked, "ann", PASSWORD) == "welcome"
    assert over_http(locked, "1234") == 429
    assert over_http(locked, PASSWORD) == 200


def test_the_right_password_is_taken_in_the_end_whatever_was_guessed(
    locked: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guesses, "LATER_SECONDS", 0.1)
    monkeypatch.setattr(guesses, "OF_ADDRESS", guesses._Budget(12, 0.1))
    codes = {unlock(locked, "eve", "1234") for _ in range(20)}
    assert codes == {"wrong_password", "slow_down"}
    assert unlock(locked, "ann", PASSWORD) == "welcome"
    assert over_http(locked, PASSWORD) == 200
