"""Who opened how many rooms lately, so that nobody can use the rooms up.

A room is counted for the person who opens it (a name at an address) and for the address. A count
falls with time, by its share in a day, and when a room closes in which nothing was said. The last
rooms are kept for those who opened few. Nothing is known of rooms that were opened before the
server started, but the counts, and so the pace, begin with the first new one.

`origin` is what the server calls an address; it is empty for this machine, where many programs and
proxies may be behind one address.
"""

from math import ceil
from typing import Final

from hubbub.chat.errors import Refused
from hubbub.hub.present.person import Opener
from hubbub.hub.shares.buckets import Bucket, Buckets

SHARE_OF_PERSON: Final = 200
SHARE_OF_ADDRESS: Final = 50
SHARE_OF_THIS_MACHINE: Final = 5
RESERVE: Final = 10
"""Divisors of `rooms_max`: a person may open a 200th of them in a day, and a tenth is kept."""

SHARE_FLOOR: Final = 20
"""Rooms that are a share at least, where few are allowed in all."""

FEW: Final = 3
"""Rooms that each person may open even from the reserve, or when others used up the address."""

JOIN_ANOTHER: Final = "Use a room that is open already"


class Openings:
    """Counts for every person and address that opened a room lately."""

    def __init__(self, rooms_max: int) -> None:
        self._rooms_max = rooms_max
        self._reserve = rooms_max // RESERVE
        self._opened = Buckets(self._share)

    def check(self, person: Opener, rooms: int, at: int) -> None:
        """Raise Refused `too_many_rooms` if a person may not open one more than `rooms`."""
        of_person, of_address = self._of(person, at)
        by_person, by_address = of_person.left(at), of_address.left(at)
        opened_few = by_person <= FEW - 1
        if rooms >= self._rooms_max:
            raise _refusal(
                f"The server's limit for rooms, {self._rooms_max}, is reached. "
                f"{JOIN_ANOTHER}, or ask whoever runs the chatroom to remove some."
            )
        if rooms >= self._rooms_max - self._reserve and not (
            opened_few and by_address < max(1, self._reserve // RESERVE)
        ):
            raise _refusal(
                f"The server has {rooms} rooms of {self._rooms_max}, and keeps the last ones for "
                f"people who opened fewer lately than you or others at your address. "
                f"{JOIN_ANOTHER}, or ask whoever runs the chatroom to remove some."
            )
        self._check_share(of_person, "You have")
        if not opened_few or by_address >= 2 * of_address.per_day:
            self._check_share(of_address, "People at your address have")

    def _check_share(self, opened: Bucket, subject: str) -> None:
        share = opened.per_day
        if (excess := opened.level - (share - 1)) > 0:
            seconds = opened.seconds_for(excess)
            raise _refusal(
                f"{subject} opened {ceil(opened.level)} rooms lately; {share:.0f} are allowed, and "
                f"the next one in {seconds} seconds. {JOIN_ANOTHER} until then.",
                retry_after=seconds,
            )

    def opened(self, person: Opener, at: int) -> None:
        """Count a room that a person opens."""
        for bucket in self._of(person, at):
            bucket.level = bucket.left(at) + 1

    def closed(self, person: Opener) -> None:
        """Count a room no longer: it closed, and nothing was said in it."""
        for opener in (person, Opener(person.origin)):
            self._opened.take_back(opener, 1)

    def _of(self, person: Opener, at: int) -> tuple[Bucket, Bucket]:
        return self._opened.of(person, at), self._opened.of(Opener(person.origin), at)

    def _share(self, opener: Opener) -> int:
        part = SHARE_OF_PERSON
        if not opener.name:
            part = SHARE_OF_ADDRESS if opener.origin else SHARE_OF_THIS_MACHINE
        return max(SHARE_FLOOR, self._rooms_max // part)


def _refusal(sentence: str, retry_after: int | None = None) -> Refused:
    return Refused(sentence, code="too_many_rooms", retry_after=retry_after)
