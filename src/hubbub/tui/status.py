"""The line at the bottom: the connection, what it proves, and what goes on elsewhere."""

from rich.cells import cell_len
from rich.text import Text

from hubbub.tui.log.layout import cut
from hubbub.tui.model.desk import Desk
from hubbub.tui.model.link import Link, State
from hubbub.tui.model.posting import unsent
from hubbub.tui.palette import Palette
from hubbub.tui.panes import badge

_TYPING_NAMES_MAX = 2


def status(desk: Desk, palette: Palette, width: int, now: float, *, rooms_hidden: bool) -> Text:
    """Return the line; what matters least is left out first where it is narrow."""
    parts = [_connection(desk.link, palette, now)]
    if rooms_hidden and (elsewhere := _elsewhere(desk)):
        parts.append(Text(elsewhere, palette.unread))
    if desk.link.state is State.OFFLINE and (waiting := unsent(desk.rooms)):
        parts.append(Text(f"{waiting} waiting to be sent", palette.error))
    if typing := _typing(desk.rooms.current.typing(now)):
        parts.append(Text(typing, palette.accent))
    if proof := _proof(desk):
        parts.append(Text(proof, palette.dim))
    line = Text()
    for part in parts:
        gap = "  " if line else ""
        if line and cell_len(line.plain) + len(gap) + cell_len(part.plain) > width:
            continue
        line.append(gap)
        line.append_text(part)
    if cell_len(line.plain) > width:
        line = Text(cut(line.plain, width), line.spans[0].style if line.spans else "")
    return line


def _connection(link: Link, palette: Palette, now: float) -> Text:
    match link.state:
        case State.CONNECTING:
            return Text(f"○ connecting to {link.address} …", palette.dim)
        case State.ONLINE:
            latency = link.latency_seconds
            measured = "" if latency is None else f" {max(round(latency * 1000), 1)} ms"
            return Text.assemble(("● ", palette.accent), link.address, measured)
        case State.CLASSIC:
            return Text.assemble(("● ", palette.accent), f"{link.address} keeps no history")
        case State.OFFLINE:
            again = ""
            if link.retry_at is not None:
                again = f"; next try in {max(link.retry_at - now, 0):.0f} s"
            return Text(f"○ offline: {link.reason}{again}", palette.error)


def _elsewhere(desk: Desk) -> str:
    others = [room for room in desk.rooms if room is not desk.rooms.current and room.unread]
    return " ".join(f"{room.title} {badge(room)}" for room in others[:2]) + (
        f" +{len(others) - 2}" if len(others) > 2 else ""
    )


def _typing(names: list[str]) -> str:
    if not names:
        return ""
    if len(names) > _TYPING_NAMES_MAX:
        return f"{len(names)} are typing …"
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} typing …"


def _proof(desk: Desk) -> str:
    """Say which part of the room's log is here without a hole, as `prev` proves it."""
    replica = desk.replica(desk.rooms.current)
    if replica is None or desk.is_classic or replica.last == 0:
        return ""
    if replica.cursor < replica.last:
        return f"catching up {replica.cursor}/{replica.last}"
    if replica.start >= replica.cursor:
        return f"up to date at {replica.cursor}"
    return f"complete {replica.start + 1}–{replica.cursor}"
