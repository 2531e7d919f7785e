"""An address opens in a window or goes into the clipboard; this terminal runs no browser."""

import asyncio
import os
from pathlib import Path

import pytest

from hubbub.client import connect
from hubbub.testing import LocalServer
from hubbub.tui import browser
from hubbub.tui.browser import command, opens

from .seats import click, seat

URL = "https://example.org/?a=1&b=%20"


def programs(folder: Path, *names: str, script: str = "exit 0") -> str:
    """Put programs into a folder, and return it."""
    for name in names:
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return str(folder)


@pytest.mark.parametrize(
    "chosen", ["", "lynx", "w3m:links", "mine -x", "lynx %s", "/bin/../{folder}/lynx", "'"]
)
@pytest.mark.parametrize("display", [{}, {"DISPLAY": ":0"}, {"WAYLAND_DISPLAY": "wayland-0"}])
def test_text_browsers_are_never_chosen(
    tmp_path: Path, chosen: str, display: dict[str, str]
) -> None:
    folder = programs(tmp_path, "lynx", "w3m", "links", "elinks", "www-browser")
    (tmp_path / "mine").symlink_to(tmp_path / "lynx")
    (tmp_path / "x-www-browser").symlink_to(tmp_path / "w3m")
    environ = {"PATH": folder, "TERM": "xterm", "BROWSER": chosen.format(folder=folder), **display}
    assert command(URL, environ, "linux") is None


def test_without_a_display_nothing_is_started(tmp_path: Path) -> None:
    folder = programs(tmp_path, "xdg-open", "firefox")
    assert command(URL, {"PATH": folder, "BROWSER": "firefox"}, "linux") is None


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ("", ["xdg-open", URL]),
        ("lynx:firefox", ["firefox", URL]),
        ("firefox --new-tab %s", ["firefox", "--new-tab", URL]),
    ],
)
def test_with_a_display_the_users_browser_comes_first(
    tmp_path: Path, chosen: str, expected: list[str]
) -> None:
    folder = programs(tmp_path, "xdg-open", "firefox", "lynx")
    found = command(URL, {"PATH": folder, "DISPLAY": ":0", "BROWSER": chosen}, "linux")
    assert found is not None
    assert [Path(found[0]).name, *found[1:]] == expected


def test_on_a_mac_the_system_opens_it_unless_the_user_sits_elsewhere() -> None:
    assert command(URL, {}, "darwin") == ["open", URL]
    assert command(URL, {"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}, "darwin") is None


def test_what_is_started_has_no_part_in_the_terminal(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    script = f"""
        read line && echo "read $line" >> {seen}
        echo noise; echo noise >&2
        (: < /dev/tty) 2>/dev/null && echo "has a terminal" >> {seen}
        echo "$1 $BROWSER" >> {seen}"""
    folder = programs(tmp_path, "xdg-open", script=script)
    path = os.pathsep.join((folder, os.environ["PATH"]))
    assert asyncio.run(opens(URL, {"PATH": path, "DISPLAY": ":0", "BROWSER": "lynx"}))
    told = seen.read_text()
    assert told.startswith(f"{URL} x-www-browser:firefox")
    assert "lynx" not in told


@pytest.mark.parametrize("script", ["exit 3", "#"])
def test_a_launcher_that_finds_no_browser_has_opened_nothing(tmp_path: Path, script: str) -> None:
    folder = programs(tmp_path, "xdg-open", script=script)
    if script == "#":
        (tmp_path / "xdg-open").write_bytes(b"\x7fELF but not really")
    assert not asyncio.run(opens(URL, {"PATH": folder, "DISPLAY": ":0"}))


def test_where_no_browser_is_found_the_address_is_copied_and_that_is_said(
    hubbub_server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none(_url: str) -> bool:
        return False

    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            await bob.say("look: https://example.org/x")
            await ann.until("example.org/x")
            ann.send(click(ann.place("example.org")) + "then typed")
            await ann.until("No browser with a window was found")
            assert ann.app.clipboard == "https://example.org/x"
            await ann.until(lambda: ann.draft == "then typed")

    monkeypatch.setattr(browser, "opens", none)
    asyncio.run(scene())
