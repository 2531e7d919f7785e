"""Which chat a terminal gets, and what the terminal client is told. A stand-in takes its place."""

import shlex
import sys
from pathlib import Path

import msgspec
import platformdirs
import pytest
from bench.ports import free_port

from hubbub.desk.opening import Opening
from hubbub.desk.profile import Profile
from hubbub.testing import LocalServer
from tests.interop.terminal import Terminal

from .commands import hubbub, past

NOBODY = "127.0.0.1:1"

# Takes the file to write the opening to, and the default port; then `hubbub` begins.
PROGRAM = """
import sys, types, msgspec
from pathlib import Path
from hubbub.client import address

opened, address.DEFAULT_PORT = Path(sys.argv.pop(1)), int(sys.argv.pop(1))

def chat(opening, host):
    opened.write_bytes(msgspec.json.encode(opening))
    {body}

sys.modules["hubbub.tui.app"] = types.ModuleType("hubbub.tui.app")
sys.modules["hubbub.tui.app"].chat = chat
from hubbub.cli import main
main()
"""


class Chats:
    """Runs `hubbub` at a terminal; `opening` is what the terminal client was told, if it ran."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "opening"
        self.port = 1
        self.body = "pass"

    @property
    def opening(self) -> Opening | None:
        if not self._file.exists():
            return None
        return msgspec.json.decode(self._file.read_bytes(), type=Opening)

    def start(self, *arguments: str, redirections: str = "", **environment: str) -> Terminal:
        script = PROGRAM.format(body=self.body)
        program = [sys.executable, "-c", script, str(self._file), str(self.port), *arguments]
        command = ["sh", "-c", f"exec {shlex.join(program)} {redirections}"]
        return Terminal(command, **{"TERM": "xterm", "HUBBUB_NAME": "", **environment})

    def run(self, *arguments: str, **environment: str) -> tuple[int, str]:
        """Run a command to its end; return its exit code and what is on the screen."""
        with self.start(*arguments, **environment) as terminal:
            return terminal.ends(), terminal.screen


@pytest.fixture
def chats(tmp_path: Path) -> Chats:
    return Chats(tmp_path)


def test_on_a_terminal_the_client_opens_with_all_that_was_said(chats: Chats) -> None:
    options = ["--name", "ann", "--room", "dev", "--theme", "16", "--no-reconnect"]
    assert chats.run("join", NOBODY, *options) == (0, "")
    assert chats.opening == Opening(
        address=NOBODY, name="ann", room="dev", theme="16", reconnect=False
    )


def test_who_gives_no_name_is_asked_by_the_client(chats: Chats) -> None:
    assert chats.run("join") == (0, "")
    assert chats.opening == Opening()
    assert chats.run("join", HUBBUB_NAME="env") == (0, "")
    assert chats.opening == Opening(name="env")


@pytest.mark.parametrize(
    ("options", "redirections", "term"),
    [
        (["--plain"], "", "xterm"),
        ([], "", "dumb"),
        ([], "</dev/null", "xterm"),
        ([], ">/dev/null", "xterm"),
        ([], "2>/dev/null", "xterm"),
    ],
)
def test_the_chat_is_plain_where_no_screen_can_be_drawn(
    chats: Chats, options: list[str], redirections: str, term: str
) -> None:
    arguments = ["join", NOBODY, "--name", "ann", *options]
    with chats.start(*arguments, redirections=redirections, TERM=term) as terminal:
        assert terminal.ends() == 1
        said = "No chat server answers" in terminal.screen
    assert said != redirections.startswith("2")
    assert chats.opening is None


@pytest.mark.parametrize("code", ["name_taken", "unreachable"])
def test_why_the_client_gave_up_is_one_sentence_and_exit_1(chats: Chats, code: str) -> None:
    chats.body = (
        f"from hubbub.chat.errors import Refused; raise Refused('So it is.', code={code!r})"
    )
    assert chats.run("join", NOBODY, "--name", "ann") == (1, "hubbub: So it is.\n")
    assert Profile.load().name is None


def test_a_bad_address_is_told_before_anybody_is_asked(chats: Chats) -> None:
    code, screen = chats.run("join", "host:port", "--plain")
    assert code == 2
    assert screen.startswith("hubbub: The port in the address")


# The name that is remembered.


def test_a_name_typed_once_is_remembered(hubbub_server: LocalServer, chats: Chats) -> None:
    place = hubbub_server.address
    with chats.start("join", place, "--plain") as terminal:
        terminal.expect("Your name [")
        terminal.type("Zoë")
        terminal.expect("connected to")
    with chats.start("join", place, "--plain") as terminal:
        terminal.expect("connected to")
        assert "Your name" not in terminal.screen
        terminal.type("it is me")
        while "it is me" not in past(place):
            pass
    assert hubbub("send", place, "from a script").returncode == 0
    assert past(place) == "Zoë > it is me\nZoë > from a script\n"


def test_a_name_given_is_remembered_only_if_none_is(
    hubbub_server: LocalServer, chats: Chats
) -> None:
    place = hubbub_server.address
    assert hubbub("join", place, "--name", "hubbub").returncode == 1
    assert Profile.load().name is None
    for name in ("ann", "bob"):
        assert hubbub("join", place, "--name", name).returncode == 0
        assert Profile.load().name == "ann"
    assert chats.run("join", HUBBUB_NAME="cid")[0] == 0
    assert Profile.load().name == "ann"


def test_in_scripts_a_remembered_name_is_enough(hubbub_server: LocalServer) -> None:
    profile = Profile.load()
    profile.name = "ann"
    profile.save()
    ran = hubbub("join", hubbub_server.address, stdin="hi\n")
    assert ran.returncode == 0
    assert past(hubbub_server.address) == "ann > hi\n"


def test_a_damaged_memory_is_told_and_stops_nobody(hubbub_server: LocalServer) -> None:
    path = platformdirs.user_state_path("hubbub") / "profile.json"
    path.parent.mkdir(parents=True)
    path.write_text("{")
    ran = hubbub("send", hubbub_server.address, "hi")
    assert ran.returncode == 0
    assert ran.stderr.startswith("What hubbub remembered is damaged")
    assert ran.stderr.count("\n") == 1


# `hubbub` alone.


def test_alone_it_joins_the_server_of_this_machine(
    hubbub_server: LocalServer, chats: Chats
) -> None:
    chats.port = hubbub_server.port
    assert chats.run("--theme", "light", "--name", "ann") == (0, "")
    assert chats.opening == Opening(name="ann", theme="light")
    assert not platformdirs.user_data_path("hubbub").exists()


def test_alone_it_hosts_and_its_notes_stay_off_the_screen(chats: Chats) -> None:
    chats.port = free_port()
    chats.body = (
        "import socket; from hubbub.server.notes import logger; logger.warning('a note'); "
        "socket.create_connection(('127.0.0.1', address.DEFAULT_PORT)).close()"
    )
    assert chats.run(HUBBUB_NAME="env") == (0, "")
    folder = platformdirs.user_data_path("hubbub")
    assert chats.opening == Opening(
        address=f"127.0.0.1:{chats.port}", name="env", hosted_in=str(folder)
    )
    assert (folder / "hubbub.db").exists()
    notes = platformdirs.user_log_path("hubbub") / "hubbub-server.log"
    assert "a note" in notes.read_text()
