"""Invitations: made, brought, used up, and taken back."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from tests.hub.folded import Folded
from tests.hub.peers import Chatroom, Peer, now
from tests.hub.test_accounts import OF_ANN, PASSWORD, code, gone, identified, member

LOCK = "rolu-mika"


@pytest.fixture
def room() -> Chatroom:
    return Chatroom(password=LOCK)


@pytest.fixture
def operator(room: Chatroom) -> Peer:
    operator = room.enter("olga")
    operator.tell(c.Unlock(password=LOCK))
    operator.tell(c.Identify(device="o" * 22))
    operator.read()
    return operator


def made(inviter: Peer, **fields: object) -> e.Invitation:
    inviter.tell(c.Invite(ref="i", **fields))  # type: ignore[arg-type]
    (answer,) = [event for event in inviter.events() if isinstance(event, e.Invitation)]
    assert answer.ref == "i"
    return answer


def brings(room: Chatroom, secret: str, name: str = "ben", device: str = "b") -> Peer:
    """Let somebody come with an invitation, who does not know the chatroom's password."""
    peer = room.enter(name, origin="192.0.2.1")
    assert peer.session.locked
    peer.read()
    peer.tell(c.Identify(device=device * 22, invitation=secret, ref="x"))
    return peer


def refusal(peer: Peer) -> str:
    """Return why somebody is not let in by an invitation."""
    (error,) = [event for event in peer.events() if isinstance(event, e.Error)]
    assert error.code == "wrong_invitation"
    return error.message


def let_in(peer: Peer) -> e.Welcome:
    (told,) = [event for event in peer.events() if isinstance(event, e.Welcome)]
    assert not told.held
    assert not told.locked
    return told


def test_an_invitation_lets_in_without_the_password_and_from_then_on(
    room: Chatroom, operator: Peer
) -> None:
    secret = made(operator, rooms=["Dev", "dev"]).invitation
    ben = brings(room, secret)
    told = let_in(ben)
    assert told.person
    assert (told.name, told.person.kind, told.rooms) == ("ben", "guest", ["dev"])
    ben.tell(c.Join(room="lobby"))
    assert "lobby" in ben.session.members
    gone(ben)
    again = brings(room, "")
    assert let_in(again).person == told.person, "the device is enough"


def test_nobody_else_comes_in_without_the_password(room: Chatroom, operator: Peer) -> None:
    assert code(brings(room, "")) == "password_needed"
    assert code(brings(room, "x" * 22)) == "wrong_invitation"
    known = room.enter("cleo")
    known.tell(c.Unlock(password=LOCK))
    known.tell(c.Identify(device="c" * 22))
    gone(known)
    assert code(brings(room, "", "cleo", "c")) == "password_needed", "known, but not invited"
    secret = made(operator).invitation
    assert let_in(brings(room, secret, "cleo", "c")).name == "cleo"


def test_an_invitation_as_a_member_claims_the_name(room: Chatroom, operator: Peer) -> None:
    secret = made(operator, kind="member").invitation
    ben = brings(room, secret)
    found = let_in(ben).person
    assert found
    assert found.kind == "member"
    ben.tell(c.Register(password=PASSWORD, ref="r"))
    assert [event.person for event in ben.events() if isinstance(event, e.Welcome)] == [found]


def test_a_guest_becomes_a_member_by_an_invitation(room: Chatroom, operator: Peer) -> None:
    ben = brings(room, made(operator).invitation)
    first = let_in(ben).person
    gone(ben)
    second = let_in(brings(room, made(operator, kind="member").invitation)).person
    assert first
    assert second
    assert (second.id, second.kind) == (first.id, "member")


def test_an_invitation_is_used_up(room: Chatroom, operator: Peer) -> None:
    two = made(operator, uses=2)
    let_in(brings(room, two.invitation, "ben", "b"))
    let_in(brings(room, two.invitation, "ben", "b"))  # again, by the same device: no other use
    operator.tell(c.Invitations(ref="l"))
    (answer,) = [event for event in operator.events() if isinstance(event, e.Invitations)]
    assert [one.uses_left for one in answer.invitations] == [1]
    let_in(brings(room, two.invitation, "cleo", "c"))
    assert "This invitation is used up." in refusal(brings(room, two.invitation, "dora", "d"))
    assert "dora" not in room.hub.here


def test_a_link_that_is_opened_once_more_lets_in_whom_it_let_in_before(
    room: Chatroom, operator: Peer
) -> None:
    secret = made(operator, uses=1).invitation
    ben = let_in(brings(room, secret))
    assert let_in(brings(room, secret)).person == ben.person
    known = room.enter("cleo")
    known.tell(c.Unlock(password=LOCK))
    known.tell(c.Identify(device="c" * 22))
    gone(known)
    assert code(brings(room, secret, "cleo", "c")) == "wrong_invitation", "it let in ben alone"


@pytest.mark.parametrize("uses", [1, 2, 3, None])
def test_as_many_as_an_invitation_has_uses_are_let_in_who_come_at_once(
    room: Chatroom, operator: Peer, uses: int | None
) -> None:
    secret = made(operator, uses=uses).invitation
    under_way = []
    for name in (comers := ["anders", "ben", "cleo", "dora"]):
        peer = room.enter(name, origin="192.0.2.1")
        identify = c.Identify(device=name[0] * 22, invitation=secret)
        decision = room.hub.command(peer.session, identify, room.clock)
        assert decision
        next(decision)  # it waits for the commit of what it writes
        under_way.append((peer, decision))
    room.commit()
    outcomes = []
    for peer, decision in under_way:
        try:
            room.decide(decision)
        except Refused as refusal:
            outcomes.append(refusal.code)
        else:
            outcomes.append(peer.session.person.name)
    count = len(comers) if uses is None else uses
    assert outcomes == comers[:count] + ["wrong_invitation"] * (len(comers) - count)
    room.commit()
    profiles = Folded(now(room.log.facts())).profiles.values()
    known = sorted(one.name for one in profiles)
    assert known == sorted([*comers[:count], "olga"]), "nothing is left of the others"


def test_an_invitation_expires_and_is_forgotten(room: Chatroom, operator: Peer) -> None:
    secret = made(operator, seconds=60).invitation
    room.restart()
    let_in(brings(room, secret))
    room.pass_time(60_000)
    assert "This invitation has expired." in refusal(brings(room, secret, "cleo", "c"))
    assert not room.hub._state.grants.invitations
    room.restart()
    assert "mistyped, used up, expired" in refusal(brings(room, secret, "dora", "d"))


def test_an_invitation_that_is_taken_back_counts_no_longer(room: Chatroom, operator: Peer) -> None:
    made_one = made(operator)
    operator.tell(c.Uninvite(invitation=made_one.about.id, ref="u"))
    assert operator.events() == [e.Ok(ref="u")]
    assert "This invitation was taken back." in refusal(brings(room, made_one.invitation))
    operator.tell(c.Uninvite(invitation=made_one.about.id, ref="u"))
    assert code(operator) == "bad_command"


def test_a_use_is_not_lost_when_the_name_is_taken(room: Chatroom, operator: Peer) -> None:
    secret = made(operator, uses=1).invitation
    taken = brings(room, secret, "olga")
    assert code(taken) == "name_taken"
    assert let_in(brings(room, secret, "ben")).name == "ben"


def test_members_invite_guests_and_see_their_own_invitations() -> None:
    room = Chatroom()
    operator = identified(room, "olga", "o" * 22)
    operator.read()
    ann = member(room)
    ann.read()
    mine = made(ann)
    ann.tell(c.Invite(kind="member", ref="x"))
    assert code(ann) == "forbidden"
    made(operator)
    ann.tell(c.Invitations(ref="l"))
    (answer,) = [event for event in ann.events() if isinstance(event, e.Invitations)]
    assert answer.invitations == [mine.about]
    operator.tell(c.Invitations(ref="l"))
    (answer,) = [event for event in operator.events() if isinstance(event, e.Invitations)]
    assert {one.by for one in answer.invitations} == {"ann", "olga"}
    guest = identified(room, "guest", "g" * 22)
    guest.read()
    guest.tell(c.Invite(ref="x"))
    assert code(guest) == "forbidden"


def test_a_locked_session_of_somebody_known_is_no_member_of_anything(
    room: Chatroom, operator: Peer
) -> None:
    eve = room.enter("eve", origin="192.0.2.1")
    eve.read()
    eve.tell(c.Identify(device=OF_ANN, ref="x"))
    assert code(eve) == "password_needed"
    eve.tell(c.Join(room="lobby", ref="x"))
    assert code(eve) == "password_needed"
