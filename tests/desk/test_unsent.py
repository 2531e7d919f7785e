"""What was said and not committed is on disk, is sent once at the next start, and by one alone."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from hubbub.client import connect
from hubbub.desk.profile import Profile
from hubbub.desk.unsent import Journal, Kept, Unsent
from hubbub.testing import LocalServer, serving
from tests.desk.users import unsent_folder, user

ADDRESS = "127.0.0.1:1234"
PATIENCE_SECONDS = 60


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "unsent"


def journal(folder: Path, address: str = ADDRESS, name: str = "ann") -> Journal:
    return Journal(folder, address, name, tell=pytest.fail)


def said(text: str, room: str = "lobby") -> Unsent:
    return Unsent(f"nonce of {text}", room, text, at=1)


def texts_of(kept: Sequence[Kept]) -> list[str]:
    return [one.text for one in kept if isinstance(one, Unsent)]


def left_in(folder: Path) -> list[str]:
    """Take over what programs that are gone have left."""
    later = journal(folder)
    texts = texts_of(later.take_over())
    for unsent in later.kept:
        later.done(unsent.nonce)
    later.close()
    return texts


def test_what_is_not_done_waits_for_the_next_program_in_order(folder: Path) -> None:
    first = journal(folder)
    for text in ("one", "zwei\n✓", "three", "four"):
        first.add(said(text))
    first.done("nonce of one")
    first.done("nonce of three")
    first.close()
    assert left_in(folder) == ["zwei\n✓", "four"]
    assert left_in(folder) == [], "and for no other one"
    assert list(folder.iterdir()) == []


def test_a_journal_with_nothing_in_it_leaves_nothing_behind(folder: Path) -> None:
    one = journal(folder)
    for _ in range(3):
        one.add(said("hello"))
        one.done("nonce of hello")
    assert [path.stat().st_size for path in folder.glob("*.jsonl")] == [0]
    one.close()
    assert list(folder.iterdir()) == []


def test_a_program_that_lives_keeps_its_journal(folder: Path) -> None:
    first, second = journal(folder), journal(folder)
    first.add(said("mine"))
    second.add(said("also mine"))
    assert second.take_over() == []
    assert first.take_over() == []
    second.close()
    assert texts_of(first.take_over()) == ["also mine"]
    assert texts_of(first.kept) == ["mine", "also mine"]
    first.close()


def test_other_servers_and_other_names_have_nothing_to_do_with_it(folder: Path) -> None:
    one = journal(folder)
    one.add(said("for one server, under one name"))
    one.close()
    for address, name in ((ADDRESS, "bob"), ("127.0.0.1:1235", "ann")):
        assert journal(folder, address, name).take_over() == []
    bobs = journal(folder, name="bob")
    bobs.take_over()
    assert bobs.others == {"ann": 1}, "whom one can tell about it"
    same = journal(folder, name="ANN")
    assert len(same.take_over()) == 1
    assert not same.others
    same.close()


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_torn_last_line_is_of_a_text_that_was_not_sent(folder: Path, cut: int) -> None:
    one = journal(folder)
    one.add(said("whole"))
    one.add(said("torn, which takes more bytes than are cut off here: so many"))
    one.close()
    (path,) = folder.glob("*.jsonl")
    path.write_bytes(path.read_bytes()[:-cut])
    texts = left_in(folder)
    assert texts[0] == "whole"
    assert len(texts) == (2 if cut == 1 else 1), "a line without its end is whole by itself"


def test_what_is_no_journal_is_left_alone(folder: Path) -> None:
    folder.mkdir()
    for name, raw in {"a": b"", "b": b"\xff\n[", "c": b'{"unsent": 7}\n'}.items():
        (folder / f"{name}.jsonl").write_bytes(raw)
    (folder / "d.jsonl").mkdir()
    assert left_in(folder) == []
    assert len(list(folder.glob("*.jsonl"))) == 4


@pytest.mark.skipif(os.name != "posix", reason="other systems keep a user's files by other means")
def test_only_the_user_can_read_it(folder: Path) -> None:
    one = journal(folder)
    one.add(said("for nobody else"))
    (path,) = folder.glob("*.jsonl")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    one.close()


def test_a_disk_that_takes_nothing_is_told_once_and_the_chat_goes_on(tmp_path: Path) -> None:
    (tmp_path / "unsent").write_text("a file is in the way")
    told: list[str] = []
    one = Journal(tmp_path / "unsent", ADDRESS, "ann", tell=told.append)
    assert one.take_over() == []
    for text in ("one", "two"):
        one.add(said(text))
    one.done("nonce of one")
    one.close()
    (sentence,) = told
    assert "cannot be kept" in sentence


def bytes_in(folder: Path) -> int:
    """Return how much is kept there."""
    return sum(path.stat().st_size for path in folder.glob("*.jsonl"))


# At a desk.


def test_what_was_left_is_sent_before_what_is_said_next(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    earlier = journal(unsent_folder(profile), hubbub_server.address)
    for text in ("one", "two"):
        earlier.add(said(text))
    earlier.add(said("soup", room="kitchen"))
    earlier.close()

    async def scene() -> None:
        async with user(hubbub_server.address, profile) as ann:
            ann.desk.posting.say(ann.desk.rooms.current, "three")
            await ann.until(lambda: ann.texts() == ["one", "two", "three"])
            await ann.until(lambda: ann.desk.rooms.get("kitchen"))
            kitchen = ann.desk.rooms.get("kitchen")
            await ann.until(lambda: ann.texts(kitchen) == ["soup"])
            await ann.until(lambda: not bytes_in(unsent_folder(profile)))
        async with user(hubbub_server.address, profile) as ann:
            await ann.until(lambda: ann.texts() == ["one", "two", "three"])

    asyncio.run(scene())


def test_what_was_committed_is_neither_sent_again_nor_a_draft(
    hubbub_server: LocalServer, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer was lost: the program was killed before it could note that the text is done."""

    async def scene() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(Journal, "done", lambda *_: None)
            async with user(hubbub_server.address, profile) as ann:
                room = ann.desk.rooms.current
                ann.desk.posting.say(room, "hello")
                await ann.until(lambda: room.filled and not room.log.pending)
        async with connect(hubbub_server.address, name="bob") as bob:
            for number in range(300):  # more than is read when a room is entered
                await bob.say(f"{number}")
        async with user(hubbub_server.address, profile) as ann:
            room = ann.desk.rooms.current
            await ann.until(lambda: room.filled and not bytes_in(unsent_folder(profile)))
            assert not room.draft.text
            assert not room.log.pending
        async with connect(hubbub_server.address, name="bob") as bob:
            page = await bob.history("lobby", after=0, limit=200)
            assert [one.text for one in page.messages if one.sender == "ann"] == ["hello"]

    asyncio.run(scene())


def test_what_was_refused_becomes_a_draft_and_is_not_sent_again(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        async with user(hubbub_server.address, profile) as ann:
            room = ann.desk.rooms.current
            ann.desk.posting.say(room, "x" * 70_000)
            await ann.until(lambda: any(one.refused for one in room.log.pending))
            ann.desk.posting.forget(ann.desk.posting.end(ann.desk.rooms))
            assert room.draft.text == "x" * 70_000
        assert list(unsent_folder(profile).iterdir()) == []

    asyncio.run(scene())


def test_a_private_text_waits_until_the_other_one_is_here(
    hubbub_server: LocalServer, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob"), user(address, profile) as ann:
            await ann.until(lambda: ann.desk.rooms.current.filled)
            room = await ann.desk.direct("bob")

            async def never(*_: object, **__: object) -> None:
                await asyncio.Event().wait()

            monkeypatch.setattr(ann.desk.chat, "say", never)
            ann.desk.posting.say(room, "psst")
        async with user(hubbub_server.address, profile) as ann:
            await ann.until(lambda: any("is sent when they are here" in one for one in ann.texts()))
            async with connect(hubbub_server.address, name="bob") as bob:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    async for event in bob:
                        if getattr(event, "text", "") == "psst":
                            break
        async with connect(hubbub_server.address, name="cy") as cy:
            assert not (await cy.history("lobby")).messages

    asyncio.run(scene())


CLIENT = """
import asyncio, sys
from pathlib import Path
from hubbub.desk.desk import Desk
from hubbub.desk.opening import Opening
from hubbub.desk.profile import Profile

async def main(address, folder, *texts):
    profile = Profile.load(Path(folder) / "profile.json")
    desk = Desk(Opening(address=address), "ann", profile, lambda *_: False,
                stirred=lambda: None, alert=lambda *_: None)
    running = asyncio.create_task(desk.run())
    while not desk.rooms.current.filled:
        await asyncio.sleep(0.01)
    print("in", flush=True)
    for line in iter(sys.stdin.readline, ""):
        desk.posting.say(desk.rooms.current, line.rstrip("\\n"))
        await asyncio.sleep(0)
        print("said", flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


def test_what_a_killed_program_left_unsent_is_sent_once(tmp_path: Path) -> None:
    texts = [f"text {number}" for number in range(20)]
    with serving() as server:
        client = subprocess.Popen(
            [sys.executable, "-c", CLIENT, server.address, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert client.stdin is not None
        assert client.stdout is not None
        try:
            assert client.stdout.readline() == "in\n"
            for (
                text
            ) in texts:  # its loop stands still meanwhile, so some are sent, and none is done
                client.stdin.write(f"{text}\n")
                client.stdin.flush()
                assert client.stdout.readline() == "said\n"
        finally:
            client.send_signal(signal.SIGKILL)
            client.wait(PATIENCE_SECONDS)
            client.stdin.close()
            client.stdout.close()

        async def scene() -> None:
            profile = Profile.load(tmp_path / "profile.json")
            async with user(server.address, profile) as ann:
                await ann.until(lambda: ann.texts() == texts)
                await ann.until(lambda: not bytes_in(unsent_folder(profile)))

        asyncio.run(scene())
