"""How long messages are kept, as a setting, a rule of a room, and a person's words."""

import re
from typing import Annotated, Final, Self

import msgspec
from msgspec import Meta

RETENTION_MAX: Final = 1_000_000_000
DAY_MILLISECONDS: Final = 86_400_000

_SAID: Final = re.compile(r"(\d{1,9}) *(d|days?|messages?)", re.ASCII | re.IGNORECASE)


class Retention(msgspec.Struct, frozen=True, omit_defaults=True):
    """How long messages are kept, and how many of a room: both hold. The `[retention]` section."""

    days: Annotated[
        int,
        Meta(
            ge=0,
            le=RETENTION_MAX,
            description="Days after which a message is removed, with all that belongs to it; "
            "0 keeps messages for ever. A room's own rules can only ask for less.",
        ),
    ] = 0
    messages: Annotated[
        int,
        Meta(
            ge=0,
            le=RETENTION_MAX,
            description="So many messages of each room are kept, the newest; 0 keeps all.",
        ),
    ] = 0

    @property
    def is_for_ever(self) -> bool:
        """Whether everything is kept."""
        return not (self.days or self.messages)

    def within(self, other: Self) -> "Retention":
        """Return the stricter of both, in each of the two ways."""
        days, messages = (
            min(filter(None, pair), default=0)
            for pair in ((self.days, other.days), (self.messages, other.messages))
        )
        return Retention(days, messages)

    def __str__(self) -> str:
        """What is kept, as a clause such as "messages are kept for 30 days" ends."""
        parts = []
        if self.days:
            parts.append("for 1 day" if self.days == 1 else f"for {self.days} days")
        if self.messages:
            parts.append(f"while they are among the newest {self.messages}")
        return " and ".join(parts) or "for ever"


def parse_retention(words: str) -> Retention | None:
    """Return what `30 days`, `1000 messages`, both, or `off` means; None if that is nothing."""
    words = words.strip()
    if words.lower() == "off":
        return Retention()
    found = {"d": 0, "m": 0}
    for part in re.split(r" and |,", words):
        if (said := _SAID.fullmatch(part.strip())) is None or not int(said[1]):
            return None
        found[said[2][0].lower()] = int(said[1])
    return Retention(found["d"], found["m"])
