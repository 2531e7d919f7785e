"""The conversation's states and waits, one by one; `test_conversation_machine` mixes them."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import ProtocolError
from hubbub.chat.heard import FILLER, Heard, PlainLine, Reply, Said
from hubbub.chat.limits import Limits
from hubbub.chat.queries import Settled
from hubbub.hub import cost
from hubbub.hub.audience import LISTENER_BYTE
from hubbub.server.fairness.turns import SLICE_UNITS, TURN_SECONDS, TURN_UNITS
from hubbub.server.sessions.states import NEXT, State, Wait
from tests.hub.peers import now
from tests.server.conversing import Peer, Stage


def in_lobby(stage: Stage, name: str) -> Peer:
    peer = stage.connect(name)
    peer.command(c.Join(room="lobby"))
    return peer


def texts(stage: Stage) -> list[str]:
    return [event.text for event in stage.committed if isinstance(event, e.Message | e.Edited)]


def with_a_message(stage: Stage) -> Peer:
    ann = in_lobby(stage, "ann")
    ann.command(c.Say(room="lobby", text="first"))
    stage.run()
    return ann


PIPELINE: list[Said] = [
    c.Say(room="lobby", text="a reply", reply_to=1, ref="a"),
    c.Edit(room="lobby", seq=1, text="an edit", ref="b"),
    c.Say(room="lobby", text="said after both", ref="c"),
    PlainLine("and a line"),
]
IN_ORDER = ["first", "a reply", "an edit", "said after both", "and a line"]


def test_the_table_names_every_state_that_can_be_reached() -> None:
    assert {state for state, _ in NEXT} | set(NEXT.values()) == set(State)


@pytest.mark.parametrize("end", ["stop", "hang_up", "vanish", "go on"])
def test_what_was_heard_is_said_in_its_order_however_it_ends(end: str) -> None:
    stage = Stage()
    ann = with_a_message(stage)
    ann.say(*PIPELINE)
    assert ann.conversation.wait is Wait.LOG
    match end:
        case "stop":
            ann.conversation.stop()
        case "hang_up":
            ann.hang_up()
        case "vanish":
            ann.vanish()
    stage.run()
    assert texts(stage) == IN_ORDER
    if end != "vanish":
        assert [ref for ref in ann.answers if ref in "abc"] == ["a", "b", "c"]


def test_a_server_that_stops_does_not_answer_questions_but_does_what_was_asked() -> None:
    stage = Stage()
    ann = with_a_message(stage)
    ann.say(
        c.Say(room="lobby", text="a reply", reply_to=1),
        c.History(room="lobby", ref="h"),
        c.React(room="lobby", seq=1, emoji="x", ref="r"),
    )
    ann.conversation.stop()
    stage.run()
    assert ann.conversation.is_idle
    assert "r" in ann.answers
    assert "h" not in ann.answers
    ann.conversation.say_goodbye(e.Bye(reason="Good night."))
    assert ann.events[-1] == e.Bye(reason="Good night.")
    assert ann.conversation.ended


@pytest.mark.parametrize("end", ["stop", "vanish"])
def test_the_log_is_not_read_for_somebody_who_does_not_wait_any_more(end: str) -> None:
    stage = Stage()
    ann = with_a_message(stage)
    ann.say(
        c.History(room="lobby", ref="h"),
        c.Join(room="lobby", after=0),
        c.React(room="lobby", seq=1, emoji="x", ref="r"),
    )
    asked = ann.conversation.question
    if end == "stop":
        ann.conversation.stop()
    else:
        ann.vanish()
    assert ann.conversation.question is not asked, "the reaction's turn has come"
    assert ann.conversation.backlog is None
    stage.run()
    assert [type(event) for event in stage.committed] == [e.Message, e.Reaction]
    assert "h" not in ann.answers


def test_a_peer_that_hung_up_gets_its_answers_and_all_that_it_missed() -> None:
    stage = Stage()
    ann, bob = with_a_message(stage), stage.connect("bob", room_bytes=10_000)
    bob.command(c.Join(room="lobby", after=0))
    bob.room_bytes = 0
    for number in range(100):
        ann.command(c.Say(room="lobby", text=f"{number} " + "x" * 1000))
    stage.commit()
    bob.read()
    bob.command(c.Say(room="lobby", text="the last word"))
    bob.hang_up()
    while not bob.conversation.ended:
        assert stage.commit() or bob.work() or bob.unread, "something goes on"
        bob.read()
    heard = [event.seq for event in bob.events if isinstance(event, e.Message)]
    assert heard == [event.seq for event in stage.committed]
    assert bob.conversation.state is State.ENDED


def test_the_session_leaves_when_the_last_decision_is_made() -> None:
    stage = Stage()
    ann = with_a_message(stage)
    ann.command(c.Say(room="lobby", text="a reply", reply_to=1))
    ann.vanish()
    assert "ann" in stage.hub.here
    ann.answer()
    assert ann.conversation.state is State.GONE
    assert not list(stage.hub.here)


# What is waited for.


def test_many_who_waited_for_one_commit_go_on_in_several_turns_of_the_loop() -> None:
    stage = Stage(Limits(messages_per_second=0))
    peers = [stage.connect(f"p{number}") for number in range(60)]
    stage.run()
    for peer in peers:
        peer.command(c.Join(room="lobby"))
        stage.run()
    stage.loop.step_seconds = TURN_SECONDS / 20
    for peer in peers:
        peer.say(c.Say(room="lobby", text="x"), c.History(room="lobby", ref="h"))
    while stage.loop.go_on():
        pass
    assert all(isinstance(peer.conversation.question, Settled) for peer in peers)
    stage.commit()

    def waiting() -> int:
        for peer in peers:
            if isinstance(peer.conversation.question, Settled):
                peer.answer()
        return sum(peer.conversation.wait is Wait.TURN for peer in peers)

    counts = [waiting()]
    assert counts[0] > 30, "few of them go on at once"
    while stage.loop.turn():
        counts.append(waiting())
    assert counts[-1] == 0
    assert all(earlier - later < 20 for earlier, later in pairwise(counts))
    stage.run()
    assert all("h" in peer.answers for peer in peers)


def test_to_go_on_with_an_answer_is_paid_for() -> None:
    stage = Stage()
    ann = in_lobby(stage, "ann")
    ann.say(c.Say(room="lobby", text="x"), c.History(room="lobby", ref="h"))
    stage.commit()
    before = stage.turns.accounts.everybody.used
    ann.answer()
    assert stage.turns.accounts.everybody.used == before + cost.COMMAND


def test_a_fast_sender_is_read_from_later() -> None:
    stage = Stage(Limits(messages_per_second=10, burst=20))
    ann = in_lobby(stage, "ann")
    lines = [str(number) for number in range(50)]
    ann.say(*map(PlainLine, lines))
    assert ann.conversation.wait is Wait.TURN
    assert not ann.conversation.reading
    stage.run()
    assert texts(stage) == lines
    assert stage.loop.seconds >= 3, "a tenth for each above the burst; to join costs a few more"
    assert ann.conversation.reading


@pytest.mark.parametrize("filler", [FILLER, Reply(b"pong")], ids=["empty frames", "pings"])
@pytest.mark.parametrize("is_named", [True, False])
def test_what_means_nothing_is_paid_for_and_read_in_turns(filler: Heard, is_named: bool) -> None:
    """A stranger's as well: one piece full of it takes many turns of the loop."""
    stage = Stage()
    ann = in_lobby(stage, "ann") if is_named else stage.peer()
    taken: list[Heard] = []

    def heard() -> Iterator[Heard]:
        for _ in range(20_000):
            taken.append(filler)
            yield filler

    most = (TURN_UNITS + SLICE_UNITS) / cost.FILLER
    ann.conversation.hear(heard())
    ann.follow()
    assert len(taken) <= most
    assert ann.conversation.wait is Wait.TURN
    turns = 0
    while ann.conversation.wait is not None:
        before = len(taken)
        ann.read()
        assert stage.loop.go_on()
        assert len(taken) - before <= most
        turns += 1
    assert len(taken) == 20_000
    assert turns > 5


def test_a_sender_waits_for_its_commits() -> None:
    stage = Stage(Limits(pending_bytes_max=1024))
    ann = in_lobby(stage, "ann")
    ann.say(PlainLine("x" * 1000), PlainLine("y"))
    assert ann.conversation.wait is Wait.COMMIT
    stage.run()
    assert texts(stage) == ["x" * 1000, "y"]


def test_who_leaves_answers_unread_is_not_listened_to() -> None:
    stage = Stage(Limits(unsent_bytes_max=1024, messages_per_second=0))
    stage.shares.divide(1_000_000)
    ann = stage.connect("ann", room_bytes=1024)
    refs = [str(number) for number in range(100)]
    ann.say(*(c.Rooms(ref=ref) for ref in refs * 50))
    while ann.conversation.wait is Wait.TURN:
        assert stage.loop.go_on()
    assert ann.conversation.wait is Wait.PEER
    assert ann.unread < 70_000
    while ann.unread or ann.conversation.wait:
        ann.read()
        stage.loop.go_on()
    assert len(ann.answers) == len(refs) * 50


def test_shares_shrink_with_the_number_of_conversations_but_never_below_a_full_connection() -> None:
    stage = Stage()
    before = stage.shares.unread_bytes, stage.shares.pending_bytes
    stage.shares.divide(50_000)
    after = stage.shares.unread_bytes, stage.shares.pending_bytes
    assert all(less < more for less, more in zip(after, before, strict=True))
    assert after[0] >= stage.limits.unsent_bytes_max


# What cannot be read.


def test_a_backlog_that_cannot_be_read_is_told_once_and_tried_again() -> None:
    stage = Stage()
    with_a_message(stage)
    bob = stage.connect("bob")
    stage.reads = False
    bob.command(c.Join(room="lobby", after=0))
    for _ in range(5):
        assert bob.bring()
        assert bob.tick()
    told = [event for event in bob.events if isinstance(event, e.Error)]
    assert [error.code for error in told] == ["log_unavailable"]
    stage.reads = True
    stage.run()
    assert [event.seq for event in bob.events if isinstance(event, e.Message)] == [1]


def test_a_question_that_cannot_be_answered_is_refused_with_its_ref() -> None:
    stage = Stage()
    ann = with_a_message(stage)
    stage.reads = False
    ref = ann.command(c.History(room="lobby"))
    stage.run()
    assert ann.events[-1] == e.Error(
        code="log_unavailable",
        message="The server cannot read its log now. Try again in a while.",
        ref=ref,
    )
    assert ann.conversation.reading


# Ends.


def test_garbage_ends_the_conversation_after_what_came_before_it() -> None:
    def heard() -> object:
        yield PlainLine("before")
        raise ProtocolError("This is garbage.")

    stage = Stage()
    ann = in_lobby(stage, "ann")
    ann.conversation.hear(heard())  # type: ignore[arg-type]
    stage.run()
    assert texts(stage) == ["before"]
    assert isinstance(ann.events[-2], e.Error)
    assert ann.conversation.ended


@pytest.mark.parametrize("faulty", ["speak", "price", "line"])
def test_a_fault_of_ours_ends_one_session_and_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, faulty: str
) -> None:
    stage = Stage()
    ann, bob = in_lobby(stage, "ann"), in_lobby(stage, "bob")

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(stage.hub, faulty, broken)
    ann.line("/who")
    monkeypatch.undo()
    assert ann.conversation.ended
    assert ann.events[-1] == e.Error(
        code="server_fault", message="The server has a fault and ends this session."
    )
    assert [(note.levelname, "a session failed" in note.message) for note in caplog.records] == [
        ("ERROR", True)
    ]
    bob.line("still here")
    stage.run()
    assert texts(stage) == ["still here"]


def test_an_ended_conversation_hears_nothing() -> None:
    stage = Stage()
    ann = in_lobby(stage, "ann")
    ann.conversation.say_goodbye(e.Bye(reason="Good night."))
    assert ann.conversation.reading, "so that it can hang up"
    ann.conversation.hear(iter([PlainLine("too late")]))
    stage.run()
    assert not stage.committed


def test_the_name_is_free_again_when_the_connection_is_lost_before_it_was_taken() -> None:
    stage = Stage()
    ann = in_lobby(stage, "ann")
    ann.line("in flight")
    ann.vanish()
    second = stage.connect("ann")
    assert second.conversation.question is not None, "it waits for what the other ann said"
    second.conversation.fail(ProtocolError("This is garbage."))
    third = stage.connect("ann")
    stage.run()
    assert isinstance(third.events[0], e.Welcome)
    assert not third.events[0].held


def test_a_backlog_that_was_read_before_the_newest_commit_leaves_nothing_out() -> None:
    stage = Stage()
    ann, bob = with_a_message(stage), stage.connect("bob", room_bytes=0)
    bob.command(c.Join(room="lobby"))
    bob.read()
    stage.run()
    ann.line("this fills bob's connection")
    stage.commit()
    bob.read()
    asked = bob.conversation.backlog
    assert asked is not None
    read_before = now(stage.log.backlog("lobby", asked.cursor, 100_000))
    assert not read_before
    ann.line("committed while the log was read")
    stage.commit()
    bob.conversation.bring(read_before)
    bob.room_bytes = None
    stage.run()
    said = [event.text for event in bob.events if isinstance(event, e.Message)]
    assert said[-2:] == ["this fills bob's connection", "committed while the log was read"]


def test_the_hub_knows_from_where_a_session_comes() -> None:
    stage = Stage()
    in_lobby(stage, "ann")
    assert stage.hub.here.named("ann")[0].origin == "here"


OF_A_GUEST: list[c.AnyCommand | c.InnerCommand] = [
    c.Rename(name="nan"),
    c.SetMetadata(key="url", value="https://example.org"),
    c.Ignore(name="bob"),
    c.SetRules(room="tea", slow_seconds=5),
]
"""What is written down of a guest, or by one."""


def test_all_that_is_written_down_is_paid_for() -> None:
    stage = Stage()
    stage.connect("bob")
    ann = stage.connect("ann")
    ann.say(c.Identify(device="a" * 22), c.Join(room="tea"))
    stage.run()
    everybody = stage.turns.accounts.everybody
    for command in OF_A_GUEST:
        facts = sum(isinstance(one, e.Fact) for one in stage.committed)
        used = everybody.used
        ann.command(command)
        stage.run()
        written = sum(isinstance(one, e.Fact) for one in stage.committed) - facts
        assert written, type(command).__name__
        assert everybody.used - used > written * cost.FACT, type(command).__name__


def test_what_was_said_before_garbage_is_paid_for() -> None:
    def used(ends: list[Exception]) -> float:
        def heard() -> Iterator[Heard]:
            yield from [PlainLine("x")] * 5
            for error in ends:
                raise error

        stage = Stage()
        ann = stage.connect("ann", classic=True)
        stage.run()
        ann.line("the first one opens the room")
        stage.run()
        before = stage.turns.accounts.everybody.used
        ann.conversation.hear(heard())
        stage.run()
        assert texts(stage)[1:] == ["x"] * 5
        return stage.turns.accounts.everybody.used - before

    assert used([ProtocolError("This is garbage.")]) == pytest.approx(used([]) + cost.REFUSAL)


def test_a_long_line_is_paid_for_by_what_is_written_to_all_whichever_way_it_goes() -> None:
    stage = Stage()
    for number in range(50):
        stage.connect(f"m{number}", classic=True)
        stage.run()
    ann = stage.connect("ann", classic=True)
    stage.run()
    ann.line("the first one, of which more must be asked")
    stage.run()
    for _ in range(2):
        used = stage.turns.accounts.everybody.used
        ann.say(PlainLine("x" * 4000))
        stage.run()
        assert stage.turns.accounts.everybody.used - used > 50 * 3900 * LISTENER_BYTE
