"""Who comes back under a name with its secret is the same person; who takes it is another."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.hub import departed
from tests.hub.peers import Chatroom, Peer
from tests.hub.test_sessions import welcome

ROOM = "@97049da5464956062d0e94be"  # of ann and bob


def private_talk() -> tuple[Chatroom, Peer, str]:
    """Return a chatroom in which ann told bob something, bob, and the secret of ann, who left."""
    chatroom = Chatroom()
    ann, bob = chatroom.enter("ann"), chatroom.enter("bob")
    secret = welcome(ann).session
    ann.tell(c.Direct(name="bob"))
    ann.tell(c.Say(room=ROOM, text="for bob alone"))
    chatroom.commit()
    chatroom.hub.depart(ann.session)
    return chatroom, bob, secret


def heard(peer: Peer) -> list[str]:
    """Return what the peer reads in the private room from its beginning."""
    peer.events()
    peer.tell(c.Join(room=ROOM, after=0))
    peer.tell(c.History(room=ROOM, ref="h"))
    pages = [event for event in peer.events() if isinstance(event, e.Page)]
    return [message.text for message in pages[0].messages]


def test_who_comes_back_reads_on() -> None:
    chatroom, _, secret = private_talk()
    again = chatroom.enter("ann")
    assert not welcome(again).held
    again.tell(c.Resume(session=secret))
    assert heard(again) == ["for bob alone"]


def test_and_once_more_with_the_newer_secret() -> None:
    chatroom, _, secret = private_talk()
    again = chatroom.enter("ann")
    newer = welcome(again).session
    again.tell(c.Resume(session=secret))
    chatroom.hub.depart(again.session)
    third = chatroom.enter("ann")
    third.tell(c.Resume(session=newer))
    assert heard(third) == ["for bob alone"]


@pytest.mark.parametrize("secret", ["", "a guess"])
def test_who_does_not_know_the_secret_is_another_person(secret: str) -> None:
    chatroom, _, _ = private_talk()
    other = chatroom.enter("ann")
    other.tell(c.Resume(session=secret))
    assert heard(other) == []


def test_the_name_of_who_left_may_belong_to_another_by_now() -> None:
    chatroom, bob, secret = private_talk()
    other = chatroom.enter("ann")
    bob.tell(c.Direct(name="ann"))
    bob.tell(c.Say(room=ROOM, text="for the new ann"))
    chatroom.commit()
    chatroom.hub.depart(other.session)
    first = chatroom.enter("ann")
    first.tell(c.Resume(session=secret))
    assert heard(first) == []


def test_so_many_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(departed, "DEPARTED_MAX", 1)
    chatroom, bob, secret = private_talk()
    chatroom.hub.depart(bob.session)
    ann = chatroom.enter("ann")
    ann.tell(c.Resume(session=secret))
    assert heard(ann) == []
