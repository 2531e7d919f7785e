"""Soft wrapping that keeps grapheme clusters whole, in the place of Textual's own."""

from rich.cells import cell_len
from textual.document._wrapped_document import WrappedDocument
from textual.geometry import Offset
from wcwidth import iter_graphemes

from hubbub.tui.breaking import breaks


class ClusterDocument(WrappedDocument):
    """A wrapped view in which no row and no click ever parts a grapheme cluster."""

    def wrap(self, width: int, tab_width: int | None = None) -> None:
        """Wrap all lines at `width` cells. Lines that did not change come from a cache."""
        self._width = width
        self._tab_width = tab_width or self._tab_width
        lines = [breaks(line, width, tab_width=self._tab_width) for line in self.document.lines]
        self._wrap_offsets = [line.offsets for line in lines]
        self._tab_width_cache = [line.tab_cells for line in lines]
        self._offset_to_line_info = [
            (index, section)
            for index, line in enumerate(lines)
            for section in range(len(line.offsets) + 1)
        ]
        self._line_index_to_offsets = [[] for _ in lines]
        for row, (index, _section) in enumerate(self._offset_to_line_info):
            self._line_index_to_offsets[index].append(row)

    def wrap_range(
        self,
        start: tuple[int, int],  # noqa: ARG002 (the cache knows which lines changed)
        old_end: tuple[int, int],  # noqa: ARG002
        new_end: tuple[int, int],  # noqa: ARG002
    ) -> None:
        """Wrap anew after an edit."""
        self.wrap(self._width)

    def location_to_offset(self, location: tuple[int, int]) -> Offset:
        """Return where a place is drawn. During an undo the cursor may still be below the end."""
        row, column = location
        return super().location_to_offset((min(row, len(self._wrap_offsets) - 1), column))

    def get_target_document_column(self, line_index: int, x_offset: int, y_offset: int) -> int:
        """Return the start of the cluster at a cell of a row, as a column of the line."""
        sections = self.get_sections(line_index)
        section = sections[y_offset]
        is_last = y_offset in (-1, len(sections) - 1)
        base = sum(map(len, sections[:y_offset]))
        place = start = cells = 0
        for cluster in iter_graphemes(section):
            start = place
            cells += (
                self._tab_width - cells % self._tab_width if cluster == "\t" else cell_len(cluster)
            )
            if cells > x_offset:
                return base + start
            place += len(cluster)
        return base + (place if is_last else start)
