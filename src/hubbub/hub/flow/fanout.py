"""Fan-out: what one commit brought is encoded once per format and written once per member."""

import sys
from bisect import bisect_left
from collections.abc import Iterable, Sequence, Set
from operator import attrgetter

from hubbub.chat.events import AnyLogged, Event
from hubbub.chat.format import Format
from hubbub.hub.flow.passing import Note
from hubbub.hub.flow.private import events_seen
from hubbub.hub.present.person import NO_SEQS
from hubbub.hub.present.room import Member, Room, Session

_seq_of = attrgetter("seq")


class Fanout:
    """Collects what each session is to receive of one batch; `deliver` writes it, one write each.

    The cost of a delivery is one list append and one write; encoding and joining are shared.
    """

    __slots__ = ("_echoes", "_pieces", "faulty")

    def __init__(self) -> None:
        self._pieces: dict[Session, list[bytes]] = {}
        self._echoes: dict[Session, Set[int]] = {}
        self.faulty: dict[Session, Exception] = {}
        """Sessions that do not get all of it, because of a fault of ours, which ends them."""

    def __len__(self) -> int:
        """Return how many sessions are to receive something."""
        return len(self._pieces)

    def leave_out(self, session: Session, seqs: set[int]) -> None:
        """Leave out what a session is not to hear: what it said itself, if its format does not
        hear itself, or what somebody said whom its person ignores.

        Where it lags, `encode_for` does so later.
        """
        others = self._echoes.get(session)
        self._echoes[session] = seqs if others is None else others | seqs
        for member in session.lagging.values():
            member.echoes |= seqs

    def answer(self, session: Session, event: Event) -> None:
        """Add an event for one session alone."""
        try:
            piece = session.format.encode(event, session.person.name)
        except Exception as error:  # noqa: BLE001 (the others get theirs)
            self.faulty[session] = error
            return
        if piece:
            self._pieces.setdefault(session, []).append(piece)

    def publish(self, room: Room, events: Sequence[AnyLogged]) -> None:
        """Add a room's events for every live member."""
        for format_, group in room.live.items():
            try:
                if room.direct:
                    for member in group:
                        echoes = self._echoes.get(member.session, NO_SEQS)
                        self._add(member.session, encode_for(member, events, echoes))
                else:
                    self._publish(format_, group, events)
            except Exception as error:  # noqa: BLE001 (other formats, and other rooms, go on)
                self.fail(group, error)

    def fail(self, group: Iterable[Member], error: Exception) -> None:
        """Take in that members do not get what they were to get."""
        for member in group:
            self.faulty[member.session] = error

    def _publish(
        self, format_: Format, group: Iterable[Member], events: Sequence[AnyLogged]
    ) -> None:
        encoded = [format_.encode(event) for event in events]
        if not (batch := b"".join(encoded)):
            return
        echoes = self._echoes
        for member in group:
            session = member.session
            piece = batch
            if session in echoes:
                piece = _without(echoes[session], events, encoded)
            self._add(session, piece)

    def pass_on(self, room: Room, notes: Sequence[Note]) -> None:
        """Add what is not logged for every live member to whom it is new."""
        if not notes:
            return
        typing = {note.key for note in notes if not note.numbers}
        first = min([note.numbers[0] for note in notes if note.numbers], default=sys.maxsize)
        for format_, group in room.live.items():
            if room.direct:
                for member in group:
                    told = [note.event for note in notes if note.is_for(member)]
                    self._add(member.session, _encode_each(member.session, told))
                continue
            if format_.knows_inner:
                self._tell_why(format_, group, notes, first, typing)
                continue
            encoded = [(note, format_.encode(note.event)) for note in notes]
            usual = b"".join([piece for note, piece in encoded if note.is_usual])
            if not any(piece for _, piece in encoded):
                continue
            for member in group:
                piece = usual
                if member.told >= first or member.session.person.key in typing:
                    piece = b"".join([piece for note, piece in encoded if note.is_for(member)])
                self._add(member.session, piece)

    def _tell_why(
        self,
        format_: Format,
        group: Iterable[Member],
        notes: Sequence[Note],
        first: int,
        typing: Set[str],
    ) -> None:
        """Do the same for those who are told why somebody left, and only once if from all rooms.

        When a crowd goes, each of another one may have to hear of each: so nearly all of them are
        given the same, and of the rest those who have heard it are taken out together.
        """
        encoded = [(note, format_.encode(note.inner or note.event)) for note in notes]
        told = [(note, piece) for note, piece in encoded if piece]
        usual = b"".join([piece for note, piece in told if note.is_usual])
        heard: set[Session] = set().union(*[note.told for note in notes if note.told])
        alike: list[Session] = []
        unlike: dict[Session, Member] = {}
        for member in group:
            session = member.session
            if member.told >= first or session in heard or session.person.key in typing:
                unlike[session] = member
            else:
                alike.append(session)
                self._add(session, usual)
        for note, piece in told:
            new = unlike.keys() - note.told if note.told else unlike.keys()
            hearing = [session for session in new if note.is_for(unlike[session])]
            for session in hearing:
                self._add(session, piece)
            if note.told is not None:
                note.told.update(hearing, alike if note.is_usual else ())

    def _add(self, session: Session, piece: bytes) -> None:
        if not piece:
            return
        if (pieces := self._pieces.get(session)) is None:
            self._pieces[session] = [piece]
        else:
            pieces.append(piece)

    def deliver(self) -> int:
        """Write to each session all that it is to receive; return to how many."""
        for session, pieces in self._pieces.items():
            if session in self.faulty:  # it has to begin anew
                continue
            # A write may find its reader slow and take the session out of the live groups; that
            # is safe here, because the groups are no longer read.
            try:
                session.outlet.write(pieces[0] if len(pieces) == 1 else b"".join(pieces))
            except Exception as error:  # noqa: BLE001 (the others get theirs)
                self.faulty[session] = error
        return len(self._pieces)


def _encode_each(session: Session, events: Sequence[Event]) -> bytes:
    encode, name = session.format.encode, session.person.name
    return b"".join([encode(event, name) for event in events])


def _without(seqs: Set[int], events: Sequence[AnyLogged], encoded: Sequence[bytes]) -> bytes:
    """Return the joined encodings of the events whose seqs are none of these.

    A step for each event that is left out, and no more: in a busy room there are many of whom each
    said a little.
    """
    pieces, first = list(encoded), events[0].seq
    if events[-1].seq - first == len(events) - 1:  # nearly always: what a commit brought
        places = [seq - first for seq in seqs if first <= seq < first + len(events)]
    else:  # of several nodes
        found = [(seq, bisect_left(events, seq, key=_seq_of)) for seq in seqs]
        places = [at for seq, at in found if at < len(events) and events[at].seq == seq]
    for place in places:
        pieces[place] = b""
    return b"".join(pieces)


def encode_for(member: Member, events: Sequence[AnyLogged], echoes: Set[int] = NO_SEQS) -> bytes:
    """Return what one member is to receive of `events`, the next ones of its room."""
    session, format_ = member.session, member.session.format
    person = session.person
    if member.room.direct:
        events = events_seen(person, member.room, events)
        if member.room.is_for_notes:
            echoes = NO_SEQS  # what is said to oneself is heard by oneself
    encoded = [format_.encode(event, person.name) for event in events]
    return _without(echoes, events, encoded) if echoes and events else b"".join(encoded)
