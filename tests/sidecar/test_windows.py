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

class Signal:
    def connect(self, slot):
        self.slot = slot
    def disconnect(self):
        self.slot = None

class Origin(str):
    def toString(self):
        return self

class Page:
    Feature = type("Feature", (), {"Notifications": "notifications"})
    PermissionPolicy = type(
        "Policy", (), {"PermissionGrantedByUser": "granted", "PermissionDeniedByUser": "denied"}
    )
    def __init__(self):
        self.featurePermissionRequested, self.presenter = Signal(), None
    def setFeaturePermission(self, origin, feature, policy):
        note("permission", origin, feature, policy)
    def profile(self):
        return self
    def setNotificationPresenter(self, presenter):
        self.presenter = presenter
    def ask(self):
        for origin, feature in (
            ("http://127.0.0.1:1/", "notifications"),
            ("http://127.0.0.1:1/", "camera"),
            ("http://127.0.0.1:10/", "notifications"),
        ):
            self.featurePermissionRequested.slot(Origin(origin), feature)
        if self.presenter:
            self.presenter(Notification())

class Notification:
    def title(self):
        return "--ann in lobby"
    def message(self):
        return "<b>hi</b>"
    def show(self):
        note("notified")

class Window:
    def __init__(self):
        self.events, self.page = type("Events", (), {})(), Page()
        for name in ("before_show", "shown", "loaded", "closed"):
            setattr(self.events, name, Happening())
        self.native = type("Native", (), {})()
        self.native.webview = type("View", (), {"page": lambda _: self.page})()
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

settings, window, renderer = {}, Window(), "qtwebengine"

def create_window(title, url, **options):
    note("window", title, url)
    return window

def start(**options):
    if os.environ.get("STAND_IN_FAILS") == "by itself":
        raise WebViewException("no GUI is there")
    if os.environ.get("STAND_IN_FAILS"):
        os.abort()
    note("start", options)
    window.events.before_show.happen()
    window.page.ask()
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
        assert await ways.front() is None, "there is no window yet"
        showing = asyncio.create_task(ways.show(ADDRESS))
        await until(noted, "title", "(2) lobby")
        assert await ways.front()
        await until(noted, "show")
        showing.cancel()
        await asyncio.wait([showing])
        assert await ways.front() is None

    asyncio.run(scene())
    kept = str(tmp_path / "kept" / "webview")
    assert ["window", "hubbub", ADDRESS] in read(noted)
    assert ["start", {"private_mode": False, "storage_path": kept}] in read(noted)
    assert os.name != "posix" or Path(kept).stat().st_mode & 0o77 == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Qt shows the window on Linux")
@pytest.mark.parametrize("can_show", [True, False])
def test_in_qt_our_own_page_alone_may_notify_where_that_can_be_shown(
    noted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_show: bool
) -> None:
    """What others wrote is no markup there. (A stand-in: Qt is too large to be tested with.)"""
    folder, shown = tmp_path / "bin", tmp_path / "notification"
    folder.mkdir()
    if can_show:
        program = folder / "notify-send"
        program.write_text(f'#!/bin/sh\nprintf "%s\n" "$@" > {shown}.new; mv {shown}.new {shown}\n')
        program.chmod(0o700)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    else:
        monkeypatch.setenv("PATH", str(folder))
    own = "http://127.0.0.1:1/"

    async def scene() -> None:
        showing = asyncio.create_task(Windows(tmp_path / "kept").show(ADDRESS))
        answer = "granted" if can_show else "denied"
        await until(noted, "permission", own, "notifications", answer)
        await until(noted, "permission", own, "camera", "denied")
        await until(noted, "permission", "http://127.0.0.1:10/", "notifications", "denied")
        if can_show:
            await until(noted, "notified")
            while not shown.exists():  # noqa: ASYNC110 (another program makes it)
                await asyncio.sleep(0.02)
        showing.cancel()
        await asyncio.wait([showing])

    asyncio.run(asyncio.wait_for(scene(), PATIENCE_SECONDS))
    if can_show:
        assert shown.read_text().splitlines()[-3:] == [
            "--",
            "--ann in lobby",
            "&lt;b&gt;hi&lt;/b&gt;",
        ]


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
