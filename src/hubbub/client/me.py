"""Who we are to the server, and what is ours by that."""

from hubbub.chat.events import IgnoredSummary, Logged, Message, PersonSummary, Welcome
from hubbub.chat.names import same_name, sender_handle


class Me:
    """`name` as the server writes it; `person` if the server knows us by more than that."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.person: PersonSummary | None = None
        self.ignore([])

    def ignore(self, people: list[IgnoredSummary]) -> None:
        """Take in of whom we want to read nothing from now on, which are the `ignored`."""
        self.ignored = people
        # Faces ask for every message that they show.
        self._handles = {sender_handle(one.name, one.person) for one in people}

    def entered(self, welcome: Welcome) -> bool:
        """Take in what the server says of us; return whether we were another known person before.

        That happens where our device was logged in as somebody else.
        """
        before, self.person = self.person, welcome.person
        self.name = welcome.name
        return before is not None and (self.person is None or self.person.id != before.id)

    def did(self, event: Logged) -> bool:
        """Return whether this is by us, on whatever device.

        People may change their names, and names their people: where the server knows a person, only
        the id counts.
        """
        if self.person is not None or event.person:
            return self.person is not None and event.person == self.person.id
        if isinstance(event, Message) and event.imported:
            return False  # whoever was called so elsewhere
        return same_name(event.sender, self.name)

    def ignores(self, sender: str, person: str) -> bool:
        """Return whether we ignore somebody: by their id if they are known, else by their name."""
        return bool(self._handles) and sender_handle(sender, person) in self._handles
