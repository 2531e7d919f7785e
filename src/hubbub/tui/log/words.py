"""Which cells of a row show what was said; all others are around it: names, quotes, filling."""

from itertools import accumulate
from typing import NamedTuple

from rich.cells import cell_len
from wcwidth import iter_graphemes


class Words(NamedTuple):
    """`text` stands from the cell `column` on, and begins at `start` in all that the item says."""

    column: int
    start: int
    text: str

    @property
    def end(self) -> int:
        """Where it ends in all that the item says."""
        return self.start + len(self.text)

    def under(self, cell: int) -> tuple[int, int]:
        """Return where the character at a cell begins and ends; beside the words, it is empty."""
        if cell < self.column:
            return self.start, self.start
        column, place = self.column, self.start
        for cluster in iter_graphemes(self.text):
            column += cell_len(cluster)
            if cell < column:
                return place, place + len(cluster)
            place += len(cluster)
        return self.end, self.end

    def cells(self, start: int, end: int) -> tuple[int, int]:
        """Return the cells that show what stands between two places of what the item says."""
        edges = list(accumulate(map(cell_len, iter_graphemes(self.text)), initial=self.column))
        places = list(accumulate(map(len, iter_graphemes(self.text)), initial=self.start))
        shown = [cell for cell, place in zip(edges, places, strict=True) if start <= place <= end]
        return (shown[0], shown[-1]) if shown else (self.column, self.column)
