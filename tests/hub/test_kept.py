"""A name stays with its secret for a while if its connection was lost (protocol section 3.1)."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.hub.present import kept
from hubbub.hub.present.kept import KEPT_SECONDS
from hubbub.wire.framed import CLASSIC
from tests.hub.peers import Chatroom, Peer
from tests.hub.test_posters import poster
from tests.hub.test_sessions import codes, welcome

LOST_AT = 100.0


def lost(chatroom: Chatroom, name: str = "ann", *, origin: str = "") -> Peer:
    peer = chatroom.enter(name, origin=origin)
    peer.tell(c.Join(room="lobby"))
    chatroom.hub.depart(peer.session, LOST_AT)
    return peer


def is_free(chatroom: Chatroom, name: str) -> bool:
    peer = chatroom.enter(name)
    chatroom.hub.depart(peer.session)
    return not welcome(peer).held


def test_nobody_else_gets_the_name_of_a_lost_connection() -> None:
    chatroom = Chatroom()
    lost(chatroom)
    other = chatroom.enter("Ann")
    assert welcome(other).held
    other.tell(c.Resume(session="a guess"))
    other.tell(c.Join(room="lobby"))
    assert codes(other) == ["name_taken", "name_taken"]
    for taking in (
        lambda: chatroom.enter("ann", CLASSIC),
        lambda: chatroom.enter("аnn"),
        lambda: poster(chatroom, "ann"),
        lambda: poster(chatroom, "аnn"),
    ):
        with pytest.raises(Refused) as refusal:
            taking()
        assert refusal.value.code == "name_taken"


def test_whoever_has_the_secret_gets_the_name_back() -> None:
    chatroom = Chatroom()
    ann = chatroom.enter("ann")
    ann.tell(c.Join(room="lobby"))
    ann.tell(c.Say(room="lobby", text="helo"))
    chatroom.commit()
    chatroom.hub.depart(ann.session, LOST_AT)
    again = chatroom.enter("ann")
    again.tell(c.Resume(session=ann.session.secret))
    again.tell(c.Join(room="lobby"))
    again.tell(c.Edit(room="lobby", seq=1, text="hello"))
    assert codes(again) == []
    chatroom.hub.depart(again.session)
    assert is_free(chatroom, "ann"), "and loses it as anybody does"
    assert is_free(chatroom, "аnn")


def refusal_of(chatroom: Chatroom, name: str) -> Refused:
    with pytest.raises(Refused) as refusal:
        poster(chatroom, name)
    return refusal.value


def test_a_refusal_says_for_how_many_seconds_the_name_is_kept() -> None:
    chatroom = Chatroom()
    lost(chatroom)
    assert refusal_of(chatroom, "ann").retry_after == 60
    chatroom.hub.free_names(LOST_AT + 17.5)
    refusal = refusal_of(chatroom, "ann")
    assert (refusal.retry_after, "for 43 seconds more" in str(refusal)) == (43, True)
    chatroom.hub.free_names(LOST_AT + 59.5)
    assert "for 1 second more" in str(refusal_of(chatroom, "ann"))
    other = chatroom.enter("ann")
    other.tell(c.Resume(session="a guess"))
    assert [one.retry_after for one in other.events() if isinstance(one, e.Error)] == [1]
    chatroom.enter("bob")
    assert refusal_of(chatroom, "bob").retry_after is None


def test_a_session_that_was_not_admitted_keeps_no_name() -> None:
    chatroom = Chatroom(password="rolu")
    for told in ([], [c.Unlock(password="guess")]):
        stranger = chatroom.enter("ann")
        for command in told:
            stranger.tell(command)
        chatroom.hub.depart(stranger.session, LOST_AT)
    ann = chatroom.enter("ann")
    ann.tell(c.Unlock(password="rolu"))
    assert not welcome(ann).held
    ghost = chatroom.enter("ann")
    ghost.tell(c.Unlock(password="rolu"))
    chatroom.hub.depart(ghost.session, LOST_AT)
    chatroom.hub.depart(ann.session)
    again = chatroom.enter("ann")
    again.tell(c.Unlock(password="rolu"))
    assert not welcome(again).held


def test_somebody_who_did_nothing_keeps_no_name() -> None:
    chatroom = Chatroom()
    chatroom.hub.depart(chatroom.enter("ann").session, LOST_AT)
    assert is_free(chatroom, "ann")


def test_somebody_who_came_back_and_is_lost_again_at_once_keeps_the_name() -> None:
    chatroom = Chatroom()
    ann = lost(chatroom)
    again = chatroom.enter("ann")
    again.tell(c.Resume(session=ann.session.secret))
    chatroom.hub.depart(again.session, LOST_AT)
    assert not is_free(chatroom, "ann")


def test_nobody_is_present_under_a_kept_name() -> None:
    chatroom = Chatroom()
    lost(chatroom)
    bob = chatroom.enter("bob")
    bob.tell(c.Direct(name="ann"))
    assert codes(bob) == ["not_here"]
    assert {one.name for one in chatroom.hub.here} == {"bob"}


def test_after_a_minute_the_name_is_free() -> None:
    chatroom = Chatroom()
    lost(chatroom)
    chatroom.hub.free_names(LOST_AT + KEPT_SECONDS - 1)
    assert not is_free(chatroom, "ann")
    chatroom.hub.free_names(LOST_AT + KEPT_SECONDS)
    assert is_free(chatroom, "ann")
    assert is_free(chatroom, "аnn")


def test_a_classic_session_gets_its_name_back_at_once() -> None:
    """It was given no secret with which it could come back."""
    chatroom = Chatroom()
    for _ in range(2):
        chatroom.hub.depart(chatroom.enter("ann", CLASSIC).session, LOST_AT)
    assert is_free(chatroom, "ann")


def test_throw_away_names_push_out_none_of_another_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kept, "KEPT_PER_ADDRESS_MAX", 3)
    monkeypatch.setattr(kept, "KEPT_OF_THIS_MACHINE_MAX", 3)
    chatroom = Chatroom()
    lost(chatroom)
    for number in range(5):
        lost(chatroom, f"guest {number}", origin="192.0.2.1")
    names = ["ann", *(f"guest {number}" for number in range(5))]
    free = {name for name in names if is_free(chatroom, name)}
    assert free == {"guest 0", "guest 1"}


def test_so_many_names_are_kept_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "KEPT_MAX", 3)
    chatroom = Chatroom()
    for number in range(5):
        lost(chatroom, f"guest {number}", origin=f"192.0.2.{number}")
    free = [is_free(chatroom, f"guest {number}") for number in range(5)]
    assert free == [True, True, False, False, False]
