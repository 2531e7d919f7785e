"""`hubbub export`: everything, once, in order, over whatever becomes of the connection."""

import asyncio
import json
import resource
import shutil
import subprocess
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from hubbub.chat.events import Message
from hubbub.client import parse_address
from hubbub.desk.profile import Profile
from hubbub.log.sqlite import SqliteLog
from hubbub.testing import LocalServer
from tests.cli.test_restored import next_complaint
from tests.faults.serving import ServerProcess
from tests.irc.irc_client import IrcClient
from tests.log.drafts import said
from tests.server.files.pictures import photo

from .commands import COMMAND, PATIENCE_SECONDS, environment, hubbub, started, told

MEMORY_BYTES = 16_000_000
"""How much more a long export may take than a short one: less than what it exports."""


def write(folder: Path, messages: Sequence[Message]) -> None:
    """Put messages into a log that nobody serves."""

    async def append() -> None:
        log = await SqliteLog.open(folder, durability="process")
        for at in range(0, len(messages), 500):
            await log.append(messages[at : at + 500])
        await log.close()

    asyncio.run(append())


class Page(HTMLParser):
    """Reads a page: its texts, tags and what it would load."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: set[str] = set()
        self.loaded: list[str | None] = []
        self.places: set[str | None] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given = dict(attrs)
        self.places.add(given.get("id"))
        self.loaded += [given[key] for key in ("src", "href") if key in given]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_every_room_that_one_may_read_is_exported_in_order(hubbub_server: LocalServer) -> None:
    address = hubbub_server.address
    for room in ("lobby", "dev"):
        lines = "\n".join(f"{room} {number}" for number in range(450))
        told("send", address, "--name", "ci", "--room", room, "-", stdin=lines)
    rooms = [json.loads(line) for line in told("export", address, "--format", "json").splitlines()]
    wanted = [f"{room} {number}" for room in ("dev", "lobby") for number in range(450)]
    assert sorted(one["text"] for one in rooms) == sorted(wanted)
    for room in ("lobby", "dev"):
        those = [one["text"] for one in rooms if one["room"] == room]
        assert those == [f"{room} {number}" for number in range(450)]
        lines = told("export", address, "--room", room)
        assert [line.partition(" > ")[2] for line in lines.splitlines()] == those
    assert "ci > [dev] dev 3\n" in told("export", address)
    assert told("export", f"hubbub://{address}/dev") == told("export", address, "--room", "dev")


def test_rooms_that_others_alone_may_read_are_left_out(hubbub_server: LocalServer) -> None:
    told("send", hubbub_server.address, "--name", "ci", "hello")
    ann = IrcClient.named(hubbub_server.address, "ann", rooms="#den")
    ann.ask("MODE #den +k beer", "PRIVMSG #den :for us alone")
    ann.said("MODE")
    ran = hubbub("export", hubbub_server.address)
    assert (ran.returncode, ran.stdout.partition(" > ")[2]) == (0, "[lobby] hello\n")
    assert "'den' is read by those who are in it" in ran.stderr
    assert hubbub("export", hubbub_server.address, "--room", "den").returncode == 1


def test_the_page_is_complete_in_itself_and_its_texts_mean_nothing_but_themselves(
    tmp_path: Path,
) -> None:
    with ServerProcess(tmp_path / "data") as server:
        _see_the_page(f"{server.host}:{server.port}", tmp_path)


def _see_the_page(address: str, tmp_path: Path) -> None:
    bad = "<script>alert('1')</script> & <b>\"bold\"</b>"
    told("send", address, "--name", "ci", bad)
    told("send", address, "--name", "ci", "two\nlines → ü")
    html = told("export", address, "--format", "html")
    page = Page(html)
    shown = "".join(page.texts)
    assert shown.count(bad) == 1
    assert shown.rstrip().endswith("twolines → ü")
    assert "script" not in page.tags
    assert not [one for one in page.loaded if one is None or not one.startswith("#")]
    assert {one[1:] for one in page.loaded if one} <= page.places
    sent = tmp_path / "a <b> & c.txt"
    sent.write_text("what is in it")
    told("send", address, "--name", "ci", "--file", str(sent))
    with_file = Page(told("export", address, "--format", "html"))
    assert f"http://{address}/files/" in str(with_file.loaded)
    assert "a _b_ & c.txt" in with_file.texts
    assert "a _b_ & c.txt" in told("export", address)
    narrow = hubbub("export", address, "--format", "html", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert '<meta charset="ascii">' in narrow.stdout
    assert "twolines → ü" in "".join(Page(narrow.stdout).texts)


def test_it_goes_on_after_a_lost_connection_and_prints_each_message_once(tmp_path: Path) -> None:
    texts = [f"{number} {'x' * 500}" for number in range(3000)]  # more than pipes hold
    write(tmp_path / "data", [said(text) for text in texts])
    with ServerProcess(tmp_path / "data") as server:
        export = started("export", f"{server.host}:{server.port}", "--format", "json")
        assert export.stdout is not None
        assert export.stderr is not None
        lines = [export.stdout.readline()]
        server.kill()
        lines += [export.stdout.readline() for _ in range(199)]  # all of the first page
        next_complaint(export, "trying again")
        server.start()
        lines += export.stdout.readlines()
        assert export.wait(PATIENCE_SECONDS) == 0
    assert [json.loads(line)["text"] for line in lines] == texts


def test_a_longer_history_that_took_the_place_of_the_first_is_noticed(tmp_path: Path) -> None:
    data, other = tmp_path / "data", tmp_path / "other"
    write(data, [said(f"{number} {'x' * 500}") for number in range(3000)])
    write(other, [said(f"other {number} {'x' * 500}") for number in range(4000)])
    with ServerProcess(data) as server:
        export = started("export", f"{server.host}:{server.port}", "--format", "json")
        assert export.stdout is not None
        assert export.stderr is not None
        lines = [export.stdout.readline()]
        server.kill()
        lines += [export.stdout.readline() for _ in range(199)]  # all of the first page
        next_complaint(export, "trying again")
        shutil.rmtree(data)
        other.rename(data)
        server.start()
        lines += export.stdout.readlines()
        assert export.wait(PATIENCE_SECONDS) == 1
        assert b"was replaced by another one meanwhile" in export.stderr.read()
    assert not any(b"other" in line for line in lines)


def test_more_rooms_than_a_list_has_are_exported(tmp_path: Path) -> None:
    rooms = [f"room-{number}" for number in range(12)]
    write(tmp_path / "data", [said(f"in {room}", room=room) for room in rooms])
    with ServerProcess(tmp_path / "data", "[limits]\nlisted_max = 5\n") as server:
        lines = told("export", f"{server.host}:{server.port}", "--format", "json").splitlines()
    assert sorted(json.loads(line)["text"] for line in lines) == sorted(f"in {r}" for r in rooms)


def test_files_lie_in_a_folder_beside_the_page_which_shows_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("cat.png").write_bytes(photo("PNG"))
    Path("a b.txt").write_text("what is in it")
    with ServerProcess(tmp_path / "data") as server:
        address = f"{server.host}:{server.port}"
        told("send", address, "--name", "ci", "--file", "cat.png", "--file", "a b.txt", "look")
        export = ("export", address, "--format", "html", "--files", "saved files")
        page = Page(told(*export))
        saved = {path.name: path for path in Path("saved files").rglob("*") if path.is_file()}
        assert saved.keys() == {"cat.png", "a b.txt"}
        assert saved["a b.txt"].read_text() == "what is in it"
        made = saved["cat.png"].stat().st_ino
        assert {unquote(one or "") for one in page.loaded} >= {str(path) for path in saved.values()}
        assert "img" in page.tags
        assert f"http://{address}" not in str(page.loaded)
        saved["a b.txt"].unlink()
        told(*export)
        assert saved["a b.txt"].read_text() == "what is in it"
        assert saved["cat.png"].stat().st_ino == made, "what is there is not fetched again"


def test_what_people_wrote_looks_as_in_the_clients(hubbub_server: LocalServer) -> None:
    address = hubbub_server.address
    for text in ("*no* `code` https://example.org/", "```py\nx < 1\ny\n```", "> quoted\nand not"):
        told("send", address, "--name", "ci", text)
    page = Page(told("export", address, "--format", "html"))
    assert {"em", "code", "pre", "q"} <= page.tags
    assert "https://example.org/" in page.loaded
    assert "x < 1\ny" in page.texts


def test_somebody_who_is_known_has_their_private_rooms_exported_too(
    hubbub_server: LocalServer,
) -> None:
    address = hubbub_server.address
    for name in ("ann", "ben"):
        Profile.load().devices.made(str(parse_address(address)), name)
        told("send", address, "--name", name, "for all")
    told("send", address, "--name", "ann", "--person", "ben", "for ben")
    for name in ("ann", "ben"):
        assert "ann > (private) for ben" in told("export", address, "--name", name)
    assert ">ann</h2>" in told("export", address, "--name", "ben", "--format", "html")
    assert "for ben" not in told("export", address, "--name", "eve")


def test_a_room_that_is_not_there_is_a_sentence_and_exit_1(hubbub_server: LocalServer) -> None:
    ran = hubbub("export", hubbub_server.address, "--room", "nowhere")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("hubbub: There is no room")


def exported_with(place: str) -> int:
    """Export everything to nowhere; return the most memory that took, in bytes."""
    with subprocess.Popen(
        [*COMMAND, "export", place], stdout=subprocess.DEVNULL, env=environment()
    ) as process:
        _, status, usage = wait_for(process)
    assert status == 0
    return usage.ru_maxrss * 1024


def wait_for(process: "subprocess.Popen[bytes]") -> tuple[int, int, resource.struct_rusage]:
    import os  # noqa: PLC0415

    waited = os.wait4(process.pid, 0)
    process.returncode = waited[1]
    return waited


def test_a_long_room_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    write(tmp_path / "short", [said("x" * 4000) for _ in range(400)])
    write(tmp_path / "long", [said("x" * 4000) for _ in range(6000)])
    taken = []
    for folder in ("short", "long"):
        with ServerProcess(tmp_path / folder) as server:
            taken.append(exported_with(f"{server.host}:{server.port}"))
    assert taken[1] - taken[0] < MEMORY_BYTES
