"""How a lagging session is served from the log: one portion at a time, its rooms in turn.

What may race: while a portion is being read, the member may leave, or join anew with another
cursor; then the portion is thrown away. And the room may move on: an empty portion then does not
prove that the member has everything, so the log is asked again.

A log that cannot be read now is tried again for as long as the session stays, and the member and
the journal are told, once for each time that it begins to fail. What is damaged would fail for
ever: the log leaves it out, and the member is told what is missing.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from hubbub.chat.errors import Damaged, LogError
from hubbub.chat.events import AnyLogged, Error
from hubbub.hub import Hub, Session
from hubbub.hub.present.room import Member
from hubbub.server.notes import logger
from hubbub.server.sessions.clock import Clock

RETRY_SECONDS: Final = 1.0

NOT_READ: Final = (
    "The server cannot read its log now, so what was said meanwhile comes later. You need not do "
    "anything."
)


class Backlog(NamedTuple):
    """The log is asked for what follows `cursor` in the room of `member`, which ended at `end`."""

    member: Member
    cursor: int
    end: int


class Backlogs:
    """What the log is asked for one session, if anything, and when to ask it again."""

    __slots__ = ("_clock", "_connection", "_failing", "_hub", "asked", "retry_at")

    def __init__(self, hub: Hub, clock: Clock, connection: str) -> None:
        self._connection = connection
        self._hub = hub
        self._clock = clock
        self._failing = False
        self.asked: Backlog | None = None
        self.retry_at: float | None = None

    def ask(self, session: Session) -> None:
        """Ask for the next portion of what the session missed, unless one is on its way."""
        if (
            session.lagging
            and not session.congested
            and self.asked is None
            and self.retry_at is None
        ):
            member = next(iter(session.lagging.values()))
            self.asked = Backlog(member, member.cursor, member.room.last)

    def bring(self, session: Session, events: Sequence[AnyLogged] | LogError) -> None:
        """Take in what was asked for, or why it cannot be had."""
        assert self.asked is not None
        (member, cursor, end), self.asked = self.asked, None
        if isinstance(events, Damaged):
            events = ()
        elif isinstance(events, LogError):
            self._fail(session, events)
            return
        self._failing = False
        if not events and member.room.last > end:
            return  # read before the newest commit, which is applied by now: to be asked again
        if session.lagging.get(member.room.name) is member and member.cursor == cursor:
            self._hub.catch_up(member, events)

    def _fail(self, session: Session, error: LogError) -> None:
        if not self._failing:
            self._failing = True
            logger.warning(
                "a backlog cannot be read",
                connection=self._connection,
                name=session.name,
                reason=str(error),
            )
            session.send(Error(code=error.code, message=NOT_READ))
        self.retry_at = self._clock.seconds() + RETRY_SECONDS

    def forget(self) -> None:
        """Ask nothing more."""
        self.asked = self.retry_at = None
