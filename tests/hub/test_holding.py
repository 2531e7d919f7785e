"""A hold holds from the moment at which it is confirmed, whatever was under way then."""

import asyncio
from collections.abc import Mapping

import pytest

from hubbub.chat import commands as c
from hubbub.chat.commands import Enter
from hubbub.chat.errors import Damaged, Refused
from hubbub.chat.events import RoomRules
from hubbub.chat.queries import Answer, Drops, Over, PageQuery, Question
from hubbub.chat.retention import DAY_MILLISECONDS, Retention
from hubbub.server.keeping import Keeping
from tests.hub.moderated import ROOM, Moderated
from tests.hub.peers import now

TEA = "tea is ready"
HELD = c.SetRules(room=ROOM, held=True)


@pytest.fixture
def room() -> Moderated:
    return Moderated()


def hold(room: Moderated, *, on: bool = True) -> None:
    assert room.ask(room.olga, c.SetRules(room=ROOM, held=on)) == "ok"


def texts(room: Moderated) -> list[str]:
    return [one.text for one in now(room.log.page(PageQuery(room=ROOM))).messages]


def says(room: Moderated, *texts: str) -> None:
    for text in texts:
        room.eve.tell(c.Say(room=ROOM, text=text))
        room.commit()


@pytest.mark.parametrize(
    ("who", "command"),
    [
        ("eve", c.Edit(room=ROOM, seq=1, text="so there")),
        ("eve", c.Delete(room=ROOM, seq=1)),
        ("ann", c.Delete(room=ROOM, seq=1)),
    ],
)
def test_nothing_is_changed_in_a_room_that_is_held_while_it_is_looked_up(
    room: Moderated, who: str, command: c.Edit | c.Delete
) -> None:
    says(room, "hello")
    command.seq = room.hub.rooms[ROOM].last
    decision = room.hub.command(getattr(room, who).session, command, room.clock)
    assert decision is not None
    question = next(decision)
    assert isinstance(question, PageQuery)
    hold(room)
    with pytest.raises(Refused, match="under a legal hold"):
        decision.send(room.answer(question))
    room.commit()
    assert texts(room) == [TEA, "hello"]


def test_a_room_of_people_in_passing_is_held_too(room: Moderated) -> None:
    """Then nobody looks after it, and who is there cannot end the hold by leaving."""
    room.pat.tell(Enter(room="den"))
    room.pat.tell(c.Say(room="den", text="it was me"))
    room.commit()
    held = c.SetRules(room="den", held=True)
    assert room.ask(room.pat, held).startswith("forbidden")
    assert room.ask(room.olga, held) == "ok"
    assert room.ask(room.pat, c.DeleteRoom(room="den")).startswith("forbidden")
    room.hub.depart(room.pat.session)
    room.commit()
    room.restart()
    assert RoomRules(room="den", held=True) in room.arrive("eve", room="den").events()


def test_a_room_is_not_deleted_if_a_hold_was_on_its_way(room: Moderated) -> None:
    holding = room.hub.command(room.olga.session, HELD, room.clock)
    assert holding is not None
    next(holding)
    deleting = room.hub.command(room.cleo.session, c.DeleteRoom(room=ROOM), room.clock)
    assert deleting is not None
    question = next(deleting)
    with pytest.raises(Refused, match="under a legal hold"):
        deleting.send(room.answer(question))
    room.commit()
    assert texts(room) == [TEA]


def test_a_room_that_is_being_deleted_cannot_be_held_any_more(room: Moderated) -> None:
    deleting = room.hub.command(room.cleo.session, c.DeleteRoom(room=ROOM), room.clock)
    assert deleting is not None
    question = next(deleting)
    assert room.ask(room.olga, HELD).startswith("no_such_room")
    with pytest.raises(StopIteration):
        deleting.send(room.answer(question))
    assert ROOM not in room.hub.rooms


def test_what_a_deleted_account_said_stays_from_the_moment_of_a_hold_until_its_end(
    room: Moderated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(c, "PAGE_MESSAGES_MAX", 2)
    says(room, "1", "2", "3", "4")
    room.eve.tell(c.ForgetMe(messages="delete"))
    assert room.eve.ended
    answer, pages = room.answer, 0

    def held_at_the_second_page(question: Question) -> Answer:
        nonlocal pages
        if isinstance(question, PageQuery) and question.room == ROOM:
            pages += 1
            if pages == 2:
                hold(room)
        return answer(question)

    monkeypatch.setattr(room, "answer", held_at_the_second_page)
    room.finish()
    assert texts(room) == [TEA, "", "2", "3", "4"]
    assert room.hub.unfinished() is None
    hold(room, on=False)
    room.finish()
    assert texts(room) == [TEA, "", "", "", ""]


def test_what_is_over_stays_if_the_room_is_held_while_it_is_counted(
    room: Moderated, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(room, "1", "2")
    counted = room.log.surplus

    async def held_meanwhile(name: str, messages: int) -> int:
        if name == ROOM:
            hold(room)
        return await counted(name, messages)

    keeping = Keeping(room.hub, room.log, lambda: 0)
    keeping.general = Retention(messages=1)
    monkeypatch.setattr(room.log, "surplus", held_meanwhile)
    asyncio.run(keeping.look())
    assert texts(room) == [TEA, "1", "2"]
    monkeypatch.setattr(room.log, "surplus", counted)
    hold(room, on=False)
    asyncio.run(keeping.look())
    assert texts(room) == ["2"]


def test_a_room_that_cannot_be_shortened_keeps_no_other_from_it(
    room: Moderated, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(room, "1", "2")
    room.olga.tell(c.Say(room="lobby", text="damaged"))
    room.commit()
    drop = room.log.drop
    tried: list[str] = []

    async def failing(over: Mapping[str, Over]) -> Drops:
        tried.extend(over)
        if set(over) != {ROOM}:
            raise Damaged("it cannot be read")
        return await drop(over)

    monkeypatch.setattr(room.log, "drop", failing)
    keeping = Keeping(room.hub, room.log, lambda: 2 * DAY_MILLISECONDS)
    keeping.general = Retention(days=1)
    with pytest.raises(Damaged):
        asyncio.run(keeping.look())
    assert tried[0] == "lobby"
    assert texts(room) == []
