"""Which installed browser can show a page in a window without its bars: what Chromium calls an app.

The window has a profile of its own, so its process ends when it is closed, and what it keeps is not
mixed with the person's browsing.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_COMMANDS: Final = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
    "brave-browser",
)
_ON_MACOS: Final = ("Google Chrome", "Microsoft Edge", "Chromium", "Brave Browser")
_ON_WINDOWS: Final = (
    r"Microsoft\Edge\Application\msedge.exe",
    r"Google\Chrome\Application\chrome.exe",
    r"BraveSoftware\Brave-Browser\Application\brave.exe",
)
_FOLDERS_ON_WINDOWS: Final = ("ProgramFiles(x86)", "ProgramFiles", "LocalAppData")

_OPTIONS: Final = ("--no-first-run", "--no-default-browser-check", "--disable-crash-reporter")


def installed_browser() -> str | None:
    """Return a program that can show a page as an app; None if there is none."""
    return next(filter(os.path.isfile, _candidates()), None)


def app_command(program: str, address: str, folder: Path) -> list[str]:
    """Return what shows an address as an app; its profile is in `folder`."""
    return [program, f"--app={address}", f"--user-data-dir={folder}", *_OPTIONS]


def _candidates() -> Iterator[str]:
    if sys.platform == "win32":
        for name in _FOLDERS_ON_WINDOWS:
            if folder := os.environ.get(name):
                yield from (f"{folder}\\{path}" for path in _ON_WINDOWS)
    elif sys.platform == "darwin":
        yield from (f"/Applications/{one}.app/Contents/MacOS/{one}" for one in _ON_MACOS)
    else:
        for command in _COMMANDS:
            found = shutil.which(command)
            if found and not found.startswith("/snap/"):  # those may not use our folder
                yield found
