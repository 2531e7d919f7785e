"""The lists beside the log: the user's rooms, and who is in the one on the screen."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual import events, on
from textual.message import Message as TextualMessage
from textual.strip import Strip
from textual.widget import Widget

from hubbub.chat.names import same_name
from hubbub.chat.roles import Role
from hubbub.client import Replica
from hubbub.desk.room import RoomState
from hubbub.desk.rooms import Rooms
from hubbub.desk.standing import role_by
from hubbub.tui.log.labels import cut, one_line
from hubbub.tui.log.strips import strip_of
from hubbub.tui.looks import Looks

COUNT_MAX = 999
MARKED_FROM_ROWS = 4
"""In a lower list, no row is spared to say what is out of sight."""

_PLAIN = Style.null()


class Pane(Widget):
    """A list of lines, of which those around the current one are shown; a click chooses one.

    Where lines that are unread are out of sight, the first or last row says so, and leads there.
    """

    ALLOW_SELECT = False  # Textual would copy the name of the widget
    DEFAULT_CSS = """
    Pane { height: 1fr; background: $panel; padding: 0 1; }
    """

    class Chosen(TextualMessage):
        """A line was clicked."""

        def __init__(self, pane: "Pane", index: int) -> None:
            super().__init__()
            self.index = index
            self._pane = pane

        @property
        def control(self) -> "Pane":
            """The pane it belongs to."""
            return self._pane

    def __init__(self, id: str) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self._lines: Sequence[Text] = ()
        self._current = 0
        self._scrolled = 0
        self._unread: Sequence[int] = ()
        self._mark = Style.null()

    def show(
        self,
        lines: Sequence[Text],
        current: int = 0,
        unread: Sequence[int] = (),
        mark: Style = _PLAIN,
    ) -> None:
        """Show these lines, `current` and those that are `unread` among them; these are marked."""
        is_same = (list(unread), list(lines)) == (list(self._unread), list(self._lines))
        self._unread, self._mark = unread, mark
        if not is_same or current != self._current:
            moved = current != self._current
            self._lines, self._current = lines, current
            if moved:
                self._reveal()
            self.refresh()

    @on(events.Resize)
    def _reveal(self) -> None:
        self._bring_in(self._current)
        self.refresh()

    def _bring_in(self, index: int) -> None:
        """Bring a line on the screen, where no mark covers it."""
        height = max(self.size.height, 1)
        self._scrolled = max(min(self._offset(), index - 1), index - height + 2, 0)

    def _away(self) -> tuple[list[int], list[int]]:
        """Return which unread lines are above and below what is seen."""
        first, last = self._offset(), self._offset() + self.size.height - 1
        above = [index for index in self._unread if index < first or 0 < index == first]
        below = [index for index in self._unread if index > last or index == last < self._last]
        return above, below

    @property
    def _last(self) -> int:
        return len(self._lines) - 1

    def _marked(self, y: int) -> Text | None:
        """Return what a row says of what is out of sight, if it does."""
        if self.size.height < MARKED_FROM_ROWS:
            return None
        above, below = self._away()
        if y == 0 and above:
            return Text(f"↑ {len(above)} unread", self._mark)
        if y == self.size.height - 1 and below:
            return Text(f"↓ {len(below)} unread", self._mark)
        return None

    def render_line(self, y: int) -> Strip:
        """Return a row of the screen."""
        index = y + self._offset()
        style = self.rich_style
        if (mark := self._marked(y)) is not None:
            return strip_of(mark, self.size.width, style)
        if index >= len(self._lines):
            return Strip.blank(self.size.width, style)
        return strip_of(self._lines[index], self.size.width, style)

    def _offset(self) -> int:
        return max(0, min(self._scrolled, len(self._lines) - self.size.height))

    @on(events.Click)
    def _choose(self, event: events.Click) -> None:
        y = event.get_content_offset_capture(self).y
        index = y + self._offset()
        if self._marked(y) is not None:
            above, below = self._away()
            self._bring_in(above[-1] if y == 0 else below[0])
            self.refresh()
        elif 0 <= index < len(self._lines):
            self.post_message(self.Chosen(self, index))

    @on(events.MouseScrollUp)
    def _wheel_up(self) -> None:
        self._scrolled = max(self._offset() - 1, 0)
        self.refresh()

    @on(events.MouseScrollDown)
    def _wheel_down(self) -> None:
        self._scrolled = self._offset() + 1
        self.refresh()


class RoomLine(NamedTuple):
    """A line of the list of rooms, and the room that it stands for, if it is one."""

    text: Text
    room: RoomState | None


def room_lines(rooms: Rooms, current: RoomState | None, width: int, looks: Looks) -> list[RoomLine]:
    """Return a line for each room, and above each section, if there is more than one.

    `current`: the room on the screen.
    """
    listed = list(rooms)
    is_divided = len({rooms.section(room) for room in listed}) > 1
    lines: list[RoomLine] = []
    section = None
    for room in listed:
        if is_divided and rooms.section(room) is not section:
            section = rooms.section(room)
            lines.append(RoomLine(Text(cut(section.value, width), looks.dim), None))
        lines.append(RoomLine(_room_line(room, room is current, width, looks), room))
    return lines


def _room_line(room: RoomState, is_current: bool, width: int, looks: Looks) -> Text:
    style = Style.null()
    if is_current:
        style = looks.accent + Style(bold=True)
    elif room.unread:
        style = Style(bold=True)
    counted = badge(room)
    title = cut(one_line(room.title), max(width - len(counted) - (1 if counted else 0), 1))
    free = width - cell_len(title) - len(counted)
    kind = " private" if room.is_private else ""
    kind = kind if len(kind) < free else ""
    look = looks.unread + Style(bold=True) if room.mentions else looks.dim
    style += Style(italic=True) if room.is_private else Style.null()
    gap = " " * max(free - len(kind), 0)
    return Text.assemble((title, style), (kind, looks.dim), gap, (counted, look))


def badge(room: RoomState) -> str:
    """Return what a list says beside a room: `@2` for mentions, `17` for messages."""
    if room.mentions:
        return f"@{count(room.mentions)}"
    return count(room.unread) if room.unread else ""


def count(number: int) -> str:
    """Return how many there are, or that they are very many."""
    return str(number) if number <= COUNT_MAX else f"{COUNT_MAX}+"


KIND_MARKS = {"member": "●", "guest": "◐", "bot": "◆", "": "◌"}
"""What stands before the names of people in the list, by what they are."""
GONE_MARK = "○"

_POWERS = {"operator": "op", "moderator": "mod"}
"""Words for roles in short; others stand there as they are."""


def member_lines(
    room: Replica, spoke: Iterable[str], own_name: str, width: int, looks: Looks
) -> list[Text]:
    """Return a line for each member, with what they are, and below them those who are gone."""
    here = sorted(room.members, key=str.casefold)
    gone = [name for name in spoke if not any(same_name(name, one) for one in here)]
    lines = [Text(f"{len(here)} here", looks.dim)]
    lines += [_member_line(room, name, own_name, width, looks) for name in here]
    lines += [
        Text(f"{GONE_MARK} {cut(one_line(name), max(width - 2, 1))}", looks.dim) for name in gone
    ]
    return lines


def _member_line(room: Replica, name: str, own_name: str, width: int, looks: Looks) -> Text:
    is_away = name in room.away
    told = [_POWERS.get(role, role)] if (role := role_of(room, name)) else []
    told += ["you"] if same_name(name, own_name) else []
    told += [one_line(room.away[name]) or "away"] if is_away else []
    mark = KIND_MARKS.get(room.kinds.get(name, ""), KIND_MARKS["member"])
    label = cut(one_line(name), max(width - 2, 1))
    beside = cut(f" {', '.join(told)}", max(width - 2 - cell_len(label), 0)) if told else ""
    style = looks.dim if is_away else looks.name(name)
    return Text.assemble(
        (f"{mark} ", looks.dim if is_away else ""), (label, style), (beside, looks.dim)
    )


def role_of(room: Replica, name: str) -> str:
    """Return the word for what power a member has in a room, empty if they have none."""
    role = role_by(room.rules, name)
    return room.roles.get(name) or ("" if role is Role.PASSING else role.word)
