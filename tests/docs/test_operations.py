"""docs/operations.md names settings, figures and commands: each is there, and the commands run."""

import re
import shlex
import urllib.request
from pathlib import Path

import pytest
from msgspec.structs import fields

from hubbub.chat.listed import RelaySummary
from hubbub.cli.app import app
from hubbub.server.config import Config, ServerSection
from hubbub.server.http.relay_figures import own_figures
from hubbub.testing import serving
from tests.cli.commands import below, end_all, hubbub, told
from tests.cli.folders import own_folders
from tests.cli.served import Served

__all__ = ["own_folders"]

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
NOT_SETTINGS = {"too_much", "too_many_rooms", "too_long", "log_unavailable"}
FOLDER = "/var/lib/hubbub"
COPIES = "/var/backups/hubbub"


def commands() -> list[list[str]]:
    """Return the lines of all shell blocks as words, without comments."""
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def test_every_setting_exists() -> None:
    sections = [type(getattr(Config(), section)) for section in Config.__struct_fields__]
    settings = {field.name for one in sections for field in fields(one)}
    named = {name for name in re.findall(r"`([a-z]+(?:_[a-z]+)+)`", PAGE) if "hubbub" not in name}
    assert named & settings
    assert named - NOT_SETTINGS <= settings


def figures_of(folder: Path) -> set[str]:
    """Return the names of all figures of a server."""
    with serving(Config(server=ServerSection(data=str(folder)))) as server:
        address = f"http://{server.address}/metrics"
        with urllib.request.urlopen(address, timeout=10) as answer:
            text = answer.read().decode()
    # A counter with labels has no line before it counts, but says what it is.
    return set(re.findall(r"^# HELP (\w+)", text, re.MULTILINE))


def figures_of_a_relay() -> set[str]:
    """Return the names of what a relay tells of itself."""
    relay = RelaySummary("127.0.0.1:1234", "1", linked=True, since=1, connections=1, last=1)
    return {figure.name for figure in own_figures(relay)}


def test_every_figure_exists(tmp_path: Path) -> None:
    named = set(re.findall(r"`(hubbub_\w+)`", PAGE))
    assert named
    assert named <= figures_of(tmp_path) | figures_of_a_relay()


def test_every_command_of_hubbub_is_one() -> None:
    known = below(app)
    for words in commands():
        program, *arguments = [word for word in words if "=" not in word or word[0] == "-"]
        if not program.endswith("hubbub") or not arguments:
            continue
        command = known[arguments[0]]
        if arguments[0] in ("admin", "account"):
            command = below(command)[arguments[1]]
        options = {name for option in command.params for name in option.opts}
        options |= {name for option in command.params for name in option.secondary_opts}
        given = {word.partition("=")[0] for word in arguments if word.startswith("--")}
        assert given <= options, words


def test_what_is_for_a_stopped_server_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with serving(Config(server=ServerSection(data="DATA"))) as server:
        told("send", server.address, "--name", "ann", "--room", "spam-1", "buy")
    lines = [words[1:] for words in commands() if words[0] == "./hubbub"]
    assert {words[0] for words in lines} == {"rooms", "check"}
    for words in lines:
        told(*words)


@pytest.fixture
def served(tmp_path: Path) -> Served:
    return Served(tmp_path / "data", "--data", str(tmp_path / "data"), "--password", "mika")


def test_every_command_of_an_operator_runs(served: Served, tmp_path: Path) -> None:
    """One after another, as they stand on the page, on a server of the test."""
    eve = served.enter("eve", "mika")
    ann = served.enter("ann", "mika")
    ann.ask(type="identify", device="a" * 22)
    ran = 0
    (tmp_path / "copies").mkdir()
    token = ""
    for words in commands():
        if FOLDER not in words and not words[0].startswith("HUBBUB_TOKEN"):
            continue
        if "admin" not in words:
            continue
        environment = {}
        if words[0].startswith("HUBBUB_TOKEN"):
            environment["HUBBUB_TOKEN"] = token
        arguments = words[words.index("admin") :]
        there = {
            FOLDER: str(served.folder),
            COPIES: str(tmp_path / "copies"),
            "127.0.0.1:1234": served.address,
        }
        ended = hubbub(*(there.get(word, word) for word in arguments), **environment)
        assert ended.returncode == 0, (words, ended.stderr)
        if arguments[1] == "token":
            token = ended.stdout.strip()
        ran += 1
    eve.sock.close()
    ann.sock.close()
    end_all()
    assert ran > 15
