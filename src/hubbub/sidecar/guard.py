"""Who may use the side-car: the person who started it, in a browser that they opened, and no page
of another site. Pure.

What could come from elsewhere, and what keeps it out:

- Another user of this machine reaches the port. They know neither a ticket nor the cookie; where
  the system tells whose a connection is, theirs is closed unread (`owner.py`).
- A page of another site has the browser send something. `SameSite=Strict` keeps the cookie away,
  `Origin` and `Sec-Fetch-Site` tell that it is not our page. To a browser, a page at another port
  of this machine is of the same site: its requests bring the cookie, and these headers tell.
- A site has its own name lead to this machine. Then `Host` is that name.

Somebody who is refused learns nothing, not even what runs here.
"""

import re
from collections.abc import Mapping
from enum import Enum, auto
from hmac import compare_digest
from typing import Final

from hubbub.sidecar.tickets import new_secret

HOST: Final = "127.0.0.1"

_OURS: Final = {"same-origin", "none"}
"""Who made a request, in the words of browsers: our page, or the person themselves."""


class Asker(Enum):
    """Who has sent a request."""

    PAGE = auto()
    """Our page, in the person's browser."""

    PROGRAM = auto()
    """Another `hubbub` of the person."""

    PERSON = auto()
    """Somebody whose browser has no cookie: a ticket may show that they are the person."""

    STRANGER = auto()


class Guard:
    """Knows our own requests. `port`: where the side-car listens."""

    def __init__(self, port: int) -> None:
        self.authority = f"{HOST}:{port}"
        self.origin = f"http://{self.authority}"
        self.program_secret = new_secret()
        self._cookie_name = f"hubbub-side-car-{port}"  # browsers keep them for all ports of a host
        self._cookie_secret = new_secret()
        self._cookie = re.compile(rf"(?:^|;)\s*{self._cookie_name}=([^;\s]*)")

    @property
    def cookie(self) -> str:
        """The header by which a browser is known from then on; scripts cannot read it."""
        named = f"{self._cookie_name}={self._cookie_secret}"
        return f"{named}; Path=/; HttpOnly; SameSite=Strict"

    def asker(self, headers: Mapping[str, str]) -> Asker:
        """Return who has sent a request with these headers."""
        if headers.get("Host") != self.authority or not self._is_ours(headers):
            return Asker.STRANGER
        scheme, _, secret = headers.get("Authorization", "").partition(" ")
        if scheme == "Bearer" and _is_same(secret, self.program_secret):
            return Asker.PROGRAM
        found = self._cookie.search(headers.get("Cookie", ""))
        if found is not None and _is_same(found[1], self._cookie_secret):
            return Asker.PAGE
        return Asker.PERSON

    def is_from_script(self, headers: Mapping[str, str]) -> bool:
        """Return whether our page says that it asks, as browsers do where a page could do harm."""
        return headers.get("Origin") == self.origin

    def _is_ours(self, headers: Mapping[str, str]) -> bool:
        return (
            headers.get("Origin", self.origin) == self.origin
            and headers.get("Sec-Fetch-Site", "none") in _OURS
        )


def _is_same(given: str, secret: str) -> bool:
    """Compare in a time that tells nothing."""
    return compare_digest(given.encode("utf-8", "surrogateescape"), secret.encode())
