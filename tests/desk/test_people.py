"""The user as a person at a real server: markers, claiming, devices and power."""

import asyncio
from pathlib import Path

import pytest

from hubbub.chat.errors import Unreachable
from hubbub.chat.roles import Kind, Role
from hubbub.client import connect
from hubbub.desk.devices import _keep, _path
from hubbub.desk.profile import Profile
from hubbub.desk.verbs import VERBS
from hubbub.hub.rules.rights import Act, least
from hubbub.testing import LocalServer

from .faces import BlindFace
from .users import User, done, offered, ready, say, user

PASSWORD = "four words of mine"


def test_what_was_read_in_one_program_is_read_in_the_other_and_after_a_restart(
    hubbub_server: LocalServer, profile: Profile, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with user(address, profile) as one, user(address, profile) as other:
            await one.until(lambda: ready(one))
            await other.until(lambda: ready(other))
            other.desk.look(looking=False)
            await say(address, "first", "second")
            await other.until(lambda: "second" in other.texts())
            await one.until(lambda: "second" in one.texts())
            await other.until(lambda: other.desk.rooms.current.unread == 0)
            assert other.desk.rooms.current.seen == one.desk.rooms.current.seen
        elsewhere = Profile.load(tmp_path / "elsewhere" / "profile.json")
        secret = profile.devices.known(address, "ann")
        copied = _path(tmp_path / "elsewhere" / "devices", address, "ann")
        copied.parent.mkdir(parents=True)
        _keep(secret, copied)
        async with user(address, elsewhere) as again:
            again.desk.look(looking=False)
            await say(address, "third")
            await again.until(lambda: "third" in again.texts())
            assert again.desk.rooms.current.unread == 1

    asyncio.run(scene())


def test_a_name_is_claimed_and_whoever_logs_in_elsewhere_goes_on_as_that_person(
    hubbub_server: LocalServer, profile: Profile, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with user(address, profile) as ann:
            face = BlindFace(ann.desk)
            await ann.until(lambda: ready(ann))
            face.enter(f"/register {PASSWORD}")
            await done(ann, "Type /register alone")
            face.answers = [[(PASSWORD, "another"), ("short", "short"), (PASSWORD, PASSWORD)]]
            face.enter("/register")
            await done(ann, "is yours for good")
            assert [one.split(".")[0] for one in face.told[1:2]] == [
                "The two passwords are not the same"
            ]
        elsewhere = Profile.load(tmp_path / "elsewhere" / "profile.json")
        one = User(address, elsewhere, "somebody", None)
        running = asyncio.create_task(one.desk.run())
        face = BlindFace(one.desk)
        await one.until(lambda: ready(one))
        secret = elsewhere.devices.known(address, "somebody")
        face.answers = [[("wrong",), (PASSWORD,)]]
        face.enter("/login ann")
        async with asyncio.timeout(20):
            await running
        assert any("wrong" in told for told in face.told)
        assert one.desk.identity.successor == "ann"
        assert elsewhere.devices.known(address, "ann") == secret
        assert elsewhere.devices.known(address, "somebody") == ""
        async with user(address, elsewhere) as again:
            await again.until(lambda: ready(again))
            assert again.desk.chat.person is not None
            assert again.desk.chat.person.kind == "member"

    asyncio.run(scene())


def test_a_device_that_logs_out_keeps_nothing(
    hubbub_server: LocalServer, profile: Profile, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        ann = User(address, profile, "ann", None)
        running = asyncio.create_task(ann.desk.run())
        face = BlindFace(ann.desk)
        await ann.until(lambda: ready(ann))
        ann.desk.memory.drafts["lobby"] = "a secret draft"
        profile.name = "ann"
        profile.save()
        face.enter("/logout")
        await ann.until(lambda: face.asked)
        face.asked[0].set_result(True)
        with pytest.raises(Unreachable) as ended:
            async with asyncio.timeout(20):
                await running
        assert ended.value.code == "logged_out"
        ann.desk.remember()
        profile.save()
        assert profile.devices.known(address, "ann") == ""

    asyncio.run(scene())
    kept = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any("ann" in text or "secret draft" in text for text in kept)


def test_a_device_is_linked_after_a_question_and_can_be_logged_out(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with user(address, profile) as ann:
            face = BlindFace(ann.desk)
            await ann.until(lambda: ready(ann))
            face.enter("/link")
            await done(ann, "Type on the other device")
            code = next(text for text in ann.texts() if "/link" in text).split("/link ")[1][:9]
            async with connect(address, name="tv", device="t" * 24) as tv:
                linking = asyncio.create_task(tv.link(code, label="the tv"))
                await ann.until(lambda: face.asked)
                assert "'the tv' typed the code" in face.told[-1]
                face.asked[0].set_result(True)
                await linking
                assert tv.person == ann.desk.chat.person
                face.picks = [1]
                face.enter("/devices")
                await ann.until(lambda: len(face.asked) == 2)
                assert any("(this one)" in one for one in face.told), face.told
                face.asked[1].set_result(True)
                await done(ann, "'the tv' is logged out")

    asyncio.run(scene())


def test_acts_of_power_are_offered_to_whoever_may_do_them_and_done(
    hubbub_server: LocalServer, profile: Profile, tmp_path: Path
) -> None:
    power = {"kick", "ban", "mute", "lock", "slow", "bans"}

    async def scene() -> None:
        address = hubbub_server.address
        elsewhere = Profile.load(tmp_path / "elsewhere" / "profile.json")
        async with user(address, profile) as op:
            await op.until(lambda: power | {"door"} <= offered(op))  # the first on this machine
            async with user(address, elsewhere, "eve") as eve:
                await eve.until(lambda: ready(eve))
                await powers(op, eve)

    async def powers(op: User, eve: User) -> None:
        face, eves = BlindFace(op.desk), BlindFace(eve.desk)
        assert not (power | {"door", "invitation", "password"}) & offered(eve)
        eves.enter("/kick ann")
        await done(eve, "Only moderators")
        assert "/kick ann" in eves.draft.text
        face.enter("/mute eve 10m too loud")
        await done(op, "'eve' is muted in lobby for 10 minutes")
        face.picks = [0]
        face.enter("/bans")
        await op.until(lambda: face.asked)
        face.asked[0].set_result(True)
        await done(op, "'eve' may write in lobby again")
        face.enter("/rules read-only on")
        await done(op, "#lobby is read-only now")
        face.enter("/rules")
        await done(op, "#lobby: read-only.")
        face.enter("/appoint eve moderator")
        await done(op, "'eve' is moderator in lobby now")
        await eve.until(lambda: power <= offered(eve))
        assert "door" not in offered(eve)
        face.enter("/appoint eve none")
        await eve.until(lambda: not power & offered(eve))
        face.enter("/kick eve calm down")
        await done(eve, "calm down")

    asyncio.run(scene())


def test_private_rooms_of_people_who_are_known_are_in_the_list_again(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob", device="b" * 24) as bob:
            async with user(address, profile) as ann:
                face = BlindFace(ann.desk)
                await ann.until(lambda: ready(ann))
                face.enter("/msg bob hello")
                await ann.until(lambda: ann.desk.rooms.current.title == "@bob")
                await ann.until(lambda: ann.texts() == ["hello"])
                await ann.until(lambda: not ann.desk.rooms.current.log.pending)
                ann.desk.remember()
                profile.save()
            await bob.direct("ann")
            await bob.say("are you there?")
        again = Profile.load(profile._path)
        async with user(address, again) as ann:
            await ann.until(lambda: len(ann.desk.rooms) == 2)
            room = next(room for room in ann.desk.rooms if room.is_direct)
            await ann.until(lambda: room.unread == 1)
            assert ann.texts(room) == ["hello", "are you there?"]
            assert not room.log.pending

    asyncio.run(scene())


def test_the_other_programs_of_a_device_that_is_logged_in_elsewhere_go_on_as_that_person(
    hubbub_server: LocalServer, profile: Profile, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="ann", device="a" * 24) as ann:
            await ann.register(PASSWORD)
        one, other = (User(address, profile, "somebody", None) for _ in range(2))
        running = [asyncio.create_task(each.desk.run()) for each in (one, other)]
        await one.until(lambda: ready(one))
        await other.until(lambda: ready(other))
        face = BlindFace(one.desk)
        face.answers = [[(PASSWORD,)]]
        face.enter("/login ann")
        async with asyncio.timeout(30):
            await asyncio.gather(*running)
        assert [each.desk.identity.successor for each in (one, other)] == ["ann", "ann"]

    asyncio.run(scene())


ACTS = {
    "reply": Act.SAY,
    "me": Act.SAY,
    "ignore": Act.SETTINGS,
    "unignore": Act.SETTINGS,
    "edit": Act.EDIT,
    "delete": Act.DELETE,
    "react": Act.REACT,
    "report": Act.REPORT,
    "kick": Act.KICK,
    "ban": Act.BAN,
    "unban": Act.BAN,
    "mute": Act.MUTE,
    "unmute": Act.MUTE,
    "bans": Act.BAN,
    "lock": Act.LOCK,
    "unlock": Act.LOCK,
    "slow": Act.SLOW,
    "appoint": Act.MODERATORS,
    "title": Act.RENAME,
    "webhook": Act.WEBHOOKS,
    "webhooks": Act.WEBHOOKS,
    "invite": Act.INVITE,
    "door": Act.LOCK_DOOR,
    "access": Act.ACCESS,
    "audit": Act.SEE_AUDIT,
    "hold": Act.HOLD_TALK,
    "recovery": Act.RECOVER,
    "invitations": Act.INVITE,
    "reports": Act.SEE_REPORTS,
    "invitation": Act.INVITE,
    "private": Act.PRIVATE,
    "delete-room": Act.DELETE_ROOM,
    "register": Act.CLAIM,
    "devices": Act.OWN_DEVICES,
    "logout": Act.OWN_DEVICES,
    "forget": Act.OWN_DEVICES,
}
ROOMS = [kind for kind in Kind if kind is not Kind.CHATROOM]


def test_what_is_offered_follows_the_table_of_rights() -> None:
    verbs = {verb.name: verb for verb in VERBS}
    for name, act in ACTS.items():
        verb = verbs[name]
        if not verb.of_room:
            assert verb.needs is least(act, [Kind.CHATROOM]), name
            continue
        for kind in ROOMS:
            needed = least(act, [kind])
            if kind is Kind.PRIVATE and needed is Role.GUEST:
                continue  # its members are known: nobody else sees it
            assert verb.least([kind]) is needed, (name, kind)
    powerful = {verb.name for verb in VERBS if verb.needs >= Role.MODERATOR}
    assert powerful <= ACTS.keys()
