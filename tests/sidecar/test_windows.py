"""Which window shows the page, and what pywebview is asked for; a stand-in takes its place."""

import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from hubbub.chat.errors import HubbubError
from hubbub.sidecar import webview, windows
from hubbub.sidecar.windows import Windows

PATIENCE_SECONDS = 30


class Happening:
    """An event of pywebview: it is set, and calls those who wait for it."""

    def __init__(self) -> None:
        self._set = threading.Event()
        self._called: list[Any] = []

    def __iadd__(self, called: Any) -> "Happening":
        self._called.append(called)
        return self

    def is_set(self) -> bool:
        return self._set.is_set()

    def happen(self) -> None:
        self._set.set()
        for called in self._called:
            called()


class FakeWindow:
    """Notes what is done to it."""

    def __init__(self) -> None:
        self.events = type("Events", (), {})()
        self.events.loaded, self.events.closed, self.events.shown = (Happening() for _ in range(3))
        self.page_title = "lobby"
        self.titles: list[str] = []
        self.done: list[str] = []
        self.ended = threading.Event()

    def run_js(self, script: str) -> Any:
        self.done.append(script)
        return self.page_title if script == "document.title" else None

    def set_title(self, title: str) -> None:
        self.titles.append(title)

    def restore(self) -> None:
        self.done.append("restore")

    def show(self) -> None:
        self.done.append("show")

    def destroy(self) -> None:
        self.ended.set()


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Put a pywebview in place that shows nothing."""
    module: Any = ModuleType("webview")
    module.__spec__ = type("Spec", (), {})()
    module.WebViewException = type("WebViewException", (Exception,), {})
    module.settings = {}
    module.window = FakeWindow()
    module.fails = False
    module.started = threading.Event()

    def create_window(title: str, url: str, **options: Any) -> FakeWindow:
        module.opened = title, url, options
        shown: FakeWindow = module.window
        return shown

    def start(**options: Any) -> None:
        if module.fails:
            raise module.WebViewException("no GUI is there")
        module.options = options
        module.window.events.shown.happen()
        module.window.events.loaded.happen()
        module.started.set()
        assert module.window.ended.wait(PATIENCE_SECONDS)
        module.window.events.closed.happen()

    module.create_window, module.start = create_window, start
    monkeypatch.setitem(sys.modules, "webview", module)
    monkeypatch.setattr(webview, "TITLE_SECONDS", 0.01)
    return module


def test_pywebview_shows_the_page_and_its_title_counts(fake: Any, tmp_path: Path) -> None:
    ways = Windows(tmp_path)
    assert ways.are_there
    assert not ways.front()
    showing = threading.Thread(target=ways.show, args=["http://127.0.0.1:1/?open=x"])
    showing.start()
    assert fake.started.wait(PATIENCE_SECONDS)
    assert fake.opened[1] == "http://127.0.0.1:1/?open=x"
    assert fake.options == {"private_mode": False, "storage_path": str(tmp_path / "webview")}
    assert (tmp_path / "webview").stat().st_mode & 0o77 == 0
    changed = threading.Event()
    while fake.window.titles != ["lobby"]:
        assert not changed.wait(0.01)
    fake.window.page_title = "(2) lobby"
    while fake.window.titles[-1] != "(2) lobby":
        assert not changed.wait(0.01)
    assert ways.front()
    assert fake.window.done[-1] == "show" or "show" in fake.window.done
    ways.close()
    showing.join(PATIENCE_SECONDS)
    assert not showing.is_alive()
    assert not ways.is_shown
    assert not ways.front()


def test_where_pywebview_can_show_nothing_a_browser_does(
    fake: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.fails = True
    told = tmp_path / "told"
    program = tmp_path / "browser"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {told}\n')
    program.chmod(0o700)
    monkeypatch.setattr(windows, "installed_browser", lambda: str(program))
    Windows(tmp_path / "kept").show("http://127.0.0.1:1/?open=x")
    shown = told.read_text().splitlines()
    assert shown[0] == "--app=http://127.0.0.1:1/?open=x"
    assert shown[1] == f"--user-data-dir={tmp_path}/kept/browser"


def test_where_nothing_can_show_it_that_is_said(
    fake: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows, "installed_browser", lambda: None)
    fake.fails = True
    with pytest.raises(HubbubError, match="No window can be opened: no GUI is there"):
        Windows(tmp_path).show("http://127.0.0.1:1/")
    monkeypatch.setattr(windows, "is_installed", lambda: False)
    assert not Windows(tmp_path).are_there
