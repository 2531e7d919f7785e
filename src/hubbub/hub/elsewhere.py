"""What nodes tell each other of who is where, and do for each other: both directions.

How it works. Each node tells of its own people alone, and takes in what the others tell: the newest
word of a node about somebody counts. That is as old as it took on its way, and what the log says is
newer, so somebody whose name is another's here waits (`Far.put_off`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from hubbub.chat.events import Addresses, Removed
from hubbub.chat.events.channels import Way, Why
from hubbub.chat.names import name_key
from hubbub.hub.membership import bring_in, describe, leave_room, tell_put_out
from hubbub.hub.people import claims, linking_afar, metadata, outdone, showing, upkept
from hubbub.hub.people.admission import welcome
from hubbub.hub.people.away import be_away
from hubbub.hub.people.leaving import depart
from hubbub.hub.people.renaming import change_name
from hubbub.hub.power.members import may_enter_once
from hubbub.hub.present.far import (
    AskIn,
    Bring,
    End,
    Far,
    FarSession,
    Letter,
    LinkLetter,
    Place,
    Present,
    Tell,
    Upkeep,
    place_of,
)
from hubbub.hub.present.person import Person, Shown
from hubbub.hub.present.room import Room, Session
from hubbub.hub.rules.scopes import may_read
from hubbub.hub.state import State


class Elsewhere:
    """Of one hub: who is at other nodes, by `far`, and what these are told of it."""

    def __init__(self, state: State, far: Far) -> None:
        self._state = state
        self._far = far

    def when_due(self, wake: Callable[[], None]) -> None:
        """Have this called when the others are to be told something."""
        self._far.wake = wake

    def are_at(self, addresses: list[str]) -> None:
        """Take in where clients reach the nodes, and tell those who may use it if that is news.

        Those who are behind hear of it when they come again.
        """
        is_news = set(addresses) != set(self._far.addresses)
        self._far.addresses = addresses
        for session in self._state.here.all_local if is_news else ():
            if not session.congested and (found := self._far.addresses_for(session)):
                session.send(Addresses(addresses=found))

    # What the others are told.

    def take_moved(self) -> tuple[list[Present], list[str]]:
        """Return who is here and has changed, and the keys of the names of those who have left."""
        moved, self._far.moved = self._far.moved, {}
        here = {key: self.present(key) for key in moved}
        return (
            [one for one in here.values() if one is not None],
            [key for key, one in here.items() if one is None],
        )

    def take_typing(self) -> list[tuple[str, str]]:
        """Return who is writing, by the key of their name, and where."""
        typing, self._far.typing = self._far.typing, {}
        return list(typing)

    def take_kept(self) -> list[Upkeep]:
        """Return what changed of what holds in rooms in passing."""
        kept, self._far.kept = self._far.kept, {}
        return upkept.told_of(self._state, kept)

    def all_kept(self) -> list[Upkeep]:
        """Return all that holds in rooms in passing."""
        return upkept.told_of(self._state, dict.fromkeys(self._state.order.upkept_at, ""))

    def take_letters(self) -> dict[str, list[Letter]]:
        """Return the letters that are to be sent, by the run of the node that they are for."""
        letters, self._far.letters = self._far.letters, []
        found: dict[str, list[Letter]] = {}
        for run, letter in letters:
            found.setdefault(run, []).append(letter)
        return found

    def all_present(self) -> list[Present]:
        """Return all who are here."""
        self._far.moved = {}
        keys = dict.fromkeys(one.person.key for one in self._state.here.all_local)
        return [one for key in keys if (one := self.present(key)) is not None]

    def present(self, key: str) -> Present | None:
        """Return what is told of the holder of a name here, None if nobody has it here."""
        sessions = self._state.here.local(key)
        if not sessions:
            return None
        person = sessions[0].person
        shown = person.shown or Shown()
        rooms = {one.room: None for session in sessions for one in session.members.values()}
        return Present(
            name=person.name,
            person=person.id,
            kind=person.kind,
            since=person.since,
            origin=sessions[-1].origin,
            away=person.away,
            said=person.said_at,
            user=shown.user,
            real=shown.real,
            about=dict(shown.about),
            hidden=shown.is_hidden,
            ignores=dict(person.ignores),
            places=tuple(map(place_of, rooms)),
        )

    # What they tell.

    def take(self, run: str, told: Iterable[Present]) -> None:
        """Take in what the node of a run tells of people who are there."""
        with self._quietly():
            for one in told:
                self._take(run, one)

    def keep(self, told: Iterable[Upkeep]) -> None:
        """Take in what holds in rooms in passing."""
        with self._quietly():
            for one in told:
                upkept.hear(self._state, one)

    def gone(self, run: str, keys: Iterable[str] | None = None) -> None:
        """Take in that people with these names are not there any more; None: nobody is."""
        far, wanted = self._far, None if keys is None else set(keys)
        people = far.people.get(run, {})
        with self._quietly():
            for ident, session in list(people.items()):
                if wanted is None or session.person.key in wanted:
                    del people[ident]
                    depart(self._state, session)
        for place, one in list(far.put_off.items()):
            if place[0] == run and (wanted is None or name_key(one.name) in wanted):
                del far.put_off[place]
        if not people:
            far.people.pop(run, None)

    def are_all(self, run: str, told: Sequence[Present]) -> None:
        """Take in all who are there: nobody else is."""
        here = {name_key(one.name) for one in told}
        known = [one.person.key for one in self._far.people.get(run, {}).values()]
        known += [name_key(one.name) for (of, _), one in self._far.put_off.items() if of == run]
        self.gone(run, [key for key in known if key not in here])
        self.take(run, told)

    def try_again(self) -> None:
        """Let those be here who could not so far."""
        for (run, _), one in list(self._far.put_off.items()):
            self.take(run, [one])

    def typing(self, run: str, key: str, room: str) -> None:
        """Take in that somebody there is writing."""
        for session in self._state.here.named(key):
            member = session.member_in(room)
            if isinstance(session, FarSession) and session.run == run and member is not None:
                self._state.passing.typing(member)

    def hear(self, letter: Letter) -> list[Session]:
        """Do what another node wants done here; return the sessions that are behind by that."""
        if isinstance(letter, LinkLetter):
            linking_afar.hear(self._state, self._far, letter)
            return []
        with self._quietly():
            sessions = self._state.here.local(letter.key)
            return [one for one in sessions if self._do(one, letter)]

    # Names in passing.

    @property
    def claimants(self) -> set[str]:
        """The runs of nodes that have claimed names in passing, without this one's."""
        return self._state.claims.by_run.keys() - {self._state.claims.run}

    def forgo(self, run: str) -> None:
        """Let others have the names in passing of another node's run, which is gone for good."""
        claims.forgo(self._state, run)

    def end_passing(self) -> None:
        """End all sessions in passing: others may be given their names while this node is alone."""
        outdone.end_passing(self._state)

    def let_in_passing(self) -> None:
        """Let people in in passing again: what is claimed here is this node's alone."""
        self._state.claims.are_doubtful = False

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        was_quiet, self._far.is_quiet = self._far.is_quiet, True
        try:
            yield
        finally:
            self._far.is_quiet = was_quiet

    def _take(self, run: str, told: Present) -> None:
        state, key = self._state, name_key(told.name)
        ident = told.person or key
        people = self._far.people.setdefault(run, {})
        self._far.put_off.pop((run, ident), None)
        session = people.pop(ident, None)
        if session is not None and not state.here.has(session):  # it was put out here
            session = None
        if session is not None and session.person.name != told.name:
            if told.person:
                _rename(state, session.person, told.name)
            else:
                depart(state, session)
                session = None
        if session is None:
            self._known_now(run, key)
            person = _person(state, told, key)
            if person is None:
                self._far.put_off[run, ident] = told
                return
            session = FarSession(person, self._far, run, origin=told.origin)
            state.here.add(session)
            state.looks.take(person)
        people[ident] = session
        _update(state, session, told)

    def _known_now(self, run: str, key: str) -> None:
        """Take in that whoever had a name there in passing has it no more: their node knows them.

        It tells of one who has a name, so of two the later word counts.
        """
        former = self._far.people[run].get(key)
        if former is not None:
            del self._far.people[run][key]
            depart(self._state, former)

    def _do(self, session: Session, letter: Letter) -> bool:
        state = self._state
        match letter:
            case Tell(event=Removed(room=name) as event) if name in session.members:
                member, why = session.members[name], Why(Way.PUT_OUT, event.reason)
                leave_room(state, member, why)
                tell_put_out(session, member.room, why, event.reason)
            case Tell(event=event):
                if session.format.gets_answers:
                    session.send(event)
            case End():
                depart(state, session)
                session.outlet.end()
            case AskIn(place=place, at=at):
                may_enter_once(state, _room(state, place), session.person, at)
            case Bring(place=place, last=last):
                return _bring(state, session, _room(state, place), last)
        return False


def _person(state: State, told: Present, key: str) -> Person | None:
    """Return who it is that a node tells of; None if somebody else has the name here."""
    holder = state.here.holder(key)
    if told.person:
        person = state.here.person(told.person)
        if person is not None and person.name != told.name:
            _rename(state, person, told.name)
        if person is not None:
            return person
    if holder is not None or key in state.entering:
        return None
    person = Person(told.name, told.since, id_=told.person)
    person.kind = told.kind
    return person


def _rename(state: State, person: Person, name: str) -> None:
    """Call somebody who is known as the log says, if nobody else here has the name."""
    profile = state.book.profiles.told(person.id)
    if profile is None or profile.name != name:
        return  # this is news of before
    if state.here.holder(name_key(name)) not in (None, person):
        return
    change_name(state, person, name)
    for session in state.here.local(person.key):
        if session.format.gets_answers:
            session.send(welcome(state, session, None))


def _update(state: State, session: FarSession, told: Present) -> None:
    person = session.person
    is_here, is_new = bool(state.here.local(person.key)), person.shown is None
    if _is_later(told, person, is_here=is_here):
        _hear_of_themselves(state, person, told)
    if not is_here:  # else it is known here
        _describe(state, session, told, is_new=is_new)
    for name in session.has_left(told.places, state.at):
        leave_room(state, session.members[name])
    for place in told.places:
        if place.room not in session.members:
            room = _room(state, place)
            bring_in(state, session, room, state.at)
            room.invited.pop(person.standing, None)


def _is_later(told: Present, person: Person, *, is_here: bool) -> bool:
    """Return whether what somebody says of themselves elsewhere is later than what is known."""
    if told.said != person.said_at or not told.said:
        return told.said > person.said_at or not (told.said or is_here)
    # At one moment at two nodes: all take the same. Elsewhere it is no other than what is known.
    real = "" if person.shown is None else person.shown.real
    return not is_here or (told.away or "", told.real) > (person.away or "", real)


def _hear_of_themselves(state: State, person: Person, told: Present) -> None:
    """Take in what somebody says of themselves at another node: it is the latest."""
    person.said_at = told.said
    before = person.shown
    if told.user or told.real or before is None:
        about = {} if before is None else before.about
        person.shown = Shown(told.user, told.real, about, is_hidden=told.hidden)
    if before is not None and person.shown is not None and before.real != person.shown.real:
        showing.tell_real(state, person)
    if person.away != told.away:
        be_away(state, person, told.away)


def _describe(state: State, session: FarSession, told: Present, *, is_new: bool) -> None:
    person = session.person
    person.ignores = told.ignores
    if is_new or not person.id:  # later, of those who are known, the log says it, and may be ahead
        metadata.hear(state, person, told.about)
    if person.kind != told.kind:
        person.kind = told.kind
        for member in session.members.values():
            member.room.relist()


def _room(state: State, place: Place) -> Room:
    room = state.rooms.get(place.room)
    if room is None:
        room = Room(place.room)
        room.owner = place.owner
        state.introduce(room)
        state.put(room)
    if place.handles and not room.handles:
        room.handles, room.direct = place.handles, place.direct
    return room


def _bring(state: State, session: Session, room: Room, last: int) -> bool:
    """Bring a session into a private room; return whether something was said there meanwhile."""
    if room.name in session.members or not may_read(session):
        return False
    member = bring_in(state, session, room, state.at)
    if not session.congested:  # else `catch_up` does it
        describe(state, member)
    if room.last > last:
        room.lag(member, last)
        return True
    return False
