"""The page in a window of its own, by pywebview: the extra `hubbub[window]`.

pywebview wants the main thread, so the side-car runs in another. The window's title is the page's,
which counts what is unread; a thread looks at it, because pywebview does not tell when it changes.
"""

import logging
import threading
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from hubbub.chat.errors import HubbubError

NAME: Final = "hubbub"
SIZE: Final = (1100, 760)
SMALLEST: Final = (360, 420)
TITLE_SECONDS: Final = 1.0
"""How often the window looks at the page's title."""

_FILES_ARE_SAVED: Final = """
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element && event.target.closest("a[target=_blank]");
  if (!link || link.origin !== location.origin) return;
  link.removeAttribute("target");
  link.download = "";
}, true);
"""
"""Links to files open a new tab, which there is not: they are saved instead."""


class NoWindow(HubbubError):
    """pywebview is there, and can show nothing."""


def is_installed() -> bool:
    """Return whether pywebview is there."""
    return find_spec("webview") is not None


class WebviewWindow:
    """A window, whose page keeps what it keeps in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._webview: Any = import_module("webview")
        self._window: Any = None
        self._closed = threading.Event()

    def show(self, address: str) -> None:
        """Open the window, and return when it is closed. Raises NoWindow if that cannot be."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        logging.getLogger("pywebview").setLevel(logging.CRITICAL)
        self._webview.settings["ALLOW_DOWNLOADS"] = True
        width, height = SIZE
        self._window = self._webview.create_window(
            NAME, address, width=width, height=height, min_size=SMALLEST, text_select=True
        )
        self._window.events.loaded += self._loaded
        self._window.events.closed += self._closed.set
        following = threading.Thread(target=self._follow_title, daemon=True)
        following.start()
        try:
            self._webview.start(private_mode=False, storage_path=str(self._folder))
        except self._webview.WebViewException as error:
            raise NoWindow(f"No window can be opened: {error}") from error
        finally:
            self._closed.set()

    def front(self) -> bool:
        """Bring the window before the others, from whatever thread."""
        if self._closed.is_set() or not self._window.events.shown.is_set():
            return False
        self._window.restore()
        self._window.show()
        return True

    def close(self) -> None:
        """Close the window, from whatever thread."""
        if self._window is not None and not self._closed.is_set():
            self._window.destroy()

    def _loaded(self) -> None:
        self._window.run_js(_FILES_ARE_SAVED)

    def _follow_title(self) -> None:
        shown = NAME
        while not self._closed.wait(TITLE_SECONDS):
            if not self._window.events.loaded.is_set():
                continue
            title = self._window.run_js("document.title")
            if isinstance(title, str) and title and title != shown:
                self._window.set_title(title)
                shown = title
