"""What a server turns out to be: hubbub's, or a tutorial's, which knows no events. Pure.

A tutorial's server answers nothing to our name, so silence decides, and what comes later may
overrule it.

    kind       what is known                                          may become
    UNKNOWN    nothing                                                PRESUMED, HUBBUB
    PRESUMED   it was silent at first: a tutorial's, as it seems      CERTAIN, DOUBTFUL, HUBBUB
    CERTAIN    it relays messages, or was silent for long             DOUBTFUL, HUBBUB
    DOUBTFUL   then it said something like a welcome                  PRESUMED, HUBBUB
    HUBBUB     it spoke events with us                                nothing

A new connection makes PRESUMED and CERTAIN UNKNOWN again: another server may answer by now.
"""

from enum import Enum

from hubbub.client.outbox import Post
from hubbub.client.questions import ANSWER_SECONDS

WELCOME_SECONDS = 0.5
"""How long a server that we do not know has to say that it speaks events."""

CERTAIN_SECONDS = 8.0
"""How long after the greeting a server that says nothing may still turn out to speak events."""

TAKEN_MAX = 256
"""Texts that are remembered as written to a server that may still turn out to speak events."""


class Kind(Enum):
    """What is known of a server; the table above says what each means."""

    UNKNOWN = "unknown"
    PRESUMED = "presumed"
    CERTAIN = "certain"
    DOUBTFUL = "doubtful"
    HUBBUB = "hubbub"


_TUTORIALS = {Kind.PRESUMED, Kind.CERTAIN}
NEXT: dict[Kind, set[Kind]] = {
    Kind.UNKNOWN: {Kind.PRESUMED, Kind.HUBBUB},
    Kind.PRESUMED: {Kind.UNKNOWN, Kind.CERTAIN, Kind.DOUBTFUL, Kind.HUBBUB},
    Kind.CERTAIN: {Kind.UNKNOWN, Kind.DOUBTFUL, Kind.HUBBUB},
    Kind.DOUBTFUL: {Kind.PRESUMED, Kind.HUBBUB},
    Kind.HUBBUB: set(),
}


class Recognition:
    """What is known of the server at one address.

    `taken`: what it took in the classic way, in case it is hubbub's, and did not mean to.
    """

    def __init__(self, *, spoke_events: bool) -> None:
        self.kind = Kind.HUBBUB if spoke_events else Kind.UNKNOWN
        self.taken: list[Post] = []

    @property
    def greeting_seconds(self) -> float:
        """How long it may take to say welcome."""
        return WELCOME_SECONDS if self.kind is Kind.UNKNOWN else ANSWER_SECONDS

    def _become(self, kind: Kind) -> None:
        if kind is not self.kind:
            assert kind in NEXT[self.kind], f"{self.kind} does not become {kind}"
            self.kind = kind

    def connected(self) -> None:
        """Take in that a new connection begins."""
        if self.kind in _TUTORIALS:
            self._become(Kind.UNKNOWN)
        if self.kind is not Kind.DOUBTFUL:
            self.taken.clear()

    def took(self, post: Post) -> None:
        """Take in that a text was written in the classic way."""
        self.taken = [*self.taken[1 - TAKEN_MAX :], post]

    def presume(self) -> None:
        """Take it for a tutorial's."""
        self._become(Kind.PRESUMED)
        self.taken.clear()

    def is_certain(self) -> None:
        """Take in that it is a tutorial's, by what it said or by its long silence."""
        self._become(Kind.CERTAIN)

    def doubt(self) -> None:
        """Take in something like a welcome, which only a new connection can explain."""
        self._become(Kind.DOUBTFUL)

    def spoke(self) -> None:
        """Take in that it speaks events with us."""
        self._become(Kind.HUBBUB)
        self.taken.clear()
