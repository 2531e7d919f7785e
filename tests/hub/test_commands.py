"""What each command does, and what it refuses."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.limits import Limits
from hubbub.hub import posting, reacting
from hubbub.hub.commands import DECISIONS
from hubbub.hub.flow.drafts import NOT_COMMITTED
from hubbub.hub.reacting import EMOJI_MAX
from hubbub.wire.framed import CLASSIC
from tests.hub.peers import Chatroom, Peer


@pytest.fixture
def chatroom() -> Chatroom:
    return Chatroom(Limits(text_bytes_max=100))


@pytest.fixture
def ann(chatroom: Chatroom) -> Peer:
    return joined(chatroom, "ann")


@pytest.fixture
def bob(chatroom: Chatroom, ann: Peer) -> Peer:
    bob = joined(chatroom, "bob")
    ann.events()
    return bob


def joined(chatroom: Chatroom, name: str) -> Peer:
    peer = chatroom.enter(name)
    peer.tell(c.Join(room="lobby"))
    peer.events()
    return peer


def ask(chatroom: Chatroom, peer: Peer, command: c.AnyCommand) -> e.AnyEvent:
    """Return the answer to a command."""
    command.ref = "asked"
    peer.tell(command)
    chatroom.commit()
    answers = [event for event in peer.events() if getattr(event, "ref", None) == "asked"]
    assert len(answers) == 1
    return answers[0]


def refusal(chatroom: Chatroom, peer: Peer, command: c.AnyCommand) -> str:
    """Return the code of a command's refusal."""
    answer = ask(chatroom, peer, command)
    assert isinstance(answer, e.Error)
    assert answer.message.endswith((".", "?"))
    return answer.code


def test_every_command_of_the_vocabulary_is_decided_on() -> None:
    assert set(DECISIONS) == {*c.AnyCommand.__args__, *c.InnerCommand.__args__}


def test_a_message_reaches_all_with_its_nonce_and_the_sender_too(
    chatroom: Chatroom, ann: Peer, bob: Peer
) -> None:
    ann.tell(c.Say(room="lobby", text="hello", nonce="n", ref="1"))
    assert not bob.writes, "nobody sees what is not committed"
    chatroom.commit()
    message = e.Message(room="lobby", seq=1, prev=0, sender="ann", at=1000, text="hello", nonce="n")
    assert bob.events() == [message]
    assert ann.events() == [e.Ok(ref="1", seq=1), message]


def test_control_characters_reach_nobody(chatroom: Chatroom, ann: Peer, bob: Peer) -> None:
    ann.tell(c.Say(room="lobby", text="a\x1b[31m\x00b\r\n\tc\x7f\x9b"))
    chatroom.commit()
    event = bob.events()[0]
    assert isinstance(event, e.Message)
    assert event.text == "a[31mb\n\tc"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (c.Say(room="lobby", text=""), "empty"),
        (c.Say(room="lobby", text="\x00\x1b"), "empty"),
        (c.Say(room="lobby", text="é" * 51), "too_long"),
        (c.Say(room="nowhere", text="hello"), "no_such_room"),
        (c.Say(room="lobby", text="hello", reply_to=7), "no_such_message"),
        (c.Edit(room="lobby", seq=7, text="hello"), "no_such_message"),
        (c.Delete(room="lobby", seq=0), "no_such_message"),
        (c.React(room="lobby", seq=7, emoji="👍"), "no_such_message"),
        (c.React(room="lobby", seq=1, emoji="two words"), "bad_command"),
        (c.SetTopic(room="lobby", text="x" * 301), "too_long"),
        (c.Search(query="w " * 17), "too_long"),
        (c.Join(room="no spaces"), "room_not_allowed"),
        (c.Join(room=""), "room_not_allowed"),
        (c.Join(room="@0123"), "no_such_room"),
        (c.Leave(room="nowhere"), "no_such_room"),
        (c.History(room="nowhere"), "no_such_room"),
        (c.History(room="lobby", before=3, after=1), "bad_command"),
        (c.History(room="lobby", around=3, after=1), "bad_command"),
        (c.Search(query="x", room="nowhere"), "no_such_room"),
        (c.Members(room="nowhere"), "no_such_room"),
        (c.Direct(name="nobody"), "not_here"),
        (c.Hello(name="ann"), "bad_command"),
    ],
)
def test_refusals(chatroom: Chatroom, ann: Peer, command: c.AnyCommand, code: str) -> None:
    assert refusal(chatroom, ann, command) == code


def test_only_members_speak_in_a_room(chatroom: Chatroom, ann: Peer, bob: Peer) -> None:
    ask(chatroom, ann, c.Join(room="dev"))
    for command in (
        c.Say(room="dev", text="hello"),
        c.SetTopic(room="dev", text="hello"),
        c.Typing(room="dev"),
        c.Leave(room="dev"),
    ):
        assert refusal(chatroom, bob, command) == "not_a_member"


def test_only_the_sender_changes_a_message(chatroom: Chatroom, ann: Peer, bob: Peer) -> None:
    ask(chatroom, ann, c.Say(room="lobby", text="first"))
    assert refusal(chatroom, bob, c.Edit(room="lobby", seq=1, text="mine")) == "forbidden"
    assert refusal(chatroom, bob, c.Delete(room="lobby", seq=1)) == "forbidden"
    bob.events()
    assert ask(chatroom, ann, c.Edit(room="lobby", seq=1, text="second")) == e.Ok(
        ref="asked", seq=2
    )
    assert ask(chatroom, ann, c.Delete(room="lobby", seq=1)) == e.Ok(ref="asked", seq=3)
    assert bob.events() == [
        e.Edited(room="lobby", seq=2, prev=1, sender="ann", at=1000, target=1, text="second"),
        e.Deleted(room="lobby", seq=3, prev=2, sender="ann", at=1000, target=1),
    ]
    assert refusal(chatroom, ann, c.Edit(room="lobby", seq=1, text="x")) == "no_such_message"


def test_a_name_in_other_capitals_is_the_same_sender(chatroom: Chatroom, ann: Peer) -> None:
    ask(chatroom, ann, c.Say(room="lobby", text="first"))
    chatroom.hub.depart(ann.session)
    again = joined(chatroom, "ANN")
    again.tell(c.Resume(session=ann.session.secret))
    assert ask(chatroom, again, c.Edit(room="lobby", seq=1, text="second")) == e.Ok(
        ref="asked", seq=2
    )


def test_a_reaction_that_stands_already_is_not_logged_again(chatroom: Chatroom, ann: Peer) -> None:
    ask(chatroom, ann, c.Say(room="lobby", text="first"))
    assert ask(chatroom, ann, c.React(room="lobby", seq=1, emoji="👍")) == e.Ok(ref="asked", seq=2)
    assert ask(chatroom, ann, c.React(room="lobby", seq=1, emoji="👍")) == e.Ok(ref="asked")
    page = ask(chatroom, ann, c.History(room="lobby"))
    assert isinstance(page, e.Page)
    assert page.messages[0].reactions == {"👍": ["ann"]}


def test_a_message_that_was_edited_often_may_not_grow_long(
    chatroom: Chatroom, ann: Peer, bob: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "EDITS_BYTES_MAX", 200)
    ask(chatroom, ann, c.Say(room="lobby", text="first"))

    def edit(text: str) -> e.Event:
        return ask(chatroom, ann, c.Edit(room="lobby", seq=1, text=text))

    for number in range(4):
        assert isinstance(edit(f"{number}"), e.Ok)
    error = edit("x" * 41)
    assert isinstance(error, e.Error)
    assert (error.code, error.message) == (
        "too_long",
        "Message 1 was edited 4 times, and each edit is sent with the newest text. So the text may "
        "have 40 bytes now, and this one has 41. Say it in a new message.",
    )
    assert isinstance(edit("x" * 40), e.Ok)
    heard = [event for event in bob.events() if isinstance(event, e.Edited)]
    assert [event.edits for event in heard] == [1, 2, 3, 4, 5]
    page = ask(chatroom, ann, c.History(room="lobby"))
    assert isinstance(page, e.Page)
    assert page.messages[0].edits == 5
    bob.tell(c.Join(room="lobby", after=0))
    backlog = sum(len(event.text) for event in bob.events() if isinstance(event, e.Edited))
    assert backlog == 200


def test_reactions_have_bounds_and_the_sentence_has_the_numbers(
    chatroom: Chatroom, ann: Peer, bob: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reacting, "REACTIONS_MAX", EMOJI_MAX + 1)
    ask(chatroom, ann, c.Say(room="lobby", text="first"))

    def react(peer: Peer, emoji: str, *, on: bool = True) -> e.Event:
        return ask(chatroom, peer, c.React(room="lobby", seq=1, emoji=emoji, on=on))

    for number in range(EMOJI_MAX):
        assert isinstance(react(ann, f"e{number}"), e.Ok)
    error = react(bob, "another")
    assert isinstance(error, e.Error)
    assert (error.code, error.message) == (
        "too_long",
        "Message 1 has 20 different reactions; the limit is 20. Join in one of them.",
    )
    assert isinstance(react(bob, "e0"), e.Ok)
    error = react(bob, "e1")
    assert isinstance(error, e.Error)
    assert (error.code, error.message) == (
        "too_long",
        "Message 1 has 21 reactions; the limit is 21. Answer it instead.",
    )
    assert isinstance(react(bob, "e0", on=False), e.Ok)
    assert isinstance(react(bob, "e1"), e.Ok)


def test_a_topic_is_told_and_shown_to_who_joins(chatroom: Chatroom, ann: Peer, bob: Peer) -> None:
    ask(chatroom, ann, c.SetTopic(room="lobby", text="  Lunch\nat noon "))
    topic = bob.events()[0]
    assert isinstance(topic, e.Topic)
    assert topic.text == "Lunch at noon"
    room = ask(chatroom, bob, c.Join(room="lobby"))
    assert isinstance(room, e.Room)
    assert room.topic == topic.text


def test_typing_is_told_to_the_others(chatroom: Chatroom, ann: Peer, bob: Peer) -> None:
    assert ask(chatroom, ann, c.Typing(room="lobby")) == e.Ok(ref="asked")
    assert bob.events() == [e.Typing(room="lobby", name="ann")]


def test_join_speaks_of_a_gap_only_where_something_was_dropped(
    chatroom: Chatroom, ann: Peer
) -> None:
    ask(chatroom, ann, c.Say(room="lobby", text="first"))
    lobby = chatroom.hub.rooms["lobby"]
    lobby.first, lobby.last = 5, 9  # 2 to 4 and 6 to 8 stand in other rooms
    assert not joined_after(chatroom, ann, 3).gap
    lobby.dropped = 4
    gaps = {}
    for after in (0, 3, 4, 9):
        gaps[after] = joined_after(chatroom, ann, after).gap
    assert gaps == {0: True, 3: True, 4: False, 9: False}


def joined_after(chatroom: Chatroom, peer: Peer, after: int) -> e.Room:
    room = ask(chatroom, peer, c.Join(room="lobby", after=after))
    assert isinstance(room, e.Room)
    return room


def test_rooms_lists_public_rooms_and_counts_members(
    chatroom: Chatroom, ann: Peer, bob: Peer
) -> None:
    ask(chatroom, ann, c.Join(room="Dev"))
    ask(chatroom, ann, c.Direct(name="bob"))
    rooms = ask(chatroom, bob, c.Rooms())
    assert isinstance(rooms, e.Rooms)
    assert [(one.room, one.members) for one in rooms.rooms] == [("dev", 1), ("lobby", 2)]


def test_a_private_room_is_for_two(chatroom: Chatroom, ann: Peer, bob: Peer) -> None:
    cat = joined(chatroom, "cat")
    room = ask(chatroom, ann, c.Direct(name="BOB"))
    assert isinstance(room, e.Room)
    assert room.direct == ["ann", "bob"]
    assert [event.room for event in bob.events() if isinstance(event, e.Room)] == [room.room]
    ask(chatroom, ann, c.Say(room=room.room, text="psst"))
    assert [event.text for event in bob.events() if isinstance(event, e.Message)] == ["psst"]
    assert not [event for event in cat.events() if isinstance(event, e.Message)]
    for command in (
        c.Join(room=room.room, after=0),
        c.History(room=room.room),
        c.Search(query="psst", room=room.room),
        c.Members(room=room.room),
    ):
        assert refusal(chatroom, cat, command) == "no_such_room"
    found = ask(chatroom, cat, c.Search(query="psst"))
    assert isinstance(found, e.Page)
    assert found.messages == []


def test_who_takes_a_name_later_does_not_read_its_private_rooms(
    chatroom: Chatroom, ann: Peer, bob: Peer
) -> None:
    room = ask(chatroom, ann, c.Direct(name="bob"))
    assert isinstance(room, e.Room)
    ask(chatroom, ann, c.Say(room=room.room, text="for the first bob"))
    chatroom.hub.depart(bob.session)
    other = joined(chatroom, "bob")
    ask(chatroom, ann, c.Direct(name="bob"))
    ask(chatroom, ann, c.Say(room=room.room, text="for the second bob"))
    page = ask(chatroom, other, c.History(room=room.room))
    assert isinstance(page, e.Page)
    assert [message.text for message in page.messages] == ["for the second bob"]
    found = ask(chatroom, other, c.Search(query="bob", room=room.room))
    assert isinstance(found, e.Page)
    assert [message.text for message in found.messages] == ["for the second bob"]
    other.tell(c.Join(room=room.room, after=0))
    texts = [event.text for event in other.events() if isinstance(event, e.Message)]
    assert texts == ["for the second bob"]


def test_who_resumes_reads_what_was_private_to_the_ghost(
    chatroom: Chatroom, ann: Peer, bob: Peer
) -> None:
    room = ask(chatroom, ann, c.Direct(name="bob"))
    assert isinstance(room, e.Room)
    ask(chatroom, ann, c.Say(room=room.room, text="for bob"))
    again = chatroom.enter("bob")
    again.tell(c.Resume(session=bob.session.secret))
    again.tell(c.Join(room=room.room, after=0))
    texts = [event.text for event in again.events() if isinstance(event, e.Message)]
    assert texts == ["for bob"]


def test_a_private_message_looks_private_to_a_classic_session(
    chatroom: Chatroom, ann: Peer
) -> None:
    cat = chatroom.enter("cat", CLASSIC)
    room = ask(chatroom, ann, c.Direct(name="cat"))
    assert isinstance(room, e.Room)
    ask(chatroom, ann, c.Say(room=room.room, text="psst"))
    assert cat.pairs() == [("ann", "(private) psst")]


def test_a_failed_commit_is_told_to_whoever_asked_and_once_to_others(
    chatroom: Chatroom, ann: Peer, bob: Peer
) -> None:
    cat = chatroom.enter("cat", CLASSIC)
    chatroom.failing = True
    for number in range(2):
        ann.tell(c.Say(room="lobby", text="lost?", ref=str(number)))
        cat.type("lost?")
    chatroom.commit()
    errors = [event for event in ann.events() if isinstance(event, e.Error)]
    assert [(error.ref, error.code) for error in errors] == [
        ("0", "log_unavailable"),
        ("1", "log_unavailable"),
    ]
    assert cat.pairs() == [("hubbub", NOT_COMMITTED)]
    assert not [event for event in bob.events() if isinstance(event, e.Message)]
    chatroom.failing = False
    assert ask(chatroom, ann, c.Say(room="lobby", text="again")) == e.Ok(ref="asked", seq=1)


def test_of_too_many_rooms_the_lobby_and_the_fullest_are_listed() -> None:
    chatroom = Chatroom(Limits(listed_max=3))
    ann = chatroom.enter("ann")
    ann.tell(c.Join(room="alive"))
    for number in range(5):
        ann.tell(c.Join(room=f"dead{number}"))
        ann.tell(c.Say(room=f"dead{number}", text="x"))
        chatroom.commit()
        ann.tell(c.Leave(room=f"dead{number}"))
    ann.events()
    ann.tell(c.Rooms(ref="r"))
    (rooms,) = (event for event in ann.events() if isinstance(event, e.Rooms))
    assert [one.room for one in rooms.rooms] == ["alive", "dead4", "lobby"]


def test_settle_is_answered_once_what_anybody_said_before_was_told(ann: Peer, bob: Peer) -> None:
    ann.tell(c.Say(room="lobby", text="hello"))
    bob.tell(c.Settle(ref="asked"))
    heard = [event for event in bob.events() if isinstance(event, e.Message | e.Ok)]
    assert [type(event) for event in heard] == [e.Message, e.Ok]
