"""Nothing that people wrote, and no secret, gets into the journal, whatever happens."""

import json
import signal
from pathlib import Path

import pytest

from hubbub.testing import LocalServer
from tests.cli.commands import PATIENCE_SECONDS, end_all, started
from tests.interop.raw import RawPeer, frame
from tests.server.control.asking import ask
from tests.server.event_peer import EventPeer, event_frame
from tests.server.http.asking import ask as get

PLANTED = "zxqj"
"""Stands in every text and secret of this test, and in nothing else."""


def planted(what: str, length: int = 0) -> str:
    return f"{PLANTED}{what}".ljust(length, "k")


FAULTY = """
from hubbub.hub import membership, posting, finding
import hubbub.hub.commands as commands
import hubbub.cli

def faulty(*values, **named):
    raise ValueError(f"cannot do this with {values} {named}")

commands.DECISIONS[commands.c.Members] = lambda state, session, command, at: faulty(command.room)
commands.DECISIONS[commands.c.SetTopic] = lambda state, session, command, at: faulty(command.text)
hubbub.cli.main()
"""


def busy(server: LocalServer, password: str) -> None:
    """Do everything that has a text or a secret in it, right and wrong."""
    with EventPeer(server, "ann", room=None) as ann:
        ann.ask(type="unlock", password=password)
        ann.ask(type="identify", device=planted("device", 30), label=planted("label"))
        ann.ask(type="register", password=planted("own password"))
        ann.ask(type="join", room=planted("room"))
        room = planted("room")
        seq = ann.say_and_wait(planted("text"), room=room, nonce=planted("nonce"))
        ann.ask(type="edit", room=room, seq=seq, text=planted("edited"))
        ann.ask(type="react", room=room, seq=seq, emoji=planted("emoji"))
        ann.ask(type="search", query=planted("query"))
        ann.ask(type="search", query=f"from:{planted('nobody')} {planted('word')}")
        ann.ask(type="say", room=room, text=planted("x" * 100_000))
        ann.ask(type="recover", name="ann", code=planted("code"), password=planted("new"))
        ann.ask(type="invite", rooms=[planted("other room")])
        ann.ask(type="hook", room=room, name=planted("hook"))
        token = ann.ask(type="token", name=planted("bot"), scopes=["read"])["token"]
        upload = ann.ask(type="upload", room=room, name=planted("file.txt"), size=9)
        get(server, upload["address"], planted("bytes").encode(), method="PATCH",
            Content_Type="application/offset+octet-stream", Upload_Offset="0")  # fmt: skip
        get(server, f"/api/search?query={planted('query')}", Authorization=f"Bearer {token}")
    for fault in ({"type": "members", "room": planted("x")}, {"type": "topic", "room": "lobby",
                  "text": planted("topic")}):  # fmt: skip
        with EventPeer(server, "eve", room=None) as eve:
            eve.ask(type="unlock", password=password)
            assert eve.ask(**fault)["code"] == "server_fault"
    wrong(server)


def wrong(server: LocalServer) -> None:
    """Say what cannot be understood, with secrets in it."""
    for raw in (
        planted("neither").encode(),
        frame("x") + planted("header").encode(),
        event_frame("bob") + event_frame(f'{{"type":"{planted("type")}"}}'),
        event_frame("bob") + event_frame({"type": "unlock", "password": planted("wrong")}),
        event_frame("bob") + event_frame("{" + planted("no json")),
        b"GET /" + planted("path").encode() + b" HTTP/1.1\r\nHost: \x00\r\n\r\n",
        b"POST /api/rooms/lobby/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nzxqj",
    ):
        with RawPeer(server.host, server.port) as peer:
            peer.send(raw)
            peer.sock.shutdown(1)
            peer.rest()
    for path in (f"/hooks/{planted('secret')}", f"/files/{planted('id', 22)}/{planted('name')}"):
        get(server, path, Authorization=f"Bearer hb_{planted('token', 22)}")
        get(server, path, {"text": planted("post")})
    get(server, "/api/rooms", Authorization=f"Bearer {planted('password')}")
    get(server, "/healthz", Host=planted("host.example"))


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_journal_has_no_texts_and_no_secrets(tmp_path: Path, form: str) -> None:
    file, faulty, folder = tmp_path / "hubbub.toml", tmp_path / "faulty.py", tmp_path / "data"
    file.write_text(f'[journal]\nlevel = "debug"\nform = "{form}"\n')
    faulty.write_text(FAULTY)
    password = planted("chatroom password")
    options = ("--config", str(file), "--data", str(folder), "--password", password)
    process = started("serve", "--listen", "127.0.0.1:0", *options, program=str(faulty))
    assert process.stdout is not None
    host, _, port = process.stdout.readline().decode().split()[-1].rpartition(":")
    try:
        busy(LocalServer(host, int(port)), password)
        ask(folder, type="ban", who=planted("name"), reason=planted("reason"))
        ask(folder, type="kick", name=planted("nobody"))
        process.send_signal(signal.SIGTERM)
        _, raw = process.communicate(timeout=PATIENCE_SECONDS)
    finally:
        end_all()
    journal = raw.decode()
    assert PLANTED not in journal
    lines = journal.splitlines()
    faults = [line for line in lines if "a session failed" in line]
    assert len(faults) == 2
    assert all("faulty" in line and "ValueError" in line for line in faults)
    assert "a session began" in journal
    if form == "json":
        notes = [json.loads(line) for line in lines]
        about = [note for note in notes if "session" in note["event"] or "peers" in note["event"]]
        assert about
        assert all(note["connection"] for note in about)
