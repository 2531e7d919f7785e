"""Edits, deletions and reactions survive a kill and a loss, and overwrite nothing newer."""

import asyncio
import json
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from msgspec import convert

from hubbub.chat.events import Message
from hubbub.desk.changes import WAITS, sort_out
from hubbub.desk.profile import Profile
from hubbub.desk.told import DELAYED
from hubbub.desk.unsent import AnyChange, Change
from hubbub.testing import LocalServer, serving
from tests.desk.faces import BlindFace
from tests.desk.test_unsent import bytes_in
from tests.desk.users import User, unsent_folder, user
from tests.moody import MoodyLog

PATIENCE_SECONDS = 60
NEVER = 1_000_000


TABLE = Path(__file__).parents[1] / "golden" / "tables" / "changes.json"


@pytest.mark.parametrize(
    "case", [pytest.param(one, id=one["title"]) for one in json.loads(TABLE.read_text("utf-8"))]
)
def test_what_is_made_once_more_overwrites_nothing_newer(case: dict[str, Any]) -> None:
    changes = [
        Change(str(place), convert(one["command"], AnyChange), one["saidAt"], one["edits"])
        for place, one in enumerate(case["changes"])
    ]
    reads = case["reads"] and convert(case["reads"], Message)
    due, dropped = sort_out(reads, changes, "Ann")
    assert [int(one.nonce) for one in due] == case["due"]
    assert [int(one.nonce) for one in dropped] == case["dropped"]


CLIENT = """
import asyncio, sys
from pathlib import Path
from hubbub.desk.desk import Desk
from hubbub.desk.opening import Opening
from hubbub.desk.profile import Profile

async def main(address, folder):
    profile = Profile.load(Path(folder) / "profile.json")
    desk = Desk(Opening(address=address), "ann", profile, lambda *_: False,
                stirred=lambda: None, alert=lambda *_: None)
    running = asyncio.create_task(desk.run())
    while not desk.rooms.current.filled:
        await asyncio.sleep(0.01)
    for text in ("one", "two", "three"):
        await desk.chat.say(text)
    while len(desk.replica(desk.rooms.current).messages) < 3:
        await asyncio.sleep(0.01)
    print("said", flush=True)
    sys.stdin.readline()
    first, second, third = desk.replica(desk.rooms.current).messages
    changes = desk.changes
    desk.attempt(changes.edit(first, "one, edited"))
    desk.attempt(changes.edit(first, "one, edited twice"))
    desk.attempt(changes.delete(second))
    desk.attempt(changes.react(third, "+1", on=True))
    await asyncio.sleep(0)
    print("changed", flush=True)
    await running

asyncio.run(main(*sys.argv[1:]))
"""


def change_and_be_killed(address: str, folder: Path, log: MoodyLog) -> None:
    """Kill a program that has said three things and is changing all of them."""
    client = subprocess.Popen(
        [sys.executable, "-c", CLIENT, address, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert client.stdin is not None
    assert client.stdout is not None
    try:
        assert client.stdout.readline() == "said\n"
        log.failing_writes = range(NEVER)
        client.stdin.write("go on\n")
        client.stdin.flush()
        assert client.stdout.readline() == "changed\n"
    finally:
        client.send_signal(signal.SIGKILL)
        client.wait(PATIENCE_SECONDS)
        client.stdin.close()
        client.stdout.close()
    # What it had sent is acted on before its end is noticed: until then, nothing may be written.
    wait_until_gone(address)
    log.failing_writes = ()


def wait_until_gone(address: str) -> None:
    """Wait until nobody is connected to the server at `address` any more."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        with urllib.request.urlopen(f"http://{address}/metrics") as answer:
            if b'hubbub_sessions{kind="event"} 0.0\n' in answer.read():
                return
        assert time.monotonic() < deadline, "The killed program is still connected."
        time.sleep(0.01)


async def changed(ann: User, profile: Profile) -> None:
    """Wait until nothing is left to be changed."""
    await ann.until(lambda: ann.desk.rooms.current.filled and not bytes_in(unsent_folder(profile)))


def test_what_a_killed_program_was_changing_is_changed_at_the_next_start(tmp_path: Path) -> None:
    log = MoodyLog()

    async def scene(address: str) -> None:
        profile = Profile.load(tmp_path / "profile.json")
        async with user(address, profile) as ann:
            await changed(ann, profile)
            await ann.until(lambda: ann.texts() == ["one, edited twice", "", "three"])
            page = await ann.desk.chat.history("lobby")
            assert page.messages[1].deleted
            assert page.messages[2].reactions == {"+1": ["ann"]}
        assert list(unsent_folder(profile).iterdir()) == []

    with serving(log=log) as server:
        change_and_be_killed(server.address, tmp_path, log)
        asyncio.run(scene(server.address))


def test_what_was_edited_elsewhere_meanwhile_stays_and_the_user_is_told(tmp_path: Path) -> None:
    log = MoodyLog()

    async def elsewhere(address: str, folder: Path) -> None:
        async with user(address, Profile.load(folder / "profile.json")) as ann:
            await ann.until(lambda: ann.desk.rooms.current.filled)
            for one in (await ann.desk.chat.history("lobby")).messages[:2]:
                await ann.desk.chat.edit("lobby", one.seq, f"{one.text}, from elsewhere")

    async def scene(address: str) -> None:
        profile = Profile.load(tmp_path / "profile.json")
        async with user(address, profile) as ann:
            await changed(ann, profile)
            told = "\n".join(ann.texts())
            assert "An edit of yours was not made, which read: one, edited twice\n" in told
            assert "A message that you deleted is still there." in told
            texts = [one.text for one in (await ann.desk.chat.history("lobby")).messages]
            assert texts == ["one, from elsewhere", "two, from elsewhere", "three"]

    with serving(log=log) as server:
        change_and_be_killed(server.address, tmp_path, log)
        # Another machine of the user, which has not the killed program's journal.
        folder = tmp_path / "other"
        folder.mkdir()
        for path in list(tmp_path.iterdir()):
            if path.name not in ("unsent", folder.name):
                path.rename(folder / path.name)
        asyncio.run(elsewhere(server.address, folder))
        for path in list(folder.iterdir()):
            path.rename(tmp_path / path.name)
        asyncio.run(scene(server.address))


def test_what_is_changed_without_a_connection_is_changed_when_it_is_back(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        async with user(hubbub_server.address, profile) as ann:
            room = ann.desk.rooms.current
            await ann.until(lambda: room.filled)
            for text in ("one", "two"):
                ann.desk.posting.say(room, text)
            await ann.until(lambda: ann.texts() == ["one", "two"] and not room.log.pending)
            first, second = ann.desk.chat.replicas["lobby"].messages
            connection = ann.desk.chat._driver._connection
            assert connection is not None
            connection.abort(returning=True)
            await ann.until(lambda: not ann.desk.link.is_live)
            await ann.desk.changes.edit(first, "one, edited")
            await ann.desk.changes.edit(first, "one, edited twice")
            await ann.desk.changes.delete(second)
            assert WAITS in ann.texts()
            await ann.until(lambda: ann.desk.link.is_live)
            await changed(ann, profile)
            said = [one.text for one in (await ann.desk.chat.history("lobby")).messages]
            assert said == ["one, edited twice", ""]

    asyncio.run(scene())


def test_a_change_under_way_when_the_user_quits_is_no_draft_and_is_made_at_the_next_start(
    tmp_path: Path,
) -> None:
    log = MoodyLog()

    async def scene(address: str) -> None:
        profile = Profile.load(tmp_path / "profile.json")
        async with user(address, profile) as ann:
            room = ann.desk.rooms.current
            ann.desk.posting.say(room, "one")
            await ann.until(lambda: ann.texts() == ["one"] and not room.log.pending)
            log.failing_writes = range(NEVER)
            face = BlindFace(ann.desk)
            face.do("edit")
            face.enter("one, edited")
            await ann.until(lambda: DELAYED in ann.texts())
        assert (room.draft.text, face.text) == ("", "")
        log.failing_writes = ()
        async with user(address, profile) as ann:
            await changed(ann, profile)
            await ann.until(lambda: ann.texts() == ["one, edited"])

    with serving(log=log) as server:
        asyncio.run(scene(server.address))


def test_a_change_that_is_refused_for_good_is_not_kept(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        async with user(hubbub_server.address, profile) as ann:
            room = ann.desk.rooms.current
            ann.desk.posting.say(room, "one")
            await ann.until(lambda: ann.texts() == ["one"] and not room.log.pending)
            (first,) = ann.desk.chat.replicas["lobby"].messages
            ann.desk.attempt(ann.desk.changes.edit(first, "x" * 70_000))
            await ann.until(lambda: any("70000 bytes" in text for text in ann.texts()))
            assert not bytes_in(unsent_folder(profile))

    asyncio.run(scene())
