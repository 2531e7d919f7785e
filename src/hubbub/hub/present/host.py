"""Whoever acts on the server's own machine, as somebody who may use its folder.

They are nobody's name and in no room. They could read and change everything there anyway, so they
have power over operators, too; what they do is written down like everybody's.
"""

from typing import Final

from hubbub.chat.format import Format
from hubbub.chat.names import SERVER_NAME
from hubbub.hub.present.outlet import Outlet
from hubbub.hub.present.person import Person
from hubbub.hub.present.room import Session

HOST: Final = "host"
"""Their id. Ids of people are longer."""


class Host(Person):
    """Somebody with an `account` on the machine, empty if that is not known."""

    __slots__ = ("account",)

    def __init__(self, account: str) -> None:
        super().__init__(SERVER_NAME, id_=HOST)
        self.account = account


def host_session(account: str, format_: Format, outlet: Outlet) -> Session:
    """Return a session of somebody on the server's machine: for commands, in no room."""
    return Session(Host(account), format_, outlet, "")
