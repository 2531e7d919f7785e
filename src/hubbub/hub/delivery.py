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

A fault of ours in what concerns one session or one room ends these sessions, which read in the log
what they missed when they come back. Rules and names hold for all: a fault in taking them in is for
whoever called us.

A damaged log leaves out what it cannot read. `prev` shows it: the member is told what is missing,
in its place among the events, and goes on behind it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple, cast

from hubbub.chat.errors import Damaged, LogError
from hubbub.chat.events import AnyLogged, Entry, Error, Fact, Missing, Ok
from hubbub.chat.format import Format
from hubbub.chat.names import SYSTEM_ROOM, is_direct
from hubbub.chat.removal import removed_by
from hubbub.hub.flow.drafts import NEVER_COMMITTED, NOT_COMMITTED, OBJECT_BYTES, Draft
from hubbub.hub.flow.fanout import Fanout, encode_for
from hubbub.hub.flow.passing import Note
from hubbub.hub.membership import describe, is_crowd, list_members
from hubbub.hub.people import claims, conversations, ignoring, metadata, outdone, profiles
from hubbub.hub.people.devices import end_revoked
from hubbub.hub.people.enforcing import enforce, let_hear_nothing, remove_rooms
from hubbub.hub.people.seeing import read_by_themselves, take, tell_what_moved
from hubbub.hub.present.room import Member, Room, Session
from hubbub.hub.rules.order import Decided
from hubbub.hub.standing import heard
from hubbub.hub.state import State

ANNOUNCED_MAX = 2000
"""Writes of one announcement: a few milliseconds."""


_room_of = attrgetter("room")


class _Encoded(NamedTuple):
    """What one member was given of `events`. Others of the same `place` are given the same."""

    events: Sequence[AnyLogged]
    place: tuple[Format, int, int]
    """The format, where the member was, and where its room ended."""
    payload: bytes


class Delivery:
    """Brings what the log says to the members. `writes` counts those of commits."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._newest: _Encoded | None = None
        self._acknowledged: list[tuple[int, Draft]] = []
        self.faulty: dict[Session, Exception] = {}
        """Sessions that did not get all that they were to get, because of a fault of ours."""
        self.writes = 0

    def take(self, *, for_few: bool) -> list[Draft]:
        """Hand over the next batch, without what must not overtake a message that was refused."""
        batch = self._state.drafts.take(for_few=for_few)
        behind = [draft for draft in batch if draft.behind is not None]
        if not any(draft.behind in draft.session.put_off for draft in behind):
            return batch
        going: list[Draft] = []
        stopped: list[Draft] = []
        for draft in batch:
            if draft.behind in draft.session.put_off:
                draft.session.refused_for_now(draft.ref)
                stopped.append(draft)
            else:
                going.append(draft)
        self._tell_refused(stopped)
        if not going:
            self._settle()
            self._state.close_unused()
        return going

    def acknowledge(self, batch: Sequence[Draft], seqs: Sequence[int]) -> None:
        """Take in that the batch in flight is committed, each draft under its seq of `seqs`."""
        assert not self._acknowledged, "the batch before has not been applied yet"
        for draft, seq in zip(batch, seqs, strict=True):
            session = draft.session
            if draft.event.seq != seq:  # a repeat: the log has it under an earlier seq
                self._give_back(draft)
            if session.is_poster:
                self._state.departed.posted(session.person.key, seq)
        self._acknowledged = list(zip(seqs, batch, strict=True))
        if max(seqs, default=0) <= self._state.last:  # nothing but repeats: no event will come
            fanout = Fanout()
            self._answer(fanout)
            self._state.close_unused()
            self.writes += self._deliver(fanout)

    def _deliver(self, fanout: Fanout) -> int:
        written = fanout.deliver()
        self.faulty.update(fanout.faulty)
        return written

    def _give_back(self, draft: Draft) -> None:
        """Let a draft that is not stored cost nothing of what its address may post."""
        if text_bytes := draft.cost_bytes - OBJECT_BYTES:
            self._state.quota.give_back(draft.session.origin, text_bytes)

    def apply(self, events: Sequence[Entry]) -> None:
        """Move on to what the log handed out, in its order, whoever appended it."""
        far = self._state.here.far
        if far is not None:
            far.is_quiet = True
        for part in _parts(events):
            self._apply(part)
        if far is not None:
            far.is_quiet = False

    def _apply(self, events: Sequence[Entry]) -> None:
        state = self._state
        assert events[0].seq > state.last, "the log handed something out twice"
        state.last = events[-1].seq
        by_room: dict[str, list[Entry]] = {}
        for name, together in groupby(events, key=_room_of):  # the log counts room by room
            by_room.setdefault(name, []).extend(together)
        # No member of a room hears of facts.
        facts = cast("list[Fact]", by_room.pop(SYSTEM_ROOM, []))
        committed = cast("dict[str, list[AnyLogged]]", by_room)
        decided = self._take(facts) if facts else []
        fanout = Fanout()
        self._answer(fanout)
        for name, of_room in committed.items():
            try:
                self._move_on(name, of_room, fanout)
            except Exception as error:  # noqa: BLE001 (other rooms go on; these members come back)
                self._pass_over(name, of_room, fanout, error)
        state.close_unused()
        self.writes += self._deliver(fanout)
        if decided:
            enforce(state, decided)

    def _move_on(self, name: str, of_room: Sequence[AnyLogged], fanout: Fanout) -> None:
        """Move a room on, and have its members told."""
        state, room = self._state, self._state.rooms.get(name)
        is_new = room is None  # opened elsewhere
        if room is None:
            room = Room(name)
            state.introduce(room)
        if state.claims.run:
            claims.hear(state, of_room)
            heard(state, room, of_room)
            if is_direct(name):
                conversations.bring_those_known(state, room)
        room.advance(of_room)
        if is_new:
            state.put(room)
        else:
            state.directory.move_on(room)
        if room.direct:
            state.recent.said(room)
        if room.direct or state.order.is_private(name):
            read_by_themselves(state, room, of_room)
        before, after = self._passing(room)
        fanout.pass_on(room, before)
        ignoring.leave_out(state, room, of_room, fanout)
        fanout.publish(room, of_room)
        fanout.pass_on(room, after)

    def _pass_over(
        self, name: str, of_room: Sequence[AnyLogged], fanout: Fanout, error: Exception
    ) -> None:
        """Have a room go on behind events of which a fault kept us from telling its members.

        Their sessions end: when they come back, they read what they missed in the log.
        """
        if (room := self._state.rooms.get(name)) is None:
            room = Room(name)
            self._state.put(room)
        room.first, room.last = room.first or of_room[0].seq, of_room[-1].seq
        fanout.fail(_live(room), error)

    def _take(self, facts: Sequence[Fact]) -> Sequence[Decided]:
        """Take in facts, before the rest of their batch; return what was decided by them."""
        state = self._state
        state.book.take(facts)
        state.conversations.take(facts)
        state.grants.take(facts)
        state.forgotten.take(facts)
        end_revoked(state, facts)
        take(state, facts)
        profiles.take(state, facts)
        outdone.take(state, facts)
        ignoring.take(state, facts)
        metadata.take(state, facts)
        remove_rooms(state, facts)
        decided = state.order.take(facts)
        let_hear_nothing(state, decided)
        return decided

    def apply_unlogged(self) -> None:
        """Apply the facts that hold in passing."""
        facts, self._state.order.unlogged = self._state.order.unlogged, []
        enforce(self._state, [self._state.order.take_unlogged(fact) for fact in facts])

    def announce(self) -> int:
        """Tell who came, went or types, room by room; return how many writes that took.

        Stops after about `ANNOUNCED_MAX` writes: the other rooms come next time.
        """
        fanout, state = Fanout(), self._state
        while state.passing.is_due and len(fanout) < ANNOUNCED_MAX:
            room = state.passing.next_room()
            try:
                for notes in self._passing(room):
                    fanout.pass_on(room, notes)
            except Exception as error:  # noqa: BLE001 (other rooms are told)
                fanout.fail(_live(room), error)
        return self._deliver(fanout)

    def _passing(self, room: Room) -> tuple[list[Note], list[Note]]:
        state = self._state
        before, after = state.passing.take(room, state.drafts)
        if not (before or after):  # nearly always: this is for each room of a commit
            return before, after
        if any(note.is_listed for note in (*before, *after)):
            room.told_times += 1
        return ([], []) if is_crowd(state, room) else (before, after)

    def _answer(self, fanout: Fanout) -> None:
        """Confirm the drafts whose events are applied; when all are, the batch is settled."""
        if not self._acknowledged:
            return
        last, waiting = self._state.last, []
        unheard: defaultdict[Session, set[int]] = defaultdict(set)
        speaker: Session | None = None
        own: set[int] | None = None
        for seq, draft in self._acknowledged:
            if seq > last:
                waiting.append((seq, draft))
                continue
            session = draft.session
            if session is not speaker:  # most say several things at once
                speaker, own = session, None
                if not session.format.hears_itself:
                    own = unheard[session]
            if own is not None:
                own.add(seq)
            if draft.ref is not None:
                came = None if own is None else draft.event.at
                fanout.answer(session, Ok(ref=draft.ref, seq=seq, at=came))
        for session, seqs in unheard.items():
            fanout.leave_out(session, seqs)
        self._acknowledged = waiting
        if not waiting:
            self._settle()

    def _settle(self) -> None:
        self._state.settle()
        self._state.passing.drafts_settled()

    def refuse(self, batch: Sequence[Draft], *, lasting: bool = False) -> None:
        """Tell the senders of the batch in flight that nothing of it was committed.

        `lasting`: because of its one draft, which the log cannot take at another time either.
        """
        if lasting:
            (draft,) = batch
            self._give_back(draft)
            refusal = Error(code=Damaged.code, message=NEVER_COMMITTED, ref=draft.ref)
            draft.session.send(refusal)
        else:
            self._tell_refused(batch)
        self._settle()
        self._state.close_unused()

    def _tell_refused(self, batch: Sequence[Draft]) -> None:
        claims.not_cleared(self._state, [draft.event for draft in batch])
        fanout = Fanout()
        told: set[Session] = set()
        for draft in batch:
            self._give_back(draft)
            draft.session.refused_for_now(draft.ref)
            if draft.ref is not None or draft.session not in told:
                refusal = Error(code=LogError.code, message=NOT_COMMITTED, ref=draft.ref)
                fanout.answer(draft.session, refusal)
            told.add(draft.session)
        self._deliver(fanout)

    # Slow readers.

    def catch_up(self, member: Member, events: Sequence[AnyLogged]) -> None:
        """Write `events`, the log's next after the member's cursor; live again when all is read.

        Without `events` there is nothing that can be read: the log must have been asked since the
        room moved on last, or the member would miss what came since.
        """
        room, session = member.room, member.session
        assert room.name in session.lagging, "a live member gets its events from fan-out"
        if not member.described:
            describe(self._state, member, brought=True)
        given = events
        # The log may be ahead of what was applied: fan-out will bring that.
        events = [event for event in events if event.seq <= room.last]
        if payload := self._encode_once(member, given, events):
            session.outlet.write(payload)
        member.cursor = events[-1].seq if events else room.last
        if member.cursor >= room.last and not session.congested:
            room.go_live(member)
            if member.told_times != room.told_times:
                session.send(list_members(self._state, room))
                room.list_for(member)
            tell_what_moved(self._state, member)
            ignoring.tell(self._state, session)
        else:
            # To the end of the queue: rooms take turns.
            session.lag(member)

    def _encode_once(
        self, member: Member, given: Sequence[AnyLogged], events: Sequence[AnyLogged]
    ) -> bytes:
        """Return what the member is to receive of `given`: those `events` that were applied.

        A crowd that comes back reads the same, one after the other, and is given the same objects.
        """
        format_ = member.session.format
        if member.room.direct or not format_.hears_itself or not given:
            return _encode_backlog(member, events)
        place, newest = (format_, member.cursor, member.room.last), self._newest
        if newest is None or newest.events is not given or newest.place != place:
            newest = self._newest = _Encoded(given, place, _encode_backlog(member, events))
        return newest.payload


def _live(room: Room) -> list[Member]:
    return [member for group in room.live.values() for member in group]


def _parts(events: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    """Yield the events in parts: what removes a room comes first in one, before the next room."""
    start = place = 0
    for name, together in groupby(events, key=_room_of):
        of_room = list(together)
        for fact_place, event in enumerate(of_room if name == SYSTEM_ROOM else (), place):
            if removed_by(event) and fact_place > start:
                yield events[start:fact_place]
                start = fact_place
        place += len(of_room)
    yield events[start:]


def _encode_backlog(member: Member, events: Sequence[AnyLogged]) -> bytes:
    """Return what the member is to receive: `events`, and what is missing among them.

    Without `events`, all that the room has after the member's cursor is missing. What it keeps no
    longer is not: a client sees by `prev` that it must join again, and is told then.
    """
    cursor, run, pieces = max(member.cursor, member.room.dropped), 0, []
    for place, event in enumerate(events):
        if event.prev > cursor:
            pieces += [
                encode_for(member, events[run:place], member.echoes),
                _missing(member, cursor, event.prev),
            ]
            run = place
        cursor = event.seq
    pieces.append(encode_for(member, events[run:], member.echoes))
    if not events and cursor < member.room.last:
        pieces.append(_missing(member, cursor, member.room.last))
    return b"".join(pieces)


def _missing(member: Member, after: int, upto: int) -> bytes:
    session = member.session
    missing = Missing(room=member.room.name, after=after, upto=upto)
    return session.format.encode(missing, session.person.name)


def lag(session: Session) -> None:
    """Take a session whose connection is full out of fan-out; its cursors keep its place."""
    session.congested = True
    for member in session.members.values():
        if member.room.name not in session.lagging:
            member.room.lag(member, member.room.last)
