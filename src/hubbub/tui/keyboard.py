"""What a terminal sends, as keys and pastes: two rules where Textual's own reading loses text.

*Alt or Escape.* A terminal sends Alt with a key as an Escape and that key, the same bytes as an
Escape and a sentence typed right behind it. Pairs that mean something here are Alt; any other is an
Escape, and then what was typed. (Textual waits for more, drops the first character, and types a "^"
when more than a few dozen come at once.)

*What is pasted is never pressed.* An Escape inside a paste ends it for Textual, and the rest would
be keys, line ends and all: Enter would send them. So an Escape that does not end the paste is left
out; messages hold no control characters anyway.
"""

from collections.abc import Iterable, Iterator

from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.message import Message

_ESCAPE = "\x1b"
_CONTROL_SEQUENCE = "["
_SINGLE_SHIFT = "O"
"""What begins the keys of several bytes, behind an Escape; terminals send no others unasked."""
_KEYPAD = "jklmnopqrstuvwxyX"
"""Keys of several bytes that terminals send only once asked to, and words after an O."""

_ALT_KEYS = {
    "\x1b\r": "alt+enter",
    "\x1ba": "alt+a",
    "\x1bb": "alt+b",
    "\x1bd": "alt+d",
    "\x1bf": "alt+f",
    "\x1bz": "alt+z",
    "\x1bm": "alt+m",
    "\x1bu": "alt+u",
    **{f"\x1b{digit}": f"alt+{digit}" for digit in range(10)},
}


def hear_alt(keys: Iterable[str]) -> None:
    """Take these keys for keys, where they are Alt with a letter: they mean something here."""
    for key in " ".join(keys).split():
        modifier, _, letter = key.rpartition("+")
        if modifier == "alt" and len(letter) == 1:
            _ALT_KEYS[_ESCAPE + letter] = key


class Keyboard(XTermParser):
    """Turns what is read from a terminal into events."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._is_pasting = False
        self._held = ""
        """The end of what was read, if it may be the beginning of a paste's end."""

    def feed(self, data: str) -> Iterable[Message]:
        """Return the events in what was read."""
        taken = "".join(self._without_escapes(data))
        return () if data and not taken else super().feed(taken)  # "" would be the end of all input

    def _without_escapes(self, data: str) -> Iterator[str]:
        data, self._held = self._held + data, ""
        while data:
            border = BRACKETED_PASTE_END if self._is_pasting else BRACKETED_PASTE_START
            part, found, data = data.partition(border)
            if self._is_pasting:
                if not found:
                    part, self._held = _split_start(part, border)
                part = part.replace(_ESCAPE, "")
            yield part + found
            if found:
                self._is_pasting = not self._is_pasting

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        if (key := _ALT_KEYS.get(f"{_ESCAPE}{sequence}" if alt else sequence)) is not None:
            yield events.Key(key, None)
            return
        is_pair = sequence[0] == _ESCAPE and _is_typed(sequence[1:])
        typed = sequence[1:] if is_pair else sequence
        if alt or is_pair:
            yield events.Key("escape", _ESCAPE)
            for character in typed:
                yield from super()._sequence_to_key_events(character)
        else:
            yield from super()._sequence_to_key_events(sequence)


def _is_typed(after: str) -> bool:
    """Return whether what stands behind an Escape begins no key of several bytes."""
    is_whole = len(after) == (2 if after[:1] == _SINGLE_SHIFT else 1)
    is_key = len(after) == 2 and after[1] not in _KEYPAD and _ESCAPE + after in ANSI_SEQUENCES_KEYS
    return is_whole and not is_key and after.isprintable() and after != _CONTROL_SEQUENCE


def _split_start(text: str, border: str) -> tuple[str, str]:
    """Split off the longest end of `text` that `border` begins with."""
    for length in range(min(len(border) - 1, len(text)), 0, -1):
        if border.startswith(text[-length:]):
            return text[:-length], text[-length:]
    return text, ""
