"""An old page plus the events since then equals a fresh page (docs/protocol.md, section 5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubbub.chat import events as e
from hubbub.chat.fold import fold, target_of
from hubbub.client import replica as replica_module
from hubbub.client.replica import CHANGES_MAX, Fit, Replica

Where = dict[str, int]
"""Where a page was asked for: `before`, `after` or `around` a seq, or with none of them."""

NAMES = st.sampled_from(["ann", "bob"])


def read(log: Iterable[e.AnyLogged], upto: int) -> dict[int, e.Message]:
    """Return the messages of a log as they read at the seq `upto`."""
    messages: dict[int, e.Message] = {}
    for event in log:
        if event.seq > upto:
            break
        target = target_of(event)
        if isinstance(event, e.Message):
            messages[event.seq] = event
        elif target is not None and target in messages:
            messages[target] = fold(messages[target], event)
    return messages


@dataclass
class Log:
    events: list[e.AnyLogged]
    last: int

    def page(self, at: int, where: Where, limit: int) -> e.Page:
        """Return a page as a server reads it when the log ended at `at`."""
        found = [*read(self.events, at).values()]
        upto = where.get("before", where.get("around", at) + 1)
        older = [one for one in found if one.seq < upto]
        newer = [one for one in found if one.seq > where.get("after", where.get("around", at))]
        if "after" in where:
            messages, more = newer[:limit], len(newer) > limit
            return e.Page(room="lobby", messages=messages, more=more, last=at)
        messages, more = older[-limit:], len(older) > limit
        if "around" in where:
            messages += newer[:limit]
        is_cut = "around" in where and len(newer) > limit
        return e.Page(room="lobby", messages=messages, more=more, last=at, newer=is_cut)


@st.composite
def logs(draw: st.DrawFn) -> Log:
    """Logs of one room among others: its seqs have holes."""
    events: list[e.AnyLogged] = []
    seq = prev = 0
    sent: list[int] = []
    for _ in range(draw(st.integers(0, 30))):
        seq += draw(st.integers(1, 3))
        kind = draw(st.sampled_from(["message", "edited", "deleted", "reaction", "topic"]))
        base: dict[str, Any] = {
            "room": "lobby",
            "seq": seq,
            "prev": prev,
            "sender": draw(NAMES),
            "at": seq,
        }
        event: e.AnyLogged
        if kind == "message" or (not sent and kind != "topic"):
            event = e.Message(**base, text=f"text {seq}")
            sent.append(seq)
        elif kind == "topic":
            event = e.Topic(**base, text=f"topic {seq}")
        else:
            target = draw(st.sampled_from(sent))
            if kind == "edited":
                event = e.Edited(**base, target=target, text=f"edit {seq}")
            elif kind == "deleted":
                event = e.Deleted(**base, target=target)
            else:
                emoji = draw(st.sampled_from("👍🎉"))
                event = e.Reaction(**base, target=target, emoji=emoji, on=draw(st.booleans()))
        events.append(event)
        prev = seq
    return Log(events, seq + draw(st.integers(0, 2)))


def check(replica: Replica, log: Log) -> None:
    if replica._ahead:  # some read already as they will when the events up to their page are here
        return
    assert replica.messages == held_of(log, replica, replica.cursor)


def held_of(log: Log, replica: Replica, upto: int) -> list[e.Message]:
    """Return what a replica must hold of a log that ends there."""
    fresh, passage = read(log.events, upto), replica.passage or e.Stretch(0, 0)
    return [
        message
        for seq, message in fresh.items()
        if seq > replica.start or passage.after < seq <= passage.upto
    ]


def places(replica: Replica, seq: int) -> list[Where]:
    """Return where a client may ask for a page next."""
    found: list[Where] = [
        {},
        {"before": replica.start + 1},
        {"before": replica.back_to + 1},
        {"around": seq},
    ]
    if (hole := replica.hole) is not None:
        found += [{"after": hole.after}, {"before": hole.upto + 1}]
    return found


@settings(deadline=None)
@given(logs(), st.data())
def test_an_old_page_plus_events_equals_a_fresh_page(log: Log, data: st.DataObject) -> None:
    joined = data.draw(st.integers(0, len(log.events)), "joined after")
    cursor = log.events[joined - 1].seq if joined else 0
    replica = Replica("lobby", cursor, messages_max=data.draw(st.integers(1, 40), "bound"))
    coming = log.events[joined:]
    pages: list[tuple[e.Page, Where]] = []
    while coming or pages:
        step = data.draw(st.sampled_from(["event", "ask", "page", "repeat"]))
        if step == "event" and coming:
            assert replica.apply(coming.pop(0)) is Fit.NEXT
        elif step == "repeat" and replica.cursor > cursor:
            seen = [event for event in log.events if event.seq <= replica.cursor]
            assert replica.apply(data.draw(st.sampled_from(seen))) is Fit.REPEAT
        elif step == "ask" and coming:
            # The log may be ahead of what has been delivered.
            at = data.draw(st.integers(replica.cursor, log.last), "page read at")
            seq = data.draw(st.integers(0, log.last), "seq")
            where = data.draw(st.sampled_from(places(replica, seq)), "where")
            pages.append((log.page(at, where, data.draw(st.integers(1, 5))), where))
        elif pages:
            one, where = pages.pop(0)
            replica.add_page(one, **where)
        elif coming:
            replica.apply(coming.pop(0))
        check(replica, log)
    assert replica.messages == held_of(log, replica, log.last)


@settings(deadline=None)
@given(logs(), st.integers(1, 5))
def test_scrolling_back_brings_everything(log: Log, limit: int) -> None:
    last = log.events[-1].seq if log.events else 0
    replica = Replica("lobby", last)
    while replica.start:
        assert replica.add_page(
            log.page(log.last, {"before": replica.start + 1}, limit), before=replica.start + 1
        )
    assert replica.messages == list(read(log.events, last).values())


@settings(deadline=None)
@given(logs(), st.integers(1, 5), st.data())
def test_going_down_from_an_old_message_closes_the_hole(
    log: Log, limit: int, data: st.DataObject
) -> None:
    last = log.events[-1].seq if log.events else 0
    replica = Replica("lobby", last)
    assert replica.add_page(log.page(log.last, {}, limit))
    around = data.draw(st.integers(0, last), "around")
    assert replica.add_page(log.page(log.last, {"around": around}, limit), around=around)
    began = replica.back_to
    while (hole := replica.hole) is not None:
        assert replica.add_page(log.page(log.last, {"after": hole.after}, limit), after=hole.after)
    assert replica.start == began
    check(replica, log)


def message(seq: int, prev: int) -> e.Message:
    return e.Message(room="lobby", seq=seq, prev=prev, sender="ann", at=0, text=f"text {seq}")


def room(last: int, *, gap: bool = False, replaced: bool = False) -> e.Room:
    return e.Room(
        room="lobby",
        topic="t",
        members=[e.MemberSummary("ann")],
        last=last,
        first=1,
        gap=gap,
        replaced=replaced,
    )


def test_what_bounds_pages_is_forgotten_with_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replica_module, "CHANGES_MAX", 1)
    replica = Replica("lobby", 10)
    for seq in (11, 12):  # of messages that are not held: the second drives the first out
        edit = e.Edited(room="lobby", seq=seq, prev=seq - 1, sender="ann", at=0, target=1, text="x")
        assert replica.apply(edit) is Fit.NEXT
    page = e.Page(room="lobby", messages=[message(3, 0)], more=False, last=3)
    assert not replica.add_page(page, before=11), "it may lack the first change"
    replica.entered(room(3, replaced=True), 12)
    assert replica.add_page(page)
    assert replica.messages == [message(3, 0)]


def test_a_missing_event_is_a_gap_that_changes_nothing() -> None:
    replica = Replica("lobby", 3)
    assert replica.apply(message(9, prev=7)) is Fit.GAP
    assert (replica.cursor, replica.messages) == (3, [])
    replica.entered(room(9), after=3)
    assert replica.apply(message(7, prev=3)) is Fit.NEXT
    assert replica.apply(message(9, prev=7)) is Fit.NEXT


def test_a_replica_starts_over_when_the_log_is_another_one() -> None:
    replica = Replica("lobby")
    replica.apply(message(5, prev=0))
    replica.entered(room(2, replaced=True), after=5)
    assert (replica.cursor, replica.messages) == (2, [])
    assert replica.apply(message(3, prev=2)) is Fit.NEXT


def test_a_replica_starts_over_after_a_gap_that_the_server_cannot_close() -> None:
    replica = Replica("lobby")
    replica.apply(message(5, prev=0))
    replica.entered(room(90, gap=True), after=5)
    assert replica.apply(message(90, prev=80)) is Fit.NEXT
    assert [one.seq for one in replica.messages] == [90]


def test_a_join_after_any_number_trusts_the_first_event() -> None:
    replica = Replica("lobby", 4)
    replica.entered(room(9), after=4)
    assert replica.apply(message(7, prev=2)) is Fit.NEXT
    assert replica.apply(message(9, prev=8)) is Fit.GAP


def test_a_page_that_does_not_reach_what_is_held_is_not_taken() -> None:
    replica = Replica("lobby", 10)
    page = e.Page(room="lobby", messages=[message(2, 0)], more=False, last=10)
    assert not replica.add_page(page, before=5)
    assert replica.add_page(page, before=11)
    assert replica.start == 0


def test_changes_of_unknown_messages_are_bounded_and_then_old_pages_refused() -> None:
    replica = Replica("lobby", 1)
    for seq in range(2, CHANGES_MAX + 4):
        replica.apply(
            e.Reaction(
                room="lobby",
                seq=seq,
                prev=seq - 1,
                sender="bob",
                at=0,
                target=1,
                emoji="👍",
                on=seq % 2 == 0,
            )
        )
    old = e.Page(room="lobby", messages=[message(1, 0)], more=False, last=1)
    assert not replica.add_page(old, before=2)


def test_a_replica_is_complete_when_it_has_come_to_the_newest_event_there_is() -> None:
    replica = Replica("lobby", 3)
    replica.entered(room(5), 3)
    assert (replica.cursor, replica.last) == (3, 5)
    assert replica.apply(message(4, 3)) is Fit.NEXT
    assert replica.apply(message(5, 4)) is Fit.NEXT
    assert (replica.cursor, replica.last) == (5, 5)
    assert replica.apply(message(6, 5)) is Fit.NEXT
    assert replica.last == 6
    assert list(replica.held) == [4, 5, 6]


def test_a_full_replica_takes_no_older_messages() -> None:
    replica = Replica("lobby", 1, messages_max=2)
    replica.apply(message(2, 1))
    assert not replica.is_full
    replica.apply(message(3, 2))
    assert replica.is_full
    page = e.Page(room="lobby", messages=[message(1, 0)], more=False, last=3)
    assert not replica.add_page(page, before=2)


def test_presence_and_lists_of_members() -> None:
    replica = Replica("lobby")
    replica.entered(room(0), after=None)
    replica.observe(e.Presence(room="lobby", name="bob", state="joined"))
    replica.observe(e.Presence(room="lobby", name="ann", state="left"))
    assert replica.members == ["bob"]
    replica.observe(e.Members(room="lobby", members=[e.MemberSummary("cy")]))
    assert replica.members == ["cy"]


def test_it_knows_of_what_kind_members_are_and_who_is_away() -> None:
    room = Replica("lobby")
    ann = e.MemberSummary("ann", "annannannaa", kind="member", away=True)
    room.observe(e.Members(room="lobby", members=[ann, e.MemberSummary("eve")]))
    assert (room.kinds, room.away) == ({"ann": "member"}, {"ann": ""})
    room.observe(e.Away(room="lobby", name="eve", on=True, text="lunch"))
    room.observe(e.Away(room="lobby", name="ann", on=False))
    assert room.away == {"eve": "lunch"}
    room.observe(e.Presence(room="lobby", name="eve", state="left"))
    room.observe(e.Presence(room="lobby", name="ci", state="joined", kind="bot"))
    assert (room.kinds, room.away) == ({"ann": "member", "ci": "bot"}, {})
