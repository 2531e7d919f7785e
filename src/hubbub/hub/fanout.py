"""Fan-out: what one commit brought is encoded once per format and written once per member."""

from collections.abc import Iterable

from hubbub.chat.events import AnyLogged, Event
from hubbub.hub.room import Member, Room
from hubbub.hub.session import Format, Session


class Fanout:
    """Collects what each session is to receive of one batch; `deliver` writes it, one write each.

    The cost of a delivery is one list append and one write; encoding and joining are shared.
    """

    __slots__ = ("_pieces",)

    def __init__(self) -> None:
        self._pieces: dict[Session, list[bytes]] = {}

    def answer(self, session: Session, event: Event) -> None:
        """Add an event for one session alone."""
        if piece := session.format.encode(event):
            self._pieces.setdefault(session, []).append(piece)

    def publish(self, room: Room, events: list[AnyLogged]) -> None:
        """Add a room's events for every live member; no echo for those that do not speak events."""
        for format_, group in room.live.items():
            encoded = [format_.encode(event) for event in events]
            if not (batch := b"".join(encoded)):
                continue
            speakers: set[str] = set()
            if not format_.speaks_events:
                speakers = {event.sender for event in events}
            for member in group:
                session = member.session
                piece = batch
                if session.name in speakers and not (
                    piece := without_own(session.name, events, encoded)
                ):
                    continue
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


def encode_backlog(format_: Format, name: str, events: list[AnyLogged]) -> bytes:
    """Return what a lagging member called `name` is to receive of `events`."""
    encoded = [format_.encode(event) for event in events]
    return b"".join(encoded) if format_.speaks_events else without_own(name, events, encoded)


def announce(room: Room, event: Event, *, besides: Member | None = None) -> None:
    """Write an event that is not logged to the room's live members that speak events."""
    # Gathered first: a write may find its reader slow, and take it out of the live groups.
    listeners = [
        (member.session.outlet, payload)
        for format_, group in room.live.items()
        if (payload := format_.encode(event))
        for member in group
        if member is not besides
    ]
    for outlet, payload in listeners:
        outlet.write(payload)
