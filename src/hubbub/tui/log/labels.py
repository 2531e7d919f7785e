"""Names, times and other short texts, as they are shown."""

from datetime import datetime

from rich.cells import cell_len, set_cell_size

from hubbub.desk.log import Item, Pending, Said
from hubbub.markup.visible import visible


def one_line(text: str) -> str:
    """Return a text from elsewhere as one safe line."""
    return " ".join(visible(text).split())


def cut(text: str, cells: int) -> str:
    """Return `text` in at most so many cells."""
    if cell_len(text) <= cells:
        return text
    return set_cell_size(text, max(cells - 1, 0)).rstrip() + "…" if cells > 0 else ""


def at_of(item: Item) -> datetime:
    """Return when an item came to be, in the user's time zone."""
    at = item.message.at if isinstance(item, Said) else item.at
    try:
        return datetime.fromtimestamp(at / 1000).astimezone()
    except (OverflowError, ValueError, OSError):  # no clock shows this
        return datetime.fromtimestamp(0).astimezone()


def clock(item: Item, form: str = "%H:%M") -> str:
    """Return the time of day of an item, in hours and minutes if nothing else is asked for."""
    return at_of(item).strftime(form)


def does(item: Item) -> bool:
    """Return whether an item says what somebody does, as in 'ann waves'."""
    match item:
        case Said(message):
            return message.me
        case Pending():
            return item.me
        case _:
            return False


def speaker(item: Said | Pending, own_name: str) -> str:
    """Return the name of whoever says an item; what is still pending is the user's.

    Who said something elsewhere is nobody of this name here, so where it was is said.
    """
    if not isinstance(item, Said):
        return one_line(own_name)
    message = item.message
    # In front, where a long name does not push it out, and where no name can have a bracket.
    elsewhere = f"[{message.imported}] " if message.imported else ""
    return one_line(elsewhere + message.sender)
