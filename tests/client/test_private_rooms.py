"""Private rooms in the library, at a real server with its log on the disk."""

import asyncio

import pytest

from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.client import Chat, connect
from hubbub.testing import LocalServer

from .servers import play
from .test_account import EVES, LAPTOP, PHONE, heard


async def until(chat: Chat, words: str) -> None:
    """Wait until a search finds something."""
    async with asyncio.timeout(20):
        while not (await chat.search(words)).messages:  # noqa: ASYNC110 (it signals no event)
            await asyncio.sleep(0.05)


def test_people_are_let_into_a_private_room_and_out_of_it_again(
    hubbub_server: LocalServer,
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with (
            connect(address, name="ann", device=LAPTOP, room="plans") as ann,
            connect(address, name="ben", device=PHONE) as ben,
            connect(address, name="eve", device=EVES) as eve,
        ):
            await ann.say("the party is on Friday")
            await ann.rules("plans", private=True)
            with pytest.raises(Refused) as refusal:
                await ben.join("plans")
            assert (refusal.value.code, str(refusal.value)) == (
                "forbidden",
                "'plans' is a private room; ask ann to add you.",
            )
            await ann.add("plans", "ben")
            added = await heard(ben, lambda one: isinstance(one, e.Added))
            assert isinstance(added, e.Added)
            assert (added.room, added.by) == ("plans", "ann")
            said = await heard(ben, lambda one: isinstance(one, e.Message))
            assert isinstance(said, e.Message)
            assert said.text == "the party is on Friday"
            assert ben.room == "lobby"  # what ben says goes where it went before
            assert ben.replicas["plans"].rules.members == ["ann", "ben"]
            assert {one.room: one.private for one in await ben.rooms()} == {
                "lobby": False,
                "plans": True,
            }
            await until(ben, "party")
            assert [one.room for one in await eve.rooms()] == ["lobby"]
            assert (await eve.search("party")).messages == []
            await ann.kick("ben", "plans", reason="wrong party")
            removed = await heard(ben, lambda one: isinstance(one, e.Removed))
            assert isinstance(removed, e.Removed)
            assert removed.reason == (
                "You were removed from 'plans' by ann (wrong party); ask ann to add you again."
            )
            assert "plans" not in ben.replicas
            assert (await ben.search("party")).messages == []

    play(scene)


def test_a_member_who_was_away_finds_all_that_was_said_in_a_private_room(
    hubbub_server: LocalServer,
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="ben", device=PHONE) as ben:
            assert ben.person
        async with connect(address, name="ann", device=LAPTOP, room="plans") as ann:
            await ann.rules("plans", private=True)
            await ann.say("the party is on Friday")
            await ann.add("plans", "ben")
            async with connect(address, name="ben", device=PHONE) as back:
                said = await heard(back, lambda one: isinstance(one, e.Message))
                assert isinstance(said, e.Message)
                assert (said.room, said.text) == ("plans", "the party is on Friday")
                assert back.room == "lobby"

    play(scene)
