"""What all chats of the program stand on: colours, settings, and the terminal itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from textual.app import App
from textual.filter import Monochrome, NoColor

from hubbub.tui import browser
from hubbub.tui.attention import Attention
from hubbub.tui.looks import Looks, looks_of
from hubbub.tui.terminal import lasting_driver
from hubbub.tui.themes import THEMES, default_theme, with_colors
from hubbub.tui.title import entitling

if TYPE_CHECKING:
    from hubbub.desk.profile import Profile
    from hubbub.tui.config.file import ClientFile


class Ground(App[None]):
    """`config`: the settings. `profile`: what is remembered, or nothing is."""

    TITLE = "hubbub"
    CSS = """
    ToastRack { dock: top; align: right top; margin-top: 1; }
    """  # at the bottom they would cover what is being typed

    def __init__(self, profile: Profile, config: ClientFile, theme: str | None) -> None:
        """`theme`: the one that was asked for when the program was started."""
        super().__init__(driver_class=lasting_driver())
        self.profile = profile
        self.kept = profile
        """What is remembered on this computer, whether or not the user wants to be."""
        self.config = config
        self.attention = Attention()
        self._window_title = ""
        self._asked_theme = theme
        if theme:
            profile.theme = theme
        self.dress()
        if self.no_color:
            self._forgo_colors()

    def _forgo_colors(self) -> None:
        """Have no colours at all: by itself Textual turns them into greys."""
        others = [one for one in self._filters if not isinstance(one, Monochrome)]
        self._filters = [*others, NoColor()]

    def dress(self, *, asked: bool = True) -> None:
        """Take the colours of the settings; if `asked`, of the theme that was asked for before."""
        if not asked:
            self._asked_theme = None
        settings = self.config.settings
        set_ = settings.theme if settings.theme != "auto" else self.profile.theme
        name = self._asked_theme or set_ or self._default_theme()
        theme = with_colors(THEMES.get(name, THEMES["dark"]), settings.colors)
        self.register_theme(theme)
        self.theme = theme.name
        self.looks: Looks = looks_of(theme)

    def _default_theme(self) -> str:
        if self.no_color:
            return "16"
        return default_theme(os.environ, self.console.color_system)

    def write_terminal(self, sequence: str) -> None:
        """Write a control sequence, unless nobody is at a terminal."""
        if sequence and self._driver is not None and not self.is_headless:
            self._driver.write(sequence)

    def entitle(self, title: str) -> None:
        """Have the window show a title."""
        self._window_title = title
        self.show_title()

    def show_title(self, _: object = None) -> None:
        """Have the window show its title once more."""
        if self._window_title:
            self.write_terminal(entitling(self._window_title, os.environ))

    def open_url(self, url: str, *, new_tab: bool = True) -> None:  # noqa: ARG002 (Textual's)
        """Show an address in a browser with a window, or else put it into the clipboard."""
        self.run_worker(self._open(url))

    async def _open(self, url: str) -> None:
        if not await browser.opens(url):
            self.copy_to_clipboard(url)
            self.notify(
                "No browser with a window was found here. The address is in the clipboard, "
                "if your terminal allows it.",
                markup=False,
            )
