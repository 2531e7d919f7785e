"""What is noted of a side-car that runs: for its user alone, whatever others put there."""

import os
import stat
import sys
from pathlib import Path

import pytest

from hubbub.chat.errors import HubbubError
from hubbub.client import parse_address
from hubbub.sidecar.noted import Note, Noted

HERE = parse_address("192.0.2.2")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there, folders have no modes")


@pytest.fixture
def note(tmp_path: Path) -> Note:
    """Return the note of a side-car that this test is."""
    one = Note(HERE, tmp_path / "side-cars")
    assert one.claim()
    return one


def test_only_its_user_can_read_it(note: Note) -> None:
    mask = os.umask(0)
    try:
        note.write(Noted(20080, "secret"))
    finally:
        os.umask(mask)
    assert stat.S_IMODE(note.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(note.path.parent.stat().st_mode) == 0o700
    assert note.read() == Noted(20080, "secret")


def test_there_is_one_side_car_for_each_chatroom(note: Note) -> None:
    folder = note.path.parent
    assert not Note(HERE, folder).claim()
    assert Note(parse_address("192.0.2.2:1235"), folder).claim()
    note.release(20080)
    assert Note(HERE, folder).claim()


def test_this_machine_is_one_chatroom_however_it_is_written(tmp_path: Path) -> None:
    names = {Note(parse_address(one), tmp_path).path for one in ("", "localhost", "127.0.0.1:1234")}
    assert len(names) == 1


def test_of_one_that_ended_only_the_port_is_remembered(note: Note) -> None:
    note.write(Noted(20080, "secret"))
    note.release(20080)
    assert b"secret" not in note.path.read_bytes()
    assert note.read() == Noted(20080)


def test_a_link_in_place_of_the_note_is_neither_read_nor_written_to(
    note: Note, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "of-somebody-else"
    elsewhere.write_text('{"port": 1, "secret": "theirs"}')
    elsewhere.chmod(0o600)
    for place in (note.path, note.path.with_suffix(".new")):
        place.symlink_to(elsewhere)
    assert note.read() is None
    note.write(Noted(20080, "secret"))
    assert "theirs" in elsewhere.read_text()
    assert not note.path.is_symlink()
    assert note.read() == Noted(20080, "secret")


def test_a_note_that_others_could_have_written_counts_for_nothing(note: Note) -> None:
    note.write(Noted(20080, "secret"))
    note.path.chmod(0o620)
    assert note.read() is None


@pytest.mark.parametrize("written", [b"", b"{", b"[]", b'{"port": "x"}', b"\xff" * 10_000])
def test_a_damaged_note_is_none(note: Note, written: bytes) -> None:
    note.write(Noted(1))
    note.path.write_bytes(written)
    assert note.read() is None


def test_a_note_that_is_a_folder_is_told(note: Note) -> None:
    note.path.mkdir()
    assert note.read() is None
    with pytest.raises(HubbubError, match="cannot be noted"):
        note.write(Noted(1))


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "side-cars").symlink_to(tmp_path / "theirs")
    with pytest.raises(HubbubError, match="must be a folder of your own"):
        Note(HERE, tmp_path / "side-cars").claim()


def test_a_folder_that_is_open_to_others_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "side-cars"
    folder.mkdir()
    folder.chmod(0o777)
    assert Note(HERE, folder).claim()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="needs another user's folder")
def test_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "side-cars"
    folder.mkdir()
    os.chown(folder, 65_534, 65_534)
    with pytest.raises(HubbubError, match="must be a folder of your own"):
        Note(HERE, folder).claim()
