"""Where the user types: a text box that knows grapheme clusters, history and completion."""

from hubbub.tui.composer.box import ComposerBox
from hubbub.tui.composer.completion import Sources
from hubbub.tui.composer.composer import Composer, Draft
from hubbub.tui.composer.history import InputHistory

__all__ = ["Composer", "ComposerBox", "Draft", "InputHistory", "Sources"]
