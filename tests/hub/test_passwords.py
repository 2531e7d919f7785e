"""With a password nobody is admitted, and no name given away, before it is known."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.wire.framed import CLASSIC
from tests.hub.peers import Chatroom, Peer
from tests.hub.test_sessions import codes, welcome

PASSWORD = "rolu-mika"


def locked_room() -> Chatroom:
    return Chatroom(password=PASSWORD)


def admitted(chatroom: Chatroom, name: str) -> Peer:
    peer = chatroom.enter(name)
    peer.tell(c.Unlock(password=PASSWORD))
    return peer


def last_welcome(peer: Peer) -> e.Welcome:
    return [event for event in peer.events() if isinstance(event, e.Welcome)][-1]


def test_a_locked_session_may_only_unlock() -> None:
    ann = locked_room().enter("ann")
    first = welcome(ann)
    assert first.locked
    assert not first.session, "the secret is for who was admitted"
    for command in (c.Join(room="lobby"), c.Resume(session="x"), c.Ping(), c.Rooms()):
        ann.tell(command)
    ann.type("hello")
    ann.tell(c.Unlock(password="1234"))
    assert codes(ann) == ["password_needed"] * 5 + ["wrong_password"]
    assert not ann.session.admitted


def test_the_password_is_answered_by_a_welcome_that_is_not_locked() -> None:
    ann = locked_room().enter("ann")
    ann.tell(c.Unlock(password=PASSWORD, ref="u"))
    second = last_welcome(ann)
    assert (second.locked, second.ref, second.held) == (False, "u", False)
    assert second.session
    ann.tell(c.Join(room="lobby", ref="j"))
    assert isinstance(ann.events()[-1], e.Room)


def test_who_is_locked_out_takes_no_name() -> None:
    chatroom = locked_room()
    chatroom.enter("ann")
    assert not last_welcome(admitted(chatroom, "ann")).held


def test_a_name_in_use_is_told_only_to_who_knows_the_password() -> None:
    chatroom = locked_room()
    first = admitted(chatroom, "ann")
    second = chatroom.enter("ann")
    assert not welcome(second).held
    second.tell(c.Unlock(password=PASSWORD))
    assert last_welcome(second).held
    second.tell(c.Resume(session=last_welcome(first).session, ref="r"))
    assert isinstance(second.events()[-1], e.Ok)
    assert first.ended


def test_a_classic_session_is_refused_with_a_sentence() -> None:
    with pytest.raises(Refused, match=r"has a password.*in a browser") as caught:
        locked_room().enter("ann", CLASSIC)
    assert caught.value.code == "password_needed"


def test_without_a_password_any_is_right() -> None:
    ann = Chatroom().enter("ann")
    ann.tell(c.Unlock(password="anything", ref="u"))
    second = last_welcome(ann)
    assert (second.ref, second.held) == ("u", False)
