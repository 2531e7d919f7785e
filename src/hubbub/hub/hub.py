"""The hub: decide → append → apply.

`command` and `line` decide: they refuse, answer, or add drafts. `take` hands the drafts over to be
appended to the log, all that waited together as one batch; `apply` or `refuse` ends the batch.
The hub knows no socket, clock, disk or event loop: times come in as arguments, bytes go out
through each session's outlet.
"""

import hmac
from collections.abc import Iterable

import msgspec

from hubbub.chat.commands import AnyCommand
from hubbub.chat.errors import LogError, Refused
from hubbub.chat.events import (
    PROTOCOL_VERSION,
    AnyLogged,
    Bye,
    Error,
    Ok,
    Welcome,
)
from hubbub.chat.limits import Limits
from hubbub.chat.names import DEFAULT_ROOM, allowed_name
from hubbub.chat.queries import Head
from hubbub.hub import commands, lines
from hubbub.hub.departed import Departed, is_one_of
from hubbub.hub.fanout import Fanout, encode_backlog
from hubbub.hub.membership import enter_room, leave_room, list_members
from hubbub.hub.room import Member, Room
from hubbub.hub.session import Decision, Format, Outlet, Session

BATCH_BYTES_MAX = 524_288
"""Text bytes committed at once; with it, what one fan-out writes to a member is bounded.

Half of what a peer may leave unread before it is not listened to: who sends a lot, and reads its
echo later, is not silenced by one commit.
"""

NOT_COMMITTED = (
    "Nothing was posted: the server cannot write its log now. Try again in a while; "
    "with the same nonce that is safe."
)
"""What members are told. The cause names the server's folders, and is for its operator."""

FEATURES = ["direct", "edit", "history", "react", "search", "topic"]


class Pending(msgspec.Struct, gc=False):
    """A draft on its way to the log, whose it is, and the ref of the command that made it."""

    draft: AnyLogged
    session: Session
    ref: str | None
    cost_bytes: int


Batch = list[Pending]


class Hub:
    """The rooms and who is in them. `heads` says where each room's log stands.

    With a `password`, only who gives it is admitted.
    """

    def __init__(
        self, limits: Limits, heads: Iterable[Head] = (), *, server: str, password: str = ""
    ) -> None:
        self.limits = limits
        self.server = server
        self._password = password.encode()
        self.sessions: dict[str, Session] = {}
        self.rooms: dict[str, Room] = {DEFAULT_ROOM: Room(DEFAULT_ROOM)}
        for head in heads:
            self.rooms[head.room] = Room(
                head.room, first=head.first, last=head.last, topic=head.topic
            )
        self.last = max((room.last for room in self.rooms.values()), default=0)
        self.writes = 0
        """How many times fan-out wrote to a session."""
        self._departed = Departed()
        self._pending: Batch = []

    # Sessions come and go.

    def enter(
        self,
        raw_name: str,
        format_: Format,
        outlet: Outlet,
        secret: str,
        ref: str | None = None,
    ) -> Session:
        """Begin a session; raise Refused if the name is not allowed, or taken and not resumable.

        `secret`: unguessable text that only this session will know.
        """
        session = Session(allowed_name(raw_name), format_, outlet, secret, self.last)
        session.locked = bool(self._password)
        if format_.speaks_events:
            if not session.locked:
                self._give_name(session)
            session.send(self._welcome(session, ref))
            return session
        if session.locked:
            raise Refused(
                "This chatroom has a password, and your client has no way to give one. "
                "Join with hubbub, or in a browser.",
                code="password_needed",
            )
        if session.key in self.sessions:
            raise self.name_taken(session)
        self.sessions[session.key] = session
        session.current = self.rooms[DEFAULT_ROOM]
        enter_room(self, session, session.current)
        return session

    def _give_name(self, session: Session) -> None:
        """Let the session bear its name; while somebody else does, it is held."""
        session.held = session.key in self.sessions
        if not session.held:
            self.sessions[session.key] = session

    def _welcome(self, session: Session, ref: str | None) -> Welcome:
        return Welcome(
            protocol=PROTOCOL_VERSION,
            server=self.server,
            name=session.name,
            session="" if session.locked else session.secret,
            held=session.held,
            locked=session.locked,
            limits={
                "text_bytes_max": self.limits.text_bytes_max,
                "frame_bytes_max": self.limits.frame_bytes_max,
            },
            features=FEATURES,
            ref=ref,
        )

    @property
    def has_password(self) -> bool:
        """Whether only who knows the password is admitted."""
        return bool(self._password)

    def check_password(self, password: str) -> None:
        """Raise Refused if this is not the password; without one, any is right."""
        if self._password and not hmac.compare_digest(self._password, password.encode()):
            raise Refused(
                "That is not the password. Ask whoever runs the chatroom.", code="wrong_password"
            )

    def unlock(self, session: Session, password: str, ref: str | None) -> None:
        """Admit a locked session that knows the password; raise Refused if it does not."""
        self.check_password(password)
        if session.locked:
            session.locked = False
            session.since = self.last
            self._give_name(session)
        session.send(self._welcome(session, ref))

    def check_admitted(self, session: Session) -> None:
        """Raise Refused if the session has yet to give the password, or to resume."""
        if session.locked:
            raise Refused(
                'This chatroom has a password. Send {"type":"unlock","password":…} first.',
                code="password_needed",
            )
        if session.held:
            raise self.name_taken(session)

    def guest(self, raw_name: str, format_: Format, outlet: Outlet) -> Session:
        """Return a session for posting alone: in no room, unannounced, and without the name.

        Raises Refused if the name is not allowed, or somebody has it.
        """
        session = Session(allowed_name(raw_name), format_, outlet, "", self.last)
        if session.key in self.sessions:
            raise self.name_taken(session)
        return session

    def name_taken(self, session: Session) -> Refused:
        """Return the refusal of a name that someone else holds."""
        return Refused(
            f"The name '{session.name}' is taken. Connect again with another name.",
            code="name_taken",
        )

    def resume(self, session: Session, secret: str) -> None:
        """Take a session for the same person as an earlier one of this name, whose secret it knows.

        If the name is held it takes it over; raises Refused if the secret is not its holder's.
        """
        if not session.held:
            since = self._departed.since(session, secret)
            if since is not None:
                session.since = since
                session.elder_secret = secret
            return
        ghost = self.sessions.get(session.key)
        if ghost is not None:
            if not is_one_of(secret, ghost.secrets):
                raise self.name_taken(session)
            session.since = ghost.since
            self.depart(ghost)
            ghost.send(Bye(reason="This name was resumed from another connection.", code="resumed"))
            ghost.outlet.end()
        session.elder_secret = secret
        session.held = False
        self.sessions[session.key] = session

    def depart(self, session: Session) -> None:
        """End a session: its connection is gone. What it said and is not committed yet still is."""
        if self.sessions.get(session.key) is not session:
            return
        del self.sessions[session.key]
        self._departed.remember(session)
        for member in list(session.members.values()):
            leave_room(self, member)

    # Decide.

    def command(self, session: Session, command: AnyCommand, at: int) -> Decision:
        """Decide on a command that came at `at` (milliseconds since the epoch).

        Raises Refused; so may the decision, when it is continued with what it asked to read.
        """
        return commands.decide(self, session, command, at)

    def line(self, session: Session, text: str, at: int) -> Decision:
        """Decide on a plain line: a message to the session's room, or a `/` command."""
        return lines.decide(self, session, text, at)

    def add(self, draft: AnyLogged, session: Session, ref: str | None, text_bytes: int) -> None:
        """Let a draft wait for the next commit."""
        cost = text_bytes + 256  # about what the objects around the text weigh
        session.pending_bytes += cost
        self._pending.append(Pending(draft, session, ref, cost))

    @property
    def has_pending(self) -> bool:
        """Whether drafts wait for the log."""
        return bool(self._pending)

    def take(self) -> Batch:
        """Hand over the oldest drafts that wait, about `BATCH_BYTES_MAX` of them at the most."""
        total = 0
        for count, pending in enumerate(self._pending, 1):
            total += pending.cost_bytes
            if total >= BATCH_BYTES_MAX:
                batch, self._pending = self._pending[:count], self._pending[count:]
                return batch
        batch, self._pending = self._pending, []
        return batch

    # Apply.

    def apply(self, batch: Batch, seqs: list[int]) -> None:
        """Tell everyone what was committed; `seqs` says where each draft of `batch` stands."""
        fanout = Fanout()
        committed: dict[str, list[AnyLogged]] = {}
        for pending, seq in zip(batch, seqs, strict=True):
            draft = pending.draft
            pending.session.pending_bytes -= pending.cost_bytes
            if pending.ref is not None:
                fanout.answer(pending.session, Ok(ref=pending.ref, seq=seq))
            if draft.seq:  # 0: a repeat of what was posted before
                committed.setdefault(draft.room, []).append(draft)
                self.last = max(self.last, draft.seq)
        for name, events in committed.items():
            room = self.rooms.get(name)
            if room is None:  # everyone left it while the log was at work
                room = self.rooms[name] = Room(name)
            room.advance(events)
            fanout.publish(room, events)
        self.writes += fanout.deliver()

    def refuse(self, batch: Batch) -> None:
        """Tell the senders of `batch` that nothing of it was committed: the log is unavailable."""
        fanout = Fanout()
        told: set[Session] = set()
        for pending in batch:
            pending.session.pending_bytes -= pending.cost_bytes
            if pending.ref is not None or pending.session not in told:
                refusal = Error(code=LogError.code, message=NOT_COMMITTED, ref=pending.ref)
                fanout.answer(pending.session, refusal)
            told.add(pending.session)
        fanout.deliver()

    # Slow readers.

    def lag(self, session: Session) -> None:
        """Take a session whose connection is full out of fan-out; its cursors keep its place."""
        session.congested = True
        for member in session.members.values():
            if member.room.name not in session.lagging:
                member.room.lag(member, member.room.last)

    def catch_up(self, member: Member, events: list[AnyLogged]) -> None:
        """Write `events`, the log's next after the member's cursor; live again when all is read."""
        room, session = member.room, member.session
        # The log may be ahead of what was applied; fan-out will bring the rest.
        events = [event for event in events if event.seq <= room.last]
        if events:
            member.cursor = events[-1].seq
            if payload := encode_backlog(session.format, session.name, events):
                session.outlet.write(payload)
        if (member.cursor >= room.last or not events) and not session.congested:
            room.go_live(member)
            if member.presence_changes != room.presence_changes:
                session.send(list_members(self, room))
        else:
            # To the end of the queue: rooms take turns.
            session.lagging[room.name] = session.lagging.pop(room.name)
