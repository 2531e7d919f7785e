"""Going between rooms, by keys and by commands."""

import asyncio
from functools import partial
from pathlib import Path

from hubbub.client import connect
from hubbub.desk.log import Said
from hubbub.testing import LocalServer
from hubbub.tui.panes import Pane

from .seats import Seat, click, seat


def shows(ann: Seat, name: str) -> bool:
    return ann.room == f"#{name}"


async def in_rooms(ann: Seat, *names: str) -> None:
    for name in names:
        await ann.say(f"/join {name}")
        await ann.until(partial(shows, ann, name))
        await ann.until(lambda: ann.chat.desk.rooms.current.filled)


def test_keys_go_from_room_to_room(hubbub_server: LocalServer, tmp_path: Path) -> None:
    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path) as ann:
            await in_rooms(ann, "kitchen", "garden")
            seen = []
            for key in ("alt+up", "alt+up", "alt+up", "alt+down", "alt+2", "alt+9"):
                await ann.press(key)
                await ann.pilot.pause()
                seen.append(ann.room)
            assert seen == ["#kitchen", "#lobby", "#garden", "#lobby", "#kitchen", "#kitchen"]

    asyncio.run(scene())


def test_unread_rooms_out_of_sight_are_told_and_one_click_away(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        names = [f"room-{number:02}" for number in range(15)]
        async with (
            connect(address, name="bob", room=names[-1]) as bob,
            seat(address, tmp_path, size=(100, 12)) as ann,
        ):
            for name in names:
                await ann.chat.desk.join(name)
            await bob.join(names[-2])
            # What came before the first look at a room counts as read.
            rooms = ann.chat.desk.rooms
            await ann.until(lambda: all(room.bookmark.seen is not None for room in rooms))
            for name in names[-2:]:
                await bob.say("hello", name)
            await ann.until("↓ 2 unread")
            ann.send(click(ann.place("↓ 2 unread")))
            await ann.until("#room-13")
            await ann.press("alt+a", "alt+a")
            await ann.until(lambda: ann.room == "#room-14")
            await ann.until("#room-14")
            await bob.join("lobby")
            await bob.say("hello", "lobby")
            await ann.until("↑ 1 unread")

    asyncio.run(scene())


def test_private_rooms_and_those_on_top_come_first_in_sections(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob"):
            async with seat(address, tmp_path) as ann:
                await in_rooms(ann, "kitchen", "attic")
                await ann.say("/msg bob hello")
                await ann.until("@bob")
                await ann.press("alt+4")
                await ann.until(lambda: shows(ann, "attic"))
                await ann.say("/top")
                await ann.until("on top")
                titles = [room.title for room in ann.chat.desk.rooms]
                assert titles == ["#attic", "@bob", "#lobby", "#kitchen"]
                await ann.say("/sort name")
                titles = [room.title for room in ann.chat.desk.rooms]
                assert titles == ["#attic", "@bob", "#kitchen", "#lobby"]
            async with seat(address, tmp_path) as ann:
                await ann.until(
                    lambda: (
                        [room.title for room in ann.chat.desk.rooms]
                        == ["#attic", "@bob", "#kitchen", "#lobby"]
                    )
                )

    asyncio.run(scene())


def test_what_mentions_the_user_is_listed_from_all_rooms(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob", room="kitchen") as bob:
            await bob.say("the soup is for ann")
            await bob.say("an announcement")
            async with seat(address, tmp_path) as ann:
                await bob.say("@here dinner")
                await ann.say("/mentions")
                await ann.until("│   the soup is for ann")
                await ann.until("│   @here dinner")
                assert "announcement" not in ann.screen
                await ann.press("s", "o", "u")
                await ann.until(lambda: "@here" not in ann.screen)
                await ann.press("enter")
                await ann.until(lambda: ann.room == "#kitchen")

    asyncio.run(scene())


def test_each_room_keeps_its_draft(hubbub_server: LocalServer, tmp_path: Path) -> None:
    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path) as ann:
            await in_rooms(ann, "kitchen")
            await ann.type("soup")
            await ann.press("alt+1")
            await ann.until(lambda: ann.room == "#lobby")
            assert ann.draft == ""
            await ann.type("hello")
            await ann.press("left", "left", "alt+2")
            await ann.until(lambda: ann.draft == "soup")
            assert ann.chat.composer.cursor_location == (0, 4)
            await ann.press("alt+1")
            await ann.until(lambda: ann.draft == "hello")
            assert ann.chat.composer.cursor_location == (0, 3)

    asyncio.run(scene())


def test_unread_rooms_are_counted_and_found(hubbub_server: LocalServer, tmp_path: Path) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with (
            connect(address, name="bob", room="kitchen") as bob,
            seat(address, tmp_path) as ann,
        ):
            await in_rooms(ann, "kitchen", "garden")
            await bob.say("soup")
            await bob.say("@ann, soup")
            await ann.until(lambda: "#kitchen" in ann.screen and "@1" in ann.screen)
            await ann.press("alt+a")
            await ann.until(lambda: ann.room == "#kitchen")
            await ann.until("─ new ─")
            await ann.until(lambda: "@1" not in ann.screen)
            await ann.press("alt+a")
            await ann.until("Nothing is unread in other rooms.")

    asyncio.run(scene())


def test_the_switcher_finds_a_room_by_some_letters(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path) as ann:
            await in_rooms(ann, "kitchen", "garden")
            await ann.press("ctrl+k")
            await ann.until("Go to")
            await ann.type("ktn")
            await ann.until(lambda: "#garden" not in ann.screen.split("Go to")[1])
            await ann.press("enter")
            await ann.until(lambda: ann.room == "#kitchen")
            await ann.press("ctrl+k", "escape")
            await ann.until(lambda: ann.app.screen is ann.chat)

    asyncio.run(scene())


def test_all_rooms_of_the_server_can_be_chosen_from(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with (
            connect(address, name="bob", room="attic"),
            seat(address, tmp_path) as ann,
        ):
            await ann.say("/rooms")
            await ann.until("Rooms of the server")
            await ann.type("atti")
            await ann.press("enter")
            await ann.until(lambda: ann.room == "#attic")

    asyncio.run(scene())


def test_a_room_is_left(hubbub_server: LocalServer, tmp_path: Path) -> None:
    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path) as ann:
            await in_rooms(ann, "kitchen")
            await ann.say("/leave")
            await ann.until(lambda: ann.room == "#lobby")
            await ann.until(lambda: "kitchen" not in ann.screen)
            await ann.say("/leave")
            await ann.until("This is the only room you are in.")

    asyncio.run(scene())


def test_private_messages_go_to_one_person(hubbub_server: LocalServer, tmp_path: Path) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="Bob Lee") as bob, seat(address, tmp_path) as ann:
            await ann.until(lambda: ann.chat.names() == ["Bob Lee"])
            await ann.say("/msg bob lee only for you")
            await ann.until(lambda: ann.room == "@Bob Lee")
            async with asyncio.timeout(20):
                async for event in bob:
                    if getattr(event, "text", "") == "only for you":
                        break
            await ann.say("/msg nobody hi")
            await ann.until("Nobody called 'nobody' is here.")

    asyncio.run(scene())


def test_topic_and_members_are_shown(hubbub_server: LocalServer, tmp_path: Path) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        size = (120, 30)
        async with connect(address, name="bob") as bob, seat(address, tmp_path, size=size) as ann:
            await ann.say("/topic soup of the day")
            await ann.until("#lobby  soup of the day")
            await ann.until("◌ bob")
            await bob.say("bye")
            await bob.__aexit__(None, None, None)
            await ann.until("○ bob")
            await ann.say("/who")
            await ann.until("1 in #lobby: ann")

    asyncio.run(scene())


def test_messages_are_found_and_shown_where_they_stand(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob", room="kitchen") as bob:
            await bob.say("a needle in the hay")
            for number in range(250):
                await bob.say(f"straw {number}")
            async with seat(address, tmp_path) as ann:
                await ann.press("ctrl+f")
                await ann.until("Find messages")
                await ann.type("needle")
                await ann.until("│   a needle in the hay")
                await ann.press("enter")
                await ann.until(lambda: ann.room == "#kitchen")
                await ann.until(lambda: "straw 3" in ann.screen and "a needle" in ann.screen)
                assert "straw 249" not in ann.screen

    asyncio.run(scene())


def test_a_command_that_is_unknown_here_is_answered_by_the_server(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path) as ann:
            await ann.say("/jump")
            await ann.until("There is no command /jump.")

    asyncio.run(scene())


def test_the_palette_and_the_help_list_the_same_actions(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path, size=(100, 60)) as ann:
            await ann.press("f1")
            await ann.until("find messages")
            await ann.press("escape", "ctrl+p")
            await ann.until("Find messages")
            await ann.type("enter a room")
            await ann.until("Enter a room; it opens if there is none")
            await ann.press("enter")
            await ann.until(lambda: ann.draft == "/join ")

    asyncio.run(scene())


def test_a_message_that_was_found_is_chosen(hubbub_server: LocalServer, tmp_path: Path) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            seq = await bob.say("a needle in the hay")
            for number in range(5):
                await bob.say(f"straw {number}")
            await ann.say("/search needle")
            await ann.until("│   a needle in the hay")
            await ann.press("enter")
            await ann.until(lambda: ann.chat.log_view.selected is not None)
            await ann.press("f6", "r")
            await ann.until("Answering bob: a needle in the hay")
            await ann.say("there it is")
            await ann.until("there it is")
            page = await bob.history("lobby", limit=1)
            assert page.messages[0].reply_to == seq

    asyncio.run(scene())


def test_what_was_found_is_walked_through_and_the_list_comes_back(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob:
            needles = []
            for number in range(3):
                needles.append(await bob.say(f"needle {number}"))
                for _ in range(150):
                    await bob.say("straw")
            async with seat(address, tmp_path) as ann:
                await ann.say("/search from:bob needle")
                await ann.until("│   needle 2")
                await ann.press("down", "enter")
                for key, which in ((None, 1), ("f4", 0), ("f5", 1), ("f5", 2)):
                    if key:
                        await ann.press(key)
                    await ann.until(lambda which=which: chosen(ann) == needles[which])  # type: ignore[misc]
                await ann.press("f5")  # there is no newer one
                await ann.press("ctrl+f")
                await ann.until("│   needle 0")

    asyncio.run(scene())


def chosen(seat: Seat) -> int | None:
    """Return the seq of the message that is chosen in the log."""
    item = seat.chat.chosen
    return item.message.seq if isinstance(item, Said) else None


def test_up_edits_an_own_message_whichever_was_found(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            await ann.say("my own straw")
            await bob.say("a needle in the hay")
            await ann.until("a needle")
            await ann.say("/search needle")
            await ann.until("│   a needle in the hay")
            await ann.press("enter")
            await ann.until(lambda: ann.chat.log_view.selected is not None)
            await ann.press("up")
            await ann.until(lambda: ann.draft == "my own straw")

    asyncio.run(scene())


def test_a_click_means_the_member_that_the_user_saw(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        size = (120, 30)
        async with connect(address, name="bob"), seat(address, tmp_path, size=size) as ann:
            await ann.until("◌ bob")
            replica = ann.chat.desk.replica(ann.chat.desk.rooms.current)
            assert replica is not None
            replica.members.append("aaron")  # who has just come, and is not drawn yet
            ann.chat._member_clicked(Pane.Chosen(ann.chat.query_one("#members", Pane), 2))
            await ann.until(lambda: ann.room == "@bob")

    asyncio.run(scene())
