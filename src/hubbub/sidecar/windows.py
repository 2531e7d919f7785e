"""The window that shows the page: by pywebview, else in an installed browser's app mode."""

from pathlib import Path
from typing import Protocol

from hubbub.chat.errors import HubbubError
from hubbub.sidecar.app_mode import AppWindow, installed_browser
from hubbub.sidecar.webview import NoWindow, WebviewWindow, is_installed


class Window(Protocol):
    """One that can be opened once."""

    def show(self, address: str) -> None:
        """Open it, and return when it is closed. Raises NoWindow if that cannot be."""

    def front(self) -> bool:
        """Bring it before the others, from whatever thread; return False if it cannot be."""

    def close(self) -> None:
        """Close it, from whatever thread."""


class Windows:
    """The ways to show a page, best first. What pages keep is in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._shown: Window | None = None
        self._ways: list[Window] = []
        if is_installed():
            self._ways.append(WebviewWindow(folder / "webview"))
        if (program := installed_browser()) is not None:
            self._ways.append(AppWindow(program, folder / "browser"))

    @property
    def are_there(self) -> bool:
        """Whether there is any way to show a window."""
        return bool(self._ways)

    @property
    def is_shown(self) -> bool:
        """Whether a window is open."""
        return self._shown is not None

    def show(self, address: str) -> None:
        """Show an address in a window, and return when it is closed; raise HubbubError."""
        failures = []
        for way in self._ways:
            self._shown = way
            try:
                way.show(address)
            except NoWindow as failure:
                failures.append(f"{failure}")
            else:
                return
            finally:
                self._shown = None
        raise HubbubError(" ".join(failures))

    def front(self) -> bool:
        """Bring the window before the others; return False if there is none that can be."""
        return self._shown is not None and self._shown.front()

    def close(self) -> None:
        """Close the window, if one is open."""
        if self._shown is not None:
            self._shown.close()
