"""The page in a window of pywebview: a program of its own, for a window wants the main thread, and
some fail by ending their process.

    python -m hubbub.sidecar.webview FOLDER

`FOLDER`: what the page keeps. The address comes on stdin, so that nobody sees it in the list of
processes. Then each line `front` brings the window before the others, and the end closes it. Once
it is there, `shown` is written to stdout. The window's title is the page's, which counts what is
unread; a thread looks at it, because pywebview does not tell when it changes.
"""

import logging
import sys
import threading
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from hubbub.background import in_thread
from hubbub.sidecar.qt import allow_notifications

NAME: Final = "hubbub"
SIZE: Final = (1100, 760)
SMALLEST: Final = (360, 420)
TITLE_SECONDS: Final = 1.0
"""How often the window looks at the page's title."""

SHOWN: Final = "shown"
FRONT: Final = "front"

_FILES_ARE_SAVED: Final = """
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element && event.target.closest("a[target=_blank]");
  if (!link || link.origin !== location.origin) return;
  link.removeAttribute("target");
  link.download = "";
}, true);
"""
"""Links to files open a new tab, which there is not: they are saved instead."""


def is_installed() -> bool:
    """Return whether pywebview is there."""
    return find_spec("webview") is not None


def webview_command(folder: Path) -> list[str]:
    """Return what shows the address that it reads."""
    return [sys.executable, "-m", "hubbub.sidecar.webview", str(folder)]


class _Window:
    """The window. Its methods may be called from any thread."""

    def __init__(self, webview: Any, address: str) -> None:
        width, height = SIZE
        self._webview = webview
        self._origin = "/".join(address.split("/")[:3])
        self._window: Any = webview.create_window(
            NAME, address, width=width, height=height, min_size=SMALLEST, text_select=True
        )
        self._closed = threading.Event()
        self._window.events.before_show += self._prepare
        self._window.events.shown += self._shown
        self._window.events.loaded += self._loaded
        self._window.events.closed += self._closed.set

    def obey(self) -> None:
        """Do what is asked for on stdin, and close at its end."""
        for line in sys.stdin:
            if line.strip() == FRONT:
                self._window.restore()
                self._window.show()
        if not self._closed.is_set():
            self._window.destroy()

    def follow_title(self) -> None:
        """Have the page's title, as long as the window is there."""
        shown = NAME
        while not self._closed.wait(TITLE_SECONDS):
            if not self._window.events.loaded.is_set():
                continue
            title = self._window.run_js("document.title")
            if isinstance(title, str) and title and title != shown:
                self._window.set_title(title)
                shown = title

    def _prepare(self) -> None:
        """Make the window what it is to be, in the thread of all windows."""
        if self._webview.renderer == "qtwebengine":
            allow_notifications(self._window.native.webview.page(), self._origin)

    def _shown(self) -> None:
        sys.stdout.write(f"{SHOWN}\n")
        sys.stdout.flush()

    def _loaded(self) -> None:
        self._window.run_js(_FILES_ARE_SAVED)


def main() -> None:
    """Show the address on stdin until the window is closed; exit 1 if that cannot be."""
    folder = Path(sys.argv[1])
    sys.argv[:] = [NAME]  # by which desktops call the program of a window
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    webview: Any = import_module("webview")
    logging.getLogger("pywebview").setLevel(logging.CRITICAL)
    webview.settings["ALLOW_DOWNLOADS"] = True
    window = _Window(webview, sys.stdin.readline().strip())
    for work in (window.obey, window.follow_title):
        in_thread(work, work.__name__).start()
    try:
        webview.start(private_mode=False, storage_path=str(folder))
    except webview.WebViewException:
        sys.exit(1)


if __name__ == "__main__":
    main()
