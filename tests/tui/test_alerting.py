"""Whom a user who looks elsewhere is called for, and how, as their settings say."""

import asyncio
import json
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
from msgspec import convert

from hubbub.client import Chat, connect
from hubbub.desk.room import RoomState
from hubbub.testing import LocalServer
from hubbub.tui import alerting
from hubbub.tui import app as tui_app
from hubbub.tui.alerting import is_wanted
from hubbub.tui.config.settings import Settings

from .seats import FOCUS_OUT, Seat, seat

TABLE = json.loads((Path(__file__).parents[1] / "golden/tables/calls.json").read_text())


@pytest.mark.parametrize(
    ("of", "plain", "mention"),
    [("everything", True, True), ("mentions", False, True), ("nothing", False, False)],
)
def test_the_settings_say_what_calls(of: str, plain: bool, mention: bool) -> None:
    everywhere = convert({"notifications": {"of": of}}, Settings)
    here = convert({"rooms": {"lobby": {"notify": of}}}, Settings)
    room = RoomState("lobby")
    for settings in (everywhere, here):
        assert is_wanted(settings, room, 0, is_mention=False) is plain
        assert is_wanted(settings, room, 0, is_mention=True) is mention
    assert is_wanted(here, RoomState("kitchen"), 0, is_mention=True)


@pytest.mark.parametrize("case", TABLE, ids=[case["title"] for case in TABLE])
def test_the_table_of_calls_holds(case: dict[str, Any]) -> None:
    given = case["settings"]
    rooms = {room: {"notify": of} for room, of in given.get("rooms", {}).items()}
    everywhere = {key: given[key] for key in ("of", "quiet") if key in given}
    settings = convert({"notifications": everywhere, "rooms": rooms}, Settings)
    room = RoomState(case["room"])
    found = is_wanted(settings, room, case["minutes"], is_mention=case["is_call"])
    assert found is case["calls"]


def test_what_is_said_to_the_user_alone_is_a_mention() -> None:
    assert is_wanted(Settings(), RoomState("@a,b"), 0, is_mention=False)


def play(
    settings: str, server: LocalServer, folder: Path, monkeypatch: pytest.MonkeyPatch, *said: str
) -> list[str]:
    """Have bob say this while ann looks elsewhere; return how she was called."""
    called: list[str] = []
    monkeypatch.setattr(tui_app.HubbubApp, "bell", lambda _: called.append("bell"))
    monkeypatch.setattr(tui_app.HubbubApp, "write_terminal", lambda _, what: called.append(what))
    monkeypatch.setattr(alerting, "AGAIN_SECONDS", 0)
    monkeypatch.setenv("TERM", "xterm-256color")
    (folder / "client.toml").write_text(f"title = false\n{settings}")

    async def scene(ann: Seat, bob: Chat) -> None:
        ann.send(FOCUS_OUT)
        await ann.until(lambda: not ann.app.attention.is_looking)
        for text in said:
            await bob.say(text)
            await ann.until(text[:12])
        await ann.until(lambda: not [one for one in ann.app.workers if one.group == "commands"])

    async def played() -> None:
        address = server.address
        async with connect(address, name="bob") as bob, seat(address, folder) as ann:
            await scene(ann, bob)

    asyncio.run(played())
    return called


def test_a_word_of_the_user_counts_as_a_mention(
    hubbub_server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = '[notifications]\nwords = ["deploy"]\ndesktop = false\n'
    said = ("we redeployed", "a deploy is due")
    assert play(settings, hubbub_server, tmp_path, monkeypatch, *said) == ["bell"]


def test_a_room_can_be_silent(
    hubbub_server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = '[rooms.lobby]\nnotify = "nothing"\n'
    assert play(settings, hubbub_server, tmp_path, monkeypatch, "ann, are you there?") == []


def test_a_command_of_the_user_hears_who_said_what_and_no_shell_does(
    hubbub_server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    code = (
        "import os, sys; open(sys.argv[1], 'w').write("
        "'|'.join(os.environ['HUBBUB_' + one] for one in ('SENDER', 'ROOM', 'TEXT')))"
    )
    command = shlex.join([sys.executable, "-c", code, str(told)])
    settings = f"[notifications]\nbell = false\ndesktop = false\ncommand = '''{command}'''\n"
    said = f"ann, $(touch {tmp_path / 'evil'})"
    assert play(settings, hubbub_server, tmp_path, monkeypatch, said) == []
    assert told.read_text() == f"bob|#lobby|{said}"
    assert not (tmp_path / "evil").exists()


def test_a_command_that_is_not_there_is_told(
    hubbub_server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(
        tui_app.HubbubApp, "notify", lambda _, sentence, **__: told.append(sentence)
    )
    settings = '[notifications]\ncommand = "no-such-program-here"\n'
    play(settings, hubbub_server, tmp_path, monkeypatch, "ann!")
    assert "'notifications.command' cannot be run" in told[-1]
