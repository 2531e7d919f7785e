"""Who is let into the chatroom: what whoever runs it decides."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import replace

Enter = Literal["open", "invitation", "members"]


class Access(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `[access]` section of the configuration. Operators, and members, are always let in."""

    enter: Annotated[
        Enter,
        Meta(
            description='Whom to let in: with "open" everybody who gives the password, if there '
            'is one; with "invitation" whoever was here before, or brings an invitation; with '
            '"members" only those who have claimed their name, or are invited as members.'
        ),
    ] = "open"
    guests: Annotated[
        bool, Meta(description="Whether to let in people who have not claimed their name.")
    ] = True
    passing: Annotated[
        bool,
        Meta(
            description="Whether to let in clients that only give a name, such as those of the "
            "tutorial, and whom the server cannot know again."
        ),
    ] = True


class AccessChanges(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What operators changed of that while the server runs; the configuration says the rest."""

    enter: Enter | None = None
    guests: bool | None = None
    passing: bool | None = None

    @property
    def given(self) -> dict[str, str | bool]:
        """What is changed, by name."""
        values = {"enter": self.enter, "guests": self.guests, "passing": self.passing}
        return {name: value for name, value in values.items() if value is not None}

    def over(self, configured: Access) -> Access:
        """Return whom to let in where this is `configured`."""
        return replace(configured, **self.given)
