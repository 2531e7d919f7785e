"""The link of an invitation, wherever a command takes an address, at a server with a password."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hubbub.server.config import Config, ServerSection
from hubbub.testing import LocalServer, serving
from tests.interop.terminal import Terminal
from tests.interop.terminal import hubbub as command

from .commands import hubbub, past

PASSWORD = "rotu-mika-tedo"


@pytest.fixture
def locked() -> Iterator[LocalServer]:
    with serving(Config(server=ServerSection(password=PASSWORD))) as server:
        yield server


def invitation(server: LocalServer, *more: str) -> str:
    """Return the link that an operator makes, on another machine than the user's."""
    arguments = ("admin", "invite", server.address, "--name", "op", *more)
    made = hubbub(*arguments, HUBBUB_PASSWORD=PASSWORD, XDG_STATE_HOME=str(Path.cwd() / "op"))
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("words", [["join"], []], ids=["join", "alone"])
def test_a_link_lets_a_chat_in_without_the_password_and_from_then_on(
    locked: LocalServer, words: list[str]
) -> None:
    link = invitation(locked, "--uses", "1", "--room", "plans")
    ran = hubbub(*words, link, "--name", "ann", stdin="here I am\n")
    assert ran.returncode == 0, ran.stderr
    assert "you are invited to plans, and speak there" in ran.stderr
    again = hubbub("send", link, "--name", "ann", "--room", "plans", "the link once more")
    assert again.returncode == 0, again.stderr
    assert hubbub("send", locked.address, "--name", "ann", "by the address").returncode == 0
    # Those that make a name up come as ann, where nobody else is let in.
    read = past(locked.address, "--room", "plans")
    assert read == "ann > here I am\nann > the link once more\n"
    found = hubbub("search", locked.address, "address")
    assert found.stdout.endswith("ann > [lobby] by the address\n")


def test_commands_that_only_read_are_let_in_by_a_link_too(locked: LocalServer) -> None:
    sent = hubbub("send", locked.address, "--name", "ci", "hello", HUBBUB_PASSWORD=PASSWORD)
    assert sent.returncode == 0, sent.stderr
    link = invitation(locked)
    assert past(link, HUBBUB_NAME="ann") == "ci > hello\n"


def test_a_link_that_leads_nowhere_is_one_sentence(locked: LocalServer) -> None:
    link = invitation(locked, "--uses", "1")
    assert hubbub("send", link, "--name", "ann", "hi").returncode == 0
    for cause, address in (
        ("used up", link),
        ("mistyped", f"{link}x"),
        ("cut off, or mistyped", f"http://{locked.address}/#invite="),
    ):
        ran = hubbub("send", address, "--name", "eve", "hi")
        assert cause in ran.stderr
        assert ran.returncode in (1, 2)
        assert ran.stderr.count("\n") == 1


def test_on_a_terminal_a_link_asks_for_the_name_and_an_address_for_the_password_too(
    locked: LocalServer,
) -> None:
    question = "Password of the chatroom"
    with Terminal(command("--plain", invitation(locked))) as terminal:
        terminal.expect("Your name")
        terminal.type("ann")
        terminal.expect("connected to")
        assert question not in terminal.screen
    with Terminal(command("join", locked.address, "--plain", "--name", "ben")) as terminal:
        terminal.expect(question)
        terminal.type(PASSWORD)
        terminal.expect("connected to")
        assert terminal.screen.count(question) == 1
