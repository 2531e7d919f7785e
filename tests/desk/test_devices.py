"""By its device a server knows the user again, in all programs of theirs."""

import asyncio
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hubbub.desk.devices import Devices
from hubbub.desk.profile import Profile
from hubbub.testing import LocalServer
from tests.desk.users import user

ADDRESS = "127.0.0.1:1234"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "devices"


def test_the_secret_is_made_once_and_is_the_same_for_all_spellings_of_a_name(folder: Path) -> None:
    assert Devices(folder).known(ADDRESS, "ann lee") == ""
    secret = Devices(folder).made(ADDRESS, "Ann  Lee")
    assert len(secret) >= 22
    assert Devices(folder).made(ADDRESS, "ann lee") == secret
    assert Devices(folder).known(ADDRESS, "ANN LEE") == secret


def test_other_servers_and_other_names_have_another_secret(folder: Path) -> None:
    made = {
        Devices(folder).made(ADDRESS, "ann"),
        Devices(folder).made(ADDRESS, "bob"),
        Devices(folder).made("127.0.0.1:1235", "ann"),
    }
    assert len(made) == 3


def test_programs_that_start_at_once_are_one_device(folder: Path) -> None:
    with ThreadPoolExecutor(8) as programs:
        made = set(programs.map(lambda _: Devices(folder).made(ADDRESS, "ann"), range(32)))
    assert made == {Devices(folder).known(ADDRESS, "ann")}


def test_nobody_else_can_read_it(folder: Path) -> None:
    Devices(folder).made(ADDRESS, "ann")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir() if path.stat().st_size}
    assert modes == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_file_that_holds_no_secret_is_replaced(folder: Path) -> None:
    Devices(folder).made(ADDRESS, "ann")
    (file,) = (path for path in folder.iterdir() if path.stat().st_size)
    file.write_bytes(b"\xff\x00 no secret")
    secret = Devices(folder).made(ADDRESS, "ann")
    assert len(secret) >= 22
    assert Devices(folder).known(ADDRESS, "ann") == secret


def test_a_disk_that_takes_nothing_does_no_harm(folder: Path) -> None:
    folder.write_text("in the way")
    assert len(Devices(folder).made(ADDRESS, "ann")) >= 22
    assert Devices(folder).known(ADDRESS, "ann") == ""


def test_a_forgotten_device_is_a_strangers_at_its_next_visit(folder: Path) -> None:
    secret = Devices(folder).made(ADDRESS, "ann")
    Devices(folder).forget(ADDRESS, "ann")
    assert Devices(folder).known(ADDRESS, "ann") == ""
    assert Devices(folder).made(ADDRESS, "ann") != secret


def test_two_programs_of_one_user_are_one_person(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        path = tmp_path / "profile.json"
        async with user(hubbub_server.address, Profile.load(path)) as one:
            await one.until(lambda: one.desk.rooms.current.filled)
            async with user(hubbub_server.address, Profile.load(path)) as two:
                await two.until(lambda: two.desk.rooms.current.filled)
                assert two.desk.chat.person is not None
                assert two.desk.chat.person == one.desk.chat.person
                one.desk.posting.say(one.desk.rooms.current, "from one")
                await two.until(lambda: "from one" in two.texts())
                two.desk.posting.say(two.desk.rooms.current, "from two")
                await one.until(lambda: "from two" in one.texts())
                assert one.desk.rooms.current.unread == 0

    asyncio.run(scene())
