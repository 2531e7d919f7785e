"""A legal hold for what two people say to each other: put by operators, seen by the two."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.queries import PageQuery
from hubbub.chat.retention import Retention
from hubbub.chat.roles import Role
from tests.hub.moderated import Moderated
from tests.hub.peers import Peer, now
from tests.hub.test_rights_in_the_hub import WHO, peopled

DAY = Retention(days=1)


def talk() -> tuple[Moderated, dict[str, Peer], str, int]:
    """Return a chatroom in which max said something to vic: the peers, the room and the seq."""
    chatroom, peers = peopled()
    one = peers["max"]
    one.tell(c.Direct(name="vic", ref="d"))
    chatroom.commit()
    (room,) = [event for event in one.events() if isinstance(event, e.Room) and event.direct]
    one.tell(c.Say(room=room.room, text="psst", ref="s"))
    chatroom.commit()
    (said,) = [event for event in one.events() if isinstance(event, e.Ok)]
    assert said.seq
    return chatroom, peers, room.room, said.seq


def hold(chatroom: Moderated, peer: Peer, *, on: bool = True) -> str:
    return chatroom.ask(peer, c.Hold(names=("vic", "max"), on=on))


@pytest.mark.parametrize("role", WHO)
def test_only_operators_put_it(role: Role) -> None:
    chatroom, peers, _, _ = talk()
    answer = hold(chatroom, peers[WHO[role]])
    if role is Role.OPERATOR:
        assert answer == "ok"
    else:
        assert answer.startswith("forbidden: Only operators of the server can put what two people")


def test_nothing_that_was_said_is_changed_or_goes_until_it_ends() -> None:
    chatroom, peers, room, seq = talk()
    one = peers["max"]
    assert not chatroom.hub.retention(room, DAY).is_for_ever
    assert hold(chatroom, peers["olga"]) == "ok"
    assert chatroom.hub.retention(room, DAY).is_for_ever
    for command in (c.Edit(room=room, seq=seq, text="x"), c.Delete(room=room, seq=seq)):
        assert "under a legal hold" in chatroom.ask(one, command)
    assert chatroom.ask(one, c.Say(room=room, text="and on")) == "ok"
    assert hold(chatroom, peers["olga"], on=False) == "ok"
    assert not chatroom.hub.retention(room, DAY).is_for_ever
    assert chatroom.ask(one, c.Edit(room=room, seq=seq, text="x")) == "ok"


def test_the_two_are_told_and_the_operator_reads_nothing() -> None:
    chatroom, peers, room, _ = talk()
    for name in ("max", "vic", "olga"):
        peers[name].read()
    hold(chatroom, peers["olga"])
    for name in ("max", "vic"):
        (rules,) = [one for one in peers[name].events() if isinstance(one, e.RoomRules)]
        assert (rules.room, rules.held, rules.owner) == (room, True, "")
    assert "no_such_room" in chatroom.ask(peers["olga"], c.History(room=room))
    again = peers["vic"]
    again.read()
    again.tell(c.Join(room=room, ref="j"))
    assert [one.held for one in again.events() if isinstance(one, e.RoomRules)] == [True]


def test_it_is_written_down_and_those_who_never_talked_cannot_be_held() -> None:
    chatroom, peers, _, _ = talk()
    olga = peers["olga"]
    hold(chatroom, olga)
    hold(chatroom, olga, on=False)
    olga.read()
    olga.tell(c.History(room="$audit", ref="h"))
    (page,) = [one for one in olga.events() if isinstance(one, e.Page)]
    assert [one.text for one in page.messages][-2:] == [
        "put the conversation of 'vic' and 'max' under a legal hold",
        "ended the legal hold of the conversation of 'vic' and 'max'",
    ]
    refusal = chatroom.ask(olga, c.Hold(names=("vic", "zoe")))
    assert "'vic' and 'zoe' have said nothing to each other in private" in refusal
    assert "no_such_room" in chatroom.ask(olga, c.Hold(names=("vic", "nobody")))


def test_what_a_deleted_account_said_stays_until_it_ends() -> None:
    chatroom, peers, room, _ = talk()

    def texts() -> list[str]:
        return [one.text for one in now(chatroom.log.page(PageQuery(room=room))).messages]

    hold(chatroom, peers["olga"])
    peers["max"].tell(c.ForgetMe(messages="delete"))
    assert peers["max"].ended
    chatroom.finish()
    assert texts() == ["psst"]
    assert chatroom.ask(peers["olga"], c.Hold(names=("vic", "max"), on=False)) == "ok"
    chatroom.finish()
    assert texts() == [""]
