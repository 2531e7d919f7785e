"""Commands about who the user is, on which devices, and who else may come."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from hubbub.chat.commands.base import Command
from hubbub.chat.roles import Scope


class Hello(Command, tag="hello"):
    """The first message of a session whose transport has no username frame (WebSocket)."""

    name: str


class Resume(Command, tag="resume"):
    """Take the name over from the ghost of the connection whose `welcome` carried `session`."""

    session: str


DeviceSecret = Annotated[str, Meta(min_length=22, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


Label = Annotated[str, Meta(max_length=64)]


class Identify(Command, tag="identify"):
    """Be the person whose device keeps this secret, or a new guest; answered by a `welcome`.

    `label` is what the person may call the device. `invitation` lets them in.
    """

    device: DeviceSecret
    label: Label = ""
    invitation: Annotated[str, Meta(max_length=64)] = ""


class Rename(Command, tag="rename"):
    """Have another name, and stay the same person; answered by a `welcome`."""

    name: str


class Register(Command, tag="register"):
    """Be a member: claim the name, with a password; answered by a `welcome`."""

    password: str


class Login(Command, tag="login"):
    """Be the member of this name; answered by a `welcome`. `device` is theirs from then on.

    Without it, that is the device with which the session was identified, if it was.
    """

    name: str
    password: str
    device: DeviceSecret | None = None
    label: Label = ""


class ChangePassword(Command, tag="password"):
    """Choose another password."""

    old: str
    new: str


class ForgetMe(Command, tag="forget_me"):
    """Delete the account, which has this password, if any; `messages`: whether they go, too."""

    messages: Literal["keep", "delete"]
    password: str = ""


class GiveOutCode(Command, tag="recovery"):
    """Ask for a code with which somebody chooses another password; answered by `code`."""

    name: str


class Recover(Command, tag="recover"):
    """Choose a password for the person of this name, with a code; answered by a `welcome`.

    `device` and `label` are as in `login`.
    """

    name: str
    code: str
    password: str
    device: DeviceSecret | None = None
    label: Label = ""


class MakeToken(Command, tag="token"):
    """Make a token for the bot of this name; answered by `token`."""

    name: str
    scopes: list[Scope]
    label: Label = ""


class Tokens(Command, tag="tokens"):
    """Ask for the tokens that there are; answered by `tokens`."""


class RevokeToken(Command, tag="revoke_token"):
    """Let a token count no longer, by its id: its sessions end."""

    token: str


class Invite(Command, tag="invite"):
    """Make an invitation; answered by `invitation`. Without `uses` or `seconds` it has no end."""

    kind: Literal["guest", "member"] = msgspec.field(name="as", default="guest")
    rooms: Annotated[list[str], Meta(max_length=100)] = msgspec.field(default_factory=list)
    uses: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    seconds: Annotated[int, Meta(ge=1, le=315_360_000)] | None = None


class Invitations(Command, tag="invitations"):
    """Ask for the invitations that count; answered by `invitations`."""


class Uninvite(Command, tag="uninvite"):
    """Take an invitation back, by its id."""

    invitation: str


class Operate(Command, tag="operate"):
    """Run the server from now on, too, by the code that it made up at its first start."""

    code: str


class Devices(Command, tag="devices"):
    """Ask for one's own devices; answered by `devices`."""


class Revoke(Command, tag="revoke"):
    """Do without a device of one's own, by its id: its sessions end."""

    device: str


class Logout(Command, tag="logout"):
    """Do without this device: what it keeps proves nothing any more, and its sessions end."""


class ShowCode(Command, tag="code"):
    """Ask for a code that another device can be linked with; answered by `code`."""


class Link(Command, tag="link"):
    """Be linked to the person whose device shows this code; answered by a `welcome`, if it agrees.

    `device` and `label` are as in `login`.
    """

    code: str
    device: DeviceSecret | None = None
    label: Label = ""


class Confirm(Command, tag="confirm"):
    """Let the device be linked that typed this code; with `on` false, do not."""

    code: str
    on: bool = True


class Away(Command, tag="away"):
    """Say that one is away from one's keyboard, and why, if one likes; until `back`, or leaving."""

    text: str = ""


class Back(Command, tag="back"):
    """Say that one is back."""


class Profile(Command, tag="profile"):
    """Ask who somebody is, who is here or known; answered by `profile`."""

    name: str


class Ignore(Command, tag="ignore"):
    """Ignore somebody, or with `on` false no longer; all of one's sessions get `ignoring`."""

    name: str
    on: bool = True


class Unlock(Command, tag="unlock"):
    """Give the chatroom's password; answered by a new `welcome`."""

    password: str
