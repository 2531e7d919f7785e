"""What a client asked for, until the chatroom's answer comes: by it, the answer becomes lines."""

from typing import NamedTuple


class Asked(NamedTuple):
    """One command of IRC that became a command of the chatroom.

    `command` is IRC's word, `target` the channel or nick as it was given. `label` is what the
    client wants to know the answer by. `detail` is whatever else the answer is made from.
    """

    command: str
    target: str = ""
    label: str = ""
    detail: str = ""


class Asking:
    """The commands of one client that are not answered yet, by the refs of ours."""

    def __init__(self) -> None:
        self._open: dict[str, Asked] = {}
        self._count = 0

    def ref(self, asked: Asked) -> str:
        """Return the ref under which the answer to `asked` will come."""
        self._count += 1
        ref = str(self._count)
        self._open[ref] = asked
        return ref

    def answered(self, ref: str | None) -> Asked | None:
        """Return what was asked under a ref, and forget it; None if nothing was."""
        return None if ref is None else self._open.pop(ref, None)
