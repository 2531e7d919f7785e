"""What all nodes agree on, though it is not logged: how people are, whom rooms let in."""

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.commands.channels import BeCalled, Enter, SetModes
from hubbub.chat.commands.inner import Show
from tests.hub.nodes import exchange, nodes, settled
from tests.hub.peers import Chatroom, Peer
from tests.hub.test_elsewhere import entered, known, listed


def twice(first: Chatroom, second: Chatroom, name: str) -> tuple[Peer, Peer]:
    """Return the two sessions of somebody who is known, one at each node."""
    one = known(first, name, "d")
    exchange(first, second)
    other = known(second, name, "d")
    exchange(first, second)
    return one, other


def away_told(peer: Peer) -> list[tuple[bool, str]]:
    return [(one.on, one.text) for one in peer.events() if isinstance(one, e.Away)]


def test_whoever_is_at_two_nodes_is_away_everywhere_as_they_said_last() -> None:
    first, second, third = nodes(3)
    one, other = twice(first, second, "ann")
    bob, cat, dan = entered(first, "bob"), entered(second, "cat"), entered(third, "dan")
    exchange(first, second, third)
    peers = (bob, cat, dan, one, other)
    for peer in peers:
        peer.events()
    one.tell(c.Away(text="lunch"))
    exchange(first, second, third)
    assert [away_told(peer) for peer in peers] == [[(True, "lunch")]] * 5
    other.tell(c.Back())
    exchange(first, second, third)
    assert [away_told(peer) for peer in peers] == [[(False, "")]] * 5
    first.clock += 10
    other.tell(c.Away(text="later"))
    one.tell(c.Away(text="last"))
    exchange(first, second, third)
    for node in (first, second, third):
        person = node.hub.here.holder("ann")
        assert person is not None
        assert person.away == "last"
    second.hub.depart(other.session)
    exchange(first, second, third)
    assert sorted(listed(dan)) == ["ann", "bob", "cat", "dan"]
    assert third.hub.here.holder("ann").away == "last"  # type: ignore[union-attr]


def test_of_two_words_at_one_moment_all_nodes_take_the_same() -> None:
    first, second, third = nodes(3)
    one, other = twice(first, second, "ann")
    exchange(first, second, third)
    one.tell(c.Away(text="a"))
    other.tell(c.Away(text="b"))
    exchange(first, second, third)
    exchange(first, second, third)
    found = [node.hub.here.holder("ann") for node in (first, second, third)]
    assert [person.away for person in found if person] == ["b"] * 3


def test_whoever_is_at_two_nodes_is_shown_everywhere_as_they_said_last() -> None:
    first, second = nodes()
    one, other = twice(first, second, "ann")
    one.tell(Show(user="ann", real="Ann"))
    exchange(first, second)
    other.tell(Show(real="Ann The Second"))
    exchange(first, second)
    shown = [node.hub.here.holder("ann").shown for node in (first, second)]  # type: ignore[union-attr]
    assert [(each.user, each.real) for each in shown if each] == [("ann", "Ann The Second")] * 2


def slow(node: Chatroom, peer: Peer, text: str) -> list[str]:
    """Return the codes of what somebody is refused who says something in a slow room."""
    peer.events()
    peer.tell(c.Say(room="den", text=text, ref="s"))
    node.commit()
    return [one.code for one in peer.events() if isinstance(one, e.Error)]


def test_slow_mode_counts_what_somebody_says_at_any_node() -> None:
    first, second = nodes()
    second.pass_time(300_000)  # clocks differ
    ann = known(first, "ann")
    ann.tell(c.Join(room="den"))
    ann.tell(c.SetRules(room="den", slow_seconds=60))
    exchange(first, second)
    bob, again = known(first, "bob", "d"), known(second, "bob", "d")
    for one in (bob, again):
        one.tell(c.Join(room="den"))
    exchange(first, second)
    assert slow(first, bob, "one") == []
    settled(first, second)
    assert slow(second, again, "two") == ["slow_mode"]
    first.pass_time(61_000)
    second.pass_time(61_000)
    assert slow(second, again, "two") == []
    settled(first, second)
    assert slow(first, bob, "three") == ["slow_mode"]


def test_whoever_is_asked_into_a_room_may_enter_it_once_at_their_node() -> None:
    first, second = nodes()
    ann, bob = known(first, "ann"), entered(second, "bob")
    ann.tell(c.Join(room="den"))
    ann.tell(SetModes(room="den", invite_only=True))
    exchange(first, second)
    bob.tell(c.Join(room="den", ref="j"))
    assert [one.code for one in bob.events() if isinstance(one, e.Error)] == ["invite_only"]
    ann.tell(c.Add(room="den", name="bob"))
    exchange(first, second)
    assert [one.room for one in bob.events() if isinstance(one, e.Added)] == ["den"]
    bob.tell(c.Join(room="den"))
    exchange(first, second)
    assert "den" in bob.session.members
    bob.tell(c.Leave(room="den"))
    exchange(first, second)
    bob.tell(c.Join(room="den", ref="j"))
    assert "invite_only" in [one.code for one in bob.events() if isinstance(one, e.Error)]
    assert not first.hub.rooms["den"].invited


def test_an_invitation_that_was_used_at_one_node_is_used_up_at_all() -> None:
    first, second = nodes()
    ann = known(first, "ann")
    ann.tell(c.Join(room="den"))
    ann.tell(SetModes(room="den", invite_only=True))
    bob, again = twice(first, second, "bob")
    ann.tell(c.Add(room="den", name="bob"))
    exchange(first, second)
    again.tell(c.Join(room="den"))
    exchange(first, second)
    assert "den" in again.session.members
    again.tell(c.Leave(room="den"))
    exchange(first, second)
    bob.events()
    bob.tell(c.Join(room="den", ref="j"))
    assert [one.code for one in bob.events() if isinstance(one, e.Error)] == ["invite_only"]


def refusals(peer: Peer) -> list[str]:
    return [one.code for one in peer.events() if isinstance(one, e.Error)]


def kept_by_ann(first: Chatroom, *others: Chatroom) -> Peer:
    """Return somebody in passing who looks after a room at the first node."""
    ann = first.enter("ann")
    ann.tell(Enter(room="den"))
    exchange(first, *others)
    return ann


def test_what_holds_in_a_room_that_is_kept_in_passing_holds_at_all_nodes() -> None:
    first, second = nodes()
    ann, bob = kept_by_ann(first, second), entered(second, "bob")
    exchange(first, second)
    ann.tell(SetModes(room="den", key="sesame"))
    ann.tell(c.Ban(room="den", who="eve*"))
    exchange(first, second)
    bob.events()
    bob.tell(Enter(room="den", ref="j"))
    assert refusals(bob) == ["wrong_key"]
    bob.tell(Enter(room="den", key="sesame", ref="j"))
    assert "den" in bob.session.members
    eve = second.enter("eve")
    eve.tell(Enter(room="den", key="sesame", ref="j"))
    assert refusals(eve) == ["banned"]
    ann.tell(c.Unban(room="den", who="eve*"))
    ann.tell(SetModes(room="den", key=""))
    exchange(first, second)
    eve.tell(Enter(room="den", ref="j"))
    assert refusals(eve) == []


def test_whoever_looks_after_a_room_in_passing_does_so_from_any_node() -> None:
    first, second = nodes()
    ann = kept_by_ann(first, second)
    bob, cat = second.enter("bob"), first.enter("cat")
    for one in (bob, cat):
        one.tell(Enter(room="den"))
    exchange(first, second)
    bob.tell(c.Kick(room="den", name="cat", ref="k"))
    assert refusals(bob) == ["forbidden"]
    ann.tell(c.Appoint(room="den", name="bob", role="moderator"))
    exchange(first, second)
    assert [one.role for one in bob.events() if isinstance(one, e.RoleChanged)] == ["moderator"]
    bob.tell(c.Kick(room="den", name="cat", ref="k"))
    bob.tell(SetModes(room="den", invite_only=True))
    exchange(first, second)
    assert refusals(bob) == []
    assert "den" not in cat.session.members
    cat.tell(Enter(room="den", ref="j"))
    assert refusals(cat) == ["invite_only"]
    # With another name, and once the first one has left, too.
    bob.tell(BeCalled(name="bert"))
    exchange(first, second)
    first.hub.depart(ann.session)
    exchange(first, second)
    bob.tell(SetModes(room="den", invite_only=False))
    exchange(first, second)
    assert not first.hub._state.order.rules["den"].invite_only
    assert listed(cat, "den") == ["bert"]


def test_a_node_that_starts_hears_what_holds_in_rooms_that_are_kept_in_passing() -> None:
    first, second = nodes()
    ann = kept_by_ann(first, second)
    ann.tell(SetModes(room="den", key="sesame"))
    exchange(first, second)
    late = Chatroom(log=first.log, run="run late")
    late.hub.elsewhere.are_all(first.run, first.hub.elsewhere.all_present())
    late.hub.elsewhere.keep(first.hub.elsewhere.all_kept())
    bob = late.enter("bob")
    bob.tell(Enter(room="den", ref="j"))
    assert refusals(bob) == ["wrong_key"]


def test_what_held_in_a_room_in_passing_ends_at_all_nodes_with_the_last_who_leaves() -> None:
    first, second = nodes()
    ann = kept_by_ann(first, second)
    ann.tell(SetModes(room="den", key="sesame"))
    exchange(first, second)
    (old,) = first.hub.elsewhere.all_kept()
    first.hub.depart(ann.session)
    exchange(first, second)
    second.hub.elsewhere.keep([old])  # it took long on its way
    bob = second.enter("bob")
    bob.tell(Enter(room="den", ref="j"))
    assert refusals(bob) == []
    exchange(first, second)
    cat = first.enter("cat")
    cat.tell(Enter(room="den", ref="j"))
    assert refusals(cat) == []


def test_of_two_changes_of_a_room_in_passing_at_one_moment_all_nodes_take_the_same() -> None:
    first, second = nodes()
    ann, bob = kept_by_ann(first, second), second.enter("bob")
    bob.tell(Enter(room="den"))
    exchange(first, second)
    ann.tell(c.Appoint(room="den", name="bob", role="moderator"))
    exchange(first, second)
    ann.tell(SetModes(room="den", key="one"))
    bob.tell(SetModes(room="den", key="two"))
    told = [node.hub.elsewhere.take_kept() for node in (first, second)]
    first.hub.elsewhere.keep(told[1])
    second.hub.elsewhere.keep(told[0])
    found = [node.hub._state.order.rules["den"].key for node in (first, second)]
    assert found[0] == found[1]
