"""A code that one node shows links a device at another one, and counts once everywhere."""

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.queries import Moment
from tests.hub.nodes import exchange, nodes
from tests.hub.peers import Chatroom, Peer
from tests.hub.test_accounts import OF_ANN, OF_BOB, code, gone, identified, welcome
from tests.hub.test_linking import shown


def typed(peer: Peer, code_: str, *all_: Chatroom, moments: int = 200) -> None:
    """Let a device type a code, while nodes talk to each other for so many moments."""
    node = peer.chatroom
    peer.read()
    command = c.Link(code=code_.lower(), device=OF_BOB, label="my phone", ref="l")
    try:
        decision = node.hub.command(peer.session, command, node.clock)
        assert decision is not None
        question = next(decision)
        while True:
            if isinstance(question, Moment) and (moments := moments - 1) >= 0:
                exchange(*all_)
            question = decision.send(node.answer(question))
    except StopIteration:
        pass
    except Refused as error:
        peer.session.refuse(error, "l")


def settled(*all_: Chatroom) -> None:
    """Let nodes do what they owe each other."""
    for _ in range(3):
        exchange(*all_)
        for one in all_:
            one.finish()


def asked(ann: Peer, code_: str, *all_: Chatroom) -> Peer:
    """Let a phone at the last node type a code, of which the first device hears."""
    phone = all_[-1].enter("phone")
    exchange(*all_)
    ann.read()
    typed(phone, code_, *all_)
    assert ann.events() == [e.Linking(code=code_, name="phone", label="my phone")]
    assert phone.events() == [], "the answer comes later"
    return phone


def test_a_code_that_is_made_at_one_node_works_at_another() -> None:
    first, second, third = nodes(3)
    ann = identified(first, "ann", OF_ANN)
    exchange(first, second, third)
    code_ = shown(ann)
    phone = asked(ann, code_, first, second, third)
    ann.tell(c.Confirm(code=code_, ref="y"))
    assert e.Ok(ref="y") in ann.events()
    settled(first, second, third)
    told = welcome(phone)
    assert (told.ref, told.name) == ("l", "ann")
    assert phone.session.person.id == ann.session.person.id
    gone(phone)
    assert identified(first, "x", OF_BOB).session.person is ann.session.person


def test_a_code_that_was_typed_at_one_node_counts_nowhere_else() -> None:
    first, second, third = nodes(3)
    ann = identified(first, "ann", OF_ANN)
    exchange(first, second, third)
    code_ = shown(ann)
    phone = asked(ann, code_, first, second, third)
    for node in (first, second, third):
        eve = node.enter("eve")
        typed(eve, code_, first, second, third)
        assert code(eve) == "wrong_code"
        gone(eve)
    assert ann.events() == []
    ann.tell(c.Confirm(code=code_, on=False, ref="n"))
    settled(first, second, third)
    assert code(phone) == "forbidden"
    assert phone.session.person.id == ""
    bob = second.enter("bob")
    typed(bob, code_, first, second, third)
    assert code(bob) == "wrong_code"


def test_a_code_that_nobody_shows_is_wrong_at_all_nodes() -> None:
    first, second = nodes()
    identified(first, "ann", OF_ANN)
    phone = second.enter("phone")
    exchange(first, second)
    typed(phone, "ABCD-EFGH", first, second)
    assert code(phone) == "wrong_code"
    typed(phone, "ABCD-EFGH", first, second, moments=0)  # nobody answers in time
    assert code(phone) == "wrong_code"
    assert not second.hub._state.links.outbound


def test_a_device_that_is_its_persons_already_is_told_so() -> None:
    first, second = nodes()
    ann = identified(first, "ann", OF_ANN)
    exchange(first, second)
    again = identified(second, "ann", OF_ANN)
    exchange(first, second)
    typed(again, shown(ann), first, second)
    assert code(again) == "forbidden"


def test_whoever_shows_a_code_hears_that_the_other_device_has_left_its_node() -> None:
    first, second = nodes()
    ann = identified(first, "ann", OF_ANN)
    exchange(first, second)
    code_ = shown(ann)
    phone = asked(ann, code_, first, second)
    second.hub.depart(phone.session)
    exchange(first, second)
    ann.events()
    ann.tell(c.Confirm(code=code_, ref="y"))
    assert code(ann) == "forbidden"


def test_a_device_at_another_node_hears_that_the_one_that_shows_the_code_has_left() -> None:
    first, second = nodes()
    ann = identified(first, "ann", OF_ANN)
    exchange(first, second)
    phone = asked(ann, shown(ann), first, second)
    gone(ann)
    exchange(first, second)
    assert code(phone) == "forbidden"
