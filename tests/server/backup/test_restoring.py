"""A copy that is put back: whole, in the place of what was there, and nothing of that is lost."""

import asyncio
import io
import os
import sys
import tarfile
from pathlib import Path

import pytest

from hubbub.chat.errors import LogError
from hubbub.log.sqlite.folder import give_to_owner
from hubbub.server.backup.making import make
from hubbub.server.backup.places import place_for
from hubbub.server.backup.restoring import restore
from hubbub.server.files.store import Store
from tests.log.drafts import said
from tests.log.test_formats import FORMATS, KEPT, open_and_close
from tests.server.backup.test_making import fill, opened, texts_in, with_file

NOBODY = 65_534


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a message, a file and a password."""
    folder = tmp_path / "data"
    asyncio.run(fill(folder, [said("first"), with_file(folder, b"one")]))
    (folder / "password").write_text("rotu-mika-tedo\n")
    return folder


@pytest.fixture(params=["copy", "copy.tar"])
def copy(folder: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A copy of it."""
    return make(folder, place_for(tmp_path / request.param)).path


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_copy_becomes_a_new_folder(copy: Path, tmp_path: Path) -> None:
    place = tmp_path / "new"
    restored = restore(copy, place, replace=False)
    assert (restored.is_whole, restored.replaced) == (True, None)
    assert texts_in(place) == ["first", "a file"]
    assert (place / "password").read_text() == "rotu-mika-tedo\n"
    (hash_,) = Store(place).hashes()
    assert Store(place).object(hash_).read_bytes() == b"one"
    assert not {*names_in(place)} - {"hubbub.db", "hubbub.lock", "files", "password"}
    assert (copy.stat().st_mode & 0o077, place.stat().st_mode & 0o077) == (0, 0)


def test_what_is_there_is_kept_aside(copy: Path, folder: Path) -> None:
    asyncio.run(fill(folder, [said("after the copy")]))
    with pytest.raises(LogError, match="is not empty"):
        restore(copy, folder, replace=False)
    assert texts_in(folder)[-1] == "after the copy"
    restored = restore(copy, folder, replace=True)
    assert restored.replaced == folder / "hubbub.replaced-1"
    assert texts_in(folder) == ["first", "a file"]
    assert texts_in(restored.replaced)[-1] == "after the copy"
    again = restore(copy, folder, replace=True)
    assert again.replaced == folder / "hubbub.replaced-2"


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() != 0, reason="only root works for other accounts"
)
def test_what_root_puts_back_belongs_to_the_account_that_the_server_runs_under(
    copy: Path, folder: Path
) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    (folder / "hubbub.lock").unlink()
    restore(copy, folder, replace=True)
    assert {path.stat().st_uid for path in (folder, *folder.rglob("*"))} == {NOBODY}


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() != 0, reason="only root works for other accounts"
)
def test_what_a_link_leads_to_is_given_to_nobody(tmp_path: Path) -> None:
    """The account could put one in the place of what root makes in its folder."""
    folder, others = tmp_path / "folder", tmp_path / "others"
    for one in (folder, others, made := folder / "made"):
        one.mkdir()
    os.chown(folder, NOBODY, NOBODY)
    (others / "secret").touch()
    (made / "within").symlink_to(others)
    (folder / "link").symlink_to(others)
    for one in (made, folder / "link"):
        give_to_owner(folder, one)
    assert made.stat().st_uid == (made / "within").lstat().st_uid == NOBODY
    assert {path.stat().st_uid for path in (others, others / "secret")} == {0}


def test_a_folder_in_use_stays_as_it_is(copy: Path, folder: Path) -> None:
    async def scene() -> None:
        log = await opened(folder)
        with pytest.raises(LogError, match="in use by another hubbub server"):
            restore(copy, folder, replace=True)
        await log.append([said("goes on")])
        await log.close()

    asyncio.run(scene())
    assert texts_in(folder)[-1] == "goes on"
    assert "hubbub.restoring" not in names_in(folder)


def test_a_copy_that_a_server_uses_is_not_put_anywhere(folder: Path, tmp_path: Path) -> None:
    async def scene() -> None:
        log = await opened(folder)
        with pytest.raises(LogError, match="A server uses"):
            restore(folder, tmp_path / "new", replace=False)
        await log.close()

    asyncio.run(scene())
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("moves", range(6))
def test_a_restore_that_was_broken_off_is_noticed_and_can_be_done_again(
    copy: Path, folder: Path, moves: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(fill(folder, [said("after the copy")]))
    moves_left = moves
    rename = Path.rename

    def killed(path: Path, target: Path) -> Path:
        nonlocal moves_left
        if not moves_left:
            raise KeyboardInterrupt
        moves_left -= 1
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", killed)
        with pytest.raises(KeyboardInterrupt):
            restore(copy, folder, replace=True)
    with pytest.raises(LogError, match="Do it again: 'hubbub restore BACKUP"):
        asyncio.run(open_and_close(folder))
    restored = restore(copy, folder, replace=True)
    assert restored.is_whole
    assert texts_in(folder) == ["first", "a file"]
    kept = [path.parent for path in folder.glob("hubbub.replaced-*/hubbub.db")]
    assert any("after the copy" in texts_in(one) for one in kept)


def test_a_damaged_folder_is_replaced(copy: Path, folder: Path) -> None:
    (folder / "hubbub.db").write_bytes(b"")
    with pytest.raises(LogError, match="is empty, and was not"):
        asyncio.run(open_and_close(folder))
    assert restore(copy, folder, replace=True).is_whole
    assert texts_in(folder) == ["first", "a file"]


def test_what_is_damaged_in_a_copy_is_said(folder: Path, tmp_path: Path) -> None:
    copy = make(folder, place_for(tmp_path / "copy")).path
    (hash_,) = Store(copy).hashes()
    Store(copy).object(hash_).write_bytes(b"two")
    restored = restore(copy, tmp_path / "new", replace=False)
    assert (restored.is_whole, restored.wrong) == (False, [f"The file {hash_} is damaged."])


@pytest.mark.parametrize("version", KEPT)
def test_copies_of_every_format_are_put_back_and_upgraded(version: str, tmp_path: Path) -> None:
    made = make_copy_of(FORMATS / version, tmp_path)
    assert restore(made, tmp_path / "new", replace=False).is_whole
    asyncio.run(open_and_close(tmp_path / "new"))
    assert texts_in(tmp_path / "new") == ["käse 干杯", "was edited", ""]


def make_copy_of(kept: Path, tmp_path: Path) -> Path:
    old = tmp_path / "old"
    old.mkdir()
    (old / "hubbub.db").write_bytes((kept / "hubbub.db").read_bytes())
    made = make(old, place_for(tmp_path / "copy.tar"))
    assert made.is_whole
    return made.path


@pytest.mark.parametrize("name", ["hubbub/../../evil", "/evil", "hubbub/hubbub.lock", "evil"])
def test_a_tar_with_anything_else_is_refused(name: str, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        member = tarfile.TarInfo(name)
        member.size = 4
        archive.addfile(member, io.BytesIO(b"evil"))
    with pytest.raises(LogError, match="is no copy that hubbub made"):
        restore(tmp_path / "x.tar", tmp_path / "new", replace=False)
    assert names_in(tmp_path) == {"x.tar"}


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_a_tar_with_links_is_refused(kind: bytes, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        member = tarfile.TarInfo("hubbub/hubbub.db")
        member.type, member.linkname = kind, "/etc/passwd"
        archive.addfile(member)
    with pytest.raises(LogError, match="is no copy that hubbub made"):
        restore(tmp_path / "x.tar", tmp_path / "new", replace=False)


@pytest.mark.parametrize("bytes_", [b"", b"no tar at all" * 100, b"\0" * 10_240])
def test_a_file_that_is_no_tar_is_refused_in_a_sentence(bytes_: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(bytes_)
    with pytest.raises(LogError):
        restore(tmp_path / "x.tar", tmp_path / "new", replace=False)
    assert names_in(tmp_path) == {"x.tar"}


def test_a_tar_that_was_cut_off_is_refused(folder: Path, tmp_path: Path) -> None:
    copy = make(folder, place_for(tmp_path / "copy.tar")).path
    copy.write_bytes(copy.read_bytes()[:20_000])
    with pytest.raises(LogError):
        restore(copy, tmp_path / "new", replace=False)


def test_what_is_no_backup_is_said(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="is no backup"):
        restore(tmp_path / "nowhere", tmp_path / "new", replace=False)
