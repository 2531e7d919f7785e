"""Words of the log that the mouse has marked.

A mark holds on to characters of what was said, not to cells of the screen. So it stays with them
while messages come in, the log is scrolled, or another width breaks the lines elsewhere. What is
around the words can be no part of it: times, names, quotes, remarks, and the space that fills rows.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from hubbub.desk.log import Note, RoomLog
from hubbub.tui.log.labels import clock, does, speaker
from hubbub.tui.log.layout import Block
from hubbub.tui.log.window import Row

_WORD = re.compile(r"\S+")


class Spot(NamedTuple):
    """What is under the mouse: a character of what an item says, from `start` to `end`.

    Beside the words and between them there is none, and both are the place where it would be.
    """

    item: int
    start: int
    end: int


class Mark(NamedTuple):
    """All between the spot where the mouse was pressed and where it is now, both included."""

    anchor: Spot
    head: Spot

    @property
    def first(self) -> tuple[int, int]:
        """The item with which it begins, and the place in what it says."""
        return min((spot.item, spot.start) for spot in self)

    @property
    def last(self) -> tuple[int, int]:
        """The item with which it ends, and the place in what it says."""
        return max((spot.item, spot.end) for spot in self)

    def part(self, item: int, length: int) -> tuple[int, int]:
        """Return what is marked of an item that says `length` characters."""
        (first, start), (last, end) = self.first, self.last
        if not first <= item <= last:
            return 0, 0
        return start if item == first else 0, min(end, length) if item == last else length


def spot_at(rows: Sequence[Row], column: int, row: int) -> Spot | None:
    """Return what is under a cell of these rows; above and below them, where they begin and end."""
    drawn = [number for number, one in enumerate(rows) if one.block is not None]
    if not drawn:
        return None
    if row < drawn[0]:
        row, column = drawn[0], -1
    elif row > drawn[-1]:
        row, column = drawn[-1], rows[-1].strip.cell_length
    hit = rows[row]
    assert hit.block is not None
    if hit.words is not None:
        return Spot(hit.item, *hit.words.under(column))
    below = next((one for one in hit.block.words[hit.line :] if one is not None), None)
    place = len(hit.block.text) if below is None else below.start
    return Spot(hit.item, place, place)


def word_at(text: str, place: int) -> tuple[int, int]:
    """Return where the word begins and ends that a place is in; between words, it is empty."""
    words = (found.span() for found in _WORD.finditer(text))
    return next((span for span in words if span[0] <= place < span[1]), (place, place))


def marked_text(mark: Mark, log: RoomLog, block: Callable[[int], Block], own_name: str) -> str:
    """Return the marked words; where several have spoken, as `[time] name: words`."""
    said: list[tuple[str, str]] = []
    for index in range(max(mark.first[0], log.first), min(mark.last[0] + 1, log.end)):
        text = block(index).text
        start, end = mark.part(index, len(text))
        words = "\n".join(line.rstrip() for line in text[start:end].split("\n")).strip("\n")
        if words:
            item = log[index]
            by = "" if isinstance(item, Note) else f"{speaker(item, own_name)}: "
            by = "* " if does(item) else by
            said.append((f"[{clock(item)}] {by}", words))
    return said[0][1] if len(said) == 1 else "\n".join(before + words for before, words in said)
