"""Names that look alike: nobody gets in under one that people could take for another's."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.format import Format
from hubbub.wire.framed import CLASSIC, EVENTS
from tests.hub.peers import Chatroom, Peer
from tests.hub.test_posters import poster

ALIKE = [("ann", "аnn"), ("paypal", "paypaI"), ("bob", "b0b"), ("tom", "torn"), ("二", "ニ")]


@pytest.mark.parametrize("format_", [EVENTS, CLASSIC])
@pytest.mark.parametrize(("name", "other"), ALIKE)
def test_a_name_that_looks_like_one_in_use_is_refused(
    name: str, other: str, format_: Format
) -> None:
    for first, second in ((name, other), (other, name)):
        chatroom = Chatroom()
        chatroom.enter(first)
        with pytest.raises(Refused, match=f"looks like '{first}', which is taken") as refusal:
            chatroom.enter(second, format_)
        assert refusal.value.code == "name_taken"
        assert {one.person.key for one in chatroom.hub.here} == {first.lower()}


def test_nobody_posts_over_http_under_a_name_that_looks_like_one_in_use() -> None:
    chatroom = Chatroom()
    chatroom.enter("ann")
    with pytest.raises(Refused, match="looks like 'ann'") as refusal:
        poster(chatroom, "аnn")
    assert refusal.value.code == "name_taken"


def test_a_name_that_is_given_up_may_be_looked_like() -> None:
    chatroom = Chatroom()
    ann = chatroom.enter("ann")
    chatroom.hub.depart(ann.session)
    chatroom.enter("аnn")
    with pytest.raises(Refused):
        chatroom.enter("ann")


def test_the_spelling_of_a_name_does_not_hinder_its_resumption() -> None:
    """`ANNI` looks like `annl`, who is there, too; but the name is that of `anni`."""
    chatroom = Chatroom()
    anni = chatroom.enter("anni")
    chatroom.enter("annl")
    again = chatroom.enter("ANNI")
    welcome = again.events()[0]
    assert isinstance(welcome, e.Welcome)
    assert welcome.held
    again.tell(c.Resume(session=secret_of(anni), ref="r"))
    assert again.events() == [e.Ok(ref="r")]
    with pytest.raises(Refused, match="looks like"):
        chatroom.enter("аnni")


def test_resuming_keeps_look_alikes_out_as_before() -> None:
    chatroom = Chatroom()
    ann = chatroom.enter("ann")
    again = chatroom.enter("ann")
    again.tell(c.Resume(session=secret_of(ann), ref="r"))
    chatroom.hub.depart(ann.session)  # its connection ends later
    with pytest.raises(Refused, match="looks like 'ann'"):
        chatroom.enter("аnn")
    chatroom.hub.depart(again.session)
    chatroom.enter("аnn")


def test_look_alikes_are_told_only_with_the_password() -> None:
    chatroom = Chatroom(password="rolu-mika-tedo")
    chatroom.enter("ann").tell(c.Unlock(password="rolu-mika-tedo"))
    other = chatroom.enter("аnn")
    other.events()
    other.tell(c.Unlock(password="rolu-mika-tedo", ref="u"))
    (error,) = other.events()
    assert isinstance(error, e.Error)
    assert (error.code, error.ref) == ("name_taken", "u")
    assert not other.session.admitted


def secret_of(peer: Peer) -> str:
    welcome = peer.events()[0]
    assert isinstance(welcome, e.Welcome)
    return welcome.session
