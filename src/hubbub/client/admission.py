"""What we give a server so that it lets us in: the password, and the secrets that say who we are.

Pure. Nothing else ever sends any of them, and an admission belongs to one chatroom: a server at an
address that is only assumed to be one of its own (`nodes.py`) gets none of them. The password
goes only to a server that says it is locked, once on a connection, which nobody can read; the
secret of a session only to the server that gave it, under the name for which it was given. The
secret of our device makes us the same person as ever, whatever we are called; a server that knows
no people never gets it. Where that is not enough, as on a new device, a `Proof` says once who we
are, and an invitation lets us in once.

A connection that is lost before the server has answered may still hold our name there: what answers
the next one is then about ourselves. It passes when the server notices the loss. So does a name
that a node claimed for us without knowing, since its log did not answer.
"""

import math
from typing import NamedTuple

from msgspec.structs import replace

from hubbub.chat.commands import Command, Identify, Link, Login, Recover, Resume, Unlock
from hubbub.chat.errors import LogError, Refused, Unreachable, is_lasting, is_passing
from hubbub.chat.events import AnyEvent, Bye, Error, Ok, Welcome
from hubbub.chat.names import same_name
from hubbub.chat.text import inert_line
from hubbub.client.address import Address
from hubbub.client.dialling import Protection, is_readable, password_needed, unprotected
from hubbub.client.errors import Disconnected

PEOPLE = "people"
"""The feature of a server that knows people, and not only names."""


SHADOW_SECONDS = 90.0
"""How long a server may take a lost connection for one that lives; ours do for 60."""

Proof = Login | Recover | Link
"""What tells a server who we are that does not know our device yet; it does from then on."""


class Secret(NamedTuple):
    """Proves to the server that we are the person who had this name."""

    name: str
    value: str


class Admission:
    """To the server at `address`, under `name`. `is_locked`: it asked for our password.

    `secret`: that of an earlier session under this name. `device`: that of our device at this
    server, which is called `label`. Either is empty if there is none. `proof`: given once, in their
    place. `invitation`: given once, with the device; raises Refused if there is none. The password
    and the invitation may be in the address.
    """

    def __init__(
        self,
        address: Address,
        name: str,
        password: str = "",
        *,
        secret: str = "",
        device: str = "",
        label: str = "",
        proof: Proof | None = None,
        invitation: str = "",
    ) -> None:
        self.password = password or address.password
        self._invitation = invitation or address.invitation
        if self._invitation and not device:
            raise Refused(
                "An invitation lets in a device. Make a secret for yours: device=….",
                code="forbidden",
            )
        self.is_locked = False
        self._is_readable = False
        self.address = address
        self.name = " ".join(name.split())
        self._device = device
        self._label = label
        self._secret = Secret(self.name, secret)
        self._proof = proof
        self._welcome: Welcome | None = None
        self._is_unanswered = False
        self._shadow_until = -math.inf

    @property
    def secret(self) -> str:
        """Proves to the server that we are who we were; empty if nothing does."""
        return self._secret.value

    @property
    def may_be_led(self) -> bool:
        """Whether the server may tell us where to go: it knows all that we would give there."""
        return self.is_locked or not self.password

    def begin(self, protection: Protection = Protection.NONE) -> None:
        """A new connection begins."""
        self.is_locked = protection is Protection.PROVEN
        self._is_readable = is_readable(self.address, protection)
        self._welcome = None
        self._is_unanswered = True

    def lost(self, now: float) -> None:
        """The connection is lost."""
        if self._is_unanswered:
            self._shadow_until = now + SHADOW_SECONDS
            self._is_unanswered = False

    def refused(self, refusal: Refused, now: float) -> bool:
        """We are not let in; return whether it may be that a lost connection of ours has our name.

        The server says of a name that it keeps for how long it does.
        """
        # A node whose log is out of reach may have claimed our name all the same.
        self._is_unanswered = self._is_unanswered and refusal.code == LogError.code
        is_kept = refusal.retry_after is not None
        return refusal.code == "name_taken" and not is_kept and now < self._shadow_until

    def turned_away(
        self, refusal: Refused, now: float, *, patient: bool, has_entered: bool
    ) -> Refused | Disconnected:
        """Return what a refusal leads to: an end, unless the server may want us another time."""
        again_after = refusal.retry_after
        if self.refused(refusal, now):
            return Disconnected("our name is held by a connection of ours that was lost")
        if patient and (again_after is not None or is_passing(refusal.code)):
            return Disconnected(str(refusal), retry_after=again_after or 0)
        if not has_entered or is_lasting(refusal.code):
            return refusal
        return Disconnected(str(refusal), retry_after=again_after or 0)

    def answer(self, welcome: Welcome) -> Unlock | Identify | Proof | Resume | None:
        """Return what a welcome is answered with; None: we are in.

        Raises Refused if we lack the password, Disconnected if the server means somebody else.
        """
        if not same_name(welcome.name, self.name):
            raise Disconnected("the server takes us for somebody else")
        self._welcome = welcome
        knows_people = PEOPLE in welcome.features
        if self.address.assumed:
            return self._answer_stranger(welcome)
        may_identify = knows_people and self._device != ""
        if welcome.locked:
            return self._open(may_identify=may_identify and self._proof is None)
        if self._proof is not None and not knows_people:
            raise Refused(f"The chatroom at {self.address} knows no accounts.", code="forbidden")
        if self._proof is not None:
            return replace(self._proof, device=self._device or None)
        if may_identify:
            return self._identify()
        secret = self.secret if same_name(self._secret.name, welcome.name) else ""
        if secret or welcome.held:
            # Even if the name is free: so we are the same person as before, in private rooms too.
            # Without a secret the server refuses, and says for how long the name is kept.
            return Resume(session=secret)
        return None

    def _answer_stranger(self, welcome: Welcome) -> Resume | None:
        """Answer a server that may be anybody's: nothing that we have is for it."""
        if welcome.locked:
            raise password_needed(self.address)
        return Resume(session="") if welcome.held else None

    def _open(self, *, may_identify: bool) -> Unlock | Identify:
        """Return what opens a lock: an invitation, the password, or a device that was invited."""
        if self.is_locked:
            raise password_needed(self.address)
        if may_identify and (self._invitation or not self.password):
            return self._identify()
        if not self.password:
            raise password_needed(self.address)
        if self._is_readable:
            raise unprotected(self.address)
        self.is_locked = True
        return Unlock(password=self.password)

    def _identify(self) -> Identify:
        return Identify(device=self._device, label=self._label, invitation=self._invitation)

    def let_in(self, event: AnyEvent, asked: Command | None) -> Welcome | None:
        """Return the welcome with which we are in, if this event says so to what we gave.

        Raises Refused if we are not let in.
        """
        welcome = self._welcome
        assert welcome is not None, "nothing comes before the welcome"
        match event, asked:
            case Welcome(), Identify() | Login() | Recover() | Link():
                return event
            case Ok(), Resume():
                return welcome
            case Error(), Resume() if not welcome.held:
                return welcome  # it has restarted, or forgotten us; the name was free, so is ours
            case Error(code="password_needed"), _:
                raise password_needed(self.address)
            case Error(), _:
                raise refusal_of(event)
            case _:
                return None

    def admitted(self, welcome: Welcome) -> None:
        """Keep the secret of a session that has begun, and no earlier one.

        Not before: until the server has answered, the earlier secret is the one that counts.
        """
        self._proof, self._invitation = None, ""
        self._is_unanswered, self._shadow_until = False, -math.inf
        self.name = welcome.name  # a person may be called otherwise than our user remembers
        self._secret = Secret(welcome.name, welcome.session)

    def parted(self, bye: Bye) -> Unreachable | Disconnected:
        """Return what a goodbye leads to: an end, if to come back would only be told so again."""
        match bye.code:
            case "resumed":
                self.forget()
                return Unreachable(
                    f"The chat as '{self.name}' goes on in another connection, "
                    "which has taken the name over.",
                    code=bye.code,
                )
            case "banned" | "logged_out":
                self.forget()
                return Unreachable(inert_line(bye.reason), code=bye.code)
            case _:
                return Disconnected(inert_line(bye.reason), code=bye.code)

    def forget(self) -> None:
        """We are nobody any more: we have left, or the session goes on elsewhere."""
        self._secret = Secret(self.name, "")


def refusal_of(error: Error) -> Refused:
    """Return what a server's error says, for our user."""
    return Refused(inert_line(error.message), code=error.code, retry_after=error.retry_after)
