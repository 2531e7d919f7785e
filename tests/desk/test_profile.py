"""What is remembered between runs, by one program and by several at once."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import platformdirs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.client import parse_address
from hubbub.client.nodes import Nodes
from hubbub.desk import profile as profiles
from hubbub.desk.profile import SERVERS_MAX, Profile, Remembered

HOME = "127.0.0.1:1234"
ROOMS = st.sampled_from(["lobby", "dev", "ops", "fun"])
REMEMBERED = st.builds(
    Remembered,
    rooms=st.lists(ROOMS, unique=True),
    room=st.none() | ROOMS,
    seen=st.dictionaries(ROOMS, st.integers(0, 9)),
    drafts=st.dictionaries(ROOMS, st.sampled_from(["a", "b", "c"])),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "profile.json"


def put(profile: Profile, what: Remembered, address: str = HOME) -> None:
    """Have a program remember this of a server, and save it."""
    known = profile.server(address)
    for field in what.__struct_fields__:
        setattr(known, field, getattr(what, field))
    assert profile.save() is None


def kept(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def test_what_was_saved_is_there_again(path: Path) -> None:
    profile = Profile.load(path)
    assert (profile.name, profile.theme, profile.notice) == (None, None, "")
    assert profile.server(HOME) == Remembered()
    profile.name, profile.theme = "Änn", "light"
    what = Remembered(
        rooms=["lobby", "dev"], room="dev", seen={"dev": 7}, drafts={"dev": "so\n\ud83d"}
    )
    put(profile, what)
    again = Profile.load(path)
    assert (again.name, again.theme, again.notice) == ("Änn", "light", "")
    what.drafts = {"dev": "so\n?"}  # half a character cannot be kept, nor may it do harm
    assert again.server(HOME) == what


def test_the_file_is_the_users_own_and_no_other_is_left_beside_it(path: Path) -> None:
    for _ in range(2):
        assert Profile.load(path).save() is None
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert {one.name for one in path.parent.iterdir()} <= {path.name, "profile.json.lock"}


def test_its_place_is_the_users_folder_for_such_things(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platformdirs, "user_state_path", lambda program: tmp_path / program)
    profile = Profile.load()
    profile.name = "ann"
    assert profile.save() is None
    assert kept(tmp_path / "hubbub" / "profile.json")["name"] == "ann"


# Several programs at once.


def test_each_program_writes_only_what_it_changed(path: Path) -> None:
    before = Remembered(
        rooms=["lobby", "dev"], room="dev", seen={"lobby": 3, "dev": 5}, drafts={"dev": "x"}
    )
    put(Profile.load(path), before)
    one, other = Profile.load(path), Profile.load(path)
    one.name, other.theme = "ann", "dark"
    put(one, Remembered(["lobby", "dev", "ops"], "ops", {"lobby": 9, "dev": 5}, {"ops": "new"}))
    put(other, Remembered(["lobby", "fun"], "dev", {"lobby": 4, "dev": 8}, {"dev": "x"}))
    after = Profile.load(path)
    assert (after.name, after.theme) == ("ann", "dark")
    assert after.server(HOME) == Remembered(
        ["lobby", "ops", "fun"], "ops", {"lobby": 9, "dev": 8}, {"ops": "new"}
    )


def test_what_others_wrote_stays_when_a_program_saves_again(path: Path) -> None:
    one, other = Profile.load(path), Profile.load(path)
    mine = Remembered(["lobby"], "lobby", {}, {"lobby": "mine"})
    put(one, mine)
    put(other, Remembered(["ops"], None, {}, {"ops": "theirs"}))
    put(one, mine)
    assert Profile.load(path).server(HOME) == Remembered(
        ["lobby", "ops"], "lobby", {}, {"lobby": "mine", "ops": "theirs"}
    )
    put(one, Remembered([], "lobby", {}, {}))
    assert Profile.load(path).server(HOME) == Remembered(["ops"], "lobby", {}, {"ops": "theirs"})


@given(base=REMEMBERED, mine=REMEMBERED, there=REMEMBERED)
def test_a_merge_keeps_what_only_one_side_changed(
    base: Remembered, mine: Remembered, there: Remembered
) -> None:
    merged = profiles._merged(base, mine, there)
    for room in ("lobby", "dev", "ops", "fun"):
        for holds in (_is_joined, _drafted):
            was, here, elsewhere = (holds(one, room) for one in (base, mine, there))
            assert holds(merged, room) == (elsewhere if here == was else here)
        read = [one.seen.get(room, 0) for one in (base, mine, there)]
        went_back = room in mine.seen and read[1] < read[0]
        assert merged.seen.get(room, 0) == (read[1] if went_back else max(read[1:]))
    assert merged.room == (there.room if mine.room == base.room else mine.room)
    assert len(set(merged.rooms)) == len(merged.rooms)


def _is_joined(one: Remembered, room: str) -> bool:
    return room in one.rooms


def _drafted(one: Remembered, room: str) -> str | None:
    return one.drafts.get(room)


@given(base=REMEMBERED, mine=REMEMBERED)
def test_alone_a_program_saves_rooms_and_drafts_as_they_are(
    base: Remembered, mine: Remembered
) -> None:
    merged = profiles._merged(base, mine, base)
    assert (merged.rooms, merged.room, merged.drafts) == (mine.rooms, mine.room, mine.drafts)


def test_programs_that_save_at_the_same_moment_lose_nothing(path: Path) -> None:
    sentences: list[str | None] = []

    def program(number: int) -> None:
        profile = Profile.load(path)
        for step in range(10):
            profile.server(f"10.0.0.{number}:1234").seen[f"room{step}"] = step + 1
            sentences.append(profile.save())

    programs = [threading.Thread(target=program, args=(number,)) for number in range(4)]
    for one in programs:
        one.start()
    for one in programs:
        one.join(60)
    assert set(sentences) == {None}
    after = Profile.load(path)
    for number in range(4):
        assert after.server(f"10.0.0.{number}:1234").seen == {f"room{n}": n + 1 for n in range(10)}


def test_the_servers_used_last_are_kept(path: Path) -> None:
    profile = Profile.load(path)
    for number in range(SERVERS_MAX):
        profile.server(f"10.0.0.{number}:1").room = "lobby"
    profile.save()
    again = Profile.load(path)
    again.server("10.0.0.0:1")
    again.server("10.0.1.1:1")
    again.save()
    servers = kept(path)["servers"]
    assert len(servers) == SERVERS_MAX
    assert "10.0.0.1:1" not in servers
    assert servers["10.0.0.0:1"] == {"room": "lobby"}
    assert list(servers)[-2:] == ["10.0.0.0:1", "10.0.1.1:1"]


# Files that are not as they should be.


def damage(path: Path, raw: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b'{"name": 1}',
        b'{"name": "\xff"}',
        b'{"servers": {"a": {"seen": 3}}}',
        b'{"version": "two"}',
        b'{"x":' + b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_set_aside_and_the_user_is_told(path: Path, raw: bytes) -> None:
    damage(path, raw)
    profile = Profile.load(path)
    aside = path.with_name("profile.json.damaged")
    assert str(aside) in profile.notice
    assert aside.read_bytes() == raw
    assert not path.exists()
    profile.name = "ann"
    assert profile.save() is None
    assert Profile.load(path).name == "ann"
    assert Profile.load(path).notice == ""


@given(raw=st.binary(max_size=40) | st.text('{}[]":,0name', max_size=20).map(str.encode))
def test_loading_never_fails(raw: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any" / "profile.json"
    damage(path, raw)
    profile = Profile.load(path)
    profile.server(HOME).room = "lobby"
    assert profile.save() is None
    assert Profile.load(path).server(HOME).room == "lobby"


def spoil(path: Path) -> None:
    path.write_bytes(b"{")


@pytest.mark.parametrize("loss", [Path.unlink, spoil])
def test_a_file_lost_meanwhile_is_written_again(path: Path, loss: Callable[[Path], None]) -> None:
    first = Profile.load(path)
    first.name = "ann"
    put(first, Remembered(rooms=["dev"]))
    put(first, Remembered(rooms=["ops"]), "other:1")
    profile = Profile.load(path)
    loss(path)
    put(profile, Remembered(["dev", "fun"]))
    again = Profile.load(path)
    assert again.name == "ann"
    assert again.server(HOME).rooms == ["dev", "fun"]
    assert again.server("other:1").rooms == ["ops"]


def test_passwords_are_kept_from_others_and_the_newest_counts(path: Path) -> None:
    put(Profile.load(path), Remembered(password="old"))
    mine, idle = Profile.load(path), Profile.load(path)
    put(mine, Remembered(password="new"))
    put(idle, Remembered(["dev"], password="old"))
    assert Profile.load(path).server(HOME) == Remembered(["dev"], password="new")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_newer_file_is_left_alone(path: Path) -> None:
    raw = b'{"version": 2, "name": ["ann", "lee"]}'
    damage(path, raw)
    profile = Profile.load(path)
    assert "newer hubbub" in profile.notice
    profile.name = "bob"
    assert profile.save() == profile.notice
    assert path.read_bytes() == raw


def test_what_a_later_version_adds_is_no_damage(path: Path) -> None:
    damage(path, b'{"name": "ann", "colour": "red"}')
    profile = Profile.load(path)
    assert (profile.name, profile.notice) == ("ann", "")


def test_a_folder_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    profile = Profile.load(tmp_path / "state" / "profile.json")
    assert "cannot be read" in profile.notice
    sentence = profile.save()
    assert sentence
    assert "cannot be saved" in sentence
    assert (tmp_path / "state").read_text() == "in the way"


def test_a_file_that_cannot_be_read_is_not_replaced(path: Path) -> None:
    path.mkdir(parents=True)
    profile = Profile.load(path)
    assert "cannot be read" in profile.notice
    assert "cannot be saved" in (profile.save() or "")
    assert path.is_dir()


def test_another_program_that_never_ends_saving_holds_nobody_up(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profiles, "LOCK_SECONDS", 0)
    profile = Profile.load(path)
    path.parent.mkdir()
    with profiles._locked(path):
        assert "cannot be saved" in (profile.save() or "")
    assert profile.save() is None


def test_what_is_kept_is_found_whatever_the_order_of_the_chatroom_s_addresses(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platformdirs.user_state_path", lambda _name: path.parent)
    first = Profile.load(path)
    Nodes(parse_address("n1")).learn(parse_address("n1"), ["n1:1234", "n2:1234"], locked=False)
    put(first, Remembered(password="rotu-mika"), first.chatroom(parse_address("n1,n2"), "ann"))
    device = first.devices.made(first.chatroom(parse_address("n1,n2"), "ann"), "ann")
    again = Profile.load(path)
    assert again.server("n2:1234") == Remembered()
    kept_as = again.chatroom(parse_address("n2,n1"), "ann")
    assert again.server(kept_as).password == "rotu-mika"
    assert again.devices.made(kept_as, "ann") == device
    assert again.chatroom(parse_address("n2"), "ann") == "n2:1234", "it has not said that it is one"
    assert again.chatroom(parse_address("n3,n1"), "ann") == "n3:1234", "it is nowhere named"


def test_a_chatroom_that_is_known_under_its_own_address_stays_what_it_is(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platformdirs.user_state_path", lambda _name: path.parent)
    profile = Profile.load(path)
    Nodes(parse_address("n1")).learn(parse_address("n1"), ["n2:1234"], locked=False)
    for address in ("n1:1234", "n2:1234"):
        put(profile, Remembered(room="dev"), address)
    assert profile.chatroom(parse_address("n2,n1")) == "n2:1234"
    Nodes(parse_address("m1")).learn(parse_address("m1"), ["m2:1234"], locked=False)
    put(profile, Remembered(room="dev"), "m1:1234")
    profile.devices.made("m2:1234", "ann")
    assert profile.chatroom(parse_address("m2,m1"), "ann") == "m2:1234"
    assert profile.chatroom(parse_address("m2,m1"), "bob") == "m1:1234"
