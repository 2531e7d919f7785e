"""How many cells the longest name in a log takes, found by looking at each item once."""

from rich.cells import cell_len

from hubbub.desk.log import RoomLog, Said
from hubbub.tui.log.labels import one_line


class LongestName:
    """Only grows while a log is shown: a column that shrank would move what is being read."""

    def __init__(self) -> None:
        self._cells = 0
        self._known: set[str] = set()
        self._seen = range(0)
        """The indices of the items that were looked at."""
        self._renewals = 0

    def cells(self, log: RoomLog, own_name: str) -> int:
        """Return the cells of the longest name of those who speak in the log, and of the user."""
        self._take(own_name)
        seen, there = self._seen, range(log.first, log.settled_end)
        if log.renewals != self._renewals:  # each index may be another item now
            seen, self._renewals = range(there.start, there.start), log.renewals
        for part in (range(there.start, seen.start), range(seen.stop, there.stop)):
            for index in part:
                item = log[index]
                if isinstance(item, Said):
                    self._take(item.message.sender)
        self._seen = there
        return self._cells

    def _take(self, name: str) -> None:
        if name not in self._known:
            self._known.add(name)
            self._cells = max(self._cells, cell_len(one_line(name)))
