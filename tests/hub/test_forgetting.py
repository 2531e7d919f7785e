"""Accounts are deleted, and what their people said with them, if they like."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.names import deleted_name
from hubbub.chat.people import FORGOTTEN
from hubbub.chat.queries import Answer, PageQuery, Question
from tests.hub.peers import Chatroom, Peer, now
from tests.hub.test_accounts import OF_ANN, OF_BOB, PASSWORD, code, gone, identified, member

PAGE = 3
"""Messages that are read at once in these tests."""


class Mortal(Chatroom):
    """A chatroom whose server is killed when it is to read a page more than `pages`."""

    pages = 1000

    def answer(self, question: Question) -> Answer:
        if isinstance(question, PageQuery):
            if not self.pages:
                raise KeyboardInterrupt
            self.pages -= 1
        return super().answer(question)


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Mortal:
    monkeypatch.setattr(c, "PAGE_MESSAGES_MAX", PAGE)
    return Mortal()


def says(peer: Peer, *texts: str, room: str = "lobby") -> None:
    peer.tell(c.Join(room=room))
    for text in texts:
        peer.tell(c.Say(room=room, text=text))
    peer.chatroom.commit()


def said(room: Chatroom, name: str = "lobby") -> list[str]:
    return [one.text for one in now(room.log.page(PageQuery(room=name, limit=200))).messages]


def facts(room: Chatroom, id_: str) -> list[str]:
    """Return the keys under which anything stands about somebody."""
    return [
        one.key
        for one in now(room.log.facts())
        if id_ in one.key or (id_ in str(bytes(one.value)) and not one.key.startswith("conversa"))
    ]


def test_whoever_is_forgotten_leaves_a_free_name_and_nothing_about_them(room: Mortal) -> None:
    identified(room, "olga", "o" * 22)  # who runs the server
    ann = member(room)
    id_ = ann.session.person.id
    says(ann, "hello", "bye")
    says(ann, "mine", room="anns")
    ann.tell(c.Invite())
    ann.tell(c.Seen(room="lobby", seq=1))
    room.pass_time(10_000)
    ann.tell(c.Seen(room="lobby", seq=2))
    assert len(facts(room, id_)) >= 5
    ann.read()
    ann.tell(c.ForgetMe(messages="keep", password=PASSWORD, ref="f"))
    events = ann.events()
    assert e.Ok(ref="f") in events
    assert isinstance(events[-1], e.Bye)
    assert events[-1].code == "logged_out"
    assert ann.ended
    room.pass_time(10_000)
    room.hub.end()
    room.commit()
    room.finish()
    assert facts(room, id_) == [FORGOTTEN + id_], "what they said stands under another name"
    assert said(room) == ["hello", "bye"], "they stay"
    room.restart()
    again = identified(room, "ann", OF_ANN)
    assert again.session.person.id != id_


def test_a_member_gives_the_password_and_a_guest_has_none(room: Mortal) -> None:
    ann = member(room)
    for password in ("", "wrong"):
        ann.tell(c.ForgetMe(messages="keep", password=password, ref="f"))
        assert code(ann) == "wrong_login"
    assert not ann.ended
    bob = identified(room, "bob", OF_BOB)
    bob.tell(c.ForgetMe(messages="keep"))
    assert bob.ended
    passing = room.enter("pat")
    passing.read()
    passing.tell(c.ForgetMe(messages="delete", ref="f"))
    assert code(passing) == "forbidden"


def test_other_devices_and_sessions_end(room: Mortal) -> None:
    ann = member(room)
    phone, tab, library = room.enter("phone"), room.enter("tab"), room.enter("library")
    phone.tell(c.Login(name="ann", password=PASSWORD, device=OF_BOB))
    tab.tell(c.Identify(device=OF_ANN))
    library.tell(c.Login(name="ann", password=PASSWORD))
    ann.tell(c.ForgetMe(messages="keep", password=PASSWORD))
    for peer in (ann, phone, tab, library):
        assert peer.ended
        assert [one.code for one in peer.events() if isinstance(one, e.Bye)] == ["logged_out"]


def much(room: Mortal) -> tuple[Peer, Peer, str]:
    """Have ann say more than a page in two rooms and to bob; return them, and their room."""
    ann, bob = member(room), identified(room, "bob", OF_BOB)
    for number in range(2 * PAGE):
        says(ann, f"a{number}")
        says(bob, f"b{number}")
        says(ann, f"c{number}", room="dev")
    ann.tell(c.Direct(name="bob"))
    room.commit()
    (private,) = [one for one in ann.session.members if one.startswith("@")]
    ann.tell(c.Say(room=private, text="secret"))
    bob.tell(c.Say(room=private, text="reply"))
    room.commit()
    return ann, bob, private


def assert_all_is_deleted(room: Mortal, private: str) -> None:
    assert [text for text in said(room) if text] == [f"b{number}" for number in range(2 * PAGE)]
    assert not any(said(room, "dev"))
    assert said(room, private) == ["", "reply"]


def test_all_that_somebody_said_goes_if_they_like_and_nothing_of_others(room: Mortal) -> None:
    ann, bob, private = much(room)
    bob.read()
    id_ = ann.session.person.id
    ann.tell(c.ForgetMe(messages="delete", password=PASSWORD))
    assert ann.ended
    room.finish()
    assert_all_is_deleted(room, private)
    told = [one for one in bob.events() if isinstance(one, e.Deleted)]
    assert len(told) == 2 * PAGE + 1, "those who are there are told, as of any deletion"
    assert {one.sender for one in told} == {deleted_name(id_)}


@pytest.mark.parametrize("pages", [0, 1, 3, 5])
def test_a_deletion_that_is_cut_off_by_a_kill_goes_on_by_itself(room: Mortal, pages: int) -> None:
    ann, _, private = much(room)
    id_ = ann.session.person.id
    ann.tell(c.ForgetMe(messages="delete", password=PASSWORD))
    room.pages = pages
    with pytest.raises(KeyboardInterrupt):
        room.finish()
    room.pages = 1000
    room.restart()
    again = identified(room, "ann", OF_ANN)
    assert again.session.person.id != id_, "the account is gone at once"
    room.finish()
    assert_all_is_deleted(room, private)
    room.restart()
    assert room.hub.unfinished() is None, "it was done"


def test_what_the_log_cannot_delete_leaves_the_account(room: Mortal) -> None:
    ann, _, private = much(room)
    ann.read()
    room.failing = True
    ann.tell(c.ForgetMe(messages="delete", password=PASSWORD, ref="f"))
    assert code(ann) == "log_unavailable"
    room.failing = False
    room.finish()
    assert not ann.ended
    assert "secret" in said(room, private)
    ann.tell(c.ForgetMe(messages="delete", password=PASSWORD))
    assert ann.ended
    room.failing = True
    with pytest.raises(Refused):
        room.finish()
    room.failing = False
    room.finish()
    assert_all_is_deleted(room, private)


def test_whoever_hangs_up_meanwhile_is_forgotten_all_the_same(room: Mortal) -> None:
    ann, _, private = much(room)
    decision = room.hub.command(
        ann.session, c.ForgetMe(messages="delete", password=PASSWORD), room.clock
    )
    assert decision is not None
    gone(ann)
    room.decide(decision)
    room.finish()
    assert_all_is_deleted(room, private)
    assert now(room.log.facts("name/ann")) == []


def read(peer: Peer, room: str = "lobby") -> list[tuple[str, str]]:
    """Return who said what, as a page has it."""
    peer.read()
    peer.tell(c.History(room=room, limit=200))
    (page,) = [one for one in peer.events() if isinstance(one, e.Page)]
    return [(one.sender, one.text) for one in page.messages]


def backlog(peer: Peer, room: str = "lobby") -> list[tuple[str, str]]:
    """Return who did what, as whoever comes back has it."""
    peer.read()
    peer.tell(c.Join(room=room, after=0))
    return [(type(one).__name__, one.sender) for one in peer.events() if isinstance(one, e.Logged)]


def test_what_is_kept_stands_under_a_name_that_says_so_in_pages_and_backlogs(
    room: Mortal,
) -> None:
    ann, bob = member(room), identified(room, "bob", OF_BOB)
    says(ann, "helo")
    ann.tell(c.Edit(room="lobby", seq=room.hub.last, text="hello"))
    says(bob, "hi")
    name = deleted_name(ann.session.person.id)
    ann.tell(c.ForgetMe(messages="keep", password=PASSWORD))
    room.finish()
    for _ in range(2):
        assert read(bob) == [(name, "hello"), ("bob", "hi")]
        assert backlog(bob) == [("Message", name), ("Edited", name), ("Message", "bob")]
        bob.tell(c.Search(query="hello"))
        (found,) = [one for one in bob.events() if isinstance(one, e.Page)]
        assert [one.sender for one in found.messages] == [name]
        room.restart()
        bob = identified(room, "bob", OF_BOB)


def test_the_next_holder_of_the_name_never_shows_beside_what_was_said(room: Mortal) -> None:
    ann, bob = member(room), identified(room, "bob", OF_BOB)
    says(ann, "old")
    says(bob, "hi")
    last = room.hub.last
    ann.tell(c.React(room="lobby", seq=last, emoji="x"))
    ann.tell(c.Rename(name="anna"))
    ann.tell(c.React(room="lobby", seq=last, emoji="y"))
    room.commit()
    old = deleted_name(ann.session.person.id)
    ann.tell(c.ForgetMe(messages="keep", password=PASSWORD))
    room.finish()
    again = identified(room, "ann", "n" * 22)
    says(again, "new")
    assert read(bob) == [(old, "old"), ("bob", "hi"), ("ann", "new")]
    bob.tell(c.History(room="lobby"))
    (page,) = [one for one in bob.events() if isinstance(one, e.Page)]
    assert not any(one.reactions for one in page.messages), "their reactions are taken back"
    again.tell(c.Edit(room="lobby", seq=page.messages[0].seq, text="changed", ref="e"))
    assert code(again) == "forbidden"


def test_a_conversation_with_somebody_deleted_says_so(room: Mortal) -> None:
    ann, bob, private = much(room)
    name = deleted_name(ann.session.person.id)
    ann.tell(c.ForgetMe(messages="keep", password=PASSWORD))
    room.finish()
    bob.read()
    bob.tell(c.Conversations())
    (listed,) = [one for one in bob.events() if isinstance(one, e.Conversations)]
    assert [one.with_[0].name for one in listed.conversations] == [name]
    assert read(bob, private) == [(name, "secret"), ("bob", "reply")]


def test_nobody_is_called_like_a_deleted_account(room: Mortal) -> None:
    for name in (deleted_name("x"), "Deleted Account", "deIeted account 1"):
        with pytest.raises(Refused) as refusal:
            room.enter(name)
        assert refusal.value.code == "name_not_allowed"
    room.enter("deleted")
