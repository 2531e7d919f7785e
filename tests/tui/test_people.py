"""People on the screen, and the dialogs about them, by keys."""

import asyncio
from pathlib import Path

import pytest

from hubbub.client import connect
from hubbub.testing import LocalServer, serving
from hubbub.tui.dialogs.form import FormScreen
from hubbub.tui.dialogs.secret import SecretScreen

from .seats import Seat, seat

SECRET = "four words of mine"


async def known(ann: Seat) -> None:
    await ann.until(lambda: ann.chat.desk.chat.person is not None)


def line_with(ann: Seat, text: str) -> str:
    return next((row for row in ann.screen.split("\n") if text in row), "")


def test_the_list_says_of_which_kind_people_are_and_who_is_away(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with (
            connect(address, name="op", device="o" * 24) as op,
            connect(address, name="guest", device="g" * 24) as guest,
            connect(address, name="passer"),
        ):
            await op.register(SECRET)
            async with seat(address, tmp_path, size=(120, 20)) as ann:
                await ann.until("◌ passer")
                await ann.until("● op op")
                await ann.until("◐ ann you")
                await guest.away("lunch")
                await ann.until("◐ guest lunch")
                await ann.say("/away")
                await ann.until("you are away; /back ends it")
                await ann.say("/back")
                await ann.until(lambda: "/back ends it" not in ann.screen)

    asyncio.run(scene())


def test_what_somebody_does_is_shown_as_such_and_copied_so(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path) as ann:
            await ann.say("/me waves")
            await ann.taken(1)
            await ann.until(
                lambda: line_with(ann, "ann waves").split()[-3:] == ["*", "ann", "waves"]
            )
            await ann.say("hello")
            await ann.until(lambda: "ann" in line_with(ann, "hello"))

    asyncio.run(scene())


def test_a_message_of_somebody_else_is_reported_and_deleted_by_letters(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with (
            connect(address, name="eve", room="kitchen") as eve,
            seat(address, tmp_path, room="kitchen") as ann,
        ):
            await known(ann)
            await eve.say("buy my coins")
            await ann.until("buy my coins")
            await ann.press("f6")
            await ann.until("! report")
            assert "e edit" not in ann.screen
            assert "d delete" in ann.screen  # the first one here is an operator
            await ann.press("!")
            await ann.until("What is wrong with it?")
            await ann.type("spam")
            await ann.press("enter")
            await ann.until("It is reported")
            await ann.press("d")
            await ann.until("Delete 'buy my coins' by eve for everybody?")
            await ann.press("left", "enter")
            await ann.until("(deleted)")

    asyncio.run(scene())


def test_an_account_is_deleted_by_a_form_and_the_program_ends(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path) as ann:
            await known(ann)
            await ann.say("hello")
            await ann.taken(1)
            await ann.say("/forget")
            await ann.until(lambda: isinstance(ann.app.screen, FormScreen))
            assert "● It stays, as a deleted account's" in ann.screen
            await ann.press("down", "enter")
            await ann.until("and all that you said")
            await ann.press("escape")
            await ann.until("Nothing was deleted.")
            await ann.press("enter")
            await ann.until("and all that you said")
            await ann.press("left", "enter")
            await ann.until(lambda: ann.app.desk and ann.app.desk.identity.has_logged_out)
            await ann.until(lambda: not ann.app.is_running or ann.app._exit)
        async with connect(hubbub_server.address, name="ann", device="x" * 24) as other:
            assert other.name == "ann"

    asyncio.run(scene())


def test_a_code_is_drawn_where_all_of_it_can_be_seen(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene(size: tuple[int, int], *, drawn: bool) -> None:
        async with seat(
            hubbub_server.address, tmp_path / f"{size}", name=f"a{size[0]}", size=size
        ) as ann:
            await known(ann)
            ann.chat.desk.link.at = "192.168.1.5:1234"
            await ann.say("/link")
            await ann.until(lambda: isinstance(ann.app.screen, SecretScreen))
            await ann.until("Type on the other device")
            await ann.until(lambda: ("█ ▄▄▄▄▄ █" in ann.screen) is drawn)
            await ann.press("escape")
            await ann.until(lambda: ann.app.screen is ann.chat)

    asyncio.run(scene((80, 24), drawn=True))
    asyncio.run(scene((40, 16), drawn=False))


def test_where_one_may_not_write_it_is_said_above_the_composer(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with (
            connect(address, name="op", device="o" * 24) as op,
            seat(address, tmp_path) as ann,
        ):
            await known(ann)
            await ann.type("may I")
            await op.rules("lobby", locked=True)
            await ann.until("This room is locked; ")
            await ann.press("enter")
            await ann.until(lambda: ann.screen.count("This room is locked; ") > 1)
            assert ann.draft == "may I"
            await op.rules("lobby", locked=False)
            await ann.until(lambda: ann.screen.count("This room is locked; ") == 1)
            await ann.press("enter")
            await ann.taken(1)

    asyncio.run(scene())


def test_a_private_room_is_marked_and_its_members_are_a_list(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with (
            connect(address, name="ben", device="b" * 24),
            seat(address, tmp_path, room="plans") as ann,
        ):
            await known(ann)
            await ann.say("/private on")
            await ann.until("#plans private")
            await ann.say("/invite ben")
            await ann.until("'ben' is told of #plans")
            await ann.say("/members")
            await ann.until("Members of #plans")
            await ann.until("ann (owner, here now)")
            await ann.press("escape")
            await ann.until(lambda: ann.app.screen is ann.chat)

    asyncio.run(scene())


def test_operators_say_who_is_let_in_by_a_form(hubbub_server: LocalServer, tmp_path: Path) -> None:
    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path) as ann:
            await known(ann)
            await ann.say("/access")
            await ann.until("People in passing")
            await ann.press("enter", "enter", "space", "enter")
            await ann.until("It holds from now on")
            now = await ann.chat.desk.chat.access()
            assert (now.enter, now.guests, now.passing) == ("open", True, False)

    asyncio.run(scene())


def test_the_link_of_an_invitation_opens_the_chatroom_and_its_rooms(tmp_path: Path) -> None:
    async def scene(address: str) -> None:
        async with connect(address, name="ann", device="a" * 24, room="plans") as ann:
            await ann.rules("plans", private=True)
            made = await ann.invite(rooms=["plans"])
            await ann.access(enter="invitation")
            link = f"http://{address}/#invite={made.invitation}"
            async with seat(link, tmp_path, name=None) as ben:
                await ben.until("Remember you on this computer?")
                await ben.say("ben")
                await ben.until(lambda: ben.is_chatting and ben.chat.desk.rooms.get("plans"))
            # The invitation is used: who comes again is known.
            async with seat(address, tmp_path, name=None) as ben:
                await ben.until(lambda: ben.is_chatting and ben.chat.desk.rooms.get("plans"))

    with serving() as server:
        asyncio.run(scene(server.address))


@pytest.mark.parametrize("left_in", ["plans", "lobby"])
def test_whoever_was_taken_off_a_private_room_meanwhile_hears_why_once_and_is_in_the_lobby(
    hubbub_server: LocalServer, tmp_path: Path, left_in: str
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="ann", device="a" * 24, room="plans") as ann:
            await ann.rules("plans", private=True)
            async with seat(address, tmp_path, name="ben") as ben:
                await known(ben)
                await ann.add("plans", "ben")
                await ben.until("ann invites you to #plans")
                await ben.say("/join plans")
                await ben.until(lambda: ben.room == "#plans")
                await ben.say(f"/join {left_in}")
                await ben.until(lambda: ben.room == f"#{left_in}")
            await ann.kick("ben", "plans")
            for words in ("'plans' is a private room", ""):
                async with seat(address, tmp_path, name="ben") as ben:
                    await ben.until(lambda: ben.is_chatting and ben.room == "#lobby")
                    await known(ben)
                    await ben.until(words)
                    assert words or "private" not in ben.screen

    asyncio.run(scene())
