"""A room is deleted for good while the server runs; another one of its name begins anew."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.facts import fact_of
from hubbub.chat.names import AUDIT, REPORTS
from hubbub.chat.queries import PageQuery
from hubbub.chat.removal import GONE
from hubbub.wire.framed import CLASSIC
from tests.hub.moderated import ROOM, Moderated, is_in
from tests.hub.peers import Peer, now

GONE_ROOM = "'tea' was deleted by cleo, with all that was said there."


@pytest.fixture
def room() -> Moderated:
    return Moderated()


def deleted(room: Moderated) -> None:
    room.read_all()
    assert room.ask(room.cleo, c.DeleteRoom(room=ROOM)) == "ok"


def told_gone(peer: Peer) -> list[e.Removed]:
    return [event for event in peer.events() if isinstance(event, e.Removed)]


def described(peer: Peer) -> e.Room:
    return [event for event in peer.events() if isinstance(event, e.Room)][-1]


def test_everybody_is_put_out_and_told_that_the_room_is_gone(room: Moderated) -> None:
    sam = room.enter("sam", CLASSIC)
    sam.type(f"/join {ROOM}")
    sam.read()
    deleted(room)
    for peer in (room.ann, room.eve, room.pat):
        assert told_gone(peer) == [e.Removed(room=ROOM, reason=GONE_ROOM, gone=True)]
        assert not is_in(peer)
    assert sam.pairs() == [("hubbub", GONE_ROOM)]
    assert ROOM not in room.hub.rooms
    assert [one.room for one in room.hub.list_rooms().rooms] == ["lobby"]
    assert room.ask(room.eve, c.History(room=ROOM)).startswith("no_such_room")
    assert room.ask(room.eve, c.Say(room=ROOM, text="hi")).startswith("no_such_room")
    assert now(room.log.page(PageQuery(room=ROOM))).messages == []


def test_whoever_deletes_the_room_gets_the_answer_after_they_are_put_out(room: Moderated) -> None:
    room.read_all()
    room.cleo.tell(c.DeleteRoom(room=ROOM, ref="d"))
    room.commit()
    assert [type(event) for event in room.cleo.events()] == [e.Removed, e.Ok]


def test_a_new_room_of_the_name_is_empty_and_somebody_elses(room: Moderated) -> None:
    room.ask(room.cleo, c.SetRules(room=ROOM, locked=True, title="coffee"))
    room.ask(room.cleo, c.Ban(room=ROOM, who="zed"))
    room.ask(room.cleo, c.Mute(room=ROOM, who="eve"))
    room.ask(room.cleo, c.MakeHook(room=ROOM, name="ci"))
    room.ask(room.ann, c.Seen(room=ROOM, seq=2))
    deleted(room)
    for _ in range(2):
        room.eve.tell(c.Join(room=ROOM))
        room.announce()
        told = described(room.eve)
        assert (told.last, told.first, told.title, told.role, told.seen) == (0, 0, "", "owner", 0)
        assert room.hub.name_of("coffee") == "coffee"
        assert not room.hub._state.grants.hooks
        assert not room.hub._state.order.bans.by_id
        room.eve.tell(c.Leave(room=ROOM))
        room.restart()
        room.eve = room.arrive("eve", room="lobby")
    room.eve.tell(c.Join(room=ROOM))
    assert room.ask(room.eve, c.Say(room=ROOM, text="mine")) == "ok"
    assert room.ask(room.eve, c.SetRules(room=ROOM, read_only=True)) == "ok"
    dan = room.arrive("dan")
    assert room.ask(dan, c.Say(room=ROOM, text="x")).startswith("forbidden: This room is read-only")
    page = now(room.log.page(PageQuery(room=ROOM)))
    assert [message.text for message in page.messages] == ["mine"]


def test_a_cursor_in_the_room_that_went_is_told_replaced(room: Moderated) -> None:
    last = room.hub.rooms[ROOM].last
    room.eve.tell(c.Join(room="lobby", after=0, epoch=""))
    epoch = described(room.eve).epoch
    deleted(room)
    room.cleo.tell(c.Join(room=ROOM))
    room.eve.read()
    room.eve.tell(c.Join(room=ROOM, after=last, epoch=epoch))
    assert described(room.eve).replaced
    assert room.ask(room.eve, c.Say(room=ROOM, text="new")) == "ok"
    room.pat.tell(c.Join(room=ROOM, after=last, epoch=epoch))
    assert described(room.pat).replaced
    newest = room.hub.rooms[ROOM].last
    room.ann.tell(c.Join(room=ROOM, after=newest, epoch=epoch))
    assert not described(room.ann).replaced


def test_what_is_on_its_way_is_in_the_room_before_it_goes(room: Moderated) -> None:
    room.read_all()
    room.eve.tell(c.Say(room=ROOM, text="early", ref="early"))
    decision = room.hub.command(room.cleo.session, c.DeleteRoom(room=ROOM, ref="d"), room.clock)
    assert decision is not None
    next(decision)
    room.eve.tell(c.Say(room=ROOM, text="late", ref="late"))
    room.commit()
    room.decide(decision)
    room.commit()
    events = room.eve.events()
    assert [one.message for one in events if isinstance(one, e.Error)] == [
        "'tea' is being deleted."
    ]
    assert [one.text for one in events if isinstance(one, e.Message)] == ["early"]
    assert isinstance(events[-1], e.Removed)
    assert ROOM not in room.hub.rooms


@pytest.mark.parametrize(
    "command",
    [
        lambda seq: c.Edit(room=ROOM, seq=seq, text="x"),
        lambda seq: c.Delete(room=ROOM, seq=seq),
        lambda seq: c.React(room=ROOM, seq=seq, emoji="x"),
        lambda seq: c.Say(room=ROOM, text="x", reply_to=seq),
    ],
)
@pytest.mark.parametrize("reopened", [False, True])
def test_what_was_decided_before_the_room_went_never_comes_into_the_next_one(
    room: Moderated, *, command: object, reopened: bool
) -> None:
    seq = room.hub.rooms[ROOM].first
    asked = command(seq)  # type: ignore[operator]
    decision = room.hub.command(room.cleo.session, asked, room.clock)
    assert decision is not None
    answer = room.answer(next(decision))
    deleted(room)
    if reopened:
        room.cleo.tell(c.Join(room=ROOM))
        assert room.ask(room.cleo, c.Say(room=ROOM, text="new")) == "ok"
    with pytest.raises(Exception, match=r"deleted|There is no room"):
        decision.send(answer)
    room.commit()
    assert len(now(room.log.page(PageQuery(room=ROOM))).messages) == int(reopened)


def test_reports_of_the_room_go_with_it_and_the_audit_record_tells(room: Moderated) -> None:
    assert room.ask(room.pat, c.Report(room=ROOM, seq=room.hub.rooms[ROOM].first)) == "ok"
    deleted(room)
    assert now(room.log.page(PageQuery(room=f"{REPORTS}/{ROOM}"))).messages == []
    told = now(room.log.page(PageQuery(room=AUDIT))).messages[-1]
    assert (told.sender, told.text) == ("cleo", "deleted 'tea', with all that was said there")


def test_only_its_owner_or_an_operator_deletes_a_room(room: Moderated) -> None:
    for peer in (room.ann, room.eve, room.pat):
        assert room.ask(peer, c.DeleteRoom(room=ROOM)) == (
            "forbidden: Only the owner can delete 'tea'; ask cleo."
        )
    assert room.ask(room.olga, c.DeleteRoom(room=ROOM)) == "ok"


def test_the_lobby_conversations_and_system_rooms_are_never_deleted(room: Moderated) -> None:
    room.olga.tell(c.Direct(name="eve"))
    direct = next(name for name in room.olga.session.members if name.startswith("@"))
    for name, sentence in (
        ("lobby", "'lobby' cannot be deleted: everybody comes in there."),
        (direct, "Nobody can delete a conversation; open a room for that."),
        (AUDIT, f"The server keeps '{AUDIT}' by itself; nobody can delete it."),
    ):
        assert room.ask(room.olga, c.DeleteRoom(room=name)) == f"forbidden: {sentence}"


def test_a_room_in_which_nothing_was_said_is_deleted_as_well(room: Moderated) -> None:
    room.eve.tell(c.Join(room="shed"))
    assert room.ask(room.olga, c.DeleteRoom(room="shed")) == "ok"
    assert [one.room for one in told_gone(room.eve)] == ["shed"]
    assert "shed" not in room.hub.rooms


def test_nothing_is_deleted_that_the_log_refuses(room: Moderated) -> None:
    room.failing = True
    assert room.ask(room.cleo, c.DeleteRoom(room=ROOM)).startswith("log_unavailable")
    room.failing = False
    assert is_in(room.eve)
    assert room.ask(room.eve, c.Say(room=ROOM, text="hi")) == "ok"


def test_a_server_that_follows_the_log_does_the_same(room: Moderated) -> None:
    """What it is handed out at once may end a room and begin the next one."""
    last = room.hub.rooms[ROOM].last
    room.read_all()
    said = [e.Message(room=ROOM, seq=0, prev=0, sender="x", at=0, text=text) for text in "ab"]
    now(room.log.append([said[0]]))
    now(room.log.append([fact_of(GONE + ROOM, None, by="", at=0)]))
    now(room.log.append([said[1]]))
    room.apply()
    texts = [one.text for one in room.eve.events() if isinstance(one, e.Message)]
    assert texts == ["a"]
    assert room.hub.rooms[ROOM].first > last
    assert room.hub._state.removed[ROOM] > last


def test_somebody_who_lags_is_put_out_too(room: Moderated) -> None:
    room.eve.room_bytes = 10
    room.pat.tell(c.Say(room=ROOM, text="x" * 100))
    room.commit()
    assert room.eve.session.congested
    assert room.ask(room.cleo, c.DeleteRoom(room=ROOM)) == "ok"
    assert not room.eve.session.lagging
    assert not is_in(room.eve)


def test_a_line_deletes_the_room_whose_name_it_gives(room: Moderated) -> None:
    room.read_all()
    room.cleo.type("/delete-room lobby")
    (told,) = room.cleo.events()
    assert isinstance(told, e.Error)
    assert told.message.endswith("type /delete-room tea")
    room.cleo.type("/delete-room tea")
    room.commit()
    assert [one.gone for one in told_gone(room.cleo)] == [True]


def test_coming_back_to_a_room_that_is_gone_opens_no_other(room: Moderated) -> None:
    cursor = room.hub.rooms[ROOM].last
    room.hub.depart(room.eve.session)
    assert room.ask(room.cleo, c.DeleteRoom(room=ROOM)) == "ok"
    room.eve = room.arrive("eve", room="lobby")
    room.eve.read()
    back = c.Join(room=ROOM, after=cursor, epoch="")
    assert room.ask(room.eve, back) == (
        "no_such_room: 'tea' was deleted, with all that was said there. Join it again to open "
        "a new one."
    )
    assert ROOM not in room.hub.rooms
