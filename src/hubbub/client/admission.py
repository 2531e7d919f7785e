"""What we give a server so that it lets us in: the password, and the secret that proves who we are.

Pure. Nothing else ever sends either of them. The password goes only to a server that says it is
locked, once on a connection; a secret only to the server that gave it, under the name for which it
was given (an admission belongs to one address).
"""

from typing import NamedTuple

from hubbub.chat.commands import Resume, Unlock
from hubbub.chat.errors import Refused
from hubbub.chat.events import Welcome
from hubbub.chat.names import same_name
from hubbub.client.address import Address
from hubbub.client.errors import Disconnected


class Secret(NamedTuple):
    """Proves to the server that we are the person who had this name."""

    name: str
    value: str


class Admission:
    """To the server at `address`, under `name`. `is_locked`: it asked for our password."""

    def __init__(self, address: Address, name: str, password: str) -> None:
        self.is_locked = False
        self._address = address
        self._name = " ".join(name.split())
        self._password = password
        self._secret: Secret | None = None

    def begin(self) -> None:
        """A new connection begins."""
        self.is_locked = False

    def answer(self, welcome: Welcome) -> Unlock | Resume | None:
        """Return what a welcome is answered with; None: we are in.

        Raises Refused if we lack what the server wants, Disconnected if it means somebody else.
        """
        if not same_name(welcome.name, self._name):
            raise Disconnected("the server takes us for somebody else")
        if welcome.locked:
            return self._unlock()
        if self._secret is not None and same_name(self._secret.name, welcome.name):
            # Even if the name is free: so we are the same person as before, in private rooms too.
            return Resume(session=self._secret.value)
        if welcome.held:
            raise Refused(
                f"The name '{welcome.name}' is taken. Choose another one.", code="name_taken"
            )
        return None

    def _unlock(self) -> Unlock:
        if self.is_locked or not self._password:
            raise Refused(
                f"The chatroom at {self._address} has a password. Give it with --password, "
                "in HUBBUB_PASSWORD, or from Python as password=….",
                code="password_needed",
            )
        self.is_locked = True
        return Unlock(password=self._password)

    def admitted(self, welcome: Welcome) -> None:
        """Keep the secret of a session that has begun, and no earlier one.

        Not before: until the server has answered, the earlier secret is the one that counts.
        """
        self._secret = Secret(welcome.name, welcome.session) if welcome.session else None
