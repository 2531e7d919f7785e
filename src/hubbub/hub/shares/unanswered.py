"""Private conversations that somebody opened and nobody answered: there is an end to these.

Opening one puts the other person into a room unasked. So each may open some, and then one now and
again; an answer makes place for another one at once. They are counted for the person, a name at an
address, and for the address, so a new name brings little.
"""

from typing import Final

from hubbub.chat.errors import Refused
from hubbub.hub.present.person import Opener
from hubbub.hub.shares.buckets import DAY_MILLISECONDS, Bucket, Buckets

OF_PERSON_MAX: Final = 20
OF_ADDRESS_MAX: Final = 100
OF_THIS_MACHINE_MAX: Final = 2000
"""Many people may come through a proxy on this machine."""

ONE_MORE_MILLISECONDS: Final = 60_000
"""After so long, one that was not answered does not count any more."""


class Unanswered:
    """Counts for every person and address that opened private rooms lately."""

    def __init__(self) -> None:
        self._opened = Buckets[Opener](lambda _: DAY_MILLISECONDS / ONE_MORE_MILLISECONDS)
        self._openers: dict[str, Opener] = {}
        """By room, until somebody else says something there, or the room closes."""

    def check(self, person: Opener, at: int) -> None:
        """Raise Refused `too_many_rooms` if a person must wait before opening another one."""
        of_address_max = OF_ADDRESS_MAX if person.origin else OF_THIS_MACHINE_MAX
        of_person, of_address = self._of(person, at)
        self._check(of_person, OF_PERSON_MAX, "You have", at)
        self._check(of_address, of_address_max, "People at your address have", at)

    def _check(self, opened: Bucket, at_most: int, subject: str, at: int) -> None:
        lately = opened.left(at)
        if (excess := lately - (at_most - 1)) > 0:
            seconds = opened.seconds_for(excess)
            raise Refused(
                f"{subject} opened {lately:.0f} private conversations that nobody has answered "
                f"yet. Wait {seconds} seconds before you open another one, or wait for an answer.",
                code="too_many_rooms",
                retry_after=seconds,
            )

    def opened(self, room: str, person: Opener, at: int) -> None:
        """Count a private room that a person opens."""
        self._openers[room] = person
        for bucket in self._of(person, at):
            bucket.level = bucket.left(at) + 1

    def said(self, room: str, name: str) -> None:
        """Count a room no longer if somebody says something there who did not open it.

        `name` is the key of their name.
        """
        opener = self._openers.get(room)
        if opener is not None and opener.name != name:
            del self._openers[room]
            for one in (opener, Opener(opener.origin)):
                self._opened.take_back(one, 1)

    def closed(self, room: str) -> None:
        """Forget a room. That it was opened counts all the same."""
        self._openers.pop(room, None)

    def _of(self, person: Opener, at: int) -> tuple[Bucket, Bucket]:
        return self._opened.of(person, at), self._opened.of(Opener(person.origin), at)
