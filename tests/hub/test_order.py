"""What people decided stands as the facts of the log say, in their order."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hubbub.chat.access import AccessChanges
from hubbub.chat.events import NOTHING, Fact
from hubbub.chat.roles import Role
from hubbub.chat.rules import Ban, Rules
from hubbub.hub.rules.bans import Somebody
from hubbub.hub.rules.order import Order
from hubbub.hub.rules.rights import Act, Place, may

NOW = 1_700_000_000_000
EVE = Somebody("", "eve", "")
BAN = Ban(name="eve")


def fact(seq: int, key: str, value: msgspec.Struct | None, expects: int | None = None) -> Fact:
    raw = NOTHING if value is None else msgspec.Raw(msgspec.json.encode(value))
    return Fact(seq=seq, prev=0, sender="", at=NOW, key=key, value=raw, expects=expects)


def is_banned(order: Order) -> bool:
    return order.bans.find(EVE, "", NOW) is not None


def test_what_stood_at_the_start_stands() -> None:
    order = Order([fact(1, "room/tea", Rules(locked=True)), fact(2, "ban/1", BAN)])
    assert order.rules == {"tea": Rules(locked=True)}
    assert is_banned(order)
    assert order.mutes.find(EVE, "", NOW) is None
    assert order.seq("room/tea") == 1
    assert order.seq("room/lobby") == 0


def test_facts_are_taken_in_and_cleared() -> None:
    order = Order()
    order.take([fact(1, "ban/1", BAN), fact(2, "mute/1", BAN), fact(3, "room/tea", Rules())])
    assert is_banned(order)
    assert order.mutes.find(EVE, "", NOW)
    order.take([fact(4, "ban/1", None), fact(5, "mute/1", None), fact(6, "room/tea", None)])
    assert not is_banned(order)
    assert order.mutes.find(EVE, "", NOW) is None
    assert order.rules == {}
    assert order.seq("ban/1") == 0


def test_who_is_exempt_is_kept_out_by_kicks_and_by_the_chatroom_alone() -> None:
    order = Order([fact(1, "ban/1", Ban(room="tea", name="eve"))])
    assert order.bans.find(EVE, "tea", NOW)
    assert order.bans.find(EVE, "tea", NOW, is_exempt=True) is None
    kick = Ban(room="tea", name="eve", kick=True, until=NOW + 60_000)
    order.take([fact(2, "ban/2", kick), fact(3, "ban/3", Ban(room="den", name="eve"))])
    found = order.bans.find(EVE, "tea", NOW, is_exempt=True)
    assert found is not None
    assert found.ban.kick
    order.take([fact(4, "ban/2", None), fact(5, "ban/4", BAN)])
    assert order.bans.find(EVE, "tea", NOW, is_exempt=True)


def test_a_room_whose_rules_nobody_can_read_is_closed_unless_it_is_the_lobby() -> None:
    unknown = msgspec.Raw(b'{"topic_by":"cats"}')
    facts = [fact(1, "room/tea", Rules()), fact(2, "room/lobby", Rules())]
    order = Order([replace(one, value=unknown) for one in facts])
    assert order.rules == {"tea": Rules(private=True, held=True)}
    assert order.is_private("tea")
    order.take([fact(3, "room/tea", None)])
    assert not order.is_private("tea")


def test_a_door_that_was_locked_stays_so_if_nobody_can_read_what_is_said_of_it() -> None:
    order = Order([fact(1, "door/all", None), fact(2, "access/all", None)])
    assert order.door is not None
    assert order.access == AccessChanges(enter="members")
    order.take([fact(3, "door/all", None), fact(4, "access/all", AccessChanges())])
    assert order.door is None
    assert order.access == AccessChanges()


def test_of_two_that_expect_the_same_the_first_takes() -> None:
    order = Order()
    first, second = Rules(owner="ann"), Rules(owner="ben")
    taken = order.take([fact(1, "room/tea", first, 0), fact(2, "room/tea", second, 0)])
    assert [one.fact.seq for one in taken] == [1]
    assert order.rules == {"tea": first}
    order.take([fact(3, "room/tea", second, 1)])
    assert order.rules == {"tea": second}


def test_other_facts_are_left_alone() -> None:
    order = Order([fact(1, "person/1", BAN)])
    assert order.take([fact(2, "roommate/tea", Rules()), fact(3, "name/eve", None)]) == []
    assert order.rules == {}


def test_a_value_that_cannot_be_read_is_none() -> None:
    damaged = Fact(
        seq=1, prev=0, sender="", at=NOW, key="ban/1", value=msgspec.Raw(b'{"until":-1}')
    )
    order = Order([damaged])
    assert not is_banned(order)
    assert order.seq("ban/1") == 1, "it stands all the same, and may be replaced"


def test_a_room_that_is_slow_no_longer_forgets_who_wrote() -> None:
    order = Order([fact(1, "room/tea", Rules(slow_seconds=30))])
    order.slow.wrote("tea", "eve", NOW)
    order.take([fact(2, "room/tea", Rules(slow_seconds=0))])
    order.slow.check("tea", "eve", 30, NOW)


@given(st.builds(Rules, slow_seconds=st.integers(0, 60)))
def test_where_the_rules_restrain_nobody_everybody_may_act(rules: Rules) -> None:
    order = Order([fact(1, "room/tea", rules)])
    assert rules.slow_seconds == 0 or order.restrains("tea")
    assert order.restrains("tea") or (
        rules.role("", Role.PASSING) is Role.PASSING
        and rules.topic_by == "passing"
        and all(
            may(act, Role.PASSING, Place("tea", rules.kinds(), lambda _: []))
            for act in (Act.SAY, Act.REACT, Act.EDIT, Act.TOPIC)
        )
    )


def test_rules_restrain_until_they_do_not() -> None:
    order = Order()
    assert not order.restrains("tea")
    order.take([fact(1, "room/tea", Rules(owner="ann"))])
    assert not order.restrains("tea")
    order.take([fact(2, "room/tea", Rules(owner="ann", locked=True))])
    assert order.restrains("tea")
    order.take([fact(3, "room/tea", None)])
    assert not order.restrains("tea")


@pytest.mark.parametrize(("muted_in", "asks"), [("", True), ("tea", True), ("cake", False)])
def test_a_mute_makes_only_the_room_ask_where_it_may_hold(muted_in: str, asks: bool) -> None:
    order = Order([fact(1, "mute/1", Ban(person="eve", room=muted_in))])
    assert order.restrains("tea") is asks
    order.take([fact(2, "mute/1", None)])
    assert not order.restrains("tea")
