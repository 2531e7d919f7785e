"""What rooms and people are called changes while the user looks on."""

import asyncio
from functools import partial
from pathlib import Path

from hubbub.client import connect
from hubbub.desk.profile import Profile
from hubbub.testing import LocalServer

from .faces import BlindFace
from .users import after, done, ready, shows, user


def test_somebody_with_another_name_neither_left_nor_joined(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with (
            connect(address, name="bob", device="b" * 24) as bob,
            user(address, profile) as ann,
        ):
            face = BlindFace(ann.desk)
            await ann.until(lambda: ready(ann))
            face.enter("/msg bob hello")
            await ann.until(partial(shows, ann, "@bob"))
            await ann.until(lambda: not ann.desk.rooms.current.log.pending)
            await bob.rename("bobby")
            await ann.until(partial(shows, ann, "@bobby"))
            await done(ann, "bob is now bobby.")
            lobby = ann.desk.rooms.get("lobby")
            assert lobby is not None
            await ann.until(lambda: "bob is now bobby." in ann.texts(lobby))
            assert not any("left" in one or "joined" in one for one in ann.texts(lobby))
            replica = ann.desk.chat.replicas["lobby"]
            await ann.until(lambda: sorted(replica.members) == ["ann", "bobby"])
            face.enter("/nick anna")
            await done(ann, "You are anna now.")
            assert ann.desk.rooms.current.title == "@bobby"

    asyncio.run(scene())


def test_a_new_device_lists_all_private_rooms_the_newest_first(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        one = Profile.load(tmp_path / "one" / "profile.json")
        other = Profile.load(tmp_path / "other" / "profile.json")
        async with (
            connect(address, name="bob", device="b" * 24) as bob,
            connect(address, name="cleo", device="c" * 24),
            connect(address, name="dan", device="d" * 24) as dan,
        ):
            async with user(address, one) as ann:
                face = BlindFace(ann.desk)
                await ann.until(lambda: ready(ann))
                for name in ("bob", "cleo", "dan"):
                    face.enter(f"/msg {name} hello {name}")
                    await ann.until(partial(shows, ann, f"@{name}"))
                    await ann.until(lambda: not ann.desk.rooms.current.log.pending)
                code = await ann.desk.chat.code()
                new = await asyncio.to_thread(Profile.load, other._path)
                async with connect(
                    address, name="x", device=new.devices.made(address, "x")
                ) as linked:
                    linking = asyncio.create_task(linked.link(code.code))
                    await ann.until(lambda: face.asked)
                    face.asked[0].set_result(True)
                    await linking
            new.devices.move(address, "x", "ann")
            await bob.rename("bobby")
            await dan.direct("ann")
            await dan.say("are you there?")
            async with user(address, new) as ann:
                face = BlindFace(ann.desk)
                await ann.until(lambda: len(ann.desk.rooms) == 4)
                dans = next(room for room in ann.desk.rooms if room.title == "@dan")
                await ann.until(lambda: dans.unread == 1)
                titles = [room.title for room in ann.desk.rooms]
                assert titles == ["@dan", "@cleo", "@bobby", "#lobby"]
                bobs = next(room for room in ann.desk.rooms if room.title == "@bobby")
                assert bobs.name not in ann.desk.chat.replicas
                ann.desk.show(bobs)
                await ann.until(lambda: ann.texts() == ["hello bob"])
                face.enter("and again")
                await ann.until(lambda: ann.texts() == ["hello bob", "and again"])
                await ann.until(lambda: not bobs.log.pending)
                assert next(iter(ann.desk.rooms)).title == "@bobby"

    asyncio.run(scene())


def test_a_room_is_called_by_its_title_everywhere_and_found_by_both(
    hubbub_server: LocalServer, profile: Profile, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        elsewhere = Profile.load(tmp_path / "elsewhere" / "profile.json")
        async with (
            user(address, profile, "ann", "kitchen") as ann,
            after(ann, user(address, elsewhere, "bob", "kitchen")) as bob,
        ):
            face, bobs = BlindFace(ann.desk), BlindFace(bob.desk)
            await ann.until(lambda: ready(ann))
            await bob.until(lambda: ready(bob))
            face.enter("/title bakery")
            await ann.until(partial(shows, ann, "#bakery"))
            await bob.until(partial(shows, bob, "#bakery"))
            face.enter("/mute bob 10m")
            await done(ann, "'bob' is muted in bakery for 10 minutes")
            bobs.enter("/join lobby")
            await bob.until(partial(shows, bob, "#lobby"))
            bobs.enter("/leave bakery")
            await bob.until(lambda: len(bob.desk.rooms) == 1)
            bobs.enter("/join bakery")
            await bob.until(partial(shows, bob, "#bakery"))
            assert bob.desk.rooms.current.name == "kitchen"
            face.enter("/title kitchen")
            await bob.until(partial(shows, bob, "#kitchen"))

    asyncio.run(scene())
