"""The hub: decide → append → apply.

`enter`, `command` and `line` decide: they refuse, answer, or add drafts. `take` hands the drafts
over to be appended to the log, all that waited together as one batch; `acknowledge` and then
`apply`, or else `refuse`, end the batch. The hub knows no socket, clock, disk or event loop: times
come in as arguments, bytes go out through each session's outlet.
"""

from collections.abc import Iterable, Sequence

from hubbub.chat.commands import AnyCommand
from hubbub.chat.errors import Refused
from hubbub.chat.events import AnyLogged, Rooms
from hubbub.chat.format import Format
from hubbub.chat.limits import Limits
from hubbub.chat.queries import Epoch, Head, Settled
from hubbub.hub import admission, commands, delivery, lines, membership, posting
from hubbub.hub.asking import Decision
from hubbub.hub.drafts import Draft
from hubbub.hub.outlet import Outlet
from hubbub.hub.room import Member, Room, Session
from hubbub.hub.state import State


class Hub:
    """One chatroom. `heads` gives each room's place in the log, `epochs` the log's epochs.

    With a `password`, sessions must give it before anything else.
    """

    def __init__(
        self,
        limits: Limits,
        heads: Iterable[Head] = (),
        epochs: Sequence[Epoch] = (),
        *,
        server: str,
        password: str = "",
    ) -> None:
        self._state = State(limits, heads, epochs, server=server, password=password)
        self._delivery = delivery.Delivery(self._state)

    @property
    def limits(self) -> Limits:
        """The bounds that the operator set."""
        return self._state.limits

    @property
    def sessions(self) -> dict[str, Session]:
        """The sessions that have their names, by the keys of these."""
        return self._state.sessions

    @property
    def rooms(self) -> dict[str, Room]:
        """The open rooms, by name."""
        return self._state.rooms

    @property
    def last(self) -> int:
        """The newest seq that was applied."""
        return self._state.last

    @property
    def writes(self) -> int:
        """How many times fan-out wrote to a session."""
        return self._delivery.writes

    # Sessions come and go.

    def enter(
        self,
        raw_name: str,
        format_: Format,
        outlet: Outlet,
        secret: str,
        ref: str | None = None,
    ) -> tuple[Session, Decision]:
        """Begin a session; raise Refused if the name is not allowed, or taken and not resumable.

        `secret`: unguessable text that only this session will know. Nothing else may be asked for
        the session until it is decided.
        """
        return admission.enter(self._state, raw_name, format_, outlet, secret=secret, ref=ref)

    def poster(self, raw_name: str, format_: Format, outlet: Outlet) -> Session:
        """Return a session for `post` alone; raise Refused if somebody has the name."""
        return admission.poster(self._state, raw_name, format_, outlet)

    @property
    def has_password(self) -> bool:
        """Whether sessions must give a password."""
        return bool(self._state.password)

    def check_password(self, password: str) -> None:
        """Raise Refused if this is not the password; without one, any is right."""
        admission.check_password(self._state, password)

    def has_name(self, session: Session) -> bool:
        """Return whether the session has its name by now."""
        return self._state.sessions.get(session.key) is session

    def depart(self, session: Session) -> None:
        """End a session whose connection is gone. What it said will still be committed."""
        admission.depart(self._state, session)

    # Decide.

    def command(self, session: Session, command: AnyCommand, at: int) -> Decision:
        """Decide on a command that came at `at` (milliseconds since the epoch).

        Raises Refused; so may the decision, when it is continued with what it asked to read.
        """
        return commands.decide(self._state, session, command, at)

    def line(self, session: Session, text: str, at: int) -> Decision:
        """Decide on a plain line: a message to the session's room, or a `/` command."""
        return lines.decide(self._state, session, text, at)

    def post(
        self, poster: Session, room: str, text: str, at: int, *, ref: str, nonce: str | None = None
    ) -> None:
        """Post to a public room without entering it; it opens if there is none of that name."""
        posting.post_from_outside(self._state, poster, room, text, at, ref=ref, nonce=nonce)

    def name_taken(self, session: Session) -> Refused:
        """Return the refusal of the session's name, which somebody else has."""
        return admission.name_taken(session)

    def list_rooms(self) -> Rooms:
        """Return the list of the public rooms."""
        return membership.list_rooms(self._state)

    # Append.

    @property
    def has_pending(self) -> bool:
        """Whether drafts wait for the log."""
        return bool(self._state.drafts.waiting)

    def take(self) -> list[Draft]:
        """Hand over the drafts of the next batch."""
        return self._state.drafts.take()

    @property
    def is_settled(self) -> bool:
        """Whether the batch taken last is committed and applied, or refused."""
        return not self._state.drafts.in_flight

    def has_settled(self, question: Settled) -> bool:
        """Return whether the answer to `question` is there."""
        return self._state.drafts.settled >= question.drafts

    # Apply.

    def acknowledge(self, batch: Sequence[Draft], seqs: Sequence[int]) -> None:
        """Take in that the log committed the batch taken last; `apply` is to follow."""
        self._delivery.acknowledge(batch, seqs)

    def apply(self, events: Sequence[AnyLogged]) -> None:
        """Move on to what the log handed out, and tell everyone."""
        self._delivery.apply(events)

    def refuse(self, batch: Sequence[Draft]) -> None:
        """Tell the senders of the batch taken last that the log is unavailable."""
        self._delivery.refuse(batch)

    # Slow readers.

    def lag(self, session: Session) -> None:
        """Take a session whose connection is full out of fan-out; its cursors keep its place."""
        delivery.lag(session)

    def catch_up(self, member: Member, events: Sequence[AnyLogged]) -> None:
        """Write `events`, the log's next after the member's cursor; live again when all is read."""
        self._delivery.catch_up(member, events)
