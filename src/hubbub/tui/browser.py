"""Opening an address in a browser with a window of its own, never in this terminal.

A text browser would draw over the chat and take its keys, whether BROWSER names it or a launcher
falls back to it. So nothing is started that is known to be one; where there is no display, nothing
at all. And whatever is started has no part in this terminal: it reads and writes nowhere, and in a
session of its own it cannot open the terminal by name either.
"""

import asyncio
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

FAILING_SECONDS = 2.0
"""A launcher that finds no browser ends within this time, with an error."""

_LOOK_AGAIN_SECONDS = 0.05

_TEXT_BROWSERS = frozenset(
    ("www-browser", "lynx", "links", "links2", "elinks", "w3m", "browsh", "carbonyl", "chawan")
)
_GRAPHICAL_BROWSERS = (
    "x-www-browser",
    "firefox",
    "firefox-esr",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "brave-browser",
    "microsoft-edge",
    "vivaldi",
    "opera",
    "epiphany",
    "falkon",
    "konqueror",
)
_LAUNCHERS = ("xdg-open", *_GRAPHICAL_BROWSERS)


def command(
    url: str, environ: Mapping[str, str] = os.environ, platform: str = sys.platform
) -> list[str] | None:
    """Return what opens `url` in a window; None where nothing can."""
    if platform == "darwin":  # over SSH, the window would open in front of somebody else
        return None if "SSH_CONNECTION" in environ else ["open", url]
    if "WSL_DISTRO_NAME" in environ and (viewer := shutil.which("wslview", path=_path(environ))):
        return [viewer, url]
    if not (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")):
        return None
    for program, *words in _candidates(environ):
        found = shutil.which(program, path=_path(environ))
        if found is not None and not _is_text_browser(found):
            filled = [word.replace("%s", url) for word in words]
            return [found, *filled, *([] if filled != words else [url])]
    return None


def _path(environ: Mapping[str, str]) -> str:
    return environ.get("PATH", os.defpath)


def _candidates(environ: Mapping[str, str]) -> Iterator[list[str]]:
    """Yield commands, the user's own choice first."""
    for chosen in environ.get("BROWSER", "").split(os.pathsep):
        try:
            words = shlex.split(chosen)
        except ValueError:  # an open quotation mark
            continue
        if words:
            yield words
    for program in _LAUNCHERS:
        yield [program]


def _is_text_browser(program: str) -> bool:
    """Return whether a program is a text browser, under its own name or another one."""
    names = {Path(program).name, Path(program).resolve().name}
    return not names.isdisjoint(_TEXT_BROWSERS)


async def opens(url: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Open an address; returns whether a browser took it, as far as one can know."""
    if sys.platform == "win32":
        os.startfile(url)  # noqa: S606 (an http address; Windows asks no shell)
        return True
    words = command(url, environ)
    if words is None:
        return False
    # Else a launcher would fall back to text browsers by itself.
    graphical = dict(environ) | {"BROWSER": os.pathsep.join(_GRAPHICAL_BROWSERS)}
    try:
        launched = await asyncio.to_thread(_launched, words, graphical)
    except OSError:
        return False
    for _ in range(round(FAILING_SECONDS / _LOOK_AGAIN_SECONDS)):
        if (status := launched.poll()) is not None:
            return status == 0
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    return True  # a browser that stays


def _launched(words: list[str], environ: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 (the user's own browser)
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=environ,
    )
