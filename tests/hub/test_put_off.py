"""What the log could not take is repeated, and nothing said after it overtakes it."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import LogError, Refused
from hubbub.hub.present.room import PUT_OFF_MAX
from tests.hub.peers import Chatroom, Peer


@pytest.fixture
def chatroom() -> Chatroom:
    return Chatroom()


@pytest.fixture
def ann(chatroom: Chatroom) -> Peer:
    peer = chatroom.enter("ann")
    peer.tell(c.Join(room="lobby"))
    peer.events()
    return peer


def say(ref: str, behind: str | None = None, **fields: object) -> c.Say:
    say = c.Say(room="lobby", text=f"text {ref}", nonce=f"n{ref}", ref=ref, behind=behind)
    for name, value in fields.items():
        setattr(say, name, value)
    return say


def outcomes(peer: Peer) -> list[tuple[str | None, int | str | None]]:
    """Return what was answered: a ref, and a seq or a code."""
    return [
        (event.ref, event.seq if isinstance(event, e.Ok) else event.code)
        for event in peer.events()
        if isinstance(event, e.Ok | e.Error)
    ]


def fail_one_batch(chatroom: Chatroom) -> None:
    batch = chatroom.hub.take()
    chatroom.hub.refuse(batch)


NOT_NOW = "log_unavailable"


def test_what_waits_behind_a_refused_message_is_refused_with_it(
    chatroom: Chatroom, ann: Peer
) -> None:
    ann.tell(say("1"))
    batch = chatroom.hub.take()  # on its way to the log when the others come
    ann.tell(say("2", behind="1"))
    ann.tell(say("3", behind="2"))
    chatroom.hub.refuse(batch)
    chatroom.commit()  # the log takes it all by now
    assert outcomes(ann) == [("1", NOT_NOW), ("2", NOT_NOW), ("3", NOT_NOW)]
    assert not chatroom.hub.has_pending
    assert chatroom.hub.is_settled


def test_what_was_still_on_its_way_to_the_server_is_refused_too(
    chatroom: Chatroom, ann: Peer
) -> None:
    ann.tell(say("1"))
    fail_one_batch(chatroom)
    ann.tell(say("2", behind="1"))
    ann.tell(say("3", behind="2"))
    chatroom.commit()
    assert outcomes(ann) == [("1", NOT_NOW), ("2", NOT_NOW), ("3", NOT_NOW)]


def test_what_is_repeated_in_order_is_posted_in_order(chatroom: Chatroom, ann: Peer) -> None:
    ann.tell(say("1"))
    ann.tell(say("2", behind="1"))
    fail_one_batch(chatroom)
    ann.tell(say("3", behind="2"))
    ann.tell(say("4", nonce="n1"))
    ann.tell(say("5", behind="4", nonce="n2"))
    ann.tell(say("6", behind="5", nonce="n3"))
    chatroom.commit()
    assert outcomes(ann)[3:] == [("4", 1), ("5", 2), ("6", 3)]


def test_what_others_say_and_what_is_behind_nothing_goes_on(chatroom: Chatroom, ann: Peer) -> None:
    bob = chatroom.enter("bob")
    bob.tell(c.Join(room="lobby"))
    bob.events()
    ann.tell(say("1"))
    batch = chatroom.hub.take()
    ann.tell(say("2", behind="1"))
    ann.tell(say("3"))
    bob.tell(say("2", behind="1"))
    chatroom.hub.refuse(batch)
    chatroom.commit()
    assert outcomes(ann) == [("1", NOT_NOW), ("2", NOT_NOW), ("3", 1)]
    assert outcomes(bob) == [("2", 2)]


def test_a_refusal_that_lasts_holds_nothing_up(chatroom: Chatroom, ann: Peer) -> None:
    ann.tell(say("1", text="\n"))
    ann.tell(say("2", behind="1"))
    chatroom.commit()
    assert outcomes(ann) == [("1", "empty"), ("2", 1)]


def test_an_answer_that_could_not_be_read_for_holds_up_what_follows(ann: Peer) -> None:
    ann.session.refuse(LogError("The disk is gone."), "1")  # as the driver does
    ann.tell(say("2", behind="1"))
    assert outcomes(ann) == [("1", NOT_NOW), ("2", NOT_NOW)]


def test_a_ref_that_is_used_again_stands_for_the_new_message(chatroom: Chatroom, ann: Peer) -> None:
    ann.tell(say("1"))
    fail_one_batch(chatroom)
    ann.tell(say("1"))
    ann.tell(say("2", behind="1"))
    chatroom.commit()
    assert outcomes(ann)[1:] == [("1", 1), ("2", 2)]


def test_the_refs_of_refused_messages_are_bounded(ann: Peer) -> None:
    for number in range(3 * PUT_OFF_MAX):
        ann.session.refuse(Refused("Not now.", code=NOT_NOW), str(number))
    assert len(ann.session.put_off) == PUT_OFF_MAX


def test_a_deletion_that_is_repeated_is_done(chatroom: Chatroom, ann: Peer) -> None:
    ann.tell(say("1"))
    chatroom.commit()
    for ref in ("2", "3"):
        ann.tell(c.Delete(room="lobby", seq=1, ref=ref))
        chatroom.commit()
    assert outcomes(ann) == [("1", 1), ("2", 2), ("3", None)]


@pytest.mark.parametrize("on", [True, False])
def test_a_reaction_that_is_repeated_is_not_taken_back(
    chatroom: Chatroom, ann: Peer, on: bool
) -> None:
    ann.tell(say("1"))
    chatroom.commit()
    ann.tell(c.React(room="lobby", seq=1, emoji="+1", ref="2"))
    chatroom.commit()
    for ref in ("3", "4"):
        ann.tell(c.React(room="lobby", seq=1, emoji="+1", on=on, ref=ref))
        chatroom.commit()
    assert outcomes(ann)[2:] == ([("3", None), ("4", None)] if on else [("3", 3), ("4", None)])


def test_an_edit_or_a_topic_that_is_repeated_leaves_what_it_set(
    chatroom: Chatroom, ann: Peer
) -> None:
    ann.tell(say("1"))
    chatroom.commit()
    for _ in range(2):
        ann.tell(c.Edit(room="lobby", seq=1, text="new"))
        ann.tell(c.SetTopic(room="lobby", text="soup"))
        chatroom.commit()
    ann.tell(c.History(room="lobby", ref="h"))
    page = next(event for event in ann.events() if isinstance(event, e.Page))
    assert [message.text for message in page.messages] == ["new"]
    assert chatroom.hub.rooms["lobby"].topic == "soup"


def test_a_reply_that_is_repeated_is_done_though_what_it_answers_is_gone(
    chatroom: Chatroom, ann: Peer
) -> None:
    ann.tell(say("1"))
    chatroom.commit()
    ann.tell(say("2", reply_to=1))
    chatroom.commit()
    ann.tell(c.Delete(room="lobby", seq=1))
    chatroom.commit()
    ann.tell(say("3", reply_to=1, nonce="n2"))
    ann.tell(say("4", reply_to=1))
    chatroom.commit()
    assert outcomes(ann) == [("1", 1), ("2", 2), ("3", 2), ("4", "no_such_message")]
