"""Taking a name makes nobody its earlier holder, whose things the next one cannot see or change."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.format import Format
from hubbub.hub import Draft
from hubbub.wire.framed import CLASSIC, EVENTS
from tests.hub.peers import Chatroom, Peer
from tests.hub.test_sessions import codes, welcome

ROOM = "@97049da5464956062d0e94be"  # of ann and bob
CHANGES = [c.Edit(room="lobby", seq=1, text="I hate soup"), c.Delete(room="lobby", seq=1)]


def company() -> tuple[Chatroom, Peer, Peer]:
    """Return a chatroom with ann and bob in the lobby, where ann said something."""
    chatroom = Chatroom()
    ann, bob = chatroom.enter("ann"), chatroom.enter("bob")
    for peer in (ann, bob):
        peer.tell(c.Join(room="lobby"))
    ann.tell(c.Say(room="lobby", text="I like soup"))
    chatroom.commit()
    return chatroom, ann, bob


def texts(peer: Peer) -> list[str]:
    return [event.text for event in peer.events() if isinstance(event, e.Message | e.Edited)]


@pytest.mark.parametrize("name", ["api", "Webhook", "аpi", "WEBHO0K"], ids=ascii)
@pytest.mark.parametrize("format_", [CLASSIC, EVENTS])
def test_nobody_is_taken_for_a_program_that_posts_over_http(name: str, format_: Format) -> None:
    with pytest.raises(Refused, match="kept for programs") as refusal:
        Chatroom().enter(name, format_)
    assert refusal.value.code == "name_not_allowed"


# What one said is changed by nobody else.


@pytest.mark.parametrize("change", CHANGES)
def test_the_next_holder_of_a_name_changes_nothing_that_the_last_one_said(
    change: c.Edit | c.Delete,
) -> None:
    chatroom, ann, _ = company()
    chatroom.hub.depart(ann.session)
    other = chatroom.enter("ann")
    other.tell(c.Resume(session="a guess"))
    other.tell(c.Join(room="lobby"))
    other.tell(change)
    assert codes(other) == ["forbidden"]


@pytest.mark.parametrize("change", CHANGES)
def test_whoever_comes_back_with_the_secret_changes_what_they_said(
    change: c.Edit | c.Delete,
) -> None:
    chatroom, ann, _ = company()
    chatroom.hub.depart(ann.session)
    again = chatroom.enter("ann")
    again.tell(c.Resume(session=ann.session.secret))
    again.tell(c.Join(room="lobby"))
    again.tell(change)
    chatroom.commit()
    assert codes(again) == []


def test_what_a_script_posted_under_a_free_name_is_not_its_holder_s() -> None:
    chatroom, ann, _ = company()
    chatroom.hub.depart(ann.session)
    script = chatroom.hub.outside.poster("ann", ann.session.format, Deaf())
    chatroom.hub.outside.post(script, "lobby", "from a script", 0, ref="1")
    again = chatroom.enter("ann")  # waits for what is in flight
    again.tell(c.Resume(session=ann.session.secret))
    again.tell(c.Join(room="lobby"))
    again.tell(c.Edit(room="lobby", seq=2, text="x"))
    assert codes(again) == ["forbidden"]
    again.tell(c.Edit(room="lobby", seq=1, text="x", ref="own"))
    chatroom.commit()
    assert isinstance(again.events()[-1], e.Edited)


class Deaf:
    """An outlet to nobody."""

    def write(self, payload: bytes) -> None:
        assert payload

    def end(self) -> None:
        raise AssertionError("a poster has no connection of its own")


# What is in flight when the name changes hands belongs to the one who had it.


def test_a_message_in_flight_belongs_to_the_former_holder() -> None:
    chatroom, ann, _ = company()
    ann.tell(c.Say(room="lobby", text="my last words"))
    in_flight = chatroom.hub.take()
    ann.tell(c.Say(room="lobby", text="and these"))
    chatroom.hub.depart(ann.session)
    chatroom.hub.acknowledge(in_flight, chatroom.append(in_flight))
    other = chatroom.enter("ann")
    other.tell(c.Join(room="lobby"))
    for seq in (2, 3):
        other.tell(c.Edit(room="lobby", seq=seq, text="x"))
    assert codes(other) == ["forbidden", "forbidden"]


def test_what_was_said_to_the_last_holder_is_settled_before_the_next_one_has_the_name() -> None:
    chatroom, ann, bob = company()
    bob.tell(c.Direct(name="ann"))
    ann.tell(c.Say(room="lobby", text="first"))
    bob.tell(c.Say(room=ROOM, text="to the first ann"))
    chatroom.hub.depart(ann.session)
    _, decision = chatroom.hub.enter("ann", ann.session.format, Deaf(), "secret")
    assert decision is not None
    next(decision)  # it waits for what ann said
    cat = chatroom.enter("cat", CLASSIC)
    cat.type("elsewhere")
    bob.tell(c.Say(room=ROOM, text="to the second ann"))
    assert codes(bob) == ["not_here"], "she is not in the room yet, and may be another person"
    batches = []
    while chatroom.hub.has_pending:
        batches.append(chatroom.hub.take())
        chatroom.settle(batches[-1])
    assert [texts_of(batch) for batch in batches] == [
        ["first", "to the first ann", "elsewhere"],
    ], "nobody else waits"


def texts_of(batch: list[Draft]) -> list[str]:
    return [draft.event.text for draft in batch if isinstance(draft.event, e.Message)]


def test_a_name_is_in_use_while_its_next_holder_waits_for_it() -> None:
    chatroom, ann, _ = company()
    ann.tell(c.Say(room="lobby", text="in flight"))
    chatroom.hub.depart(ann.session)
    _, decision = chatroom.hub.enter("ann", ann.session.format, Deaf(), "secret")
    assert decision is not None
    next(decision)
    assert welcome(chatroom.enter("ANN")).held
    decision.close()  # the connection is lost
    assert not welcome(chatroom.enter("ann")).held


@pytest.mark.parametrize("format_", [CLASSIC, None])
def test_nobody_waits_for_what_does_not_concern_the_name(format_: object) -> None:
    chatroom, _, bob = company()
    bob.tell(c.Say(room="lobby", text="in flight"))
    chosen = bob.session.format if format_ is None else CLASSIC
    assert chatroom.hub.enter("cat", chosen, Deaf(), "secret")[1] is None


# A private room begins with its two.


def private_talk() -> tuple[Chatroom, Peer, Peer]:
    """Return a chatroom in which ann told bob something, gave the room a topic, and left."""
    chatroom, ann, bob = company()
    ann.tell(c.Direct(name="bob"))
    ann.tell(c.Say(room=ROOM, text="for bob alone"))
    ann.tell(c.SetTopic(room=ROOM, text="our secret"))
    chatroom.commit()
    bob.tell(c.Say(room=ROOM, text="for ann alone"))  # still in flight
    chatroom.hub.depart(ann.session)
    bob.events()
    return chatroom, ann, bob


@pytest.mark.parametrize("how", ["direct", "join", "join after"])
def test_a_private_room_shows_the_next_holder_nothing_of_before(how: str) -> None:
    chatroom, _, bob = private_talk()
    other = chatroom.enter("ann")
    commands: dict[str, c.AnyCommand] = {
        "direct": c.Direct(name="bob"),
        "join": c.Join(room=ROOM),
        "join after": c.Join(room=ROOM, after=0),
    }
    other.tell(commands[how])
    other.tell(c.History(room=ROOM))
    other.tell(c.Seen(room=ROOM, seq=1_000_000))
    chatroom.commit()
    received = other.events()
    (room,) = (event for event in received if isinstance(event, e.Room))
    assert (room.topic, room.last, room.first) == ("", 0, 0)
    (page,) = (event for event in received if isinstance(event, e.Page))
    assert (page.messages, page.more) == ([], False)
    (marker,) = (event for event in received if isinstance(event, e.Seen))
    assert marker.seq == 0
    assert not [event for event in received if isinstance(event, e.Logged)]
    bob.tell(c.Say(room=ROOM, text="hello, whoever you are"))
    chatroom.commit()
    (message,) = other.events()
    assert isinstance(message, e.Message)
    assert message.prev == 0, "to them it is the first one"
    other.tell(c.History(room=ROOM))
    (again,) = other.events()
    assert isinstance(again, e.Page)
    assert [one.prev for one in again.messages] == [0], "in pages as well"
    other.tell(c.History(room=ROOM, limit=1))
    other.tell(c.History(room=ROOM, after=0, limit=1))
    other.tell(c.History(room=ROOM, around=1, limit=9))
    for answer in other.events():
        assert isinstance(answer, e.Page)
        assert ([one.seq for one in answer.messages], answer.more) == ([message.seq], False)
    (own,) = bob.events()[-1:]
    assert isinstance(own, e.Message)
    assert own.prev > 0, "and bob misses nothing"


def test_what_was_said_to_somebody_else_cannot_be_changed_before_the_next_holder() -> None:
    chatroom, _, bob = private_talk()
    chatroom.commit()
    mine = chatroom.hub.last
    other = chatroom.enter("ann")
    bob.events()
    bob.tell(c.Edit(room=ROOM, seq=mine, text="for ann alone!"))
    bob.tell(c.React(room=ROOM, seq=mine, emoji="x"))
    bob.tell(c.Say(room=ROOM, text="as I said", reply_to=mine))
    assert codes(bob) == ["no_such_message"] * 3
    other.tell(c.Direct(name="bob"))
    assert texts(other) == []


# A held name is got by its secret alone.


@pytest.mark.parametrize("secret", ["", "a guess", "own"])
def test_whoever_waits_for_a_name_gets_it_by_its_secret_alone(secret: str) -> None:
    chatroom, ann, bob = company()
    ghost = chatroom.enter("ann")
    assert welcome(ghost).held
    bob.tell(c.Direct(name="ann"))
    bob.tell(c.Say(room=ROOM, text="for ann alone"))
    chatroom.commit()
    chatroom.hub.depart(ann.session)
    ghost.tell(c.Resume(session=ghost.session.secret if secret == "own" else secret))
    assert codes(ghost) == ["name_taken"]
    assert "ann" not in chatroom.hub.here


def test_whoever_waits_for_a_name_that_was_theirs_gets_it_after_its_holder_left() -> None:
    chatroom, ann, _ = company()
    again = chatroom.enter("ann")
    chatroom.hub.depart(ann.session)
    again.tell(c.Resume(session=ann.session.secret))
    again.tell(c.Join(room="lobby"))
    again.tell(c.Edit(room="lobby", seq=1, text="I love soup", ref="own"))
    chatroom.commit()
    assert texts(again) == ["I love soup"]


def test_a_secret_is_good_for_its_own_name_alone() -> None:
    chatroom, _, bob = company()
    ghost = chatroom.enter("ann")
    ghost.tell(c.Resume(session=bob.session.secret))
    assert codes(ghost) == ["name_taken"]
