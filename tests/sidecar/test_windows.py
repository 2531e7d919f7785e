"""Which program shows a window, and what pywebview is asked for; a stand-in takes its place."""

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from hubbub.chat.errors import HubbubError
from hubbub.sidecar import windows
from hubbub.sidecar.windows import Windows

PATIENCE_SECONDS = 30
ADDRESS = "http://127.0.0.1:1/?open=x"

STAND_IN = """
import json, os, sys, threading

class WebViewException(Exception):
    pass

class Happening:
    def __init__(self):
        self.called, self.event = [], threading.Event()
    def __iadd__(self, called):
        self.called.append(called)
        return self
    def is_set(self):
        return self.event.is_set()
    def happen(self):
        self.event.set()
        for called in self.called:
            called()

def note(*what):
    with open(os.environ["STAND_IN"], "a") as file:
        file.write(json.dumps(what) + "\\n")

class Window:
    def __init__(self):
        self.events = type("Events", (), {})()
        self.events.shown, self.events.loaded, self.events.closed = (Happening() for _ in range(3))
        self.ended, self.title, self.looks = threading.Event(), "lobby", 0
    def run_js(self, script):
        self.looks += 1
        return ("lobby" if self.looks < 3 else "(2) lobby") if script == "document.title" else None
    def set_title(self, title):
        note("title", title)
    def restore(self):
        note("restore")
    def show(self):
        note("show")
    def destroy(self):
        self.ended.set()

settings, window = {}, Window()

def create_window(title, url, **options):
    note("window", title, url)
    return window

def start(**options):
    if os.environ.get("STAND_IN_FAILS") == "by itself":
        raise WebViewException("no GUI is there")
    if os.environ.get("STAND_IN_FAILS"):
        os.abort()
    note("start", options)
    window.events.shown.happen()
    window.events.loaded.happen()
    window.ended.wait(60)
    note("closed")
    window.events.closed.happen()
"""


@pytest.fixture
def noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a pywebview in place that shows nothing; return where it notes what it is asked for."""
    folder = tmp_path / "stand-in"
    folder.mkdir()
    (folder / "webview.py").write_text(STAND_IN)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setenv("STAND_IN", str(tmp_path / "noted"))
    monkeypatch.delitem(sys.modules, "webview", raising=False)
    monkeypatch.setattr(windows, "installed_browser", lambda: None)
    return tmp_path / "noted"


def read(path: Path) -> list[Any]:
    """Return what was noted."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


async def until(path: Path, *what: object) -> None:
    """Wait until something is noted."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while list(what) not in read(path):
        assert time.monotonic() < deadline, (what, read(path))
        await asyncio.sleep(0.02)


def test_pywebview_shows_the_page_and_its_title_counts(noted: Path, tmp_path: Path) -> None:
    ways = Windows(tmp_path / "kept")
    assert ways.are_there

    async def scene() -> None:
        assert not ways.front(), "there is no window yet"
        showing = asyncio.create_task(ways.show(ADDRESS))
        await until(noted, "title", "(2) lobby")
        assert ways.front()
        await until(noted, "show")
        showing.cancel()
        await asyncio.wait([showing])
        assert not ways.front()

    asyncio.run(scene())
    kept = str(tmp_path / "kept" / "webview")
    assert ["window", "hubbub", ADDRESS] in read(noted)
    assert ["start", {"private_mode": False, "storage_path": kept}] in read(noted)
    assert os.name != "posix" or Path(kept).stat().st_mode & 0o77 == 0


@pytest.mark.parametrize("how", ["by itself", "by a crash"])
def test_where_pywebview_can_show_nothing_a_browser_does(
    noted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setenv("STAND_IN_FAILS", how)
    told = tmp_path / "told"
    program = tmp_path / "browser"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {told}\n')
    program.chmod(0o700)
    monkeypatch.setattr(windows, "installed_browser", lambda: str(program))
    asyncio.run(Windows(tmp_path / "kept").show(ADDRESS))
    shown = told.read_text().splitlines()
    assert shown[0] == f"--app={ADDRESS}"
    assert shown[1] == f"--user-data-dir={tmp_path}/kept/browser"


def test_where_nothing_can_show_it_that_is_said(
    noted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_FAILS", "by itself")
    with pytest.raises(HubbubError, match="No window can be opened here"):
        asyncio.run(Windows(tmp_path).show(ADDRESS))
    monkeypatch.setattr(windows, "is_installed", lambda: False)
    assert not Windows(tmp_path).are_there
