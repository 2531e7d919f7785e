"""What a session is told of its person's devices, and of invitations and tokens."""

import msgspec

from hubbub.chat.events.logged import Event
from hubbub.chat.listed import (
    DeviceSummary,
    InvitationSummary,
    TokenSummary,
)
from hubbub.chat.times import Milliseconds


class Profile(Event, tag="profile"):
    """The answer to `profile`: who somebody is.

    `kind` is that of `PersonSummary`, or "passing"; `role` is "operator", or nothing. `here`: they
    have a session; `away` and `text` as in the event `away`. `since` is when they were first known,
    `seen` when they were here last, about; 0 is unknown. `formerly` is their name before this one.
    """

    name: str
    kind: str
    person: str = ""
    role: str = ""
    here: bool = False
    away: bool = False
    text: str = ""
    since: Milliseconds = 0
    seen: Milliseconds = 0
    formerly: str = ""
    ref: str | None = None


class IgnoredSummary(msgspec.Struct, omit_defaults=True):
    """One entry of the list of the ignored: somebody known by their id, or a name in passing."""

    name: str
    person: str = ""


class Ignoring(Event, tag="ignoring"):
    """Whom the session's person ignores from now on: all of them, the newest last."""

    people: list[IgnoredSummary]


class Devices(Event, tag="devices"):
    """The answer to `devices`."""

    devices: list[DeviceSummary]
    ref: str | None = None


class Invitation(Event, tag="invitation"):
    """The answer to `invite`, which is told once and never again; `about` is as in the list."""

    invitation: str
    about: InvitationSummary
    ref: str | None = None


class Invitations(Event, tag="invitations"):
    """The answer to `invitations`; `more` says that there are older ones."""

    invitations: list[InvitationSummary]
    more: bool = False
    ref: str | None = None


class Token(Event, tag="token"):
    """The answer to `token`, which is told once and never again; `about` is as in the list."""

    token: str
    about: TokenSummary
    ref: str | None = None


class Tokens(Event, tag="tokens"):
    """The answer to `tokens`."""

    tokens: list[TokenSummary]
    ref: str | None = None


class Code(Event, tag="code"):
    """The answer to `code` and `recovery`: what is to be typed elsewhere, within `seconds`."""

    code: str
    seconds: int
    ref: str | None = None


class Linking(Event, tag="linking"):
    """A device typed the code that this one shows, and waits for `confirm`.

    `name` is what it is called so far, `label` what it says of itself.
    """

    code: str
    name: str
    label: str = ""
