"""Fan-out: what one commit brought is encoded once per format and written once per member."""

from collections.abc import Iterable, Sequence

from hubbub.chat.events import AnyLogged, Event
from hubbub.chat.format import Format
from hubbub.hub.private import events_seen
from hubbub.hub.room import Member, Room, Session


class Fanout:
    """Collects what each session is to receive of one batch; `deliver` writes it, one write each.

    The cost of a delivery is one list append and one write; encoding and joining are shared.
    """

    __slots__ = ("_pieces",)

    def __init__(self) -> None:
        self._pieces: dict[Session, list[bytes]] = {}

    def answer(self, session: Session, event: Event) -> None:
        """Add an event for one session alone."""
        if piece := session.format.encode(event, session.name):
            self._pieces.setdefault(session, []).append(piece)

    def publish(self, room: Room, events: Sequence[AnyLogged]) -> None:
        """Add a room's events for every live member."""
        for format_, group in room.live.items():
            if format_.is_personal or room.direct:
                for member in group:
                    self._add(member.session, encode_for(member, events))
            else:
                self._publish(format_, group, events)

    def _publish(
        self, format_: Format, group: Iterable[Member], events: Sequence[AnyLogged]
    ) -> None:
        encoded = [format_.encode(event) for event in events]
        if not (batch := b"".join(encoded)):
            return
        speakers: set[str] = set()
        if not format_.hears_itself:
            speakers = {event.sender for event in events}
        for member in group:
            session = member.session
            piece = batch
            if session.name in speakers:
                piece = without_own(session.name, events, encoded)
            self._add(session, piece)

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
            # A write may find its reader slow and take the session out of the live groups; that
            # is safe here, because the groups are no longer read.
            session.outlet.write(pieces[0] if len(pieces) == 1 else b"".join(pieces))
        return len(self._pieces)


def without_own(name: str, events: Iterable[AnyLogged], encoded: Iterable[bytes]) -> bytes:
    """Return the joined encodings of the events that `name` did not send."""
    return b"".join(
        [piece for event, piece in zip(events, encoded, strict=True) if event.sender != name]
    )


def encode_for(member: Member, events: Sequence[AnyLogged]) -> bytes:
    """Return what one member is to receive of `events`, the next ones of its room."""
    session, format_ = member.session, member.session.format
    if member.room.direct:
        events = events_seen(session, member.room, events)
    encoded = [format_.encode(event, session.name) for event in events]
    return b"".join(encoded) if format_.hears_itself else without_own(session.name, events, encoded)


def announce(room: Room, event: Event, *, besides: Member | None = None) -> None:
    """Write an event that is not logged to the room's live members that have words for it."""
    # Gathered first: a write may find its reader slow, and take it out of the live groups.
    listeners: list[tuple[Session, bytes]] = []
    for format_, group in room.live.items():
        shared = b"" if format_.is_personal else format_.encode(event)
        if not (shared or format_.is_personal):
            continue
        listeners += [
            (member.session, shared or format_.encode(event, member.session.name))
            for member in group
            if member is not besides
        ]
    for session, payload in listeners:
        if payload:
            session.outlet.write(payload)
