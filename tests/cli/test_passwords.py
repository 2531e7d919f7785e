"""Commands at a chatroom with a password: given, remembered, or asked for."""

import socket
from collections.abc import Iterator

import pytest

from hubbub.desk.profile import Profile
from hubbub.server.config import Config, ServerSection
from hubbub.testing import LocalServer, serving
from tests.interop.terminal import Terminal
from tests.interop.terminal import hubbub as command
from tests.server.event_peer import EventPeer

from .commands import hubbub, past

PASSWORD = "rotu-mika-tedo"


@pytest.fixture
def server() -> Iterator[LocalServer]:
    """Return a server that has the password."""
    with serving(Config(server=ServerSection(listen="127.0.0.1:0", password=PASSWORD))) as one:
        yield one


@pytest.mark.parametrize(
    ("given", "cause"),
    [([], "has a password. Give it with --password"), (["--password", "x"], "not the password")],
)
@pytest.mark.parametrize("name", ["send", "tail", "history", "search", "join"])
def test_without_the_password_it_is_one_sentence_and_exit_1(
    server: LocalServer, name: str, given: list[str], cause: str
) -> None:
    text = ["hi"] if name in {"send", "search"} else []
    ran = hubbub(name, server.address, "--name", "ci", *given, *text)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert cause in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_with_the_password_all_is_as_usual(server: LocalServer) -> None:
    sent = hubbub("send", server.address, "--name", "ci", "--password", PASSWORD, "hi there")
    assert (sent.returncode, sent.stderr) == (0, "")
    for name, text in (("history", []), ("search", ["hi"])):
        ran = hubbub(name, server.address, *text, HUBBUB_PASSWORD=PASSWORD)
        assert ran.stdout.endswith("hi there\n")
        assert ran.stderr == ""


def test_a_chat_has_the_password_remembered_that_its_server_took(server: LocalServer) -> None:
    address = server.address
    assert hubbub("join", address, "--name", "ann", "--password", "wrong").returncode == 1
    assert not Profile.load().server(address).password
    assert hubbub("join", address, "--name", "ann", HUBBUB_PASSWORD=PASSWORD).returncode == 0
    assert Profile.load().server(address).password == PASSWORD
    assert hubbub("join", f"hubbub://{address}/dev", stdin="hi\n").returncode == 0
    assert hubbub("send", address, "again", "--room", "dev").returncode == 0
    assert past(address, "--room", "dev") == "ann > hi\nann > again\n"


def test_a_password_that_nobody_asked_for_is_not_remembered(hubbub_server: LocalServer) -> None:
    address = hubbub_server.address
    assert hubbub("join", address, "--name", "ann", "--password", "x").returncode == 0
    assert not Profile.load().server(address).password


def test_at_a_terminal_it_is_asked_for_until_it_is_right(server: LocalServer) -> None:
    question = f"Password of the chatroom at {server.address}:"
    arguments = ["join", server.address, "--name", "ann", "--plain", "--password", "guess 0"]
    with Terminal(command(*arguments)) as terminal:
        for number in range(1, 5):
            terminal.expect(question, number)
            assert terminal.screen.count("That is not the password.") == number
            terminal.type(f"guess {number}")
        terminal.expect(question, 5)
        terminal.type(PASSWORD)
        terminal.expect("connected to")
        assert "guess" not in terminal.screen
        assert PASSWORD not in terminal.screen
        with EventPeer(server, "bob", room=None) as bob:
            bob.ask(type="unlock", password=PASSWORD)
            bob.ask(type="join", room="lobby")
            terminal.type("it is me")
            assert bob.next("message")["text"] == "it is me"
    with Terminal(command("join", server.address, "--plain")) as terminal:
        terminal.expect("connected to")
        assert question not in terminal.screen


def test_a_tutorials_client_is_refused_with_a_sentence(server: LocalServer) -> None:
    with socket.create_connection((server.host, server.port), timeout=10) as sock:
        sock.sendall(b"3         ann")
        said = b""
        while chunk := sock.recv(4096):
            said += chunk
    assert b"This chatroom has a password" in said
