"""What the log says, brought to the members: acknowledgments, committed events and backlogs.

The log first acknowledges a batch (`acknowledge`), and then hands out its events (`apply`), perhaps
together with events that others appended. Only `apply` moves rooms on. An `ok` waits until its
event is applied, and leaves in the same write, just before it.

A member that does not keep up is taken out of fan-out (`lag`) and served from the log (`catch_up`).
It is live again once it has everything up to the end of what was *applied*. The log may have
committed more by then: the next `apply` will bring that, so `catch_up` leaves it out. So each event
reaches each member once, in one of two ways: a live member gets it from fan-out, a lagging one from
the log, and no member is ever both.

What may race: a backlog is read while batches are applied, so it may be newer than the rooms; then
its surplus is left out. And any write may find its reader slow and call `lag`, in the midst of a
fan-out. That changes the groups of live members, so fan-out reads them before it writes.
"""

from collections.abc import Sequence

from hubbub.chat.errors import LogError
from hubbub.chat.events import AnyLogged, Error, Ok
from hubbub.hub.drafts import Draft
from hubbub.hub.fanout import Fanout, encode_for
from hubbub.hub.membership import describe, list_members
from hubbub.hub.room import Member, Room, Session
from hubbub.hub.state import State

NOT_COMMITTED = (
    "Nothing was posted: the server cannot write its log now. Try again in a while; "
    "with the same nonce that is safe."
)
"""What members are told. The cause names the server's folders, and is for its operator."""


class Delivery:
    """Brings what the log says to the members. `writes` counts the writes of fan-out."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._acknowledged: list[tuple[int, Draft]] = []
        self.writes = 0

    def acknowledge(self, batch: Sequence[Draft], seqs: Sequence[int]) -> None:
        """Take in that the batch in flight is committed, each draft under its seq of `seqs`."""
        assert not self._acknowledged, "the batch before has not been applied yet"
        for draft, seq in zip(batch, seqs, strict=True):
            session = draft.session
            session.pending_bytes -= draft.cost_bytes
            assert session.pending_bytes >= 0, "no draft is settled twice"
            if session.is_poster:
                self._state.departed.posted(session.key, seq)
        self._acknowledged = list(zip(seqs, batch, strict=True))
        if max(seqs, default=0) <= self._state.last:  # nothing but repeats: no event will come
            fanout = Fanout()
            self._answer(fanout)
            self.writes += fanout.deliver()

    def apply(self, events: Sequence[AnyLogged]) -> None:
        """Move on to what the log handed out, in its order, whoever appended it."""
        state = self._state
        assert events[0].seq > state.last, "the log handed something out twice"
        state.last = events[-1].seq
        fanout = Fanout()
        self._answer(fanout)
        committed: dict[str, list[AnyLogged]] = {}
        for event in events:
            committed.setdefault(event.room, []).append(event)
        for name, of_room in committed.items():
            room = state.rooms.get(name)
            if room is None:  # everyone left it while the log was at work
                room = state.rooms[name] = Room(name)
            room.advance(of_room)
            fanout.publish(room, of_room)
        self.writes += fanout.deliver()

    def _answer(self, fanout: Fanout) -> None:
        """Confirm the drafts whose events are applied; when all are, the batch is settled."""
        if not self._acknowledged:
            return
        last, waiting = self._state.last, []
        for seq, draft in self._acknowledged:
            if seq > last:
                waiting.append((seq, draft))
            elif draft.ref is not None:
                fanout.answer(draft.session, Ok(ref=draft.ref, seq=seq))
        self._acknowledged = waiting
        if not waiting:
            self._state.drafts.settle()

    def refuse(self, batch: Sequence[Draft]) -> None:
        """Tell the senders of the batch in flight that nothing of it was committed."""
        fanout = Fanout()
        told: set[Session] = set()
        for draft in batch:
            draft.session.pending_bytes -= draft.cost_bytes
            if draft.ref is not None or draft.session not in told:
                refusal = Error(code=LogError.code, message=NOT_COMMITTED, ref=draft.ref)
                fanout.answer(draft.session, refusal)
            told.add(draft.session)
        self._state.drafts.settle()
        fanout.deliver()

    # Slow readers.

    def catch_up(self, member: Member, events: Sequence[AnyLogged]) -> None:
        """Write `events`, the log's next after the member's cursor; live again when all is read.

        Without `events` there is nothing to read: the log must have been asked since the room moved
        on last, or the member would miss what came since.
        """
        room, session = member.room, member.session
        assert room.name in session.lagging, "a live member gets its events from fan-out"
        if not member.described:
            describe(self._state, member)
        # The log may be ahead of what was applied: fan-out will bring that.
        events = [event for event in events if event.seq <= room.last]
        if events:
            member.cursor = events[-1].seq
            if payload := encode_for(member, events):
                session.outlet.write(payload)
        if (member.cursor >= room.last or not events) and not session.congested:
            room.go_live(member)
            if member.presence_changes != room.presence_changes:
                session.send(list_members(self._state, room))
        else:
            # To the end of the queue: rooms take turns.
            session.lagging[room.name] = session.lagging.pop(room.name)


def lag(session: Session) -> None:
    """Take a session whose connection is full out of fan-out; its cursors keep its place."""
    session.congested = True
    for member in session.members.values():
        if member.room.name not in session.lagging:
            member.room.lag(member, member.room.last)
