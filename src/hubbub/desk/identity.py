"""Who the user is at this server, on this device; and how they become somebody else, or nobody."""

from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Literal

from hubbub.chat.errors import HubbubError, Refused
from hubbub.chat.events import PersonSummary, Welcome
from hubbub.chat.names import handle_of, name_key, private_room
from hubbub.client import Chat
from hubbub.desk.posting import unsent
from hubbub.desk.profile import Profile
from hubbub.desk.room import RoomState
from hubbub.desk.unsent import Journal


class Identity:
    """At `address`, of whoever came as `name`; what is kept of them is in the profile."""

    def __init__(
        self, chat: Chat, profile: Profile, journal: Journal, address: str, name: str
    ) -> None:
        self._chat = chat
        self._profile = profile
        self._journal = journal
        self._address = address
        self._name = name
        self._id: str | None = None
        self.successor: str | None = None
        """As whom the chat goes on: the device is somebody else's now."""
        self.has_logged_out = False

    @property
    def is_member(self) -> bool:
        """Whether the user has claimed their name, with a password."""
        person = self._chat.person
        return person is not None and person.kind == "member"

    def online(self) -> None:
        """Take in that the server has let the user in."""
        person = self._chat.person
        if self._id is None and person is not None:
            self._id = person.id
        else:  # another program here may have logged the device in as somebody else
            self._meet(person, self._chat.name)

    def greeted(self, welcome: Welcome) -> None:
        """Take in that the server says anew who the user is."""
        self._meet(welcome.person, welcome.name)

    def _meet(self, person: PersonSummary | None, name: str) -> None:
        if person is not None and person.id != self._id:
            self._profile.devices.move(self._address, self._name, name)
            self.successor = name

    def is_shared_with_known(self, room: str, other: str) -> bool:
        """Return whether the server knows whoever shares a private room with the user.

        The room is named by what stands for the two; of passing people, that is their name.
        """
        if self._id is None or not other:
            return False
        return room != private_room(handle_of(self._id), name_key(other))

    async def become(self, deed: Callable[[], Awaitable[None]], rooms: Iterable[RoomState]) -> None:
        """Do what makes the user somebody else; raise Refused if they would lose a text by it."""
        if unsent(rooms):
            raise Refused(
                "Something that you said was not sent yet, and would not be as somebody else. Send "
                "it with /retry, or give it up with /drop."
            )
        await deed()

    async def log_out(self) -> None:
        """Do without this device, and keep nothing of the user at this server."""
        await self._vanish(self._chat.logout())

    async def be_forgotten(self, messages: Literal["keep", "delete"], password: str) -> None:
        """Delete the user's account, and their messages if they say so; keep nothing, either."""
        await self._vanish(self._chat.forget_me(messages, password=password))

    async def _vanish(self, deed: Awaitable[None]) -> None:
        self.has_logged_out = True
        try:
            await deed
        except HubbubError:
            self.has_logged_out = False
            raise
        self._journal.discard()
        self._profile.forget_server(self._address)

    async def pass_by(self) -> None:
        """At the end, let the server forget a user of whom nothing is to be kept, if it can."""
        if not self._profile.is_kept and self._id is not None and not self.has_logged_out:
            with suppress(HubbubError):
                await self.log_out()

    def ended(self, error: HubbubError) -> None:
        """Take in why the chat ended: the secret of a device that was logged out is worthless."""
        if error.code == "logged_out":
            self._profile.devices.forget(self._address, self._name)
