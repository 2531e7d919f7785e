"""What stands above an item: the day, the unread line, a hole, and whether a run goes on."""

from hubbub.desk.log import Item, Note, RoomLog, Said
from hubbub.desk.room import RoomState
from hubbub.tui.log.labels import at_of, does
from hubbub.tui.log.layout import Context

RUN_SECONDS = 300
"""After so long a pause the same sender is named again."""


def context(
    room: RoomState, index: int, *, selected: bool, own_name: str, every_time: bool
) -> Context:
    """Return what the item at `index` looks like besides itself.

    `every_time`: whether it tells its time even if the one above was said in the same minute.
    """
    log = room.log
    item = log[index]
    at = at_of(item)
    if index == log.first:
        begins = room.beginning and isinstance(item, Said)
        return Context(
            day=at.date(),
            unread=_is_unread(room, item, None),
            begins=begins,
            dropped=room.dropped,
            selected=selected,
        )
    above = log[index - 1]
    above_at = at_of(above)
    new_day = at.date() != above_at.date()
    unread = _is_unread(room, item, _said_above(log, index))
    below_hole = index == log.hole_at
    goes_on = (
        not new_day
        and not unread
        and not below_hole
        and not does(item)
        and not does(above)
        and _speaker(item, own_name) == _speaker(above, own_name)
        and (at - above_at).total_seconds() < RUN_SECONDS
    )
    return Context(
        day=at.date() if new_day else None,
        heads=not goes_on,
        tells_time=every_time
        or not goes_on
        or (at.hour, at.minute) != (above_at.hour, above_at.minute),
        unread=unread,
        below_hole=below_hole,
        selected=selected,
    )


def _speaker(item: Item, own_name: str) -> str | None:
    if isinstance(item, Note):
        return None
    return item.message.sender if isinstance(item, Said) else own_name


def _said_above(log: RoomLog, index: int) -> int | None:
    """Return the seq of the message before an item."""
    for place in range(index - 1, log.first - 1, -1):
        if isinstance(above := log[place], Said):
            return above.message.seq
    return None


def _is_unread(room: RoomState, item: Item, above: int | None) -> bool:
    """Return whether the unread line stands right above a message; `above`: the seq before it."""
    line = room.unread_after
    if line is None or not isinstance(item, Said) or item.message.seq <= line:
        return False
    return room.beginning if above is None else above <= line
