"""Who is here: the people who have their names, and their sessions."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Final, Literal, Protocol

from hubbub.chat.events.channels import Watched
from hubbub.chat.names import name_key
from hubbub.hub.present.far import Far, FarSession
from hubbub.hub.present.former import FormerPeople
from hubbub.hub.present.operating import Operating
from hubbub.hub.present.person import Person
from hubbub.hub.present.room import Member, Room, Session
from hubbub.hub.present.watchers import Watchers

BADGE: Final = "~"
"""What the badges of passing people begin with; no id does."""


class Holding(Protocol):
    """What is to be kept of people who are known, by their ids, as long as they are here."""

    def hold(self, key: str) -> None:
        """Keep it until it is let go."""

    def let_go(self, key: str) -> None:
        """Keep it no longer."""


class Here:
    """Sessions by the keys of their people's names, each person's in order of arrival.

    A session of somebody else's name, which is held, is not among them.
    """

    def __init__(self, profiles: Holding) -> None:
        self._profiles = profiles
        self._sessions: dict[str, tuple[Session, ...]] = {}
        self._known: dict[str, Person] = {}
        self._passing: dict[str, Person] = {}
        self.far: Far | None = None
        """Who is at other nodes, if there are any."""
        self._badges = 0
        self.watchers = Watchers()
        self.former = FormerPeople()
        self.operating = Operating()
        self._staying = ""

    def __contains__(self, key: str) -> bool:
        return key in self._sessions

    @property
    def people_count(self) -> int:
        """How many people are here."""
        return len(self._sessions)

    @property
    def people(self) -> Iterator[Person]:
        """Everybody who is here, in order of arrival."""
        return (sessions[0].person for sessions in self._sessions.values())

    def __iter__(self) -> Iterator[Session]:
        return chain.from_iterable(self._sessions.values())

    def local(self, key: str) -> list[Session]:
        """Return the sessions at this node of whoever has the name with this key."""
        return [one for one in self.named(key) if not isinstance(one, FarSession)]

    @property
    def all_local(self) -> Iterator[Session]:
        """The sessions at this node, of everybody."""
        return (one for one in self if not isinstance(one, FarSession))

    def moved(self, person: Person) -> None:
        """Have other nodes told how things stand with somebody who is here, or was."""
        if self.far is not None:
            self.far.move(person.key)

    def keys(self) -> Iterable[str]:
        """Return the keys of the names of everybody who is here, in order of arrival."""
        return self._sessions.keys()

    def named(self, key: str) -> tuple[Session, ...]:
        """Return the sessions of whoever has the name with this key, none if nobody has it."""
        return self._sessions.get(key, ())

    def holder(self, key: str) -> Person | None:
        """Return who has the name with this key."""
        sessions = self._sessions.get(key)
        return None if sessions is None else sessions[0].person

    def person(self, id_: str) -> Person | None:
        """Return the person with this id, or badge, if they are here."""
        return self._known.get(id_) or self._passing.get(id_)

    def standing(self, person: Person) -> str:
        """Return what rules are to name somebody by who is here: a badge if they are passing.

        No other person has ever had it, and nothing of it is logged.
        """
        if not person.standing:
            self._badges += 1
            person.badge = f"{BADGE}{self._badges}"
            self._passing[person.badge] = person
        return person.standing

    def known(self) -> Iterable[Person]:
        """Return those who are here and known."""
        return self._known.values()

    def has(self, session: Session) -> bool:
        """Return whether a session has its name."""
        return session in self.named(session.person.key)

    def add(self, session: Session) -> None:
        """Let a session be here; nobody else has its person's name."""
        key = session.person.key
        is_new = key not in self._sessions
        self._sessions[key] = (*self.named(key), session)
        if is_new:
            self._tell(key, "came")
        assert self.holder(key) is session.person, "a name belongs to one person"
        if (id_ := session.person.id) and self._known.get(id_) is None:
            self._known[id_] = session.person
            self._profiles.hold(id_)
        if not isinstance(session, FarSession):
            self.moved(session.person)

    def rename(self, person: Person, name: str) -> None:
        """Call somebody otherwise; nobody has the name."""
        former, former_name = person.key, person.name
        sessions = self._sessions.pop(former)
        self.moved(person)
        person.rename(name)
        self.moved(person)
        assert person.key not in self._sessions, "a name belongs to one person"
        self._sessions[person.key] = sessions
        if former != person.key:
            self._tell(former, "went", former_name)
            self._tell(person.key, "came")

    def remove(self, session: Session) -> None:
        """Let a session be here no longer; with the last one, its person is not here either."""
        key = session.person.key
        others = tuple(one for one in self._sessions[key] if one is not session)
        if others:
            self._sessions[key] = others
        else:
            del self._sessions[key]
            self._passing.pop(session.person.badge, None)
            if self._known.pop(session.person.id, None) is not None:
                self._profiles.let_go(session.person.id)
        if not isinstance(session, FarSession):
            self.moved(session.person)
        if not others:  # at last: whoever watches may not be told, by a fault
            self._tell(key, "went", session.person.name)

    @contextmanager
    def staying(self, key: str) -> Iterator[None]:
        """Tell nobody who watches this name that it goes, or comes: its bearer is somebody else.

        Nothing may be waited for meanwhile.
        """
        self._staying = key
        try:
            yield
        finally:
            self._staying = ""

    def is_away(self, person: Person) -> None:
        """Tell those who watch somebody that they are away, or back; rooms are told otherwise."""
        self.moved(person)
        for session in self.watching(person):
            session.send(self._watched(person.name, "away"))

    def watching(self, person: Person) -> list[Session]:
        """Return those who watch somebody, and share no room in which they hear of them anyway."""
        watching = self.watchers.of(person.key)
        if not watching:
            return watching
        rooms = {one.room for own in self.named(person.key) for one in own.members.values()}
        return [
            one
            for one in watching
            if not any(member.room in rooms for member in one.members.values())
        ]

    def tell_of(self, session: Session, name: str) -> None:
        """Tell a session whether somebody of this name is here."""
        session.send(self._watched(name, "asked"))

    def _tell(self, key: str, why: Literal["came", "went", "away"], name: str = "") -> None:
        if key == self._staying:
            return
        for session in self.watchers.of(key):
            session.send(self._watched(name or self._sessions[key][0].person.name, why))

    def _watched(self, name: str, why: Literal["asked", "came", "went", "away"]) -> Watched:
        try:
            person = self.holder(name_key(name))
        except ValueError:
            person = None
        if person is None:
            return Watched(name=name, why=why)
        return Watched(name=person.name, why=why, here=True, away=person.away)

    def members(self, room: Room, person: Person) -> list[Member]:
        """Return the members of a room that are sessions of a person who is here."""
        found = (session.member_in(room.name) for session in self.named(person.key))
        return [member for member in found if member is not None]
