"""A desk at a real server: rooms, history, messages on their way, and what is remembered."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from hubbub.chat.errors import LogError, Refused
from hubbub.chat.events import Entry, Room
from hubbub.client import connect
from hubbub.desk import desk as desk_module
from hubbub.desk.link import State
from hubbub.desk.log import Note
from hubbub.desk.posting import unsent
from hubbub.desk.profile import Profile
from hubbub.desk.room import Draft
from hubbub.desk.told import DELAYED, REPLACED, WAS_DELAYED
from hubbub.log.memory import MemoryLog
from hubbub.testing import LocalServer, serving
from tests.interop.conftest import TutorialServer, tutorial_server

from .users import User, say, user

__all__ = ["tutorial_server"]


def test_history_is_there_and_older_pages_follow(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        texts = [f"m{number}" for number in range(1, 251)]
        await say(hubbub_server.address, *texts)
        async with user(hubbub_server.address, profile) as ann:
            await ann.until(lambda: ann.texts() == texts[-100:])
            room = ann.desk.rooms.current
            await ann.desk.paging.older(room)
            await ann.until(lambda: ann.texts() == texts[-200:])
            await ann.desk.paging.older(room)
            await ann.until(lambda: ann.texts() == texts)
            assert room.beginning

    asyncio.run(scene())


def test_an_own_message_is_pending_at_once_and_then_settled(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        async with user(hubbub_server.address, profile) as ann:
            await ann.until(lambda: ann.desk.rooms.current.filled)
            ann.desk.posting.say(ann.desk.rooms.current, "hello")
            assert ann.texts() == ["hello"]
            assert unsent(ann.desk.rooms) == 1
            await ann.until(lambda: not ann.desk.rooms.current.log.pending)
            assert ann.texts() == ["hello"]
            assert unsent(ann.desk.rooms) == 0

    asyncio.run(scene())


def test_a_refused_message_stays_says_why_and_can_be_tried_again(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        async with user(hubbub_server.address, profile) as ann:
            await ann.until(lambda: ann.desk.rooms.current.filled)
            ann.desk.posting.say(ann.desk.rooms.current, "x" * 70_000)
            pending = ann.desk.rooms.current.log.pending[0]
            await ann.until(lambda: pending.failure)
            assert "70000 bytes" in (pending.failure or "")
            pending.text = "short enough"
            ann.desk.posting.retry(ann.desk.rooms.current, pending)
            await ann.until(lambda: not ann.desk.rooms.current.log.pending)
            assert ann.texts() == ["short enough"]

    asyncio.run(scene())


def test_messages_elsewhere_count_and_alert(hubbub_server: LocalServer, profile: Profile) -> None:
    async def scene() -> None:
        async with user(hubbub_server.address, profile) as ann:
            await ann.until(lambda: ann.desk.rooms.current.filled)
            kitchen = await ann.desk.join("Kitchen")
            await ann.until(lambda: kitchen.filled)
            await say(hubbub_server.address, "soup", "for ann", room="kitchen")
            await ann.until(lambda: kitchen.unread == 2)
            assert (kitchen.name, kitchen.mentions) == ("kitchen", 1)
            assert ann.alerts == ["soup", "for ann"]
            ann.desk.show(kitchen)
            ann.desk.look(looking=True)
            assert (kitchen.unread, kitchen.unread_after) == (0, 0)

    asyncio.run(scene())


def test_a_private_message_opens_its_room(hubbub_server: LocalServer, profile: Profile) -> None:
    async def scene() -> None:
        async with user(hubbub_server.address, profile) as ann:
            await ann.until(lambda: ann.desk.rooms.current.filled)
            async with connect(hubbub_server.address, name="bob") as bob:
                private = await bob.direct("ann")
                await bob.say("psst", private.room)
                await ann.until(lambda: ann.desk.rooms.get(private.room))
                room = ann.desk.rooms.get(private.room)
                assert room is not None
                await ann.until(lambda: ann.texts(room) == ["psst"])
                assert (room.title, room.mentions) == ("@bob", 1)

    asyncio.run(scene())


def test_rooms_markers_and_drafts_are_there_again_the_next_time(
    hubbub_server: LocalServer, profile: Profile, tmp_path: Path
) -> None:
    async def scene() -> None:
        await say(hubbub_server.address, "one", room="kitchen")
        async with user(hubbub_server.address, profile) as ann:
            await ann.until(lambda: ann.desk.rooms.current.filled)
            kitchen = await ann.desk.join("kitchen")
            ann.desk.show(kitchen)
            await ann.until(lambda: ann.texts(kitchen) == ["one"])
            kitchen.draft = Draft("half a th")
            ann.desk.remember()
            profile.save()
        await say(hubbub_server.address, "two", "three", room="kitchen")
        again = Profile.load(tmp_path / "profile.json")
        async with user(hubbub_server.address, again) as ann:
            await ann.until(lambda: len(ann.desk.rooms) == 2)
            room = ann.desk.rooms.current
            assert (room.name, room.draft.text) == ("kitchen", "half a th")
            await ann.until(lambda: ann.texts(room) == ["one", "two", "three"])
            assert room.unread_after == 1

    asyncio.run(scene())


def test_a_message_far_back_is_loaded_at_once_and_what_is_between_as_one_goes_on(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        await say(hubbub_server.address, *[f"m{number}" for number in range(1, 451)])
        async with user(hubbub_server.address, profile) as ann:
            room = ann.desk.rooms.current
            await ann.until(lambda: room.filled)
            await ann.desk.paging.reach(room, 107)
            await ann.until(lambda: room.log.index_of(107) is not None)
            shown = [*range(57, 157), *range(351, 451)]
            assert ann.texts() == [f"m{number}" for number in shown]
            assert room.log.hole_at == room.log.index_of(351)
            await ann.desk.paging.between(room, is_down=True)
            await ann.desk.paging.between(room, is_down=False)
            await ann.desk.paging.older(room)
            await ann.until(lambda: room.log.hole_at is None)
            assert ann.texts() == [f"m{number}" for number in range(1, 451)]
            assert room.beginning

    asyncio.run(scene())


def test_a_tutorial_server_gets_and_gives_messages(
    tutorial_server: TutorialServer, profile: Profile
) -> None:
    async def scene() -> None:
        async with user(tutorial_server.address, profile) as ann:
            await ann.until(lambda: ann.desk.link.state is State.CLASSIC)
            async with user(tutorial_server.address, profile, "bob") as bob:
                await bob.until(lambda: bob.desk.is_classic)
                bob.desk.posting.say(bob.desk.rooms.current, "hi ann")
                await ann.until(lambda: ann.texts() == ["hi ann"])
                ann.desk.posting.say(ann.desk.rooms.current, "hi bob")
                await bob.until(lambda: bob.texts() == ["hi ann", "hi bob"])
                await ann.until(lambda: ann.texts() == ["hi ann", "hi bob"])
                assert not ann.desk.rooms.current.log.pending

    asyncio.run(scene())


def test_a_name_that_is_taken_is_refused(hubbub_server: LocalServer, profile: Profile) -> None:
    async def scene() -> None:
        async with connect(hubbub_server.address, name="ann"):
            desk = User(hubbub_server.address, profile, "ann", None).desk
            with pytest.raises(Refused, match="taken"):
                await desk.run()

    asyncio.run(scene())


def test_the_last_room_stays(hubbub_server: LocalServer, profile: Profile) -> None:
    async def scene() -> None:
        async with user(hubbub_server.address, profile) as ann:
            await ann.until(lambda: ann.desk.rooms.current.filled)
            with pytest.raises(Refused, match="only room"):
                await ann.desk.leave(ann.desk.rooms.current)
            kitchen = await ann.desk.join("kitchen")
            ann.desk.show(kitchen)
            await ann.desk.leave(kitchen)
            assert ann.desk.rooms.current.name == "lobby"

    asyncio.run(scene())


def test_what_the_server_answers_becomes_a_note(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        async with user(hubbub_server.address, profile) as ann:
            await ann.until(lambda: ann.desk.rooms.current.filled)
            await ann.desk.chat.line("/nonsense")
            await ann.until(ann.texts)
            log = ann.desk.rooms.current.log
            note = log[log.first]
            assert isinstance(note, Note)
            assert note.is_error
            assert "no command /nonsense" in note.text

    asyncio.run(scene())


def test_a_history_that_was_replaced_is_shown_anew_and_said_to_be(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        await say(hubbub_server.address, "one", "two")
        async with user(hubbub_server.address, profile) as ann:
            room = ann.desk.rooms.current
            await ann.until(lambda: ann.texts() == ["one", "two"])
            room.log.note("of the old history", 0)
            room.bookmark.fresh = [1, 2]
            entered = Room(
                room="lobby", topic="", members=[], last=2, first=1, gap=False, replaced=True
            )
            ann.desk.take(entered)
            assert ann.texts() == [REPLACED]
            assert (room.unread, room.unread_after) == (0, None)
            await ann.until(lambda: ann.texts() == ["one", "two", REPLACED])
            await say(hubbub_server.address, "three")
            await ann.until(lambda: ann.texts() == ["one", "two", REPLACED, "three"])

    asyncio.run(scene())


def test_the_chat_ends_when_the_server_has_taken_what_was_said(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        async with user(hubbub_server.address, profile) as ann:
            room = ann.desk.rooms.current
            await ann.until(lambda: room.filled)
            ann.desk.posting.say(room, "the last words")
            await ann.desk.finish()
            assert ann.desk.posting.end(ann.desk.rooms) == []
            assert room.draft.text == ""
            async with connect(hubbub_server.address, name="bob") as bob:
                page = await bob.history("lobby")
            assert [message.text for message in page.messages] == ["the last words"]

    asyncio.run(scene())


def test_what_the_server_does_not_take_in_time_is_said_and_sent_at_the_next_start(
    hubbub_server: LocalServer, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "FINISH_UNSEEN_SECONDS", 0)
    monkeypatch.setattr(desk_module, "FINISH_SECONDS_MAX", 0)

    async def scene() -> None:
        async with user(hubbub_server.address, profile) as ann:
            room = ann.desk.rooms.current
            await ann.until(lambda: room.filled)

            async def never(*_: object, **__: object) -> None:
                await asyncio.Event().wait()

            monkeypatch.setattr(ann.desk.chat, "say", never)
            ann.desk.posting.say(room, "the last words")
            await ann.desk.finish()
            assert any("Quit again" in text for text in ann.texts())
            ann.desk.posting.end(ann.desk.rooms)
            assert room.draft.text == "", "it may be committed all the same"
        async with user(hubbub_server.address, profile) as ann:
            await ann.until(lambda: ann.texts() == ["the last words"])

    asyncio.run(scene())


def test_what_a_tutorial_server_took_is_not_unsent(
    tutorial_server: TutorialServer, profile: Profile
) -> None:
    async def scene() -> None:
        async with user(tutorial_server.address, profile) as ann:
            await ann.until(lambda: ann.desk.link.state is State.CLASSIC)
            room = ann.desk.rooms.current
            ann.desk.posting.say(room, "hello")
            await ann.desk.finish()
            assert unsent(ann.desk.rooms) == 0  # though nothing was drawn since
            assert ann.desk.posting.end(ann.desk.rooms) == []
            assert room.draft.text == ""

    asyncio.run(scene())


def test_a_fault_in_the_background_ends_the_desk_with_it(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        ann = User(hubbub_server.address, profile, "ann", None)

        async def fail() -> None:
            raise KeyError("a fault")

        chatting = asyncio.create_task(ann.desk.run())
        await ann.until(lambda: ann.desk.rooms.current.filled)
        ann.desk.attempt(fail())
        with pytest.raises(KeyError, match="a fault"):
            await chatting

    asyncio.run(scene())


def test_an_unsent_private_text_is_there_when_its_room_is_opened_again(
    hubbub_server: LocalServer, profile: Profile, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with connect(hubbub_server.address, name="bob"):
            async with user(hubbub_server.address, profile) as ann:
                await ann.until(lambda: ann.desk.rooms.current.filled)
                room = await ann.desk.direct("bob")
                room.draft = Draft("between us")
                ann.desk.remember()
                profile.save()
            again = Profile.load(tmp_path / "profile.json")
            async with user(hubbub_server.address, again) as ann:
                await ann.until(lambda: ann.desk.rooms.current.filled)
                room = await ann.desk.direct("bob")
                assert room.draft.text == "between us"

    asyncio.run(scene())


def test_a_room_with_an_unsent_text_is_not_left(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        async with user(hubbub_server.address, profile) as ann:
            await ann.until(lambda: ann.desk.rooms.current.filled)
            kitchen = await ann.desk.join("kitchen")
            ann.desk.posting.say(kitchen, "x" * 70_000)
            await ann.until(lambda: any(one.failure for one in kitchen.log.pending))
            with pytest.raises(Refused, match="/drop"):
                await ann.desk.leave(kitchen)

    asyncio.run(scene())


def test_what_the_server_cannot_store_just_now_waits_and_the_user_is_told_once(
    profile: Profile,
) -> None:
    class Full(MemoryLog):
        is_full = False

        async def append(self, drafts: Sequence[Entry]) -> list[int]:
            if self.is_full:
                raise LogError("The disk is full.")
            return await super().append(drafts)

    async def scene() -> None:
        log = Full()
        with serving(log=log) as server:
            async with user(server.address, profile) as ann:
                room = ann.desk.rooms.current
                await ann.until(lambda: room.filled)
                log.is_full = True
                for text in ("one", "two"):
                    ann.desk.posting.say(room, text)
                await ann.until(lambda: DELAYED in ann.texts())
                log.is_full = False
                await ann.until(lambda: not room.log.pending)
                await ann.until(lambda: DELAYED not in ann.texts())
                assert sorted(ann.texts()) == sorted([WAS_DELAYED, "one", "two"])

    asyncio.run(scene())
