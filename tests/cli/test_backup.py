"""`hubbub backup` and `hubbub restore`: what they print, and when they end with 1."""

from pathlib import Path

import pytest

from hubbub.server.config import Config, ServerSection
from hubbub.testing import serving
from tests.cli.commands import hubbub, refused, told


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The folder of a server at which something was said."""
    folder = tmp_path / "data"
    (tmp_path / "a.txt").write_text("hello")
    with serving(Config(server=ServerSection(data=str(folder)))) as server:
        told("send", server.address, "--name", "ann", "--file", str(tmp_path / "a.txt"), "hi")
    return folder


def test_a_copy_is_called_whole_and_so_is_what_was_put_back(data: Path, tmp_path: Path) -> None:
    lines = told("backup", str(data), str(tmp_path / "copy")).splitlines()
    assert lines[0] == f"The copy is {tmp_path / 'copy'}."
    assert lines[2:] == ["It is whole.", "1 file is in messages, 5 bytes: whole."]
    assert "It is whole." in told("check", str(tmp_path / "copy"))
    lines = told("restore", str(tmp_path / "copy"), str(data), "--replace").splitlines()
    assert lines[0] == f"{tmp_path / 'copy'} was put into {data}."
    assert lines[1].startswith(f"What was there is in {data / 'hubbub.replaced-1'};")
    assert lines[3] == "It is whole."
    with serving(Config(server=ServerSection(data=str(data)))) as server:
        assert "ann > hi" in told("history", server.address)


def test_a_folder_that_is_there_gets_copies_with_the_time_of_which_some_are_kept(
    data: Path, tmp_path: Path
) -> None:
    place = tmp_path / "copies"
    place.mkdir()
    for _ in range(3):
        last = told("backup", str(data), str(place), "--keep", "2")
    assert len(list(place.iterdir())) == 2
    assert "Removed the older copy " in last


def test_a_copy_that_is_not_whole_is_made_and_told_and_removes_none(
    data: Path, tmp_path: Path
) -> None:
    place = tmp_path / "copies"
    place.mkdir()
    told("backup", str(data), str(place))
    (object_,) = (data / "files" / "objects").glob("*/*")
    object_.unlink()
    (copied,) = place.glob("*/files/objects/*/*")
    copied.unlink()
    ran = hubbub("backup", str(data), str(place), "--keep", "1")
    assert ran.returncode == 1
    assert f"{object_} is missing." in ran.stdout
    assert len(list(place.iterdir())) == 2


def test_refusals_are_sentences(data: Path, tmp_path: Path) -> None:
    assert "is not empty" in refused("restore", str(data), str(tmp_path))
    assert "is no backup" in refused("restore", str(tmp_path / "no"), str(tmp_path / "new"))
    assert "There is no log in" in refused("backup", str(tmp_path), str(tmp_path / "copy"))
    (tmp_path / "file").touch()
    assert "exists already" in refused("backup", str(data), str(tmp_path / "file"))
    below = refused("backup", str(data), str(tmp_path / "file" / "copy"))
    assert "cannot be made" in below
