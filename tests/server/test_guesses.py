"""Passwords cannot be guessed by trying many."""

import pytest

from hubbub.chat.errors import Refused
from hubbub.server import guesses
from hubbub.server.config import Config, ServerSection
from hubbub.server.guesses import Guesses
from hubbub.testing import serving
from tests.server.event_peer import EventPeer

now = 0.0


def clock() -> float:
    return now


def test_an_address_waits_after_ten_wrong_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Guesses(clock)
    for _ in range(10):
        counted.check("eve's")
        counted.wrong("eve's")
    with pytest.raises(Refused, match="in 10 seconds") as caught:
        counted.check("eve's")
    assert caught.value.code == "slow_down"
    counted.check("ann's")
    monkeypatch.setitem(globals(), "now", 10.0)
    counted.check("eve's")
    counted.wrong("eve's")
    with pytest.raises(Refused):
        counted.check("eve's")


def test_so_many_addresses_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guesses, "HOSTS_MAX", 2)
    counted = Guesses(clock)
    for host in ("a", "b", "a", "c"):
        for _ in range(5):
            counted.wrong(host)
    counted.check("b")  # forgotten
    with pytest.raises(Refused):
        counted.check("a")


def test_the_right_password_must_wait_too() -> None:
    config = Config(server=ServerSection(listen="127.0.0.1:0", password="rolu-mika"))
    with serving(config) as server:
        said = []
        for _ in range(11):
            with EventPeer(server, "eve", room=None) as eve:
                said.append(eve.ask(type="unlock", password="1234")["code"])
                assert eve.rest() == b""
        assert said == ["wrong_password"] * 10 + ["slow_down"]
        with EventPeer(server, "eve", room=None) as eve:
            assert eve.ask(type="unlock", password="rolu-mika")["code"] == "slow_down"
