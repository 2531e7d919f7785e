"""Alt with a key on terminals that send an Escape before it."""

from enum import Enum
from typing import TYPE_CHECKING, cast

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS

if TYPE_CHECKING:
    from collections.abc import MutableMapping


class _Alt(Enum):
    ENTER = "alt+enter"
    DIGIT_0 = "alt+0"
    DIGIT_1 = "alt+1"
    DIGIT_2 = "alt+2"
    DIGIT_3 = "alt+3"
    DIGIT_4 = "alt+4"
    DIGIT_5 = "alt+5"
    DIGIT_6 = "alt+6"
    DIGIT_7 = "alt+7"
    DIGIT_8 = "alt+8"
    DIGIT_9 = "alt+9"


def tell_alt_keys_apart() -> None:
    """Make Textual report Alt+Enter and Alt+digits as such.

    It would take the first for Enter, which sends, and the others for what a Mac types with them.
    """
    known = cast("MutableMapping[str, object]", ANSI_SEQUENCES_KEYS)
    known["\x1b\r"] = (_Alt.ENTER,)
    for key in _Alt:
        if key is not _Alt.ENTER:
            known["\x1b" + key.value[-1]] = (key,)
