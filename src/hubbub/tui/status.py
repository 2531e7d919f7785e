"""The line at the bottom: the connection, what it proves, and what goes on elsewhere."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from hubbub.desk.desk import Desk
from hubbub.desk.link import Link, State
from hubbub.desk.posting import unsent
from hubbub.desk.room import RoomState
from hubbub.tui.log.labels import one_line
from hubbub.tui.looks import Looks
from hubbub.tui.neighbours import Neighbour, elsewhere
from hubbub.tui.panes import badge

_TYPING_NAMES_MAX = 2


def status(
    desk: Desk,
    neighbours: Sequence[Neighbour],
    looks: Looks,
    width: int,
    now: float,
    *,
    rooms_hidden: bool,
) -> Text:
    """Return the line. Where it is narrow, its parts are shortened, and the last left out first."""
    connection = _connection(desk.link, now)
    if len(neighbours) > 1:
        connection = _whose(desk, connection)
    parts = [(connection, _state_style(desk.link, looks))]
    if rooms_hidden:
        unread = [room for _, room in elsewhere(desk, neighbours)]
        parts.append((_elsewhere(unread), looks.unread))
    if desk.link.state is State.OFFLINE and (waiting := unsent(desk.rooms)):
        sentence = f"{waiting} waiting to be sent"
        parts.append(([sentence, f"{waiting} unsent"], looks.error))
    parts.append((_own_absence(desk), looks.accent))
    parts.append((_typing(desk.rooms.current.typing(now)), looks.accent))
    parts.append((_proof(desk), looks.dim))
    line = Text()
    for versions, style in parts:
        gap = "  " if line else ""
        room = width - cell_len(line.plain) - len(gap)
        if fitting := next((one for one in versions if cell_len(one) <= room), ""):
            line.append(gap).append(fitting, style)
    return line


def _whose(desk: Desk, connection: list[str]) -> list[str]:
    """Say as whom the user is in the chatroom on the screen, and in which; and its connection."""
    name, address = one_line(desk.name), desk.link.at
    told = [one if address in one else f"{address} {one}" for one in connection[:1]]
    return [
        *(f"{name} in {one}" for one in told),
        *(f"{name} {one}" for one in connection[1:]),
        *connection,
    ]


def _state_style(link: Link, looks: Looks) -> Style:
    return looks.error if link.state is State.OFFLINE else looks.dim


def _connection(link: Link, now: float) -> list[str]:
    match link.state:
        case State.CONNECTING:
            return [f"○ connecting to {link.at} …", "○ connecting …", "○"]
        case State.ONLINE:
            latency = link.latency_seconds
            measured = "" if latency is None else f" {max(round(latency * 1000), 1)} ms"
            return [f"● {link.at}{measured}", f"●{measured}", "●"]
        case State.CLASSIC:
            return [f"● {link.at} keeps no history", "● no history", "●"]
        case State.OFFLINE:
            again = ""
            if link.retry_at is not None:
                again = f"; next try in {max(link.retry_at - now, 0):.0f} s"
            return [f"○ offline: {link.reason}{again}", f"○ offline{again}", "○ offline", "○"]


def _elsewhere(others: Sequence[RoomState]) -> list[str]:
    """Say which other rooms hold something unread, or how many."""
    if not others:
        return []
    first, *rest = others
    named = f"{one_line(first.title)} {badge(first)}"
    more = f" +{len(rest)}" if rest else ""
    return [named + more, badge(first) + more]


def _own_absence(desk: Desk) -> list[str]:
    """Say that the user said to be away: it is easily forgotten."""
    replica = desk.replica(desk.rooms.current)
    is_away = replica is not None and desk.name in replica.away
    return ["you are away; /back ends it", "away"] if is_away else []


def _typing(names: list[str]) -> list[str]:
    if not names:
        return []
    if len(names) > _TYPING_NAMES_MAX:
        return [f"{len(names)} are typing …"]
    who = " and ".join(map(one_line, names))
    return [f"{who} {'is' if len(names) == 1 else 'are'} typing …", "typing …"]


def _proof(desk: Desk) -> list[str]:
    """Say which part of the room's log is here without a hole, as `prev` proves it."""
    replica = desk.replica(desk.rooms.current)
    if replica is None or desk.is_classic or replica.last == 0:
        return []
    if replica.cursor < replica.last:
        return [f"catching up {replica.cursor}/{replica.last}"]
    if replica.start >= replica.cursor:
        return [f"up to date at {replica.cursor}"]
    if replica.missing:
        parts = ", ".join(f"{part.after + 1}–{part.upto}" for part in replica.missing[-3:])
        return [f"damaged: {parts} missing", "damaged"]
    return [f"complete {replica.start + 1}–{replica.cursor}"]
