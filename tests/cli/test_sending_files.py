"""`hubbub send --file`, plain lines that name files, and `hubbub check`, which reads them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hubbub.server.config import Config, ServerSection
from hubbub.testing import LocalServer, serving
from tests.cli.commands import hubbub


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The folder of the server."""
    return tmp_path / "data"


@pytest.fixture
def server(data: Path) -> Iterator[LocalServer]:
    """A server that keeps files."""
    with serving(Config(server=ServerSection(data=str(data)))) as running:
        yield running


def test_files_are_sent_and_named_in_plain_lines(
    server: LocalServer, tmp_path: Path, data: Path
) -> None:
    (tmp_path / "a.txt").write_text("hello")
    (tmp_path / "b.bin").write_bytes(bytes(3000))
    files = ["--file", str(tmp_path / "a.txt"), "--file", str(tmp_path / "b.bin")]
    done = hubbub("send", "--to", server.address, "--name", "ann", *files, "two files")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = hubbub("send", "--to", server.address, "--name", "ann", *files[:2])
    assert (done.returncode, done.stderr) == (0, "")
    lines = [
        line[line.index("ann") :] for line in hubbub("history", server.address).stdout.splitlines()
    ]
    assert [line.partition(" http")[0] for line in lines] == [
        "ann > two files",
        "ann > a.txt (5 bytes)",
        "ann > b.bin (3 kB)",
        "ann > a.txt (5 bytes)",
    ]
    assert lines[1].startswith(f"ann > a.txt (5 bytes) http://{server.address}/files/")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("none.txt", "cannot be read: No such file or directory."),
        (".", "is a folder"),
        ("empty", "'empty' is empty."),
    ],
)
def test_a_file_that_cannot_be_sent_is_refused_in_a_sentence(
    server: LocalServer, tmp_path: Path, given: str, words: str
) -> None:
    (tmp_path / "empty").touch()
    file = str(tmp_path / given)
    done = hubbub("send", "--to", server.address, "--name", "ann", "--file", file, "x")
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert hubbub("history", server.address).stdout == ""


def test_nothing_to_send_is_wrong_usage(server: LocalServer) -> None:
    done = hubbub("send", "--to", server.address)
    assert done.returncode == 2
    assert "--file" in done.stderr


def test_check_reads_all_files(data: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    (tmp_path / "b.txt").write_text("world")
    with serving(Config(server=ServerSection(data=str(data)))) as server:
        for name in ("a.txt", "b.txt"):
            done = hubbub("send", "--to", server.address, "--file", str(tmp_path / name))
            assert done.returncode == 0
    done = hubbub("check", str(data))
    assert (done.returncode, done.stdout.splitlines()[-1]) == (
        0,
        "2 files are in messages, 10 bytes: whole.",
    ), done.stdout
    first, second = sorted((data / "files/objects").glob("??/*"))
    first.write_text("hullo")
    second.unlink()
    done = hubbub("check", str(data))
    assert done.returncode == 1
    assert f"{first} is damaged" in done.stdout
    assert f"{second} is missing." in done.stdout
