"""Other people at the desk: away, ignored, asked about; and what the user does."""

import asyncio
from functools import partial
from pathlib import Path

from hubbub.client import Chat, connect
from hubbub.desk.profile import Profile
from hubbub.testing import LocalServer

from .faces import BlindFace
from .users import User, done, offered, ready, shows, user


async def hears(chat: Chat, *texts: str) -> None:
    """Wait until these are the messages of the lobby."""
    async with asyncio.timeout(20):
        while [one.text for one in chat.replicas["lobby"].messages] != list(texts):
            await chat.receive()


def test_what_somebody_ignored_says_is_hidden_not_counted_and_shown_again_later(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with (
            connect(address, name="eve", device="e" * 24) as eve,
            connect(address, name="bob") as bob,
            user(address, profile) as ann,
        ):
            face = BlindFace(ann.desk)
            await ann.until(lambda: ready(ann))
            await eve.say("ann, buy my coins")
            await ann.until(lambda: "ann, buy my coins" in ann.texts())
            face.enter("/ignore eve")
            await done(ann, "You hear nothing of 'eve' any more")
            await ann.until(lambda: "ann, buy my coins" not in ann.texts())
            ann.desk.look(looking=False)
            ann.alerts.clear()
            await eve.say("ann, cheap coins")
            await eve.typing("lobby")
            await bob.say("good morning")
            await ann.until(lambda: "good morning" in ann.texts())
            room = ann.desk.rooms.current
            assert "ann, cheap coins" not in ann.texts()
            assert (room.unread, room.mentions, ann.alerts) == (1, 0, ["good morning"])
            assert not room.typing(0)
            face.enter("/ignore")
            await done(ann, "You ignore eve.")
            face.enter("/unignore eve")
            await ann.until(lambda: "ann, cheap coins" in ann.texts())
            said = [text for text in ann.texts() if "coins" in text or text == "good morning"]
            assert said == ["ann, buy my coins", "ann, cheap coins", "good morning"]
            assert any("You ignore eve." in text for text in ann.texts())  # notes stay

    asyncio.run(scene())


def test_the_end_is_reached_though_the_last_message_is_hidden(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with (
            connect(address, name="eve", device="e" * 24) as eve,
            user(address, profile) as ann,
        ):
            face = BlindFace(ann.desk)
            await ann.until(lambda: ready(ann))
            face.enter("/ignore eve")
            await done(ann, "You hear nothing of 'eve' any more")
            seq = await eve.say("buy my coins")
            await ann.until(lambda: ann.desk.rooms.current.seen == seq)

    asyncio.run(scene())


def test_the_user_is_away_and_back_and_says_what_they_do(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob, user(address, profile) as ann:
            face = BlindFace(ann.desk)
            await ann.until(lambda: ready(ann))
            face.enter("/away lunch")
            await done(ann, "You are away now")
            replica = ann.desk.chat.replicas["lobby"]
            await ann.until(lambda: replica.away == {"ann": "lunch"})
            face.enter("/back")
            await done(ann, "You are back.")
            await ann.until(lambda: not replica.away)
            face.enter("/me waves")
            await hears(bob, "waves")
            assert bob.replicas["lobby"].messages[0].me

    asyncio.run(scene())


def test_who_somebody_is_is_told_in_a_sentence(
    hubbub_server: LocalServer, profile: Profile, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        elsewhere = Profile.load(tmp_path / "elsewhere" / "profile.json")
        async with (
            user(address, profile, "ann", "kitchen") as ann,
            user(address, elsewhere, "ben") as ben,
            connect(address, name="carl"),
        ):
            face, bens = BlindFace(ann.desk), BlindFace(ben.desk)
            await ann.until(lambda: ready(ann))
            await ben.until(lambda: ready(ben))
            assert {"whois", "away", "me", "ignore"} <= offered(ben)
            bens.enter("/nick benny")
            await done(ben, "You are benny now.")
            bens.enter("/away at lunch")
            await done(ben, "You are away now")
            face.enter("/whois benny")
            await done(ann, "; called ben before; away: at lunch.")
            face.enter("/whois carl")
            await done(ann, "carl: here in passing; here now.")
            bens.enter("/whois ann")
            await done(ben, "an operator of the server")
            face.enter("/whois nobody")
            await done(ann, "nobody")

    asyncio.run(scene())


def test_to_somebody_away_one_says_things_knowing_it(
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
            await bob.away("lunch")
            face.enter("/msg bob")
            await ann.until(partial(shows, ann, "@bob"))
            await ann.until(partial(is_away, ann, "bob"))

    asyncio.run(scene())


def is_away(ann: User, name: str) -> bool:
    replica = ann.desk.replica(ann.desk.rooms.current)
    return replica is not None and replica.away.get(name) == "lunch"
