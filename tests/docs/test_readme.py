"""README.md and its neighbours show programs and commands: each is run, or known to exist."""

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from hubbub.cli.app import app
from hubbub.testing import LocalServer
from hubbub.wire.frames import encode_frame
from tests.cli.commands import below

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def block(language: str, holding: str) -> str:
    """Return the one block of README.md in `language` that holds a text."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    (found,) = [text for text in blocks if holding in text]
    return str(found)


def listening(server: LocalServer, name: str) -> socket.socket:
    """Return a classic session."""
    sock = socket.create_connection((server.host, server.port), timeout=10)
    sock.sendall(encode_frame(name.encode()))
    return sock


def receive(sock: socket.socket, expected: bytes) -> None:
    received = b""
    while len(received) < len(expected):
        chunk = sock.recv(len(expected) - len(received))
        assert chunk, received
        received += chunk
    assert received == expected


def test_the_conversation_by_hand(hubbub_server: LocalServer) -> None:
    program = block("python", "import socket").replace("1234", str(hubbub_server.port))
    with (
        listening(hubbub_server, "ann") as ann,
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as eve,
    ):
        receive(ann, b"3         eve17        hello from Python")
        ann.sendall(encode_frame(b"hello eve"))
        assert eve.communicate(timeout=10)[0].rstrip() == b"3         ann9         hello eve"
        assert eve.returncode == 0


def test_the_conversation_with_nc() -> None:
    command = re.findall(r"printf [^;]+", block("sh", "nc "))[0]
    printed = subprocess.run(
        ["sh", "-c", command], capture_output=True, check=True, timeout=60
    ).stdout
    assert printed == encode_frame(b"eve") + encode_frame(b"hello from nc")


def test_the_bot(hubbub_server: LocalServer) -> None:
    program = block("python", "hubbub.connect")
    assert program == (ROOT / "examples" / "echo_bot.py").read_text("utf-8")
    bot = [sys.executable, "-c", program, hubbub_server.address]
    with listening(hubbub_server, "ann") as ann, subprocess.Popen(bot) as process:
        try:
            while b"echo" not in present(ann):
                assert process.poll() is None
            ann.sendall(encode_frame(b"is anybody there?"))
            receive(ann, encode_frame(b"echo") + encode_frame(b"is anybody there?"))
        finally:
            process.terminate()


def present(ann: socket.socket) -> bytes:
    """Return what the server says about who is in the room."""
    ann.sendall(encode_frame(b"/who"))
    return ann.recv(4096)


PAGES = ["README.md", "docs/operations.md", "docs/people.md", "docs/protocol.md"]


@pytest.mark.parametrize("page", PAGES)
def test_every_command_and_option_exists(page: str) -> None:
    commands = below(app)
    text = (ROOT / page).read_text("utf-8")
    uses = re.findall(rf"hubbub ({'|'.join(commands)})\b([^#`$\n]*)", text)
    assert uses
    for name, rest in uses:
        named = [commands[name]]
        if hasattr(commands[name], "commands"):  # `admin ban`, `account link|logout`
            words = (rest.split() or [""])[0]
            inner = below(commands[name])
            named = [inner[word] for word in re.split(r"[|\\]+", words) if word]
        options = [one for command in named for one in command.params]
        known = {option for one in options for option in (*one.opts, *one.secondary_opts)}
        assert set(re.findall(r"--[\w-]+", rest)) <= known, (name, rest)
