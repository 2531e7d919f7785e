"""`hubbub open`: the page in the user's browser, served on this machine."""

import json
import re
import signal
import subprocess
from pathlib import Path

import platformdirs
import pytest

from hubbub.testing import LocalServer
from tests.cli.commands import PATIENCE_SECONDS, hubbub, refused, started
from tests.losing import dead_address
from tests.server.http.asking import ask
from tests.sidecar.cars import path_of

ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/\?open=([\w-]{22})\n")


def opened(process: subprocess.Popen[bytes]) -> str:
    """Return the address that a command prints."""
    assert process.stdout is not None
    line = process.stdout.readline().decode()
    assert ADDRESS.fullmatch(line), line
    return line.strip()


def port_of(address: str) -> LocalServer:
    """Return where an address leads."""
    found = ADDRESS.fullmatch(f"{address}\n")
    assert found
    return LocalServer("127.0.0.1", int(found[1]))


def enters(address: str) -> str:
    """Use an address; return where it leads, where the page must be."""
    first = ask(port_of(address), path_of(address))
    assert first.status == 303, first
    cookie = first.headers["set-cookie"].partition(";")[0]
    place = first.headers["location"]
    page = ask(port_of(address), place.partition("#")[0], Cookie=cookie)
    assert b"<title>hubbub</title>" in page.body
    return place


def test_the_address_leads_to_the_page_once(hubbub_server: LocalServer) -> None:
    process = started("open", hubbub_server.address, "--no-browser")
    address = opened(process)
    assert enters(address) == "/"
    assert ask(port_of(address), path_of(address)).status == 403


def test_links_and_passwords_come_along_and_stand_in_no_address(hubbub_server: LocalServer) -> None:
    link = f"http://{hubbub_server.address}/tea/3#invite=abc"
    process = started("open", link, "--password", "open sesame", "--no-browser")
    assert enters(opened(process)) == "/tea/3#invite=abc&password=open%20sesame"


def test_a_second_one_shows_the_first_and_ends(hubbub_server: LocalServer) -> None:
    first = opened(started("open", hubbub_server.address, "--no-browser"))
    second = hubbub("open", hubbub_server.address, "--no-browser")
    assert second.returncode == 0, second.stderr
    address = second.stdout.strip()
    assert port_of(address) == port_of(first)
    assert address != first
    assert enters(address) == enters(first) == "/"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_it_is_told_to_and_leaves_no_secret(
    hubbub_server: LocalServer, number: signal.Signals
) -> None:
    process = started("open", hubbub_server.address, "--no-browser")
    server = port_of(opened(process))
    process.send_signal(number)
    assert process.wait(PATIENCE_SECONDS) == 128 + number
    assert process.stderr is not None
    assert b"Traceback" not in process.stderr.read()
    (note,) = (platformdirs.user_state_path("hubbub") / "side-cars").glob("*.json")
    assert json.loads(note.read_bytes()) == {"port": server.port}


def test_after_a_kill_the_next_one_serves_at_the_same_address(hubbub_server: LocalServer) -> None:
    process = started("open", hubbub_server.address, "--no-browser")
    before = opened(process)
    process.kill()
    process.wait(PATIENCE_SECONDS)
    after = opened(started("open", hubbub_server.address, "--no-browser"))
    assert port_of(after) == port_of(before)
    assert enters(after) == "/"
    assert ask(port_of(after), path_of(before)).status == 403


def test_the_browser_is_opened(hubbub_server: LocalServer, tmp_path: Path) -> None:
    told = tmp_path / "told"
    program = tmp_path / "browser"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$1" > {told}.new && mv {told}.new {told}\n')
    program.chmod(0o700)
    opened(started("open", hubbub_server.address, "--no-browser"))
    ran = hubbub("open", hubbub_server.address, BROWSER=str(program), DISPLAY=":0")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == ""
    assert enters(told.read_text().strip()) == "/"


def test_without_a_browser_the_address_is_printed(hubbub_server: LocalServer) -> None:
    opened(started("open", hubbub_server.address, "--no-browser"))
    ran = hubbub("open", hubbub_server.address, DISPLAY="", WAYLAND_DISPLAY="")
    assert ran.returncode == 0, ran.stderr
    assert ADDRESS.fullmatch(ran.stdout)
    assert "once" in ran.stderr


def test_without_a_server_it_says_so() -> None:
    address = dead_address()
    assert f"No chatroom answers at {address}" in refused("open", address)
    assert "There is no chatroom on this machine" in refused("open")
    wrong = hubbub("open", "a b")
    assert wrong.returncode == 2
    assert "holds no host name" in wrong.stderr
