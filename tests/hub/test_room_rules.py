"""What holds in a room: read-only, locked, archived, slow, and who sets the topic."""

from functools import partial

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from tests.hub.moderated import ROOM, Moderated, rules
from tests.inputs.steps import Steps


@pytest.fixture
def room() -> Moderated:
    return Moderated()


def test_in_a_read_only_room_only_moderators_and_writers_write(room: Moderated) -> None:
    assert room.ask(room.cleo, c.SetRules(room=ROOM, read_only=True)) == "ok"
    refused = "forbidden: This room is read-only; ann, ben or cleo can let you write."
    for peer in (room.eve, room.pat):
        assert room.ask(peer, c.Say(room=ROOM, text="hi")) == refused
        assert room.ask(peer, c.React(room=ROOM, seq=room.hub.rooms[ROOM].first, emoji="x")) == "ok"
    for peer in (room.ann, room.cleo, room.olga):
        assert room.ask(peer, c.Say(room=ROOM, text="hi")) == "ok"
    assert room.ask(room.ann, c.Appoint(room=ROOM, name="eve", role="writer")) == "ok"
    assert room.ask(room.eve, c.Say(room=ROOM, text="hi")) == "ok"
    assert room.ask(room.ann, c.Appoint(room=ROOM, name="eve", role="none")) == "ok"
    assert room.ask(room.eve, c.Say(room=ROOM, text="hi")) == refused


def test_in_a_locked_room_only_moderators_act(room: Moderated) -> None:
    assert room.ask(room.ben, c.SetRules(room=ROOM, locked=True)) == "ok"
    refused = "forbidden: This room is locked; ann, ben or cleo can unlock it."
    for command in (c.Say(room=ROOM, text="hi"), c.SetTopic(room=ROOM, text="x")):
        assert room.ask(room.eve, command) == refused
    assert room.ask(room.ann, c.Say(room=ROOM, text="hi")) == "ok"
    assert room.ask(room.ben, c.SetRules(room=ROOM, locked=False)) == "ok"
    assert room.ask(room.eve, c.Say(room=ROOM, text="hi")) == "ok"


def test_in_an_archived_room_nobody_writes_until_it_is_brought_back(room: Moderated) -> None:
    assert room.ask(room.cleo, c.SetRules(room=ROOM, archived=True)) == "ok"
    refused = "forbidden: This room is archived; cleo can bring it back."
    assert room.ask(room.ann, c.Say(room=ROOM, text="hi")) == refused
    assert room.ask(room.eve, c.History(room=ROOM)) == "ok"
    assert room.ask(room.cleo, c.SetRules(room=ROOM, archived=False)) == "ok"
    assert room.ask(room.eve, c.Say(room=ROOM, text="hi")) == "ok"


def test_in_slow_mode_everybody_but_moderators_waits(room: Moderated) -> None:
    assert room.ask(room.ann, c.SetRules(room=ROOM, slow_seconds=30)) == "ok"
    assert room.ask(room.eve, c.Say(room=ROOM, text="hi", nonce="1")) == "ok"
    assert room.ask(room.eve, c.Say(room=ROOM, text="again")) == (
        "slow_mode: 'tea' is in slow mode: everybody may write once in 30 seconds, and you may "
        "again in 30 seconds."
    )
    assert room.ask(room.eve, c.Say(room=ROOM, text="hi", nonce="1")) == "ok", "a repeat"
    assert room.ask(room.eve, c.Say(room=ROOM, text="")).startswith("empty")
    assert room.ask(room.pat, c.Say(room=ROOM, text="hi")) == "ok"
    for text in ("one", "two"):
        assert room.ask(room.ann, c.Say(room=ROOM, text=text)) == "ok"
    room.wait(30)
    assert room.ask(room.eve, c.Say(room=ROOM, text="again")) == "ok"


def test_an_owner_decides_who_sets_the_topic(room: Moderated) -> None:
    assert room.ask(room.pat, c.SetTopic(room=ROOM, text="cups")) == "ok"
    assert room.ask(room.cleo, c.SetRules(room=ROOM, topic_by="moderator")) == "ok"
    assert room.ask(room.pat, c.SetTopic(room=ROOM, text="x")) == (
        "forbidden: Only moderators can set the topic of 'tea'; ask ann, ben or cleo."
    )
    assert room.ask(room.ann, c.SetTopic(room=ROOM, text="pots")) == "ok"


def test_everybody_in_a_room_is_told_what_holds_there(room: Moderated) -> None:
    room.read_all()
    room.ask(room.cleo, c.SetRules(room=ROOM, slow_seconds=5, read_only=True))
    expected = e.RoomRules(
        room=ROOM, owner="cleo", moderators=["ann", "ben"], read_only=True, slow_seconds=5
    )
    for peer in (room.ann, room.pat):
        assert rules(peer) == [expected]
    assert rules(room.arrive("dan")) == [expected]


def test_whoever_does_not_read_is_told_later(room: Moderated) -> None:
    room.eve.room_bytes = 10
    room.pat.tell(c.Say(room=ROOM, text="x" * 100))
    room.commit()
    assert room.eve.session.congested
    room.ask(room.cleo, c.SetRules(room=ROOM, locked=True))
    room.eve.room_bytes = None
    assert [one.locked for one in rules(room.eve)] == [True]


def test_of_two_changes_at_the_same_moment_none_is_lost(room: Moderated) -> None:
    first = room.hub.command(room.ann.session, c.SetRules(room=ROOM, locked=True), room.clock)
    second = room.hub.command(room.ben.session, c.SetRules(room=ROOM, slow_seconds=5), room.clock)
    assert first is not None
    assert second is not None
    next(first)
    next(second)
    room.commit()
    room.decide(first)
    with pytest.raises(Exception, match="at the same moment"):
        next(second)
    assert [(one.locked, one.slow_seconds) for one in rules(room.eve)][-1] == (True, 0)


def test_where_everybody_may_write_it_costs_the_same_whoever_owns_the_room(room: Moderated) -> None:
    room.eve.tell(c.Join(room="lobby"))
    room.commit()
    assert ROOM in room.hub._state.order.rules
    assert "lobby" not in room.hub._state.order.rules
    steps, counted = Steps(), set()
    for where in ("lobby", ROOM) * 2:  # the first of a batch counts for more
        say = c.Say(room=where, text="hello")
        decide = partial(room.hub.command, room.eve.session, say, room.clock)
        counted.add((where, steps.of(decide)))
    in_lobby, in_room = (
        min(count for at, count in counted if at == where) for where in ("lobby", ROOM)
    )
    assert in_room <= in_lobby * 1.1


def test_rules_that_say_nothing_change_nothing_whoever_sends_them(room: Moderated) -> None:
    before = room.hub._state.order.seq(f"room/{ROOM}")
    for peer in (room.pat, room.eve, room.cleo):
        assert room.ask(peer, c.SetRules(room=ROOM)) == "ok"
        assert rules(room.cleo) == []
    assert room.hub._state.order.seq(f"room/{ROOM}") == before


def test_whoever_has_no_power_in_a_room_writes_nothing_down_by_stepping_down(
    room: Moderated,
) -> None:
    before = room.hub._state.order.seq(f"room/{ROOM}")
    assert room.ask(room.eve, c.Appoint(room=ROOM, name="eve", role="none")) == "ok"
    assert room.hub._state.order.seq(f"room/{ROOM}") == before
    assert room.ask(room.ann, c.Appoint(room=ROOM, name="ann", role="none")) == "ok"
    assert room.hub._state.order.seq(f"room/{ROOM}") > before
