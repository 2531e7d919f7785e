"""Every bound that an operator can set, with its unit and reason; the config file is made from it.

Bounds that the protocol fixes stand beside what they bound (names.py, commands.py).
"""

from typing import Annotated

import msgspec
from msgspec import Meta


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `[limits]` section of hubbub.toml."""

    messages_per_second: Annotated[
        float,
        Meta(
            ge=0,
            description="Frames per second that one sender may keep up; 0 is no limit. The server "
            "reads more slowly from a faster sender, and drops nothing of what it sent.",
        ),
    ] = 100
    burst: Annotated[
        int, Meta(ge=1, description="Frames that a sender may send at once before that rate holds.")
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
        int, Meta(ge=1, description="Connections at the same time, from everywhere.")
    ] = 50_000
    connections_per_address_max: Annotated[
        int,
        Meta(
            ge=0,
            description="Connections at the same time from one address; 0 is no limit. "
            "Loopback addresses do not count.",
        ),
    ] = 256
    rooms_max: Annotated[int, Meta(ge=1, description="Rooms at the same time.")] = 100_000
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
    duplicate_window_seconds: Annotated[
        int,
        Meta(
            ge=1, description="Seconds within which a message repeated with its nonce posts once."
        ),
    ] = 600
    shutdown_seconds: Annotated[
        float,
        Meta(
            ge=0,
            description="Seconds that members have to read the rest when the server stops.",
        ),
    ] = 3
