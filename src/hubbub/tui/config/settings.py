"""Every setting of the terminal client, with what it means and may be; the file is made from it."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from hubbub.tui.keys import Chosen, Mode
from hubbub.tui.pictures.means import Pictures

Theme = Literal["auto", "dark", "light", "contrast", "16"]
Clock = Literal["24h", "12h", "seconds", "none"]
Times = Literal["minute", "message"]
Calls = Literal["everything", "mentions", "nothing"]
Quiet = Annotated[
    str,
    Meta(
        pattern=r"^(([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)?$",
        title="times of day",
        examples=["22:00-07:00"],
    ),
]
Word = Annotated[str, Meta(min_length=1, max_length=64)]
Color = Annotated[str, Meta(pattern="^(#[0-9A-Fa-f]{6})?$", title="a colour", examples=["#82b1f5"])]
Key = Annotated[str, Meta(min_length=1)]
BoundKeys = tuple[Key, ...] | Key

_COLOR = "empty: that of the theme"


class Colors(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `[colors]` section."""

    text: Annotated[Color, Meta(description="Text.")] = ""
    background: Annotated[Color, Meta(description="What is behind the log.")] = ""
    panel: Annotated[Color, Meta(description="What is behind lists and lines around it.")] = ""
    dim: Annotated[Color, Meta(description="Times, days, notes, quotes.")] = ""
    accent: Annotated[Color, Meta(description="The room you are in, what is unread.")] = ""
    link: Annotated[Color, Meta(description="Links.")] = ""
    error: Annotated[Color, Meta(description="What went wrong.")] = ""
    mention: Annotated[Color, Meta(description="What is behind your name.")] = ""
    selected: Annotated[Color, Meta(description="What is behind a chosen message.")] = ""
    code: Annotated[Color, Meta(description="What is behind code.")] = ""


class Notifications(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `[notifications]` section."""

    of: Annotated[
        Calls,
        Meta(
            description="What calls you while you look elsewhere. What somebody says to you alone "
            "counts as a mention, and so does an answer to you."
        ),
    ] = "mentions"
    bell: Annotated[bool, Meta(description="Whether the terminal's bell rings.")] = True
    desktop: Annotated[
        bool, Meta(description="Whether the terminal shows a notification, if it can.")
    ] = True
    words: Annotated[
        tuple[Word, ...],
        Meta(
            max_length=50,
            description="Words that count as a mention, such as the name of a project.",
        ),
    ] = ()
    quiet: Annotated[Quiet, Meta(description='When nothing calls you, such as "22:00-07:00".')] = ""
    command: Annotated[
        str,
        Meta(
            description="A command that is run then, without a shell. Its environment has "
            "HUBBUB_SENDER, HUBBUB_ROOM and HUBBUB_TEXT."
        ),
    ] = ""


class RoomSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `[rooms.NAME]` sections."""

    notify: Annotated[
        Literal["default", Calls], Meta(description="What calls you in this room.")
    ] = "default"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings. `rooms` has those of a room by its name, and the tables of keys those of what
    they do.
    """

    theme: Annotated[
        Theme,
        Meta(
            description='The colours. With "auto", those that were chosen last with --theme, or '
            'else suit the terminal; "16" are those of the terminal itself.'
        ),
    ] = "auto"
    time: Annotated[
        Clock,
        Meta(description='How times of day are written; with "none" they are left out.'),
    ] = "24h"
    times: Annotated[
        Times,
        Meta(
            description='Where they stand: beside the first message of each "minute", or beside '
            'every "message".'
        ),
    ] = "minute"
    name_width: Annotated[
        int,
        Meta(
            ge=0,
            le=64,
            description="The most columns for names; longer ones are cut. 0 is a third of the log.",
        ),
    ] = 0
    rooms_width: Annotated[
        int, Meta(ge=8, le=80, description="The columns of the list of rooms.")
    ] = 18
    people_width: Annotated[
        int, Meta(ge=8, le=80, description="The columns of the list of people.")
    ] = 18
    pictures: Annotated[
        Pictures,
        Meta(
            description='How pictures are shown: "auto" as the terminal is known to show them, '
            'else by its protocol, or in "blocks" of colour; with "off" there are only their names.'
        ),
    ] = "auto"
    title: Annotated[
        bool,
        Meta(description="Whether the window's title shows the room, and how much is unread."),
    ] = True
    reopen_chatrooms: Annotated[
        bool,
        Meta(description="Whether the chatrooms of /connect are there again at the next start."),
    ] = True
    colors: Colors = Colors()
    notifications: Notifications = Notifications()
    rooms: dict[str, RoomSettings] = {}
    keys: dict[str, BoundKeys] = {}
    writing_keys: dict[str, BoundKeys] = {}
    choosing_keys: dict[str, BoundKeys] = {}


def chosen_keys(settings: Settings) -> Chosen:
    """Return the keys that the user has chosen."""
    return {mode: getattr(settings, mode.value) for mode in Mode}
