"""Where a text goes: rooms with their drafts, edits and answers, and what is held on the way."""

import asyncio

import pytest

from hubbub.chat.errors import Refused
from hubbub.desk.room import Draft, RoomState
from hubbub.desk.writing import Writing

from .rooms import message
from .sheets import Paper


class Desk:
    """Two rooms, a sheet, and what was released."""

    def __init__(self) -> None:
        self.lobby, self.bob = RoomState("lobby"), RoomState("bob")
        self.paper = Paper()
        self.released: list[tuple[RoomState, str]] = []
        self.writing = Writing(
            self.paper,
            self.lobby,
            show=self._show,
            release=lambda text, room: self.released.append((room, text)),
        )

    def _show(self, room: RoomState) -> None:
        self.writing.turn_to(room)

    async def to_bob(self, door: asyncio.Event) -> RoomState:
        await door.wait()
        return self.bob

    async def out(self, door: asyncio.Event) -> None:
        await door.wait()
        self.writing.turn_to(self.bob)

    async def refused(self, door: asyncio.Event) -> RoomState:
        await door.wait()
        raise Refused("bob is not here.")


def test_each_room_has_its_own_draft() -> None:
    desk = Desk()
    desk.paper.write("for all")
    desk.writing.turn_to(desk.bob)
    assert desk.paper.text == ""
    desk.paper.write("for bob")
    desk.writing.turn_to(desk.lobby)
    assert (desk.paper.text, desk.bob.draft.text) == ("for all", "for bob")


def test_what_is_entered_on_the_way_goes_where_the_way_leads() -> None:
    async def scene() -> None:
        desk, door = Desk(), asyncio.Event()
        going = asyncio.ensure_future(desk.writing.move(desk.to_bob(door)))
        assert desk.writing.hold("the first secret")
        assert desk.writing.hold("the second")
        assert "waits" in desk.writing.banner
        desk.paper.write("half of the thi")
        door.set()
        await going
        assert desk.released == [(desk.bob, "the first secret"), (desk.bob, "the second")]
        assert desk.paper.text == "half of the thi"
        assert desk.lobby.draft == Draft()
        assert not desk.writing.hold("x")
        assert desk.writing.banner == ""

    asyncio.run(scene())


def test_what_is_entered_before_the_way_is_begun_to_be_walked_is_held_too() -> None:
    async def scene() -> None:
        desk, door = Desk(), asyncio.Event()
        going = desk.writing.move(desk.to_bob(door))
        assert desk.writing.hold("secret")
        door.set()
        await going
        assert desk.released == [(desk.bob, "secret")]

    asyncio.run(scene())


def test_what_is_entered_on_a_way_that_leads_nowhere_comes_back() -> None:
    async def scene() -> None:
        desk, door = Desk(), asyncio.Event()
        going = asyncio.ensure_future(desk.writing.move(desk.refused(door)))
        desk.writing.hold("one")
        desk.writing.hold("two")
        desk.paper.write("three")
        door.set()
        with pytest.raises(Refused):
            await going
        assert desk.paper.text == "one\ntwo\nthree"
        assert not desk.released

    asyncio.run(scene())


def test_what_is_held_when_the_chat_ends_stands_in_the_draft() -> None:
    async def scene() -> None:
        desk, door = Desk(), asyncio.Event()
        going = asyncio.ensure_future(desk.writing.move(desk.to_bob(door)))
        await asyncio.sleep(0)
        desk.writing.hold("secret")
        going.cancel()
        await asyncio.wait([going])
        desk.writing.keep()
        assert desk.lobby.draft.text == "secret"

    asyncio.run(scene())


def test_whoever_goes_elsewhere_on_the_way_goes_on_writing_there() -> None:
    async def scene() -> None:
        desk, door = Desk(), asyncio.Event()
        kitchen = RoomState("kitchen")
        going = asyncio.ensure_future(desk.writing.move(desk.to_bob(door)))
        desk.writing.hold("secret")
        desk.paper.write("more for bob")
        desk.writing.turn_to(kitchen)
        assert not desk.writing.hold("for the kitchen")
        desk.paper.write("half")
        door.set()
        await going
        assert desk.released == [(desk.bob, "secret")]
        assert (desk.paper.text, desk.writing.aim.room) == ("half", kitchen)
        assert desk.lobby.draft.text == "more for bob"

    asyncio.run(scene())


def test_what_is_said_behind_a_leave_is_said_in_no_other_room() -> None:
    async def scene() -> None:
        desk, door = Desk(), asyncio.Event()
        going = asyncio.ensure_future(desk.writing.leave(desk.out(door)))
        desk.writing.hold("bye")
        door.set()
        await going
        assert desk.paper.text == "bye"
        assert not desk.released

    asyncio.run(scene())


def test_a_draft_from_before_the_way_stays_in_its_room() -> None:
    async def scene() -> None:
        desk, door = Desk(), asyncio.Event()
        desk.paper.write("to all: ")
        going = asyncio.ensure_future(desk.writing.move(desk.to_bob(door)))
        desk.paper.write("to bob")
        door.set()
        await going
        assert (desk.lobby.draft.text, desk.paper.text) == ("to all: ", "to bob")

    asyncio.run(scene())


def test_the_end_of_an_edit_brings_back_what_was_being_written() -> None:
    desk = Desk()
    desk.paper.write("half")
    desk.writing.edit(message(1, "old", "ann"), own=True)
    desk.writing.edit(message(2, "older", "ann"), own=True)
    assert desk.paper.text == "older"
    desk.writing.keep()
    assert desk.lobby.draft.text == "half"
    desk.writing.reply(message(3, "well?"))
    assert (desk.paper.text, desk.writing.banner) == ("half", "Answering bob: well?")
    assert desk.writing.end()
    assert not desk.writing.end()


def test_what_is_given_back_disturbs_no_edit_and_no_other_room() -> None:
    desk = Desk()
    desk.paper.write("half")
    desk.writing.edit(message(1, "old", "ann"), own=True)
    desk.writing.give_back("refused", desk.lobby)
    desk.writing.give_back("for bob", desk.bob)
    assert desk.paper.text == "old"
    desk.writing.end()
    assert (desk.paper.text, desk.bob.draft.text) == ("refused\nhalf", "for bob")


def test_messages_of_others_are_not_edited() -> None:
    with pytest.raises(Refused, match="own"):
        Desk().writing.edit(message(1), own=False)
