"""Acts on messages of others, secrets that are shown once, and rooms where one may not write."""

import asyncio
import json
import urllib.request
from collections.abc import Sized
from functools import partial
from pathlib import Path

import pytest

from hubbub.chat.errors import Refused, Unreachable
from hubbub.client import connect
from hubbub.desk.log import Said
from hubbub.desk.profile import Profile
from hubbub.testing import LocalServer

from .faces import BlindFace
from .users import User, after, done, offered, ready, say, shows, user


def choose(face: BlindFace, ann: User, text: str) -> None:
    """Choose a message in the log."""
    log = ann.desk.rooms.current.log
    face.chosen = next(
        item
        for item in (log[index] for index in range(log.first, log.end))
        if isinstance(item, Said) and item.message.text == text
    )


def are(things: Sized, count: int) -> bool:
    return len(things) == count


def test_a_moderator_deletes_a_message_of_somebody_else(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        async with user(hubbub_server.address, profile) as ann:  # the first here: an operator
            face = BlindFace(ann.desk)
            await ann.until(lambda: ready(ann))
            await say(hubbub_server.address, "buy my coins", name="eve")
            await ann.until(lambda: "buy my coins" in ann.texts())
            choose(face, ann, "buy my coins")
            face.do("delete")
            await ann.until(lambda: face.asked)
            assert face.told[-1].startswith("Delete 'buy my coins' by eve for everybody?")
            face.asked[0].set_result(True)
            await ann.until(lambda: "buy my coins" not in ann.texts())

    asyncio.run(scene())


def test_a_bad_message_is_reported_with_a_reason(
    hubbub_server: LocalServer, profile: Profile, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="op", device="o" * 24) as op:
            await op.join("$reports")
            async with user(address, profile) as ann:
                face = BlindFace(ann.desk)
                await ann.until(lambda: ready(ann))
                await say(address, "buy my coins", name="eve")
                await ann.until(lambda: "buy my coins" in ann.texts())
                face.answers = [[("spam",)]]
                face.do("report")
                await done(ann, "It is reported")
                assert face.told[-1] == "You report 'buy my coins' by eve."
                face.enter("/report and a fraud")
                await ann.until(lambda: face.asked)
                face.asked[0].set_result(True)
                await done(ann, "It is reported")
            reports = [one.text for one in (await op.history("$reports")).messages]
        assert any("spam" in one for one in reports), reports
        assert any("and a fraud" in one for one in reports), reports

    asyncio.run(scene())


def test_an_own_message_is_not_reported(hubbub_server: LocalServer, profile: Profile) -> None:
    async def scene() -> None:
        async with user(hubbub_server.address, profile) as ann:
            face = BlindFace(ann.desk)
            await ann.until(lambda: ready(ann))
            face.enter("hello")
            await ann.until(lambda: ann.texts() == ["hello"])
            await ann.until(lambda: not ann.desk.rooms.current.log.pending)
            choose(face, ann, "hello")
            face.do("report")
            await done(ann, "This message is yours.")

    asyncio.run(scene())


def test_the_address_of_a_webhook_is_shown_once_and_can_be_revoked(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        async with user(hubbub_server.address, profile) as ann:
            face = BlindFace(ann.desk)
            await ann.until(lambda: ready(ann))
            assert {"webhook", "webhooks"} <= offered(ann)
            face.enter("/webhook ci")
            await ann.until(lambda: "The webhook 'ci'" in face.told)
            address = face.told[-1]
            assert not any(address in text for text in ann.texts())
            await asyncio.to_thread(post, address, "the build is green")
            await ann.until(lambda: "the build is green" in ann.texts())
            face.picks = [0]
            face.enter("/webhooks")
            await ann.until(lambda: face.asked)
            assert any(one.startswith("ci: made by ann") for one in face.told), face.told
            face.asked[0].set_result(True)
            await done(ann, "The webhook 'ci' is revoked.")
            face.enter("/webhooks")
            await ann.until(lambda: face.told[-1].startswith("This room has no webhooks."))

    asyncio.run(scene())


def test_invitations_are_listed_and_taken_back_and_codes_help_with_passwords(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with (
            user(address, profile) as ann,
            after(ann, user(address, Profile.fleeting(), "ben")) as ben,
        ):
            face = BlindFace(ann.desk)
            await ben.until(lambda: ready(ben))
            await ben.desk.chat.register("four words of mine")
            face.enter("/invite 2h")
            await done(ann, "may come in, for 2 hours: http://")
            face.picks = [0]
            face.enter("/invitations")
            await ann.until(lambda: face.asked)
            assert "Take back the invitation by ann on" in face.told[-1]
            face.asked[0].set_result(True)
            await done(ann, "The invitation is taken back")
            face.enter("/recovery ben")
            await ann.until(lambda: "A code for another password" in face.told)
            await ben.desk.chat.recover("ben", face.told[-1], "five words of mine now")
            face.enter("/audit")
            await ann.until(partial(shows, ann, "#$audit"))
            assert "keeps '$audit' by itself" in ann.desk.silence(ann.desk.rooms.current)

    asyncio.run(scene())


def test_an_operator_holds_what_two_people_say_and_ends_that(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with user(address, profile) as ann:
            await ann.until(lambda: ready(ann))
            face = BlindFace(ann.desk)
            async with connect(address, name="big ben") as ben, connect(address, name="cleo"):
                talk = (await ben.direct("cleo")).room
                seq = await ben.say("between us", room=talk)
                assert seq is not None
                face.enter("/hold big ben cleo")
                await done(
                    ann, "'big ben' and 'cleo' say to each other in private is under a legal"
                )
                with pytest.raises(Refused, match="legal hold"):
                    await ben.delete(talk, seq)
                face.enter("/hold big ben cleo perhaps")
                await done(ann, "Usage: /hold NAME OTHER [off]")
                face.enter("/hold big ben cleo off")
                await done(ann, "is under no legal hold any more")
                await ben.delete(talk, seq)

    asyncio.run(scene())


def post(address: str, text: str) -> None:
    body = json.dumps({"text": text}).encode()
    headers = {"Content-Type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(address, body, headers)).close()


@pytest.mark.parametrize("messages", ["keep", "delete"])
def test_an_account_is_deleted_with_the_password_and_after_a_question(
    hubbub_server: LocalServer, profile: Profile, tmp_path: Path, messages: str
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob:
            ann = User(address, profile, "ann", None)
            running = asyncio.create_task(ann.desk.run())
            face = BlindFace(ann.desk)
            await ann.until(lambda: ready(ann))
            face.answers = [[("four words of mine", "four words of mine")]]
            face.enter("/register")
            await done(ann, "is yours for good")
            face.enter("hello")
            await ann.until(lambda: not ann.desk.rooms.current.log.pending)
            face.answers = [[(messages, "wrong"), (messages, "four words of mine")]]
            face.enter("/forget")
            for asked in (1, 2):
                await ann.until(partial(are, face.asked, asked))
                face.asked[-1].set_result(True)
            with pytest.raises(Unreachable) as ended:
                async with asyncio.timeout(20):
                    await running
            assert str(ended.value) == "Your account is deleted."
            assert "That is not your password." in face.told
            assert ann.desk.identity.has_logged_out
            left = "hello" if messages == "keep" else ""
            async with asyncio.timeout(20):  # the server goes through it by itself
                while [one.text for one in bob.replicas["lobby"].messages] != [left]:
                    await bob.receive()
        ann.desk.remember()
        profile.save()

    asyncio.run(scene())
    kept = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any("ann" in text for text in kept)


ROOMS = {
    "/lock": "This room is locked; bob can unlock it.",
    "/rules read-only on": "This room is read-only; bob can let you write.",
    "/rules archived on": "This room is archived; bob can bring it back.",
}


@pytest.mark.parametrize("line", ROOMS)
def test_where_one_may_not_write_the_text_stays_and_the_user_is_told_who_can_change_it(
    hubbub_server: LocalServer, profile: Profile, tmp_path: Path, line: str
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        elsewhere = Profile.load(tmp_path / "elsewhere" / "profile.json")
        async with (
            connect(address, name="op", device="o" * 24),
            user(address, elsewhere, "bob", "kitchen") as bob,
            after(bob, user(address, profile, "ann", "kitchen")) as ann,
        ):
            face, bobs = BlindFace(ann.desk), BlindFace(bob.desk)
            await ann.until(lambda: ready(ann))
            assert not ann.desk.silence(ann.desk.rooms.current)
            bobs.enter(line)
            await ann.until(lambda: ann.desk.silence(ann.desk.rooms.current) == ROOMS[line])
            assert not {"edit", "reply", "kick"} & offered(ann)
            face.enter("may I?")
            await done(ann, ROOMS[line])
            assert face.text == "may I?"
            assert not ann.desk.rooms.current.log.pending

    asyncio.run(scene())


def test_what_somebody_muted_says_comes_back_whole_and_in_order(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with (
            connect(address, name="op", device="o" * 24) as op,
            user(address, profile) as ann,
        ):
            face = BlindFace(ann.desk)
            await ann.until(lambda: ready(ann))
            await op.mute("ann", "lobby", reason="too loud")
            face.enter("one")
            face.enter("two")
            face.enter("three")
            await done(ann, "You are muted in 'lobby'")
            await ann.until(lambda: face.text == "one\ntwo\nthree")
            assert ann.desk.rooms.current.refusal.startswith("You are muted in 'lobby'")
            assert not ann.desk.rooms.current.log.pending
            await op.unmute("ann", "lobby")
            face.enter(face.text)
            await ann.until(lambda: "one\ntwo\nthree" in ann.texts())
            await ann.until(lambda: not ann.desk.rooms.current.refusal)

    asyncio.run(scene())


def test_what_is_said_to_somebody_known_who_is_away_waits_for_them(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with user(address, profile) as ann:
            face = BlindFace(ann.desk)
            await ann.until(lambda: ready(ann))
            async with connect(address, name="bob", device="b" * 24), connect(address, name="eve"):
                for name in ("bob", "eve"):
                    face.enter(f"/msg {name} hello")
                    await ann.until(partial(shows, ann, f"@{name}"))
                    await ann.until(lambda: not ann.desk.rooms.current.log.pending)
                here = [room for room in ann.desk.rooms if room.is_direct]
            for room in here:
                await ann.until(partial(ann.desk.company.unheard, room))
            told = {room.title: ann.desk.company.unheard(room) for room in here}
        assert told == {
            "@bob": "@bob is not here now, and will find this when they come back.",
            "@eve": "@eve is not here now and will not see this.",
        }

    asyncio.run(scene())
