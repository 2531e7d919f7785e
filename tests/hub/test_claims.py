"""No two people ever hold one name, at whichever nodes they are."""

from contextlib import suppress

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.commands.channels import BeCalled
from hubbub.chat.errors import Refused
from hubbub.chat.people import NAME
from hubbub.wire.framed import CLASSIC, EVENTS
from tests.hub.nodes import nodes, settled
from tests.hub.peers import Chatroom, Peer, now
from tests.hub.test_sessions import welcome


def held(node: Chatroom) -> list[str]:
    return [fact.key.removeprefix(NAME) for fact in now(node.log.facts(NAME)) if not fact.clears]


def errors(peer: Peer) -> list[str]:
    return [one.code for one in peer.events() if isinstance(one, e.Error)]


def test_a_name_in_passing_is_taken_at_all_nodes() -> None:
    first, second = nodes()
    ann = first.enter("Ann")
    assert not welcome(ann).held
    settled(first, second)
    assert welcome(second.enter("ann")).held
    with pytest.raises(Refused, match="taken"):
        second.enter("ann", CLASSIC)


class _Racing:
    """Somebody whose name is on its way to the log."""

    def __init__(self, node: Chatroom, name: str) -> None:
        self.ended = False
        self.node = node
        self.session, decision = node.hub.enter(name, EVENTS, self, f"secret of {node.run}")
        assert decision is not None
        self.decision = decision
        next(self.decision)

    def write(self, payload: bytes) -> None:
        pass

    def end(self) -> None:
        self.ended = True

    def go_on(self) -> None:
        for _ in range(5):
            try:
                self.decision.send(None)
            except StopIteration:
                return
            settled(self.node)
        raise AssertionError("it is never decided")


def test_of_two_who_take_a_name_at_once_the_first_in_the_log_has_it() -> None:
    first, second = nodes()
    one, other = _Racing(first, "ann"), _Racing(second, "ann")
    second.settle(second.hub.take())
    first.apply()
    first.settle(first.hub.take())
    settled(first, second)
    one.go_on()
    other.go_on()
    assert (one.session.held, other.session.held) == (True, False)
    assert [first.hub.has_name(one.session), second.hub.has_name(other.session)] == [False, True]


def test_a_name_is_free_elsewhere_once_its_holder_has_left() -> None:
    first, second = nodes()
    ann = first.enter("ann", CLASSIC)
    settled(first, second)
    first.hub.depart(ann.session)
    settled(first, second)
    assert held(first) == []
    second.enter("ann", CLASSIC)
    settled(first, second)
    with pytest.raises(Refused, match="taken"):
        first.enter("ann", CLASSIC)


def test_a_name_is_free_elsewhere_only_after_its_holders_last_words() -> None:
    first, second = nodes()
    ann = first.enter("ann")
    ann.tell(c.Join(room="lobby"))
    ann.tell(c.Say(room="lobby", text="last words"))
    first.hub.depart(ann.session)
    batch = first.hub.take()
    assert [type(one.event) for one in batch] == [e.Message]
    first.settle(batch)
    first.pass_time(1000)
    settled(first, second)
    assert held(first) == []
    again = second.enter("ann")
    again.tell(c.Join(room="lobby"))
    again.tell(c.Edit(room="lobby", seq=now(first.log.heads())[0].last, text="not mine", ref="e"))
    assert errors(again) == ["forbidden"]


def test_somebody_in_passing_resumes_at_another_node_and_ends_at_the_former() -> None:
    first, second = nodes()
    ann = first.enter("ann")
    secret = welcome(ann).session
    ann.tell(c.Join(room="lobby"))
    ann.tell(c.Say(room="lobby", text="mine"))
    settled(first, second)
    again = second.enter("ann")
    assert welcome(again).held
    again.tell(c.Resume(session="a guess", ref="g"))
    assert errors(again) == ["name_taken"]
    again = second.enter("ann")
    again.tell(c.Resume(session=secret, ref="r"))
    settled(first, second)
    again.tell(c.Join(room="lobby"))
    again.tell(c.Edit(room="lobby", seq=now(first.log.heads())[0].last, text="still mine"))
    settled(first, second)
    assert errors(again) == []
    assert ann.ended
    assert [one.code for one in ann.events() if isinstance(one, e.Bye)] == ["resumed"]
    assert not first.hub.here.people_count
    # And back again, by the newest secret.
    third = first.enter("ann")
    third.tell(c.Resume(session=again.session.secret, ref="r"))
    settled(first, second)
    assert again.ended
    assert not third.session.held


@pytest.mark.parametrize("is_lost", [False, True])
def test_whoever_comes_back_while_the_log_takes_nothing_is_known_elsewhere_by_what_counts(
    *, is_lost: bool
) -> None:
    first, second = nodes()
    ann = first.enter("ann")
    own = said(ann, "mine")
    if is_lost:
        first.hub.depart(ann.session, lost_at=1.0)
    settled(first, second)
    again = first.enter("ann")
    first.failing = True
    again.tell(c.Resume(session=ann.session.secret, ref="r"))
    first.commit()
    first.failing = False
    settled(first, second)
    assert errors(again) == ["log_unavailable"]  # so a client keeps its former secret
    assert again.session.held
    assert not ann.ended
    third = second.enter("ann")
    third.tell(c.Resume(session=ann.session.secret, ref="r"))
    settled(first, second)
    assert errors(third) == []
    assert may_edit(third, own)


@pytest.mark.parametrize("is_lost", [False, True])
def test_whoever_comes_back_to_their_node_is_known_elsewhere_by_both_secrets(
    *, is_lost: bool
) -> None:
    for newest in (False, True):
        first, second = nodes()
        ann = first.enter("ann")
        own = said(ann, "mine")
        if is_lost:
            first.hub.depart(ann.session, lost_at=1.0)
        settled(first, second)
        again = first.enter("ann")
        again.tell(c.Resume(session=ann.session.secret, ref="r"))
        assert errors(again) == []
        assert ann.ended or is_lost
        settled(second)  # the first node has nothing more to commit
        third = second.enter("ann")
        third.tell(c.Resume(session=(again if newest else ann).session.secret, ref="r"))
        settled(first, second)
        assert errors(third) == []
        assert may_edit(third, own)


def left(node: Chatroom, name: str) -> str:
    """Have somebody come and leave; return what would prove them to be the same."""
    peer = node.enter(name)
    peer.tell(c.Join(room="lobby"))
    node.hub.depart(peer.session)
    node.pass_time(1000)
    return welcome(peer).session


def test_whoever_has_left_does_not_get_the_name_back_that_somebody_has_at_another_node() -> None:
    first, second = nodes()
    second.visits = 100  # so that secrets differ
    secret = left(first, "ann")
    settled(first, second)
    other = second.enter("ann")
    settled(first, second)  # nobody has told the first node yet who is at the second
    again = first.enter("ann")
    again.tell(c.Resume(session=secret, ref="r"))
    assert errors(again) == ["name_taken"]
    settled(first, second)
    assert not other.ended


def test_of_whoever_comes_back_and_another_who_comes_the_first_in_the_log_has_the_name() -> None:
    first, second = nodes()
    second.visits = 100  # so that secrets differ
    ann = first.enter("ann")
    ann.tell(c.Join(room="lobby"))
    again = first.enter("ann")
    assert welcome(again).held
    first.hub.depart(ann.session)
    first.pass_time(1000)
    settled(first, second)
    assert held(first) == []
    other = second.enter("ann")  # of which the first node has not heard yet
    again.tell(c.Resume(session=welcome(ann).session, ref="r"))
    settled(first, second)
    assert errors(again) == ["name_taken"]
    assert not other.ended


def test_whoever_comes_back_to_a_name_that_is_free_has_it_at_all_nodes() -> None:
    first, second = nodes()
    ann = first.enter("ann")
    ann.tell(c.Join(room="lobby"))
    again = first.enter("ann")
    first.hub.depart(ann.session)
    first.pass_time(1000)
    again.tell(c.Resume(session=welcome(ann).session, ref="r"))
    settled(first, second)
    assert errors(again) == []
    assert held(second) == ["ann"]
    assert welcome(second.enter("ann")).held
    first.pass_time(1000)
    settled(first, second)
    assert not again.ended


def test_whoever_becomes_a_guest_keeps_the_name_without_a_claim() -> None:
    first, second = nodes()
    ann = first.enter("ann")
    ann.tell(c.Identify(device="ann's device", ref="i"))
    settled(first, second)
    assert ann.session.person.id
    assert not ann.ended
    assert first.hub.elsewhere.claimants == second.hub.elsewhere.claimants == set()
    assert welcome(second.enter("ann")).held


def test_another_name_in_passing_is_claimed_and_the_former_one_let_go() -> None:
    first, second = nodes()
    ann = first.enter("ann")
    bob = second.enter("bob")
    settled(first, second)
    ann.tell(BeCalled(name="bob", ref="n"))
    assert errors(ann) == ["name_taken"]
    ann.tell(BeCalled(name="cat", ref="n"))
    first.pass_time(1000)
    settled(first, second)
    assert held(first) == ["bob", "cat"]
    assert not bob.ended
    assert not ann.ended


def test_names_of_a_node_that_is_gone_are_let_go_by_another() -> None:
    first, second = nodes()
    ann = first.enter("ann")
    settled(first, second)
    assert second.hub.elsewhere.claimants == {first.run}
    second.hub.elsewhere.forgo(first.run)
    settled(second)
    again = second.enter("ann")
    assert not again.session.held
    # It was not gone, but cut off: now it hears of it.
    settled(first, second)
    assert ann.ended
    assert not again.ended
    assert held(second) == ["ann"]


def test_a_node_that_starts_knows_what_others_have_claimed() -> None:
    first, second = nodes()
    first.enter("ann")
    settled(first, second)
    late = Chatroom(log=first.log, run="run late")
    assert late.hub.elsewhere.claimants == {first.run}
    assert welcome(late.enter("ann")).held


def test_whoever_hangs_up_while_their_name_is_claimed_leaves_it_free() -> None:
    first, second = nodes()
    one = _Racing(first, "ann")
    one.decision.close()
    first.pass_time(1000)
    settled(first, second)
    first.pass_time(1000)
    settled(first, second)
    assert held(first) == []


def test_whoever_comes_while_the_log_takes_nothing_is_told_why_they_cannot_be_let_in() -> None:
    (node,) = nodes(1)
    ann = node.enter("ann")
    ann.tell(c.Identify(device="d"))
    node.hub.depart(ann.session)
    node.commit()
    node.failing = True
    with pytest.raises(Refused, match="Whether the name 'bob' is free cannot be found out now"):
        node.enter("bob")
    again = node.enter("ann")  # nobody else's
    again.tell(c.Identify(device="d", ref="i"))
    assert errors(again) == []


def test_a_server_of_its_own_claims_nothing() -> None:
    chatroom = Chatroom()
    chatroom.enter("ann")
    chatroom.pass_time(1000)
    assert now(chatroom.log.facts(NAME)) == []


def test_a_name_that_the_log_did_not_clear_is_free_once_it_takes_something_again() -> None:
    first, second = nodes()
    ann = first.enter("ann", CLASSIC)
    settled(first, second)
    first.hub.depart(ann.session)
    first.failing = True
    first.pass_time(1000)
    first.failing = False
    first.pass_time(1000)
    settled(first, second)
    assert held(first) == []
    second.enter("ann", CLASSIC)


def test_a_node_that_is_cut_off_lets_go_of_names_in_passing_and_of_those_that_it_keeps() -> None:
    first, second = nodes()
    ann, bob = first.enter("ann"), first.enter("bob")
    cat = first.enter("cat")
    cat.tell(c.Identify(device="cat's device"))
    bob.tell(c.Join(room="lobby"))
    first.hub.depart(bob.session, lost_at=1.0)
    settled(first, second)
    assert held(first) == ["ann", "bob", "cat"]
    first.hub.elsewhere.end_passing()
    assert (ann.ended, cat.ended) == (True, False)
    settled(first, second)
    assert held(first) == ["cat"]
    with pytest.raises(Refused, match="Whether the name 'ann' is free cannot be found out now"):
        first.enter("ann")
    first.hub.elsewhere.let_in_passing()
    assert not first.enter("ann").session.held


def test_a_claim_that_comes_back_after_its_node_was_cut_off_lets_nobody_in() -> None:
    (node,) = nodes(1)
    one = _Racing(node, "ann")
    settled(node)
    node.hub.elsewhere.end_passing()
    with pytest.raises(Refused, match="out of touch with the others"):
        one.go_on()
    assert not node.hub.has_name(one.session)
    settled(node)
    node.pass_time(1000)
    assert held(node) == []


def test_what_waits_as_a_node_is_shut_out_is_refused_and_never_said() -> None:
    (node,) = nodes(1)
    ann = node.enter("ann")
    ann.tell(c.Join(room="lobby"))
    ann.tell(c.Say(room="lobby", text="too late", ref="s"))
    assert node.hub.put_off()
    assert not node.hub.has_pending
    node.commit()
    assert errors(ann) == ["log_unavailable"]
    ann.tell(c.Say(room="lobby", text="in flight"))
    batch = node.hub.take()
    assert not node.hub.put_off()
    node.hub.refuse(batch)
    assert node.hub.put_off()


def said(peer: Peer, text: str) -> int:
    """Return the seq of what somebody says in the lobby."""
    peer.tell(c.Join(room="lobby"))
    peer.tell(c.Say(room="lobby", text=text))
    peer.chatroom.commit()
    return now(peer.chatroom.log.heads())[0].last


def may_edit(peer: Peer, seq: int) -> bool:
    peer.tell(c.Join(room="lobby"))
    peer.events()
    peer.tell(c.Edit(room="lobby", seq=seq, text="edited", ref="e"))
    return "forbidden" not in errors(peer)


def test_whoever_left_is_the_same_person_when_they_come_back_at_another_node() -> None:
    first, second = nodes()
    ann = first.enter("ann")
    own = said(ann, "mine")
    first.hub.depart(ann.session)
    settled(first, second)
    second.hub.outside.post(
        second.hub.outside.poster("ann", EVENTS, _Deaf()), "lobby", "not mine", 1, ref="p"
    )
    settled(first, second)
    posted = now(first.log.heads())[0].last
    again = second.enter("ann")
    again.tell(c.Resume(session=ann.session.secret, ref="r"))
    settled(first, second)
    assert may_edit(again, own)
    assert not may_edit(again, posted)
    second.hub.depart(again.session)
    settled(first, second)
    back = first.enter("ann")
    back.tell(c.Resume(session=again.session.secret, ref="r"))
    assert may_edit(back, own)
    assert not may_edit(back, posted)


def test_whoever_left_is_somebody_else_once_another_one_had_the_name_at_another_node() -> None:
    first, second = nodes()
    ann = first.enter("ann")
    said(ann, "mine")
    first.hub.depart(ann.session)
    settled(first, second)
    other = second.enter("ann")
    not_own = said(other, "somebody else's")
    second.hub.depart(other.session)
    settled(first, second)
    back = first.enter("ann")
    back.tell(c.Resume(session=ann.session.secret, ref="r"))
    assert not may_edit(back, not_own)


def test_whoever_comes_back_while_another_one_has_the_name_and_leaves_is_somebody_else() -> None:
    first, second = nodes()
    ann = first.enter("ann")
    said(ann, "mine")
    again = first.enter("ann")
    first.hub.depart(ann.session)
    settled(first, second)
    resume = c.Resume(session=ann.session.secret, ref="r")
    decision = first.hub.command(again.session, resume, first.clock)
    assert decision is not None
    question = next(decision)
    other = second.enter("ann")
    not_own = said(other, "somebody else's")
    second.hub.depart(other.session)
    settled(second)
    with suppress(StopIteration):
        while True:
            question = decision.send(first.answer(question))
    assert first.hub.has_name(again.session)
    assert not may_edit(again, not_own)


def test_a_name_that_somebody_has_at_another_node_is_not_resumed_by_who_had_it_before() -> None:
    first, second = nodes()
    ann = first.enter("ann")
    said(ann, "mine")
    first.hub.depart(ann.session)
    settled(first, second)
    second.enter("ann")
    settled(first, second)
    back = first.enter("ann")
    assert back.session.held
    back.tell(c.Resume(session=ann.session.secret, ref="r"))
    assert errors(back) == ["name_taken"]
    assert back.session.held


class _Deaf:
    """Hears nothing."""

    def write(self, payload: bytes) -> None:
        pass

    def end(self) -> None:
        pass
