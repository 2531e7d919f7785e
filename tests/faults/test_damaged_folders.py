"""A server on a damaged folder: everybody gets the whole log, or is told what is missing.

Forty copies of a folder are damaged at random, each in its own way. The server either refuses to
start, with a sentence, or serves readers of three kinds. None of them waits for ever, none gets a
text that was never said, and none is left to believe that it has what it has not.
"""

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from hubbub.chat.errors import LogError
from hubbub.chat.events import AnyLogged, Message
from hubbub.hub.lines import NOT_WHOLE
from hubbub.log.sqlite import SqliteLog
from hubbub.server.config import Config, ServerSection
from hubbub.testing import LocalServer, serving
from tests.cli.commands import hubbub
from tests.faults.damaging import damaged
from tests.faults.sessions import Classic, Events, Json
from tests.log.drafts import all_of, deleted, edited, indexed, reacted, said, titled

ROOMS = ("lobby", "den", "attic")
PATIENCE_SECONDS = 30

Texts = dict[str, dict[int, str]]
"""By room and seq, how each message reads."""


async def write(folder: Path) -> Texts:
    """Write a log of some rooms, with edits and the like; return what was said."""
    log = await SqliteLog.open(folder, durability="process")
    for number in range(30):
        await log.append(
            [
                said(f"line {number} {'ünlike any other ' * (number % 5)}", room=room)
                for room in ROOMS
                for _ in range(1 + number % 4)
            ]
        )
    await log.append([edited(1, "line that was edited"), reacted(2, "👍"), titled("a topic")])
    await log.append([deleted(3)])
    await log.append([said("x" * 9000, room="den")])
    await indexed(log)
    texts = {room: dict(_read(await all_of(log, room))) for room in ROOMS}
    await log.close()
    return texts


def _read(events: list[AnyLogged]) -> Iterator[tuple[int, str]]:
    return ((event.seq, event.text) for event in events if isinstance(event, Message))


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Texts]:
    """A log's file, and what is said in it."""
    folder = tmp_path_factory.mktemp("original")
    texts = asyncio.run(write(folder))
    return (folder / "hubbub.db").read_bytes(), texts


class Told:
    """What a reader of a room was given, and told to be missing."""

    def __init__(self, said: dict[int, str]) -> None:
        self._said = said
        self._got: dict[int, str] = {}
        self._missing: list[tuple[int, int]] = []

    def give(self, message: Json) -> None:
        assert message["text"] == self._said.get(message["seq"]), "nobody said that"
        self._got[message["seq"]] = message["text"]

    def miss(self, stretch: Json) -> None:
        assert stretch["after"] < stretch["upto"]
        self._missing.append((stretch["after"], stretch["upto"]))

    def check(self) -> None:
        for seq in self._said.keys() - self._got.keys():
            told = any(after < seq <= upto for after, upto in self._missing)
            assert told, f"{seq} is neither given nor missing: {self._missing}"


async def follows(server: LocalServer, room: str, said: dict[int, str]) -> None:
    """Join as an event session that has nothing yet."""
    told = Told(said)
    async with await Events.enter(server, f"reader of {room}") as session:
        entered = await session.ask(type="join", room=room, after=0)
        cursor = 0
        while cursor < entered["last"]:
            event = await session.event()
            if event["type"] == "missing":
                assert event["after"] == cursor
                told.miss(event)
                cursor = event["upto"]
            elif "prev" in event:
                assert event["prev"] == cursor
                cursor = event["seq"]
                if event["type"] == "message":
                    told.give(event)
        if entered["last"] >= max(said):
            told.check()


async def asks(server: LocalServer, said: dict[int, str]) -> None:
    """Ask for the lobby's history as a classic client."""
    async with await Classic.enter(server, "classic") as session:
        session.say("/history 50")
        session.say("/rooms")
        lines = []
        while "present" not in (line := (await session.pair())[1]):
            lines.append(line)
        texts = {text if (text := line.partition(" > ")[2]) else "" for line in lines}
        newest = {said[seq] for seq in sorted(said)[-50:]}
        assert NOT_WHOLE in lines or newest - {""} <= texts, lines


def answer(url: str) -> Json:
    """Return what is answered over HTTP, a page or a refusal."""
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS) as response:
            page: Json = json.load(response)
    except urllib.error.HTTPError as error:
        page = json.load(error)
    return page


def pages(server: LocalServer, room: str, said: dict[int, str]) -> None:
    """Read a room over HTTP, from its end to its beginning."""
    told = Told(said)
    before = ""
    while True:
        url = f"http://{server.address}/api/rooms/{room}/messages?limit=20{before}"
        page = answer(url)
        if "detail" in page:
            assert page["detail"].endswith("."), "a sentence"
            return
        for message in page["messages"]:
            told.give(message)
        for stretch in page.get("missing", ()):
            told.miss(stretch)
        if not page["more"]:
            break
        before = f"&before={page['messages'][0]['seq']}"
    told.check()


def searches(server: LocalServer, texts: Texts) -> None:
    """Search over HTTP: what is found was said, or a sentence says why nothing is."""
    page = answer(f"http://{server.address}/api/search?query=line&limit=200")
    if "detail" in page:
        assert page["detail"].endswith("."), "a sentence"
        return
    for message in page["messages"]:
        assert message["text"] == texts[message["room"]].get(message["seq"]), "nobody said that"


async def goes_on(server: LocalServer) -> None:
    """Say something: it is in the log then, or the sender is told that it is not."""
    async with await Events.enter(server, "ann") as session:
        await session.ask(type="join", room="lobby")
        posted = await session.ask(type="say", room="lobby", text="goes on", nonce="n")
        if posted["type"] == "ok":
            page = await session.ask(type="history", room="lobby", limit=1)
            assert page["messages"][0]["text"] == "goes on"
        else:
            assert posted["code"] in {"damaged", "log_unavailable"}


async def read_all(server: LocalServer, texts: Texts) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        for room in ROOMS:
            await follows(server, room, texts[room])
            await asyncio.to_thread(pages, server, room, texts[room])
        await asks(server, texts["lobby"])
        await asyncio.to_thread(searches, server, texts)
        await goes_on(server)


@pytest.mark.parametrize("seed", range(40))
def test_everybody_gets_the_whole_log_or_is_told(
    original: tuple[bytes, Texts], tmp_path: Path, seed: int
) -> None:
    data, texts = original
    (tmp_path / "hubbub.db").write_bytes(damaged(data, seed))
    config = Config(server=ServerSection(data=str(tmp_path)))
    refusal = ""
    try:
        with serving(config) as server:
            asyncio.run(read_all(server, texts))
    except LogError as error:
        refusal = str(error)
    if refusal:
        assert str(tmp_path) in refusal
        assert refusal.endswith("."), "a sentence"


@pytest.mark.parametrize("seed", range(0, 40, 4))
def test_a_repaired_folder_is_healthy_and_everybody_is_told_what_it_lacks(
    original: tuple[bytes, Texts], tmp_path: Path, seed: int
) -> None:
    data, texts = original
    (tmp_path / "hubbub.db").write_bytes(damaged(data, seed))
    repaired = hubbub("check", str(tmp_path), "--repair")
    if repaired.returncode:
        assert "othing can be read of" in repaired.stderr
        return
    assert hubbub("check", str(tmp_path)).returncode == 0
    with serving(Config(server=ServerSection(data=str(tmp_path)))) as server:
        asyncio.run(read_all(server, texts))
        with urllib.request.urlopen(f"http://{server.address}/healthz") as response:
            assert response.read() == b"ok\n"
        with urllib.request.urlopen(f"http://{server.address}/metrics") as response:
            assert b"\nhubbub_log_damaged_places 0.0\n" in response.read()
