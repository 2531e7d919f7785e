"""What people do, as in `/me waves`: a message that says so."""

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.wire.framed import CLASSIC
from tests.hub.peers import Chatroom, Peer


def company() -> tuple[Chatroom, Peer, Peer]:
    chatroom = Chatroom()
    ann = chatroom.enter("ann")
    ann.tell(c.Join(room="lobby"))
    bob = chatroom.enter("bob", CLASSIC)
    ann.read()
    return chatroom, ann, bob


def said(peer: Peer) -> list[tuple[str, bool]]:
    return [(one.text, one.me) for one in peer.events() if isinstance(one, e.Message)]


def test_it_is_told_as_such_and_kept_in_the_log() -> None:
    chatroom, ann, bob = company()
    ann.tell(c.Say(room="lobby", text="waves", me=True))
    ann.tell(c.Say(room="lobby", text="hello"))
    chatroom.commit()
    assert said(ann) == [("waves", True), ("hello", False)]
    assert bob.pairs() == [("ann", "* waves"), ("ann", "hello")]
    ann.tell(c.History(room="lobby"))
    [page] = [one for one in ann.events() if isinstance(one, e.Page)]
    assert [one.me for one in page.messages] == [True, False]


def test_an_edit_leaves_it_so() -> None:
    chatroom, ann, _ = company()
    ann.tell(c.Say(room="lobby", text="waves", me=True))
    chatroom.commit()
    ann.tell(c.Edit(room="lobby", seq=1, text="nods"))
    chatroom.commit()
    ann.read()
    ann.tell(c.History(room="lobby"))
    [page] = [one for one in ann.events() if isinstance(one, e.Page)]
    assert [(one.text, one.me) for one in page.messages] == [("nods", True)]
    ann.tell(c.Join(room="lobby", after=0))
    assert said(ann) == [("nods", True)]


def test_a_line_does_the_same() -> None:
    chatroom, ann, bob = company()
    bob.type("/me waves")
    bob.type("/me")
    chatroom.commit()
    assert said(ann) == [("waves", True)]
    assert bob.pairs() == [("hubbub", "Usage: /me TEXT")]
    bob.type("/history")
    assert [text.partition("] ")[2] for _, text in bob.pairs()] == ["bob > * waves"]


def test_it_stands_behind_the_mark_of_a_private_room() -> None:
    chatroom, ann, bob = company()
    ann.tell(c.Direct(name="bob"))
    room = next(name for name in ann.session.members if name.startswith("@"))
    ann.tell(c.Say(room=room, text="waves", me=True))
    chatroom.commit()
    assert bob.pairs() == [("ann", "(private) * waves")]
