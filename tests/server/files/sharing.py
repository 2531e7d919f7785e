"""Files as programs send and fetch them, from the contract alone."""

import json
import time
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hubbub.testing import LocalServer
from tests.server.event_peer import JSON, EventPeer
from tests.server.http.asking import PATIENCE_SECONDS, Answer, ask


def begin(peer: EventPeer, size: int, *, name: str = "a.bin", room: str = "lobby") -> JSON:
    """Return the answer to the command `upload`."""
    return peer.ask(type="upload", room=room, name=name, size=size)


def patch(server: LocalServer, address: str, offset: int, body: bytes) -> Answer:
    """Send bytes to an upload's address."""
    return ask(server, address, body, method="PATCH", Upload_Offset=f"{offset}")


def offset_of(server: LocalServer, address: str) -> int:
    """Return how far the server is with an upload."""
    answer = ask(server, address, method="HEAD")
    assert answer.status == 200
    return int(answer.headers["upload-offset"])


def upload(
    server: LocalServer,
    peer: EventPeer,
    content: bytes,
    *,
    name: str = "a.bin",
    room: str = "lobby",
) -> JSON:
    """Upload all of a file at once; return what it became."""
    begun = begin(peer, len(content), name=name, room=room)
    assert begun["type"] == "upload", begun
    answer = patch(server, begun["address"], 0, content)
    assert answer.status == 200, answer.body
    file: JSON = answer.json["file"]
    assert file["id"] == begun["upload"]
    return file


def share(
    server: LocalServer,
    peer: EventPeer,
    content: bytes,
    *,
    name: str = "a.bin",
    room: str = "lobby",
    **fields: object,
) -> tuple[int, JSON]:
    """Upload a file and say it; return the seq of the message, and the file."""
    file = upload(server, peer, content, name=name, room=room)
    said = peer.ask(type="say", **{"room": room, "text": "", "files": [file["id"]], **fields})
    assert said["type"] == "ok", said
    return said["seq"], file


def get(server: LocalServer, file: JSON, what: str = "", **headers: str) -> Answer:
    """Ask for a file's bytes, or its preview."""
    return ask(server, f"/files/{file['id']}/{what or 'any'}", **headers)


def proof(peer: EventPeer) -> dict[str, str]:
    """Return the header that says who a session is."""
    pair = f"{peer.welcome['name']}:{peer.welcome['session']}".encode()
    return {"Authorization": f"Basic {b64encode(pair).decode()}"}


def kept(folder: Path) -> set[str]:
    """Return the names of what is kept of whole files."""
    return {path.name for path in (folder / "files/objects").glob("??/*")}


def until(condition: Callable[[], object], what: str) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def decoded(answer: Answer) -> Any:
    """Return the JSON of an answer."""
    return json.loads(answer.body)
