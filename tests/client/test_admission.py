"""What a server is given so that it lets us in, and what no other is."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
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


def test_a_bots_token_is_enough_for_a_locked_server() -> None:
    bot = Admission(Address(), "ci", "", device="hb_token")
    locked = welcome("ci", locked=True, features=["people"])
    assert bot.answer(locked) == c.Identify(device="hb_token")


@pytest.mark.parametrize("held", [False, True])
def test_who_was_let_in_before_proves_it(held: bool) -> None:
    ann = admission()
    ann.admitted(welcome("Ann Lee", session="s1"))
    assert ann.answer(welcome("ann lee", session="s2", held=held)) == c.Resume(session="s1")


def test_of_a_held_name_the_server_says_why_it_is_not_ours() -> None:
    assert admission().answer(welcome("Ann Lee", held=True)) == c.Resume(session="")


def test_the_secret_of_an_earlier_run_proves_it_too() -> None:
    ann = Admission(Address(), "Ann  Lee", "", secret="s1")
    assert ann.secret == "s1"
    assert ann.answer(welcome("ann lee", session="s2", held=True)) == c.Resume(session="s1")
    ann.admitted(welcome("Ann Lee", session="s2"))
    assert ann.secret == "s2"
    ann.forget()
    assert ann.answer(welcome("Ann Lee")) is None


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


DEVICE = "device-of-ann-and-of-nobody-else"


@pytest.mark.parametrize("held", [False, True])
def test_the_device_goes_to_a_server_that_knows_people_and_to_no_other(held: bool) -> None:
    ann = Admission(Address(), "Ann  Lee", "", device=DEVICE)
    knowing = welcome("ann lee", held=held, features=["people"])
    assert ann.answer(knowing) == c.Identify(device=DEVICE)
    assert ann.answer(welcome("ann lee")) is None


def test_the_device_goes_to_nobody_who_is_locked_or_takes_us_for_somebody_else() -> None:
    ann = Admission(Address(), "ann", "rolu", device=DEVICE)
    locked = welcome("ann", locked=True, features=["people"])
    assert ann.answer(locked) == c.Unlock(password="rolu")
    with pytest.raises(Disconnected):
        ann.answer(welcome("eve", features=["people"]))


def test_who_is_called_otherwise_by_the_server_goes_on_under_that_name() -> None:
    ann = Admission(Address(), "ann", "", device=DEVICE)
    ann.admitted(welcome("anna", features=["people"]))
    again = ann.answer(welcome("anna", features=["people"]))
    assert again == c.Identify(device=DEVICE)


INVITATION = "k3vWQ0pTz1mUe8rYb5xJ7A"


def invited(password: str = "") -> Admission:
    return Admission(Address(), "ann", password, device=DEVICE, invitation=INVITATION)


@pytest.mark.parametrize("state", [{}, {"held": True}, {"locked": True}])
@pytest.mark.parametrize("password", ["", "rolu"])
def test_an_invitation_is_given_with_the_device_in_place_of_all_else(
    state: dict[str, bool], password: str
) -> None:
    ann = invited(password)
    given = c.Identify(device=DEVICE, invitation=INVITATION)
    assert ann.answer(welcome("ann", features=["people"], **state)) == given  # type: ignore[arg-type]


def test_an_invitation_is_kept_until_it_has_let_us_in_and_given_once() -> None:
    ann = invited()
    knowing = welcome("ann", features=["people"], locked=True)
    ann.answer(knowing)
    ann.begin()
    assert ann.answer(knowing) == c.Identify(device=DEVICE, invitation=INVITATION)
    in_ = welcome("ann", features=["people"])
    assert ann.let_in(in_, c.Identify(device=DEVICE)) is in_
    ann.admitted(in_)
    ann.begin()
    assert ann.answer(knowing) == c.Identify(device=DEVICE)


def test_an_invitation_goes_to_no_server_that_knows_no_people() -> None:
    assert invited().answer(welcome("ann")) is None


def test_who_was_invited_before_needs_no_password_and_others_are_asked_for_it() -> None:
    ann = Admission(Address(), "ann", device=DEVICE)
    identify = c.Identify(device=DEVICE)
    assert ann.answer(welcome("ann", features=["people"], locked=True)) == identify
    needed = e.Error(code="password_needed", message='Send {"type":"unlock"} first.')
    with pytest.raises(Refused, match="HUBBUB_PASSWORD") as refused:
        ann.let_in(needed, identify)
    assert refused.value.code == "password_needed"


def test_a_device_does_not_open_a_lock_where_it_is_to_be_somebody_elses() -> None:
    proof = c.Login(name="ann", password="four words of mine")
    ann = Admission(Address(), "ann", device=DEVICE, proof=proof)
    with pytest.raises(Refused, match="has a password"):
        ann.answer(welcome("ann", features=["people"], locked=True))


@pytest.mark.parametrize(("first", "is_patient"), [("log_unavailable", True), ("slow_down", False)])
def test_a_name_that_a_node_may_have_claimed_for_us_without_knowing_is_waited_for(
    first: str, *, is_patient: bool
) -> None:
    ann = admission()
    taken = Refused("The name 'ann' is taken.", code="name_taken")
    ann.begin()
    ann.turned_away(Refused("Not now.", code=first), 100.0, patient=True, has_entered=True)
    ann.lost(100.0)
    ann.begin()
    turned_away = ann.turned_away(taken, 101.0, patient=True, has_entered=True)
    assert isinstance(turned_away, Disconnected) is is_patient
    ann.lost(101.0)
    ann.begin()
    assert ann.turned_away(taken, 200.0, patient=True, has_entered=True) is taken
