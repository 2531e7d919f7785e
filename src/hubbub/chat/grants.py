"""What is granted to whoever has a secret: the values of facts, each under the secret's hash.

Only hashes are kept: the secrets are random, so nobody finds one by trying.
"""

from typing import Final, Literal

import msgspec

from hubbub.chat.roles import Scope
from hubbub.chat.times import Milliseconds

DECOY: Final = "decoy/"
HOOK: Final = "hook/"
INVITATION: Final = "invitation/"
OPERATOR_CODE: Final = "operator-code/"
RECOVERY: Final = "recovery/"
TOKEN: Final = "token/"  # noqa: S105 (it is the beginning of keys)

GRANTED: Final = (DECOY, HOOK, INVITATION, OPERATOR_CODE, RECOVERY, TOKEN)
"""Beginnings of the keys."""


class Hook(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """That whoever knows the webhook's address may post to a room under this name.

    `by` is the id of whoever made it; `seen` is when it was used last, to an hour, 0 if never.
    """

    room: str
    name: str
    since: Milliseconds
    by: str
    seen: Milliseconds = 0


class Invitation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """That people may come in who would not be let in, as guests or members, and see `rooms`.

    `uses_left` is None, and `until` 0, if there is no end to it. `by` is an id.
    """

    kind: Literal["guest", "member"] = msgspec.field(name="as", default="guest")
    rooms: tuple[str, ...] = ()
    uses_left: int | None = None
    until: Milliseconds = 0
    since: Milliseconds
    by: str

    def holds(self, now: int) -> bool:
        """Return whether somebody may come in by it at `now`, in milliseconds since the epoch."""
        return not self.why_not(now)

    def why_not(self, now: int) -> str:
        """Return why nobody may come in by it at `now`, as a predicate; empty if somebody may."""
        if self.uses_left == 0:
            return "is used up"
        return "has expired" if self.until and now >= self.until else ""


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody, by id, has used the code, which counts no longer."""

    person: str


class Recovery(msgspec.Struct, frozen=True, kw_only=True):
    """That whoever knows the code may choose a password for this person, up to `until`.

    `by` is the id of whoever gave it out.
    """

    person: str
    until: Milliseconds
    by: str


class Token(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """That a program is this person, a bot, as far as the scopes go.

    `by` and `seen` are as in `Hook`.
    """

    person: str
    scopes: tuple[Scope, ...]
    since: Milliseconds
    by: str
    label: str = ""
    seen: Milliseconds = 0


class Decoy(msgspec.Struct, frozen=True):
    """Text that nobody else knows, of which challenges for unknown names are made.

    It is kept, for a challenge that changed with a restart would tell that nobody has the name.
    """

    secret: str
