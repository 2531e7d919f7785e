"""The hub: decide → append → apply.

`enter`, `command` and `line` decide: they refuse, answer, or add drafts. `take` hands the drafts
over to be appended to the log, all that waited together as one batch; `acknowledge` and then
`apply`, or else `refuse`, end the batch. The hub knows no socket, clock, disk or event loop: times
come in as arguments, bytes go out through each session's outlet.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType

from hubbub.chat.access import Access
from hubbub.chat.commands import AnyCommand, InnerCommand
from hubbub.chat.errors import Refused
from hubbub.chat.events import AnyLogged, Entry, Fact, Message, Rooms
from hubbub.chat.format import Format
from hubbub.chat.heard import Heard
from hubbub.chat.limits import FileLimits, GuestLimits, Limits
from hubbub.chat.queries import Dropped, Epoch, Head, Settled
from hubbub.chat.retention import Retention
from hubbub.hub import commands, delivery, keeping, lines, membership, speech
from hubbub.hub.asking import Decision
from hubbub.hub.cost import FACT, PRICES
from hubbub.hub.elsewhere import Elsewhere
from hubbub.hub.filing import Filing
from hubbub.hub.flow.drafts import Draft
from hubbub.hub.flow.uploads import Uploads
from hubbub.hub.known.forgotten import ForgottenPeople
from hubbub.hub.known.values import Facts, NoFacts
from hubbub.hub.outside import Outside
from hubbub.hub.people import (
    admission,
    claims,
    forgetting,
    leaving,
    linking_afar,
    records,
    seeing,
)
from hubbub.hub.people.devices import label_of
from hubbub.hub.power import importing
from hubbub.hub.present.far import Far
from hubbub.hub.present.here import Here
from hubbub.hub.present.outlet import Outlet
from hubbub.hub.present.room import Member, Room, Session
from hubbub.hub.speech import Allowed
from hubbub.hub.standing import recall
from hubbub.hub.state import State


class Hub:
    """One chatroom. `heads` gives each room's place in the log, `epochs` the log's epochs, `facts`
    those that stand in it. Of those of people the hub wants none: it looks them up as `known` when
    they are needed. It is opened `at` a time, in milliseconds since the epoch.

    With a `password`, sessions must give it before anything else. `stored`: how many bytes of
    files the rooms hold.
    """

    def __init__(
        self,
        limits: Limits,
        heads: Iterable[Head] = (),
        epochs: Sequence[Epoch] = (),
        facts: Sequence[Fact] = (),
        known: Facts | None = None,
        *,
        guests: GuestLimits | None = None,
        access: Access | None = None,
        files: FileLimits | None = None,
        stored: Mapping[str, int] = MappingProxyType({}),
        server: str,
        password: str = "",
        operator_code: str = "",
        at: int = 0,
        run: str = "",
    ) -> None:
        self._state = State(
            limits,
            heads,
            epochs,
            facts,
            known or NoFacts(),
            guests=guests or GuestLimits(),
            access=access or Access(),
            uploads=Uploads(files or FileLimits(), stored),
            server=server,
            password=password,
            operator_code=operator_code,
            at=at,
            run=run,
        )
        if run:
            self._state.here.far = Far()
        self._delivery = delivery.Delivery(self._state)
        self.files = Filing(self._state)
        self.outside = Outside(self._state)

    @property
    def slow_rooms(self) -> dict[str, int]:
        """The rooms in slow mode, with how many seconds people wait there between messages."""
        rules = self._state.order.rules
        return {room: one.slow_seconds for room, one in rules.items() if one.slow_seconds}

    def recall(self, messages: Iterable[Message]) -> None:
        """Take in what was said in slow rooms shortly before the start, in order."""
        recall(self._state, messages)

    def retention(self, room: str, general: Retention) -> Retention:
        """Return what a room keeps, if the chatroom as a whole keeps `general`."""
        return keeping.retention_of(self._state, room, general)

    def let_go(self, room: str, dropped: Dropped) -> None:
        """Take in that the log has kept the beginning of a room no longer."""
        keeping.let_go(self._state, room, dropped)

    def standing(self, entries: Sequence[AnyLogged]) -> list[AnyLogged]:
        """Return what of imported `entries` may be committed now, beside what is said here."""
        return importing.standing(self._state, entries)

    def last_of(self, room: str) -> int:
        """Return the newest seq of a room, 0 if it has none."""
        found = self._state.rooms.get(room)
        return 0 if found is None else found.last

    @property
    def limits(self) -> Limits:
        """The bounds that the operator set."""
        return self._state.limits

    @property
    def here(self) -> Here:
        """The people who have their names, and their sessions."""
        return self._state.here

    @property
    def rooms(self) -> dict[str, Room]:
        """The open rooms, by name."""
        return self._state.rooms

    def own_name(self, person: str) -> str:
        """Return the name of somebody by their id, here or away; empty if they are not known."""
        profile = self._state.book.profiles.told(person)
        return "" if profile is None else profile.name

    def name_of(self, called: str) -> str:
        """Return the name of the room that is called so: by its name, or else by its title."""
        return self._state.name_of(called)

    @property
    def last(self) -> int:
        """The newest seq that was applied."""
        return self._state.last

    @property
    def forgotten(self) -> ForgottenPeople:
        """The people whose accounts are deleted; it renames them in what is read of the log."""
        return self._state.forgotten

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
        *,
        origin: str = "",
        is_proven: bool = False,
        is_relayed: bool = False,
    ) -> tuple[Session, Decision]:
        """Begin a session; raise Refused if the name is not allowed, or taken and not resumable.

        `secret`: unguessable text that only this session will know. Nothing else may be asked for
        the session until it is decided. `origin` is
        what counts as one address, of which nobody has many; it is empty for this machine.
        `is_proven`: the password need not be given any more. `is_relayed`: it comes by a relay.
        """
        return admission.enter(
            self._state,
            raw_name,
            format_,
            outlet,
            secret=secret,
            origin=origin,
            ref=ref,
            is_proven=is_proven,
            is_relayed=is_relayed,
        )

    @property
    def server(self) -> str:
        """What the server calls itself: its name and version."""
        return self._state.server

    def configure(
        self, *, password: str, access: Access, guests: GuestLimits, files: FileLimits
    ) -> None:
        """Go by other settings from now on; nobody is put out."""
        self._state.configure(password=password, access=access, guests=guests, files=files)

    def let_run(self, passwords: Mapping[str, str]) -> None:
        """Let people run the server for as long as they are connected who give one of these."""
        self._state.here.operating.passwords = passwords

    def label(self, session: Session) -> str:
        """Return what the person calls the device of a session, if it has a name."""
        return label_of(self._state, session.person.id, session.device)

    @property
    def has_password(self) -> bool:
        """Whether sessions must give a password."""
        return bool(self._state.password)

    @property
    def password(self) -> bytes:
        """The password that sessions must give; empty if they need none."""
        return self._state.password

    def check_password(self, password: str) -> None:
        """Raise Refused if this is not the password; without one, any is right."""
        admission.check_password(self._state, password)

    def has_name(self, session: Session) -> bool:
        """Return whether the session has its name by now."""
        return self._state.here.has(session)

    def stand_in(self) -> None:
        """Read to people from a copy, until a server takes over, which knows no secrets of ours."""
        self._state.is_copy = True

    def depart(self, session: Session, lost_at: float | None = None) -> None:
        """End a session whose connection is gone. What it said will still be committed.

        If it was lost, at `lost_at` seconds, the name is kept for a minute.
        """
        state = self._state
        session.gone = True
        leaving.in_any_case(
            partial(state.links.left, session),
            partial(linking_afar.left, state, session),
            partial(state.here.watchers.stop, session, ()),  # whoever it was meanwhile
            partial(leaving.depart, state, session, None if state.is_copy else lost_at),
            partial(claims.clear_released, state),
        )

    def sweep(self, at: int) -> None:
        """Take in what time it is, and do what time brings; call about once a second."""
        self._state.at = at
        records.sweep(self._state)
        claims.clear_released(self._state)
        self._state.links.sweep(at)
        seeing.log_due(self._state, at)

    def unfinished(self) -> Decision:
        """Return a decision for which no session waits; None if there is none.

        Such as that which goes on with clearing a deleted account. If it raises Refused, or the
        log fails, ask again later.
        """
        owed = self._state.owed
        return owed.popleft() if owed else forgetting.unfinished(self._state)

    def end(self) -> None:
        """Let wait for the log whatever is to be kept, because the server ends."""
        seeing.log_due(self._state, math.inf)
        claims.forgo_own(self._state)

    @property
    def elsewhere(self) -> Elsewhere:
        """Who is at other nodes, and what these are told; there are others."""
        far = self._state.here.far
        assert far is not None, "a hub without a run is alone"
        return Elsewhere(self._state, far)

    def free_names(self, now: float) -> None:
        """Let others have the names that were kept for long enough, at `now` seconds."""
        leaving.free_names(self._state, now)

    # Decide.

    def price(self, session: Session | None, heard: Heard) -> float:
        """Return the units that it costs to act on what is heard, by the session if there is one.

        Ask before it is acted on.
        """
        return PRICES[type(heard)](self._state, session, heard)

    @property
    def written(self) -> float:
        """The units for all facts that were ever given to the log; what a decision adds to them is
        to be paid for."""
        return self._state.facts_noted * FACT

    def command(self, session: Session, command: AnyCommand | InnerCommand, at: int) -> Decision:
        """Decide on a command that came at `at` (milliseconds since the epoch).

        Raises Refused; so may the decision, when it is continued with what it asked to read.
        """
        decision = commands.decide(self._state, session, command, at)
        if self._state.order.unlogged:
            self._delivery.apply_unlogged()
        return decision

    def line(self, session: Session, text: str, at: int) -> Decision:
        """Decide on a plain line: a message to the session's room, or a `/` command."""
        decision = lines.decide(self._state, session, text, at)
        if self._state.order.unlogged:
            self._delivery.apply_unlogged()
        return decision

    def speak(
        self, session: Session, heard: Heard, rest: Iterator[Heard], allowed: Allowed
    ) -> tuple[float, Heard | None]:
        """Act on `heard` and the `rest`, as far as they are ordinary lines and it is `allowed`.

        Returns the units that it took, and what comes next if that is no such line: nothing of it
        was done, and `price` and `line` or `command` are the way for it.
        """
        return speech.speak(self._state, session, heard, rest, allowed)

    def name_taken(self, session: Session) -> Refused:
        """Return the refusal of the session's name, which somebody else has."""
        return admission.why_held(self._state, session)

    def list_rooms(self, visitor: Session | None = None) -> Rooms:
        """Return the list of the public rooms, and of the private ones that a `poster` sees."""
        return membership.list_rooms(self._state, "" if visitor is None else visitor.person.id)

    # Append.

    @property
    def has_pending(self) -> bool:
        """Whether drafts wait for the log."""
        return self._state.drafts.are_waiting

    def take(self, *, for_few: bool = False) -> list[Draft]:
        """Hand over the drafts of the next batch; none if all of them had to be refused.

        `for_few`: only what has few listeners; none, too, if there is nothing of the kind.
        """
        return self._delivery.take(for_few=for_few)

    def put_off(self) -> bool:
        """Refuse all that waits for the log, for now; return whether nothing is in flight, too."""
        while self.is_settled and self.has_pending:
            if batch := self.take():
                self.refuse(batch)
        return self.is_settled

    @property
    def is_settled(self) -> bool:
        """Whether the batch taken last is committed and applied, or refused."""
        return not self._state.drafts.in_flight

    def has_settled(self, question: Settled) -> bool:
        """Return whether the answer to `question` is there."""
        return self._state.drafts.batches >= question.batches

    # Apply.

    def acknowledge(self, batch: Sequence[Draft], seqs: Sequence[int]) -> None:
        """Take in that the log committed the batch taken last; `apply` is to follow."""
        self._delivery.acknowledge(batch, seqs)

    def apply(self, events: Sequence[Entry]) -> None:
        """Move on to what the log handed out, and tell everyone."""
        self._delivery.apply(events)

    def take_faulty(self) -> list[tuple[Session, Exception]]:
        """Return the sessions that a fault of ours has kept from what they were to hear: end them.

        Ask after each call that has members told something.
        """
        if not (faulty := self._delivery.faulty):  # nearly always
            return []
        self._delivery.faulty = {}
        return list(faulty.items())

    @property
    def has_announcements(self) -> bool:
        """Whether members are to be told who came, went or types."""
        return self._state.passing.is_due

    def announce(self) -> int:
        """Tell them, one write to each, or some of them; return how many writes that took.

        Where `apply` writes to a room, it does so in the same write.
        """
        return self._delivery.announce()

    def refuse(self, batch: Sequence[Draft], *, lasting: bool = False) -> None:
        """Tell the senders of the batch taken last that the log is unavailable.

        `lasting`: for its one draft, and for good.
        """
        self._delivery.refuse(batch, lasting=lasting)

    # Slow readers.

    def lag(self, session: Session) -> None:
        """Take a session whose connection is full out of fan-out; its cursors keep its place."""
        delivery.lag(session)

    def catch_up(self, member: Member, events: Sequence[AnyLogged]) -> None:
        """Write `events`, the log's next after the member's cursor; live again when all is read."""
        self._delivery.catch_up(member, events)
