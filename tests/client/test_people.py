"""Being away, saying what one does, asking who somebody is, and ignoring, at a real server."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import pytest

from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.client import Chat, connect
from hubbub.testing import LocalServer

from .servers import play

LAPTOP, PHONE, BENS = "l" * 24, "p" * 24, "b" * 24

Kind = TypeVar("Kind", bound=e.Event)


async def heard(chat: Chat, kind: type[Kind], wanted: Callable[[Kind], bool] = bool) -> Kind:
    """Return the first event of a kind that is wanted."""
    async with asyncio.timeout(20):
        async for event in chat:
            if isinstance(event, kind) and wanted(event):
                return event
    raise AssertionError("the chat ended")


def test_somebody_is_away_and_back_and_can_be_asked_about(hubbub_server: LocalServer) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with (
            connect(address, name="ann", device=LAPTOP) as ann,
            connect(address, name="ben", device=BENS) as ben,
        ):
            await ann.away("lunch")
            away = await heard(ben, e.Away)
            assert (away.name, away.on, away.text) == ("ann", True, "lunch")
            assert ben.replicas["lobby"].away == {"ann": "lunch"}
            profile = await ben.profile("ann")
            assert (profile.kind, profile.away, profile.text) == ("guest", True, "lunch")
            await ann.back()
            assert not (await heard(ben, e.Away)).on
            assert ben.replicas["lobby"].away == {}
            with pytest.raises(Refused) as refused:
                await ann.profile("nobody")
            assert refused.value.code == "not_here"

    play(scene)


def test_what_one_does_is_said_by_the_library_and_in_a_line(hubbub_server: LocalServer) -> None:
    async def scene() -> None:
        async with connect(hubbub_server.address, name="ann") as ann:
            await ann.say("waves", me=True)
            await ann.line("/me  smiles ", nonce="n1")
            await ann.line("/me")  # which the server answers with how it is written
            assert "/me TEXT" in (await heard(ann, e.Error)).message
            page = await ann.history("lobby")
            assert [(one.text, one.me) for one in page.messages] == [
                ("waves", True),
                ("smiles", True),
            ]

    play(scene)


def test_who_is_ignored_is_known_on_all_devices_and_on_every_visit(
    hubbub_server: LocalServer,
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with (
            connect(address, name="eve", device=BENS) as eve,
            connect(address, name="ann", device=LAPTOP) as ann,
        ):
            assert eve.person
            await ann.ignore("eve")
            await heard(ann, e.Ignoring)
            assert [one.name for one in ann.ignored] == ["eve"]
            assert ann.ignores("eve", eve.person.id)
            assert ann.ignores("anything", eve.person.id), "she is ignored whatever she is called"
            assert not ann.ignores("eve"), "somebody in passing is somebody else"
            assert not ann.ignores("ben")
            await eve.say("hear me")
            assert ann.is_ignored(await heard(ann, e.Message))
            assert ann.is_ignored(e.Typing(room="lobby", name="eve"))
            assert not ann.is_ignored(e.Typing(room="lobby", name="ann"))
            assert not ann.is_ignored(e.Notice(text="eve"))
            async with connect(address, name="ann", device=LAPTOP) as again:
                await heard(again, e.Ignoring)
                assert again.ignored == ann.ignored
            await ann.ignore("eve", on=False)
            await heard(ann, e.Ignoring)
            assert not ann.ignored

    play(scene)
