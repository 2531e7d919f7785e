"""Who comes back under a name with its secret is the same person; who takes it is another."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.hub.present import departed
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


def throw_away(chatroom: Chatroom, count: int, *, origin: str, says: int) -> None:
    """Have names taken and left again, each after saying so much."""
    for number in range(count):
        guest = chatroom.enter(f"{origin} guest {number}", origin=origin)
        guest.tell(c.Join(room="lobby"))
        for _ in range(says):
            guest.tell(c.Say(room="lobby", text="x"))
        chatroom.commit()
        chatroom.hub.depart(guest.session)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let few names be remembered."""
    monkeypatch.setattr(departed, "DEPARTED_MAX", 30)
    monkeypatch.setattr(departed, "DEPARTED_PER_ADDRESS_MAX", 10)
    monkeypatch.setattr(departed, "DEPARTED_OF_THIS_MACHINE_MAX", 10)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    ("origin", "says"),
    [
        ("", 0),  # beside ann, but they say nothing
        ("far", 1),  # as much as ann, but elsewhere
        ("far", 5),
    ],
)
def test_names_to_throw_away_do_not_push_out_who_talked(origin: str, says: int) -> None:
    chatroom, _, secret = private_talk()
    throw_away(chatroom, 100, origin=origin, says=says)
    ann = chatroom.enter("ann")
    ann.tell(c.Resume(session=secret))
    assert heard(ann) == ["for bob alone"]


@pytest.mark.usefixtures("few")
def test_from_everywhere_at_once_who_talked_more_is_remembered() -> None:
    chatroom, _, secret = private_talk()
    for number in range(10):
        throw_away(chatroom, 10, origin=f"network {number}", says=0)
    ann = chatroom.enter("ann")
    ann.tell(c.Resume(session=secret))
    assert heard(ann) == ["for bob alone"]


@pytest.mark.usefixtures("few")
def test_what_one_said_over_earlier_connections_counts() -> None:
    chatroom = Chatroom()
    ann = chatroom.enter("ann")
    ann.tell(c.Join(room="lobby"))
    for _ in range(20):
        ann.tell(c.Say(room="lobby", text="x"))
    chatroom.commit()
    chatroom.hub.depart(ann.session)
    again = chatroom.enter("ann")
    again.tell(c.Resume(session=ann.session.secret))
    chatroom.hub.depart(again.session)
    throw_away(chatroom, 30, origin="", says=1)
    third = chatroom.enter("ann")
    third.tell(c.Resume(session=again.session.secret))
    assert third.session.person.since == ann.session.person.since


@pytest.mark.usefixtures("few")
def test_so_many_are_remembered() -> None:
    chatroom, bob, secret = private_talk()
    chatroom.hub.depart(bob.session)
    throw_away(chatroom, 10, origin="", says=2)
    ann = chatroom.enter("ann")
    ann.tell(c.Resume(session=secret))
    assert heard(ann) == []


@pytest.mark.usefixtures("few")
def test_names_that_are_taken_again_are_remembered_once() -> None:
    kept = departed.Departed()
    chatroom = Chatroom()
    for number in range(100):
        guest = chatroom.enter(f"guest {number % 20}", origin=f"network {number % 7}")
        guest.session.person.drafts = number % 40
        kept.remember(guest.session)
        chatroom.hub.depart(guest.session)
        assert len(kept._all) == len(kept._holders) == sum(map(len, kept._by_origin.values()))
        assert all(kept._by_origin.values())
