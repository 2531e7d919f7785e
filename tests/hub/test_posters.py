"""Posters post without being in the room, and without taking a name."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.limits import Limits
from hubbub.hub import Session
from hubbub.hub.shares.quota import Quota
from hubbub.wire.codec import decode_event
from tests.hub.peers import Chatroom


class Notebook:
    """A format and outlet that keep what a poster is told."""

    hears_itself = True
    knows_rooms = True
    gets_answers = True
    reads_by_time = False
    keeps_place = False
    knows_inner = False
    spoken = server = ""

    def __init__(self) -> None:
        self.told: list[e.Event] = []

    @property
    def shared(self) -> "Notebook":
        return self

    def encode(self, event: e.Event, _recipient: str = "") -> bytes:
        self.told.append(event)
        return b"told"

    def write(self, payload: bytes) -> None:
        assert payload == b"told"

    def end(self) -> None:
        raise AssertionError("a poster has no connection of its own")


def poster(chatroom: Chatroom, name: str) -> tuple[Session, Notebook]:
    notebook = Notebook()
    return chatroom.hub.outside.poster(name, notebook, notebook), notebook


def test_a_poster_is_heard_but_not_announced() -> None:
    chatroom = Chatroom()
    ann = chatroom.enter("ann")
    ann.tell(c.Join(room="lobby"))
    ann.events()
    ci, notebook = poster(chatroom, "ci")
    chatroom.hub.outside.post(ci, "lobby", "green", 5, ref="1", nonce="n")
    assert not notebook.told, "nothing is confirmed before the commit"
    chatroom.commit()
    (message,) = ann.events()
    assert isinstance(message, e.Message)
    assert (message.sender, message.text, message.at) == ("ci", "green", 5)
    assert notebook.told == [e.Ok(ref="1", seq=message.seq)]
    assert {one.name for one in chatroom.hub.here} == {"ann"}


def test_a_poster_says_a_nonce_once() -> None:
    chatroom = Chatroom()
    for _ in range(2):
        ci, notebook = poster(chatroom, "ci")
        chatroom.hub.outside.post(ci, "new", "once", 0, ref="1", nonce="n")
        chatroom.commit()
        assert notebook.told == [e.Ok(ref="1", seq=1)]
    assert chatroom.hub.rooms["new"].last == 1


def test_nobody_posts_under_the_name_of_somebody_who_is_here() -> None:
    chatroom = Chatroom()
    chatroom.enter("Ann")
    with pytest.raises(Refused) as caught:
        poster(chatroom, "ann")
    assert caught.value.code == "name_taken"


@pytest.mark.parametrize(
    ("room", "text", "code"),
    [
        ("lobby", "\x07", "empty"),
        ("lobby", "x" * 101, "too_long"),
        ("no way", "x", "room_not_allowed"),
        ("@97049da5464956062d0e94be", "x", "no_such_room"),
        ("another", "x", "too_many_rooms"),
    ],
)
def test_what_a_poster_may_not_is_refused(room: str, text: str, code: str) -> None:
    chatroom = Chatroom(Limits(text_bytes_max=100, rooms_max=1))
    ci, _ = poster(chatroom, "ci")
    with pytest.raises(Refused) as caught:
        chatroom.hub.outside.post(ci, room, text, 0, ref="1")
    assert caught.value.code == code
    assert not chatroom.hub.has_pending


def test_a_poster_posts_in_no_private_room_under_the_name_of_who_left() -> None:
    chatroom = Chatroom()
    ann = chatroom.enter("ann")
    chatroom.enter("bob").tell(c.Direct(name="ann"))
    (room,) = (name for name in chatroom.hub.rooms if name.startswith("@"))
    chatroom.hub.depart(ann.session)
    imitator, _ = poster(chatroom, "ann")
    with pytest.raises(Refused) as caught:
        chatroom.hub.outside.post(imitator, room, "x", 0, ref="1")
    assert caught.value.code == "no_such_room"


def test_what_cannot_be_committed_is_told() -> None:
    chatroom = Chatroom()
    chatroom.failing = True
    ci, notebook = poster(chatroom, "ci")
    chatroom.hub.outside.post(ci, "lobby", "lost?", 0, ref="1")
    chatroom.commit()
    (refusal,) = notebook.told
    assert isinstance(refusal, e.Error)
    assert (refusal.code, refusal.ref) == ("log_unavailable", "1")
    assert decode_event(chatroom.enter("x").writes[0][10:].decode()), "the hub goes on"


def test_what_a_poster_may_not_say_opens_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise Refused("You posted too much lately.", code="too_much")

    chatroom = Chatroom()
    ci, _ = poster(chatroom, "ci")
    monkeypatch.setattr(Quota, "take", refuse)
    with pytest.raises(Refused, match="too much"):
        chatroom.hub.outside.post(ci, "builds", "green", 5, ref="1")
    assert "builds" not in chatroom.hub.rooms
