"""What a server is given so that it lets us in, and what no other is."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat.errors import Refused
from hubbub.client.address import Address
from hubbub.client.admission import Admission
from hubbub.client.errors import Disconnected

from .servers import welcome


def admission(password: str = "rolu") -> Admission:
    return Admission(Address(), "Ann  Lee", password)


def test_a_welcome_asks_for_nothing_more() -> None:
    assert admission().answer(welcome("ann lee")) is None


def test_a_locked_server_gets_the_password_once() -> None:
    ann = admission()
    assert ann.answer(welcome("Ann Lee", locked=True)) == c.Unlock(password="rolu")
    assert ann.is_locked
    with pytest.raises(Refused, match="has a password"):
        ann.answer(welcome("Ann Lee", locked=True))
    ann.begin()
    assert ann.answer(welcome("Ann Lee", locked=True)) == c.Unlock(password="rolu")


def test_without_a_password_a_locked_server_is_none_for_us() -> None:
    with pytest.raises(Refused) as refused:
        admission("").answer(welcome("Ann Lee", locked=True))
    assert refused.value.code == "password_needed"


@pytest.mark.parametrize("held", [False, True])
def test_who_was_let_in_before_proves_it(held: bool) -> None:
    ann = admission()
    ann.admitted(welcome("Ann Lee", session="s1"))
    assert ann.answer(welcome("ann lee", session="s2", held=held)) == c.Resume(session="s1")


def test_a_held_name_without_a_secret_is_taken() -> None:
    with pytest.raises(Refused, match="is taken"):
        admission().answer(welcome("Ann Lee", held=True))


@pytest.mark.parametrize("more", [{}, {"held": True}, {"locked": True}])
def test_a_welcome_to_somebody_else_gets_nothing(more: dict[str, bool]) -> None:
    ann = admission()
    ann.admitted(welcome("Ann Lee", session="s1"))
    with pytest.raises(Disconnected, match="somebody else"):
        ann.answer(welcome("Eve", **more))  # type: ignore[arg-type]


def test_the_secret_of_a_welcome_counts_only_when_we_are_in() -> None:
    ann = admission()
    ann.admitted(welcome("Ann Lee", session="s1"))
    ann.answer(welcome("Ann Lee", session="s2"))
    assert ann.answer(welcome("Ann Lee", session="s3")) == c.Resume(session="s1")
