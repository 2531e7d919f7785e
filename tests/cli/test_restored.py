"""Plain lines at a server that is started again on an older copy of its folder."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

import pytest

from hubbub.cli.restored import PAGES_MAX
from tests.faults.serving import ServerProcess

from .commands import hubbub, started, told

READERS = {
    "tail": ("tail", "--after", "0"),
    "tail --json": ("tail", "--after", "0", "--json"),
    "plain": ("join", "--plain"),
}


def send(server: ServerProcess, *texts: str) -> None:
    address = f"{server.host}:{server.port}"
    ran = hubbub("send", address, "--name", "bob", "-", stdin="\n".join(texts))
    assert (ran.returncode, ran.stderr) == (0, "")


@contextmanager
def reading(server: ServerProcess, reader: str) -> Iterator[Popen[bytes]]:
    command, *options = READERS[reader]
    process = started(command, f"{server.host}:{server.port}", "--name", "ann", *options)
    assert process.stderr is not None
    assert process.stderr.readline().startswith(b"connected to")
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def next_text(process: Popen[bytes]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline().decode().rstrip("\n")
    return json.loads(line)["text"] if line.startswith("{") else line.removeprefix("bob > ")


def next_complaint(process: Popen[bytes], words: str) -> str:
    """Return the next line on stderr with these words."""
    assert process.stderr is not None
    while words not in (line := process.stderr.readline().decode()):
        assert line, "it has ended"
    return line


def restore(server: ServerProcess, data: Path, copy: Path) -> None:
    """Kill the server, and start it again on the copy."""
    server.kill()
    shutil.rmtree(data)
    shutil.copytree(copy, data, ignore=shutil.ignore_patterns("control"))  # a socket
    server.start()


@pytest.mark.parametrize("reader", READERS)
def test_what_the_new_history_holds_is_printed_once(reader: str, tmp_path: Path) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy"
    with ServerProcess(data) as server, reading(server, reader) as process:
        send(server, "one", "two")
        assert [next_text(process) for _ in range(2)] == ["one", "two"]
        server.kill()
        shutil.copytree(data, copy, ignore=shutil.ignore_patterns("control"))  # a socket
        server.start()
        gone = [f"gone {number}" for number in range(3)]
        send(server, *gone)
        assert [next_text(process) for _ in gone] == gone
        restore(server, data, copy)
        instead = [f"instead {number}" for number in range(9)]  # it grows beyond what was seen
        send(server, *instead)
        next_complaint(process, "the history of lobby was replaced")
        send(server, "last")
        assert [next_text(process) for _ in range(10)] == [*instead, "last"]


@pytest.mark.parametrize("reader", READERS)
def test_a_backup_that_was_made_beside_the_server_is_put_back(reader: str, tmp_path: Path) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy"
    with ServerProcess(data) as server, reading(server, reader) as process:
        send(server, "one")
        assert next_text(process) == "one"
        told("backup", str(data), str(copy))
        send(server, "gone")
        assert next_text(process) == "gone"
        server.kill()
        told("restore", str(copy), str(data), "--replace")
        server.start()
        send(server, "instead")
        next_complaint(process, "the history of lobby was replaced")
        send(server, "last")
        assert [next_text(process) for _ in range(2)] == ["instead", "last"]


def test_of_a_long_new_history_the_newest_is_printed(tmp_path: Path) -> None:
    """A log that has nothing in common with the one that was read."""
    data, other = tmp_path / "data", tmp_path / "other"
    many = [str(number) for number in range(PAGES_MAX * 200 + 50)]
    with ServerProcess(other) as server:
        send(server, *many)
    with ServerProcess(data) as server, reading(server, "tail") as process:
        send(server, "one")
        assert next_text(process) == "one"
        restore(server, data, other)
        told = next_complaint(process, "older messages are not shown")
        assert "hubbub history --before 51" in told
        send(server, "last")
        newest = [*many[50:], "last"]
        assert [next_text(process) for _ in newest] == newest
