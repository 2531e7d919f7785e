"""Rooms list people at other nodes, and what is done to them reaches them there."""

from contextlib import suppress

import pytest
from msgspec.structs import replace

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.commands.channels import BeCalled, Enter, Kill
from hubbub.chat.commands.inner import SetMetadata
from hubbub.chat.events import AnyEvent
from hubbub.chat.queries import Moment
from hubbub.wire.framed import CLASSIC, EVENTS
from tests.hub.nodes import exchange, nodes, settled
from tests.hub.peers import Chatroom, Peer, now


def entered(node: Chatroom, name: str, room: str = "lobby") -> Peer:
    """Let somebody into a room at a node."""
    peer = node.enter(name)
    peer.tell(c.Join(room=room))
    return peer


def known(node: Chatroom, name: str, device: str = "") -> Peer:
    """Let somebody in who is known, into the lobby."""
    peer = node.enter(name)
    peer.tell(c.Identify(device=device or f"{name}'s device"))
    peer.tell(c.Join(room="lobby"))
    return peer


def listed(peer: Peer, room: str = "lobby") -> list[str]:
    """Return the names that somebody is told are in a room."""
    peer.tell(c.Members(room=room, ref="m"))
    (answer,) = [one for one in peer.events() if isinstance(one, e.Members) and one.ref]
    return [one.name for one in answer.members]


def presence(events: list[AnyEvent]) -> list[tuple[str, str]]:
    return [(one.state, one.name) for one in events if isinstance(one, e.Presence)]


def test_rooms_list_people_at_other_nodes_and_tell_who_comes_and_goes() -> None:
    first, second = nodes()
    ann = entered(first, "ann")
    exchange(first, second)
    bob = entered(second, "bob")
    exchange(first, second)
    assert presence(ann.events()) == [("joined", "bob")]
    assert listed(ann) == listed(bob) == ["ann", "bob"]
    assert [one.hub.rooms["lobby"].listeners for one in (first, second)] == [1, 1]
    second.hub.depart(bob.session)
    exchange(first, second)
    assert presence(ann.events()) == [("left", "bob")]
    assert listed(ann) == ["ann"]


def test_what_is_said_elsewhere_costs_no_write_to_those_who_are_there() -> None:
    first, second = nodes()
    ann, bob = entered(first, "ann"), entered(second, "bob")
    exchange(first, second)
    writes = second.hub.writes
    ann.tell(c.Say(room="lobby", text="hi"))
    exchange(first, second)
    assert second.hub.writes == writes + 1
    assert [one.text for one in bob.events() if isinstance(one, e.Message)] == ["hi"]


def test_a_room_that_is_opened_at_one_node_has_its_owner_at_all() -> None:
    first, second = nodes()
    ann = known(first, "ann")
    ann.tell(c.Join(room="den"))
    exchange(first, second)
    bob = entered(second, "bob", "den")
    bob.tell(c.Say(room="den", text="hi"))
    exchange(first, second)
    rules = [one.rules for one in (first.hub._state.order, second.hub._state.order)]
    assert rules[0]["den"].owner == rules[1]["den"].owner == ann.session.person.id


def test_a_person_at_two_nodes_is_there_once_and_leaves_once() -> None:
    first, second = nodes()
    one = known(first, "ann", "d")
    exchange(first, second)
    other = second.enter("ann")
    other.tell(c.Identify(device="d"))
    other.tell(c.Join(room="lobby"))
    exchange(first, second)
    bob = entered(second, "bob")
    assert listed(bob) == ["ann", "bob"]
    first.hub.depart(one.session)
    exchange(first, second)
    assert presence(bob.events()) == []
    second.hub.depart(other.session)
    exchange(first, second)
    assert presence(bob.events()) == [("left", "ann")]


@pytest.mark.parametrize("questions", range(3))
def test_whoever_comes_to_two_nodes_at_once_is_one_person_at_both(questions: int) -> None:
    first, second = nodes()
    first.hub.depart(known(first, "ann", "d").session)
    exchange(first, second)
    one, other = first.enter("ann"), second.enter("ann")
    decision = second.hub.command(other.session, c.Identify(device="d"), second.clock)
    assert decision is not None
    question = next(decision)
    with suppress(StopIteration):
        while True:
            if not questions:
                one.tell(c.Identify(device="d"))
                exchange(first, second)
            questions -= 1
            question = decision.send(second.answer(question))
    assert questions < 0, "there are fewer to wait for"
    exchange(first, second)
    for node in (first, second):
        assert len(node.hub.here.named("ann")) == 2
    assert second.hub.here.holder("ann") is other.session.person


@pytest.mark.parametrize("is_claim_read", [False, True])
def test_whoever_became_known_at_another_node_just_now_is_known(is_claim_read: bool) -> None:
    first, second = nodes()
    ann = first.enter("ann")
    if is_claim_read:
        settled(second)
    ann.tell(c.Identify(device="d"))
    first.commit()
    again, eve = second.enter("ann"), second.enter("ann")
    eve.tell(c.Identify(device="e"))
    again.tell(c.Identify(device="d"))
    assert [one.code for one in eve.events() if isinstance(one, e.Error)] == ["name_taken"]
    assert again.session.person.id == ann.session.person.id


def test_whoever_became_known_is_known_where_they_still_seem_to_be_there_in_passing() -> None:
    first, second = nodes()
    ann = first.enter("ann")
    exchange(first, second)
    ann.tell(c.Identify(device="d"))
    settled(first, second)
    again = second.enter("ann")
    decision = second.hub.command(again.session, c.Identify(device="d"), second.clock)
    assert decision is not None
    assert isinstance(next(decision), Moment)
    exchange(first, second)
    second.decide(decision)
    assert again.session.person.id == ann.session.person.id


def test_whoever_says_that_a_name_in_passing_is_theirs_does_not_take_it_from_another_node() -> None:
    first, second = nodes()
    ann = first.enter("ann")
    settled(first, second)
    eve = second.enter("ann")
    eve.tell(c.Identify(device="e"))
    settled(first, second)
    assert [one.code for one in eve.events() if isinstance(one, e.Error)] == ["name_taken"]
    ann.tell(c.Identify(device="d"))
    settled(first, second)
    assert ann.session.person.id


def test_a_node_that_is_gone_takes_its_people_out() -> None:
    first, second = nodes()
    ann = entered(first, "ann")
    entered(second, "bob")
    exchange(first, second)
    ann.events()
    first.hub.elsewhere.gone(second.run)
    assert presence(ann.events()) == [("left", "bob")]
    # It was only not heard.
    first.hub.elsewhere.are_all(second.run, second.hub.elsewhere.all_present())
    assert presence(ann.events()) == [("joined", "bob")]


def test_all_who_are_at_a_node_replace_whoever_was_known_to_be_there() -> None:
    first, second = nodes()
    ann, bob = entered(first, "ann"), entered(second, "bob")
    exchange(first, second)
    ann.events()
    second.hub.depart(bob.session)
    entered(second, "cat")
    second.commit()
    first.apply()
    first.hub.elsewhere.are_all(second.run, second.hub.elsewhere.all_present())
    assert sorted(presence(ann.events())) == [("joined", "cat"), ("left", "bob")]


def test_typing_and_being_away_are_told_at_other_nodes() -> None:
    first, second = nodes()
    ann, bob = entered(first, "ann"), entered(second, "bob")
    exchange(first, second)
    ann.events()
    bob.tell(c.Typing(room="lobby"))
    bob.tell(c.Away(text="lunch"))
    exchange(first, second)
    told = ann.events()
    assert [one.name for one in told if isinstance(one, e.Typing)] == ["bob"]
    assert [(one.on, one.text) for one in told if isinstance(one, e.Away)] == [(True, "lunch")]
    bob.tell(c.Back())
    exchange(first, second)
    assert [one.on for one in ann.events() if isinstance(one, e.Away)] == [False]


def test_two_in_passing_talk_in_private_from_two_nodes() -> None:
    first, second = nodes()
    ann, bob = entered(first, "ann"), entered(second, "bob")
    exchange(first, second)
    bob.events()
    ann.tell(c.Direct(name="bob", ref="d"))
    (room,) = [one for one in ann.events() if isinstance(one, e.Room) and one.direct]
    ann.tell(c.Say(room=room.room, text="psst"))
    exchange(first, second)
    bob.serve()
    told = [one for one in bob.events() if isinstance(one, e.Room | e.Message)]
    assert isinstance(told[0], e.Room)
    assert told[0].direct == ["ann", "bob"]
    assert [one.text for one in told if isinstance(one, e.Message)] == ["psst"]
    bob.tell(c.Say(room=room.room, text="yes?"))
    exchange(first, second)
    assert [one.text for one in ann.events() if isinstance(one, e.Message)] == ["psst", "yes?"]


def test_somebody_known_hears_at_another_node_what_is_said_to_them_in_private() -> None:
    first, second = nodes()
    ann, bob = known(first, "ann"), known(second, "bob")
    exchange(first, second)
    bob.events()
    ann.type("/msg bob psst")
    first.commit()
    second.apply()  # no letter has come yet
    assert [one.text for one in bob.events() if isinstance(one, e.Message)] == ["psst"]


def test_whoever_runs_the_server_ends_sessions_at_other_nodes() -> None:
    first, second = nodes()
    host = first.hub.outside.host("root", EVENTS, first.enter("ann"))
    bob = entered(second, "bob")
    exchange(first, second)
    first.decide(first.hub.command(host, Kill(name="bob", reason="spam"), first.clock))
    exchange(first, second)
    assert bob.ended
    assert [one.code for one in bob.events() if isinstance(one, e.Bye)] == ["banned"]


def test_a_ban_puts_somebody_out_at_their_node_once() -> None:
    first, second = nodes()
    ann, bob = known(first, "ann"), known(second, "bob")
    ann.tell(c.Join(room="den"))
    exchange(first, second)
    bob.tell(c.Join(room="den"))
    exchange(first, second)
    bob.events()
    ann.tell(c.Ban(room="den", who="bob", reason="enough", ref="b"))
    exchange(first, second)
    assert [one.room for one in bob.events() if isinstance(one, e.Removed)] == ["den"]
    assert listed(ann, "den") == ["ann"]


def test_whoever_is_put_out_of_a_room_kept_in_passing_is_out_at_their_node() -> None:
    first, second = nodes()
    ann = first.enter("ann")
    ann.tell(Enter(room="den"))
    exchange(first, second)
    bob = entered(second, "bob", "den")
    exchange(first, second)
    ann.tell(c.Kick(room="den", name="bob", reason="enough", ref="k"))
    exchange(first, second)
    assert [one.room for one in bob.events() if isinstance(one, e.Removed)] == ["den"]
    assert "den" not in bob.session.members
    assert listed(ann, "den") == ["ann"]


def test_a_person_who_is_known_is_renamed_at_all_nodes() -> None:
    first, second = nodes()
    ann = known(first, "ann", "d")
    exchange(first, second)
    other = second.enter("ann")
    other.tell(c.Identify(device="d"))
    bob = entered(second, "bob")
    exchange(first, second)
    bob.events(), other.events()
    ann.tell(c.Rename(name="anna"))
    exchange(first, second)
    assert sorted(listed(bob)) == ["anna", "bob"]
    assert [one.name for one in other.events() if isinstance(one, e.Welcome)] == ["anna"]
    assert {one.person.name for one in second.hub.here} == {"anna", "bob"}


def test_another_name_in_passing_shows_at_other_nodes() -> None:
    first, second = nodes()
    ann, bob = entered(first, "ann"), entered(second, "bob")
    exchange(first, second)
    ann.events()
    bob.tell(BeCalled(name="bert"))
    exchange(first, second)
    assert sorted(presence(ann.events())) == [("joined", "bert"), ("left", "bob")]
    assert listed(ann) == ["ann", "bert"]


def test_news_of_a_former_holder_waits_while_the_name_is_anothers() -> None:
    first, second = nodes()
    bob = entered(first, "bob")
    exchange(first, second)
    (news,) = first.hub.elsewhere.all_present()
    first.hub.depart(bob.session)
    exchange(first, second)
    again = second.enter("bob", CLASSIC)
    second.commit()
    second.hub.elsewhere.take(first.run, [news])
    assert second.hub.here.named("bob") == (again.session,)
    second.hub.depart(again.session)
    second.hub.elsewhere.gone(first.run, ["bob"])
    second.hub.elsewhere.try_again()
    assert second.hub.here.named("bob") == ()


def test_whoever_could_not_be_here_is_once_the_name_is_free() -> None:
    first, second = nodes()
    bob = entered(first, "bob")
    exchange(first, second)
    (news,) = first.hub.elsewhere.all_present()
    second.hub.elsewhere.gone(first.run)
    first.hub.depart(bob.session)
    settled(first, second)
    other = second.enter("bob")
    second.hub.elsewhere.take(first.run, [news])
    second.hub.depart(other.session)
    second.hub.elsewhere.try_again()
    (far,) = second.hub.here.named("bob")
    second.hub.elsewhere.take(first.run, [replace(news, away="lunch")])
    second.hub.elsewhere.try_again()
    assert second.hub.here.named("bob") == (far,)
    assert far.person.away == "lunch"
    second.hub.elsewhere.gone(first.run)
    second.hub.elsewhere.try_again()
    assert second.hub.here.holder("bob") is None


def test_markers_of_somebody_who_is_elsewhere_are_read_when_they_come() -> None:
    first, second = nodes()
    ann, bob = known(first, "ann", "d"), known(first, "bob")
    bob.type("/msg ann one")
    known(first, "cat")
    ann.type("/msg cat hi")
    exchange(first, second)
    (room,) = [one.room for one in ann.events() if isinstance(one, e.Message) and one.text == "one"]
    last = next(head.last for head in now(first.log.heads()) if head.room == room)
    ann.tell(c.Seen(room=room, seq=last))
    first.pass_time(10_000_000)
    exchange(first, second)
    other = second.enter("ann")
    other.tell(c.Identify(device="d"))
    exchange(first, second)
    other.tell(c.Join(room=room))
    assert [one.seen for one in other.events() if isinstance(one, e.Room)] == [last]


def test_what_people_say_of_themselves_is_known_at_all_nodes() -> None:
    first, second = nodes()

    def said(name: str) -> list[dict[str, str]]:
        """Return what each node has of somebody; empty if they are not there."""
        found = [one.hub.here.holder(name) for one in (first, second)]
        return [dict(one.shown.about) if one and one.shown else {} for one in found]

    ann, bob = known(first, "ann", "d"), entered(first, "bob")
    for one in (ann, bob):
        one.tell(SetMetadata(key="url", value="before"))
    exchange(first, second)
    assert said("ann") == said("bob") == [{"url": "before"}] * 2
    again = second.enter("ann")
    again.tell(c.Identify(device="d"))
    for one in (ann, bob):
        one.tell(SetMetadata(key="url", value="after"))
    again.tell(SetMetadata(key="a/b", value="more"))
    exchange(first, second)
    assert said("ann") == [{"url": "after", "a/b": "more"}] * 2
    assert said("bob") == [{"url": "after"}] * 2
    for one in (again, bob):
        one.tell(SetMetadata(key="url", value=None))
    exchange(first, second)
    assert (said("ann"), said("bob")) == ([{"a/b": "more"}] * 2, [{}] * 2)


def test_whoever_comes_from_another_node_is_told_to_wait_for_what_they_said_there() -> None:
    first, second = nodes()
    ann, bob = first.enter("ann"), second.enter("bob")
    for one in (ann, bob):
        one.tell(c.Join(room="lobby"))
    settled(first, second)
    ann.tell(c.Say(room="lobby", text="said at the first node"))
    first.commit()
    seq = now(first.log.heads())[0].last
    bob.tell(c.React(room="lobby", seq=seq, emoji="👍", on=True, ref="r"))
    assert [one.code for one in bob.events() if isinstance(one, e.Error)] == ["log_unavailable"]
    settled(first, second)
    bob.tell(c.React(room="lobby", seq=seq, emoji="👍", on=True, ref="r"))
    settled(first, second)
    assert [one.code for one in bob.events() if isinstance(one, e.Error)] == []
