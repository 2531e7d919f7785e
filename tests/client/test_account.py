"""The account, power and grants as methods of a chat, at a real server."""

import asyncio
from collections.abc import Callable

import pytest

from hubbub.chat import events as e
from hubbub.chat.commands import Link, Login, Recover
from hubbub.chat.errors import HubbubError, Refused
from hubbub.chat.roles import Scope
from hubbub.client import Chat, connect
from hubbub.testing import LocalServer

from .servers import play

PASSWORD = "four words of mine"
LAPTOP, PHONE, EVES = "l" * 24, "p" * 24, "e" * 24


async def heard(chat: Chat, wanted: Callable[[object], bool]) -> object:
    """Return the first event that is wanted."""
    async with asyncio.timeout(20):
        async for event in chat:
            if wanted(event):
                return event
    raise AssertionError("the chat ended")


async def ended(chat: Chat) -> HubbubError:
    """Return what ends a chat."""
    async with asyncio.timeout(20):
        try:
            async for _ in chat:
                pass
        except HubbubError as error:
            return error
    raise AssertionError("it ended without a reason")


def test_whoever_registers_logs_in_on_another_device_and_is_the_same_person(
    hubbub_server: LocalServer,
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="ann", device=LAPTOP) as ann:
            with pytest.raises(Refused) as refusal:
                await ann.register("short")
            assert refusal.value.code == "password_not_allowed"
            await ann.register(PASSWORD)
            assert ann.person
            assert ann.person.kind == "member"
            await ann.say("from the laptop")
            async with connect(address, name="guest", device=PHONE) as phone:
                await phone.say("as a guest")
                with pytest.raises(Refused) as refusal:
                    await phone.login("ann", "wrong")
                assert refusal.value.code == "wrong_login"
                assert phone.name == "guest"
                await phone.login("ann", PASSWORD, label="my phone")
                assert (phone.name, phone.person) == (ann.name, ann.person)
                seq = await phone.say("from the phone")  # in the room that it was in before
                message = await heard(ann, lambda one: getattr(one, "seq", 0) == seq)
                assert isinstance(message, e.Message)
                assert ann.is_own(message)
                assert {one.label for one in await phone.devices()} == {"", "my phone"}
                await phone.password(PASSWORD, f"{PASSWORD} too")
            async with connect(address, name="ann", device=PHONE) as again:
                assert again.person == ann.person

    play(scene)


def test_a_proof_says_who_comes_on_a_new_device(hubbub_server: LocalServer) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="ann", device=LAPTOP) as ann:
            await ann.register(PASSWORD)
            login = Login(name="ann", password=PASSWORD)
            with pytest.raises(Refused) as refusal:
                await connect(address, name="ann", device=PHONE).__aenter__()
            assert refusal.value.code == "name_taken"
            async with connect(address, name="ann", device=PHONE, proof=login) as phone:
                assert phone.person == ann.person
            wrong = Login(name="ann", password="wrong")
            with pytest.raises(Refused) as refusal:
                await connect(address, name="ann", device="x" * 24, proof=wrong).__aenter__()
            assert refusal.value.code == "wrong_login"
        async with connect(address, name="ann", device=PHONE) as known:
            assert known.person == ann.person

    play(scene)


def test_a_device_is_linked_once_the_other_one_agrees(hubbub_server: LocalServer) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="ann", device=LAPTOP) as ann:
            shown = await ann.code()
            proof = Link(code=shown.code.lower(), label="tv")
            tv = connect(address, name="tv", device=PHONE, proof=proof)
            entering = asyncio.create_task(tv.__aenter__())
            asked = await heard(ann, lambda one: isinstance(one, e.Linking))
            assert isinstance(asked, e.Linking)
            assert (asked.name, asked.label) == ("tv", "tv")
            await ann.confirm(asked.code)
            await entering
            assert tv.person == ann.person
            assert tv.name == "ann"
            await tv.__aexit__(None, None, None)
            async with connect(address, name="eve", device=EVES) as eve:
                code = (await ann.code()).code
                linking = asyncio.create_task(eve.link(code))
                await heard(ann, lambda one: isinstance(one, e.Linking))
                await ann.confirm(code, on=False)
                with pytest.raises(Refused) as refusal:
                    await linking
                assert refusal.value.code == "forbidden"
                assert eve.name == "eve"

    play(scene)


def test_a_device_that_is_logged_out_or_revoked_ends_the_chat_for_good(
    hubbub_server: LocalServer,
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="ann", device=LAPTOP) as ann:
            await ann.register(PASSWORD)
            login = Login(name="ann", password=PASSWORD)
            async with connect(address, name="ann", device=PHONE, proof=login) as phone:
                other = next(one for one in await ann.devices() if not one.own)
                await ann.revoke(other.id)
                assert (await ended(phone)).code == "logged_out"
            await ann.logout()
            assert (await ended(ann)).code == "logged_out"

    play(scene)


def test_a_code_of_an_operator_lets_somebody_choose_a_password(
    hubbub_server: LocalServer,
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(
            address, name="op", device=EVES
        ) as operator:  # the first on this machine
            async with connect(address, name="ann", device=LAPTOP) as ann:
                person = ann.person
                assert person is not None
            code = (await operator.recovery("ann")).code
            proof = Recover(name="ann", code=code, password=PASSWORD)
            async with connect(address, name="ann", device=PHONE, proof=proof) as back:
                assert back.person is not None
                assert (back.person.id, back.person.kind) == (person.id, "member")

    play(scene)


def test_power_is_used_by_typed_methods_and_whoever_is_put_out_learns_of_it(
    hubbub_server: LocalServer,
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with (
            connect(address, name="op", device=LAPTOP) as op,
            connect(address, name="eve", device=EVES) as eve,
        ):
            with pytest.raises(Refused) as refusal:
                await eve.kick("op", "lobby")
            assert refusal.value.code == "forbidden"
            await op.mute("eve", "lobby", seconds=600, reason="loud")
            with pytest.raises(Refused) as refusal:
                await eve.say("hello?")
            assert refusal.value.code == "muted"
            assert [one.whom for one in (await op.bans("lobby")).mutes] == ["eve"]
            await op.unmute("eve", "lobby")
            await op.rules("lobby", read_only=True, slow_seconds=30)
            rules = await heard(eve, lambda one: isinstance(one, e.RoomRules))
            assert isinstance(rules, e.RoomRules)
            assert eve.replicas["lobby"].rules == rules
            assert (rules.read_only, rules.slow_seconds) == (True, 30)
            await op.appoint("eve", "writer", "lobby")
            await op.rules("lobby", slow_seconds=0)
            await eve.say("I may")
            await op.ban("eve", "lobby", reason="spam")
            removed = await heard(eve, lambda one: isinstance(one, e.Removed))
            assert isinstance(removed, e.Removed)
            assert "lobby" not in eve.replicas
            await op.unban("eve", "lobby")
            await eve.join("lobby")
            await op.door(locked=True)
            await op.door(locked=False)
            await op.ban("eve")
            assert (await ended(eve)).code == "banned"

    play(scene)


def test_secrets_for_others_are_made_listed_and_taken_back(hubbub_server: LocalServer) -> None:
    async def scene() -> None:
        async with connect(hubbub_server.address, name="op", device=LAPTOP) as op:
            made = await op.invite("member", rooms=["dev"], uses=2, seconds=3600)
            assert made.invitation
            assert [one.id for one in await op.invitations()] == [made.about.id]
            await op.uninvite(made.about.id)
            assert await op.invitations() == []
            token = await op.token("ci", [Scope.READ, Scope.WRITE], label="builds")
            async with connect(hubbub_server.address, name="ci", device=token.token) as bot:
                assert bot.person is not None
                assert bot.person.kind == "bot"
                assert [one.label for one in await op.tokens()] == ["builds"]
                await op.revoke_token(token.about.id)
                assert (await ended(bot)).code == "logged_out"

    play(scene)


def test_what_was_said_in_private_while_one_was_away_comes_with_the_return(
    hubbub_server: LocalServer,
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="ann", device=LAPTOP) as ann:
            await ann.say("here I was")
        async with connect(address, name="bob", device=PHONE) as bob:
            await bob.direct("ann")
            await bob.say("are you there?")
            await bob.say("call me")
            listed = await bob.conversations()
            assert [[one.name for one in each.with_] for each in listed.conversations] == [["ann"]]
        async with connect(address, name="ann", device=LAPTOP) as ann:
            said: list[str] = []
            while len(said) < 2:
                message = await heard(ann, lambda one: isinstance(one, e.Message))
                assert isinstance(message, e.Message)
                said.append(message.text)
            assert said == ["are you there?", "call me"]

    play(scene)


def test_the_read_marker_is_the_same_on_all_devices(hubbub_server: LocalServer) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with (
            connect(address, name="ann", device=LAPTOP) as ann,
            connect(address, name="ann", device=LAPTOP) as other,
        ):
            first = await ann.say("one") or 0
            second = await ann.say("two") or 0
            await ann.seen("lobby", second)
            await heard(other, lambda one: isinstance(one, e.Seen))
            await other.seen("lobby", first)
            assert other.replicas["lobby"].seen == second
        async with connect(address, name="ann", device=LAPTOP) as again:
            assert again.replicas["lobby"].seen == second

    play(scene)
