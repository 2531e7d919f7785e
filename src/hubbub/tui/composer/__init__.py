"""Where the user types: a text box that knows grapheme clusters, history and completion."""

from hubbub.tui.composer.box import ComposerBox
from hubbub.tui.composer.composer import Composer

__all__ = ["Composer", "ComposerBox"]
