"""Every bound that an operator can set, with its unit and reason; the config file is made from it.

Bounds that the protocol fixes stand beside what they bound (names.py, commands.py).
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from hubbub.chat.passwords import PASSWORD_CHARS_MIN


class GuestLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `[people]` section of hubbub.toml."""

    guest_name_minutes: Annotated[
        float,
        Meta(
            ge=0,
            description="Minutes for which a name stays with a guest who has left: somebody whose "
            "program keeps a secret, by which the chatroom knows them again.",
        ),
    ] = 60
    guest_days: Annotated[
        float,
        Meta(
            gt=0,
            description="Days after which a guest is forgotten who has not been here. What they "
            "said stays.",
        ),
    ] = 30
    password_chars_min: Annotated[
        int, Meta(ge=1, le=64, description="Characters that a new password must have.")
    ] = PASSWORD_CHARS_MIN


class FileLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `[files]` section of hubbub.toml. A megabyte has 1,000,000 bytes."""

    file_megabytes_max: Annotated[
        float,
        Meta(
            ge=0, description="Megabytes that one file may have; 0 is none, so nobody uploads any."
        ),
    ] = 100
    daily_megabytes_max: Annotated[
        float,
        Meta(
            ge=0,
            description="Megabytes of files that people at one address may upload in a day, or ten "
            "times as many if they are on the server's machine; 0 is no limit.",
        ),
    ] = 1000
    room_megabytes_max: Annotated[
        float, Meta(ge=0, description="Megabytes of files that one room holds; 0 is no limit.")
    ] = 10_000
    megabytes_max: Annotated[
        float, Meta(ge=0, description="Megabytes of files in all rooms together; 0 is no limit.")
    ] = 100_000
    disk_free_megabytes_min: Annotated[
        float,
        Meta(
            ge=0,
            description="Megabytes that files leave free on their disk, beside what [limits] "
            "disk_free_bytes_min keeps: people can still talk when there is no room for files.",
        ),
    ] = 1000
    unfinished_hours: Annotated[
        float,
        Meta(
            gt=0,
            description="Hours after which a file is dropped that was not sent to the end, or is "
            "in no message.",
        ),
    ] = 24


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `[limits]` section of hubbub.toml."""

    messages_per_second: Annotated[
        float,
        Meta(
            ge=0,
            description="Short messages per second that one sender may keep up; 0 is no limit. "
            "Whatever else it asks for counts as so many as it makes the server do. The server "
            "reads more slowly from a faster sender, and drops nothing of what it sent. Senders "
            "of one address may keep up 200 times as much together.",
        ),
    ] = 100
    burst: Annotated[
        int,
        Meta(
            ge=1,
            description="Short messages that a sender may send at once before that rate holds; "
            "those of one address together 20 times as many, however often they come back.",
        ),
    ] = 1000
    text_bytes_max: Annotated[
        int, Meta(ge=1, description="Longest message text, in bytes of UTF-8.")
    ] = 65_536
    frame_bytes_max: Annotated[
        int,
        Meta(
            ge=1024,
            le=999_999_999,
            description="Longest frame payload, in bytes; leaves room for the JSON around a text.",
        ),
    ] = 262_144
    unsent_bytes_max: Annotated[
        int,
        Meta(
            ge=1024,
            description="Bytes waiting for a slow reader before it is served from the log instead.",
        ),
    ] = 65_536
    pending_bytes_max: Annotated[
        int,
        Meta(
            ge=1024,
            description="Bytes of one sender's messages that may wait for a commit before the "
            "server reads from the sender more slowly.",
        ),
    ] = 1_048_576
    handshake_seconds: Annotated[
        float,
        Meta(
            gt=0,
            description="Seconds that a new connection has to say who it is. On loopback they "
            "count from its first byte: people type their name after their client has connected.",
        ),
    ] = 60
    idle_seconds: Annotated[
        float,
        Meta(ge=0, description="Seconds of silence after which a session ends; 0 is never."),
    ] = 0
    keepalive_seconds: Annotated[
        int,
        Meta(
            ge=4,
            le=32_767,  # what Linux takes
            description="Seconds until a session ends, and its name is free, whose peer vanished "
            "without a word, as a machine does that loses its power or network. A peer that is "
            "there stays, even if it says or reads nothing.",
        ),
    ] = 60
    connections_max: Annotated[
        int,
        Meta(
            ge=0,
            description="Connections at the same time, from everywhere; 0 is as many as the "
            "system's limit of open files allows, and 50,000 at the most.",
        ),
    ] = 0
    connections_per_address_max: Annotated[
        int,
        Meta(
            ge=0,
            description="Connections at the same time from one address; 0 is no limit. "
            "Loopback addresses do not count.",
        ),
    ] = 256
    rooms_max: Annotated[
        int,
        Meta(
            ge=1,
            description="Rooms at the same time. In a day a person may open a 200th of them, all "
            "from one address a 50th, and all from this machine a fifth, or 20 if that is more. "
            "The last tenth is kept for those who opened few.",
        ),
    ] = 100_000
    rooms_per_member_max: Annotated[
        int, Meta(ge=1, description="Rooms that one session may be in.")
    ] = 200
    listed_max: Annotated[
        int,
        Meta(
            ge=1,
            description="Entries that a list of members or rooms shows. A room with more members "
            "sends no presence and no typing events: they would cost more than its messages.",
        ),
    ] = 1000
    daily_bytes_max: Annotated[
        int,
        Meta(
            ge=0,
            description="Bytes that people at one address may post in a day, or ten times as much "
            "if they are on the server's machine; 0 is no limit. Each message counts as 256 more.",
        ),
    ] = 1_000_000_000
    disk_free_bytes_min: Annotated[
        int,
        Meta(
            ge=0,
            description="Bytes that the server leaves free on the disk of its log; 0 is none. "
            "Below that nothing can be posted, until there is more space again.",
        ),
    ] = 67_108_864
    shutdown_seconds: Annotated[
        float,
        Meta(
            ge=0,
            description="Seconds that members have to read the rest when the server stops. It "
            "waits no longer than 3 for one who reads nothing.",
        ),
    ] = 10
