"""Private rooms at the desk, and rooms that are deleted; who is let into the chatroom."""

import asyncio
from functools import partial
from pathlib import Path

from hubbub.client import connect
from hubbub.desk.profile import Profile
from hubbub.testing import LocalServer

from .faces import BlindFace
from .users import after, done, offered, ready, shows, user


def test_people_are_let_into_a_private_room_are_told_so_and_taken_off_again(
    hubbub_server: LocalServer, profile: Profile, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        elsewhere = Profile.load(tmp_path / "elsewhere" / "profile.json")
        async with (
            connect(address, name="op", device="o" * 24),
            user(address, profile, "ann", "plans") as ann,
            user(address, elsewhere, "ben") as ben,
        ):
            face, bens = BlindFace(ann.desk), BlindFace(ben.desk)
            await ann.until(lambda: ready(ann))
            await ben.until(lambda: ready(ben))
            face.enter("the party is on Friday")
            await ann.until(lambda: not ann.desk.rooms.current.log.pending)
            assert "members" not in offered(ann)
            face.enter("/private on")
            await done(ann, "Only its members see #plans now")
            await ann.until(lambda: ann.desk.rooms.current.is_private)
            assert {"members", "private", "delete-room"} <= offered(ann)
            bens.enter("/join plans")
            await done(ben, "'plans' is a private room; ask ann to add you.")
            face.enter("/invite ben")
            await done(ben, "ann invites you to #plans. /join plans goes there.")
            await ben.until(lambda: ben.desk.rooms.get("plans"))
            plans = ben.desk.rooms.get("plans")
            assert plans is not None
            assert ben.desk.rooms.current.name == "lobby"
            await ben.until(lambda: plans.unread == 1)
            assert plans.is_private
            bens.enter("/join plans")
            await ben.until(partial(shows, ben, "#plans"))
            face.picks = [1]
            face.enter("/members")
            await ann.until(lambda: face.asked)
            assert "ben (here now)" in face.told
            face.asked[0].set_result(True)
            await done(ann, "'ben' is no member of #plans any more.")
            await ben.until(partial(shows, ben, "#lobby"))
            face.enter("/invite ben")
            await ben.until(lambda: ben.desk.rooms.get("plans"))
            face.enter("/kick ben")
            await done(ann, "put out of plans, and is back only if somebody adds them again.")
            face.enter("/ban ben")
            await done(ann, "/unban ben, and /invite ben after it, lets them back in.")
            face.enter("/rules private off")
            await done(ann, "Everybody may see and enter #plans again.")
            await ann.until(lambda: not ann.desk.rooms.current.is_private)

    asyncio.run(scene())


def test_a_room_is_deleted_after_a_question_and_nobody_is_left_without_a_room(
    hubbub_server: LocalServer, profile: Profile, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        elsewhere = Profile.load(tmp_path / "elsewhere" / "profile.json")
        async with (
            connect(address, name="op", device="o" * 24),
            user(address, profile, "ann", "plans") as ann,
            after(ann, user(address, elsewhere, "ben", "plans")) as ben,
        ):
            face = BlindFace(ann.desk)
            BlindFace(ben.desk)
            await ann.until(lambda: ready(ann))
            await ben.until(lambda: ready(ben))
            face.enter("the party is on Friday")
            await ben.until(lambda: "the party is on Friday" in ben.texts())
            face.enter("/delete-room")
            await ann.until(lambda: face.asked)
            assert "for good? Nobody can undo it." in face.told[-1]
            face.asked[0].set_result(True)
            for one in (ann, ben):
                await one.until(partial(shows, one, "#lobby"))
                await done(one, "deleted")
                assert [room.name for room in one.desk.rooms] == ["lobby"]
                assert "the party is on Friday" not in one.texts()

    asyncio.run(scene())


def test_operators_say_who_is_let_in(hubbub_server: LocalServer, profile: Profile) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with user(address, profile) as ann:
            face = BlindFace(ann.desk)
            await ann.until(lambda: "access" in offered(ann))
            face.answers = [[("invitation", "yes", "no")]]
            face.enter("/access")
            await done(ann, "It holds from now on")
            now = await ann.desk.chat.access()
            assert (now.enter, now.guests, now.passing) == ("invitation", True, False)

    asyncio.run(scene())
