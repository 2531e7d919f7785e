"""A file that cannot be read to its end: what was answered stays the only answer."""

import socket
import sys
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from hubbub.server.files.intake import Intake
from hubbub.server.http import files, ranges
from hubbub.testing import LocalServer
from tests.server.conftest import Meet
from tests.server.files.conftest import ServeFiles
from tests.server.files.sharing import share
from tests.server.http.asking import ask

PATIENCE_SECONDS = 30
CONTENT = bytes(range(256)) * 4096


def cut(folder: Path, size: int) -> None:
    """Leave so many bytes of the one file that is kept."""
    (kept,) = [path for path in folder.glob("files/objects/??/*") if path.is_file()]
    with kept.open("rb+") as file:
        file.truncate(size)


def got(server: LocalServer, file: dict[str, Any], *, then: str = "") -> bytes:
    """Return all that comes on a connection on which a file is asked for, and then a path."""
    paths = [f"/files/{file['id']}/{file['name']}", *([then] if then else [])]
    with socket.create_connection((server.host, server.port), PATIENCE_SECONDS) as sock:
        for path in paths:
            sock.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        received = b""
        while piece := sock.recv(65536):
            received += piece
    return received


@pytest.mark.parametrize("left", [0, len(CONTENT) // 2])
def test_a_download_that_fails_is_broken_off_and_nothing_follows_it(
    serve_files: ServeFiles,
    meet: Meet,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    left: int,
) -> None:
    asked = ranges.asked_range

    def shorter(*arguments: Any) -> Any:
        cut(tmp_path, left)  # after its size was told
        return asked(*arguments)

    with serve_files() as server:
        _, file = share(server, meet(server, "ann"), CONTENT)
        monkeypatch.setattr(files, "asked_range", shorter)
        answer = got(server, file, then="/healthz")
        head, _, body = answer.partition(b"\r\n\r\n")
        assert f"Content-Length: {len(CONTENT)}".encode() in head
        assert body == CONTENT[:left]
        monkeypatch.undo()
        assert ask(server, "/healthz").status == 200


@pytest.mark.skipif(sys.platform == "win32", reason="no open file can be removed there")
def test_a_file_that_is_removed_as_it_is_asked_for_is_given_whole(
    serve_files: ServeFiles, meet: Meet, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Intake.opened

    async def removed(intake: Intake, place: Path) -> tuple[BinaryIO, int]:
        file = await opened(intake, place)
        await intake.in_thread(place.unlink)
        return file

    monkeypatch.setattr(Intake, "opened", removed)
    with serve_files() as server:
        _, file = share(server, meet(server, "ann"), CONTENT)
        assert ask(server, f"/files/{file['id']}/{file['name']}").body == CONTENT
