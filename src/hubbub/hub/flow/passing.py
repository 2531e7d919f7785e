"""What passes and is not logged: who comes, goes, types and is away. It waits for the tick.

Each room's changes are gathered, and told to its members together (`hub.Hub.announce`), or with the
events of a commit to the room. What happened and was undone in between is told to nobody. These
hold at all times:

- A member is told what changed after the last list that it was given, and nothing else. So no
  change contradicts or repeats a list, whatever was still waiting when the list was made.
- `joined` comes before the person's first message, and `left` after their last: whoever goes is
  announced once what they said is settled.
- In the end everybody knows who is there.
- Whether somebody is away is told as it stands then, after their `joined`. A member who knows it
  from a list may hear it once more, with the reason, which lists leave out.

Changes of a room are numbered. A member knows those up to `Member.told`; nobody was given a list
after number `Room.listed_at`, so a later change and its opposite cancel out for all.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from hubbub.chat.events import Away, Presence, Typing
from hubbub.chat.events.channels import Arrival, Departure, Why
from hubbub.hub.flow.drafts import Drafts
from hubbub.hub.present.person import Person
from hubbub.hub.present.room import Member, Room, Session

Told = set[Session]
"""Those who were told of something that is to be told once, although it is about several rooms."""

LEFT = Why()


class Note(NamedTuple):
    """One event for the members of a room, about whom, and what it makes of earlier ones.

    `numbers` are the changes that a `Presence` sums up, none for the others. `key` is that of the
    name that it is about, if its holder need not hear it.

    `inner` says more of it, to formats that know it; `told` are those who have heard it by then.
    """

    event: Presence | Away | Typing
    key: str
    numbers: Sequence[int]
    inner: Arrival | Departure | None = None
    told: Told | None = None

    @property
    def is_listed(self) -> bool:
        """Whether lists of members say it, too."""
        return not isinstance(self.event, Typing)

    @property
    def is_usual(self) -> bool:
        """Whether it is for a member that has been given no list since, and is not its subject."""
        return not self.numbers or len(self.numbers) % 2 == 1

    def is_for(self, member: Member) -> bool:
        """Return whether the event tells the member something new."""
        if not self.numbers:
            return member.session.person.key != self.key
        # Coming and going alternate.
        return sum(number > member.told for number in self.numbers) % 2 == 1

    def is_first_for(self, session: Session) -> bool:
        """Return whether a session has not been told it because of another room; it is now."""
        if self.told is None:
            return True
        is_first = session not in self.told
        self.told.add(session)
        return is_first


class _Change:
    """A name whose presence in a room changed: when, and whether it is there now."""

    __slots__ = (
        "formerly",
        "id",
        "key",
        "kind",
        "newest_draft",
        "numbers",
        "real",
        "role",
        "state",
        "told",
        "was_away",
        "why",
    )

    def __init__(self, person: Person) -> None:
        self.key, self.id = person.key, person.id
        self.numbers: list[int] = []
        self.state: Literal["joined", "left"] = "joined"
        self.role = self.kind = self.formerly = self.real = ""
        self.newest_draft = 0
        self.was_away = False
        self.why = LEFT
        self.told: Told | None = None


class _Waiting:
    """What the members of one room are to be told, by the names that it is about."""

    __slots__ = ("away", "changes", "typing")

    def __init__(self) -> None:
        self.changes: dict[str, _Change] = {}
        self.away: dict[Person, str] = {}  # those who left or came back, and the reason to give
        self.typing: dict[str, Person] = {}


class Passing:
    """What is to be told in which rooms.

    `_due` are the rooms where something can be told now; in the others someone left whose drafts
    are not settled.
    """

    __slots__ = ("_due", "_waiting")

    def __init__(self) -> None:
        self._waiting: dict[Room, _Waiting] = {}
        self._due: dict[Room, None] = {}

    @property
    def is_due(self) -> bool:
        """Whether somebody is to be told something now."""
        return bool(self._due)

    def change(
        self,
        member: Member,
        state: Literal["joined", "left"],
        *,
        formerly: str = "",
        why: Why = LEFT,
        told: Told | None = None,
    ) -> None:
        """Note that somebody has entered or left a room, with their first or last session in it.

        Who only has another name leaves under the one that they had `formerly`, and enters. `told`
        is one for all rooms about which the others are told once.
        """
        room, person = member.room, member.session.person
        room.presence_changes += 1
        waiting = self._of(room)
        change = waiting.changes.setdefault(person.name, _Change(person))
        if change.numbers and change.numbers[-1] > room.listed_at:
            change.numbers.pop()
        else:
            change.numbers.append(room.presence_changes)
        change.state = state
        change.formerly, change.why, change.told = formerly, why, told
        change.role, change.kind = (member.role, person.kind) if state == "joined" else ("", "")
        change.real = "" if person.shown is None else person.shown.real
        change.newest_draft = person.newest_draft
        if state == "left":
            change.was_away = person.away is not None
        if not change.numbers:
            del waiting.changes[person.name]
            if change.was_away:  # of those who go and come, nobody else would hear that
                waiting.away[person] = ""
        others = len(room.people)
        if state == "joined":
            member.told = room.listed_at = room.presence_changes
            others -= 1
        if not others:
            self.forget(room)

    def known_as(self, room: Room, name: str) -> str:
        """Return as whom a room knows somebody: it may have yet to be told of this name."""
        waiting = self._waiting.get(room)
        change = None if waiting is None else waiting.changes.get(name)
        return name if change is None else change.formerly or name

    def away(self, member: Member, text: str) -> None:
        """Note that a member is away from the keyboard, for the reason `text`, or is back."""
        self._of(member.room).away[member.session.person] = text

    def typing(self, member: Member) -> None:
        """Note that a member is writing."""
        person = member.session.person
        self._of(member.room).typing[person.key] = person

    def _of(self, room: Room) -> _Waiting:
        self._due[room] = None
        if (waiting := self._waiting.get(room)) is None:
            waiting = self._waiting[room] = _Waiting()
        return waiting

    def forget(self, room: Room) -> None:
        """Tell nothing: nobody is there to hear it, or too many are."""
        self._waiting.pop(room, None)
        self._due.pop(room, None)

    def drafts_settled(self) -> None:
        """See again who may be said to have left."""
        if self._waiting:
            self._due.update(dict.fromkeys(self._waiting))

    def next_room(self) -> Room:
        """Return the room whose turn it is."""
        return next(iter(self._due))

    def take(self, room: Room, drafts: Drafts) -> tuple[list[Note], list[Note]]:
        """Return what is to be told in a room, before and after the events of a commit."""
        self._due.pop(room, None)
        before, after, held = self._notes(room, drafts)
        self._waiting.pop(room, None)
        if held:
            self._waiting[room] = _Waiting()
            self._waiting[room].changes = held
        return before, after

    def for_one_who_goes(self, member: Member, drafts: Drafts) -> list[Note]:
        """Return what a member is to be told before it is put out, as the others will be later."""
        before, after, _ = self._notes(member.room, drafts)
        return [
            note
            for note in (*before, *after)
            if note.is_for(member) and note.is_first_for(member.session)
        ]

    def _notes(
        self, room: Room, drafts: Drafts
    ) -> tuple[list[Note], list[Note], dict[str, _Change]]:
        """Return what is to be told, before and after a commit, and what waits for one."""
        if (waiting := self._waiting.get(room)) is None:
            return [], [], {}
        before: list[Note] = []
        after: list[Note] = []
        held: dict[str, _Change] = {}
        for name, change in sorted(waiting.changes.items(), key=lambda one: one[1].numbers[-1]):
            presence = Presence(
                room=room.name,
                name=name,
                person=change.id,
                state=change.state,
                role=change.role,
                kind=change.kind,
                formerly=change.formerly,
            )
            note = Note(presence, change.key, change.numbers, _inner(presence, change), change.told)
            if change.state == "joined" or change.key in room.people:
                # Somebody of the name is there by now, perhaps in other capitals: these come next.
                before.append(note)
            elif drafts.is_settled(change.newest_draft):
                after.append(note)
            else:
                held[name] = change
        before += [
            Note(away_in(room, person, text), "", ())
            for person, text in waiting.away.items()
            if room.people.get(person.key) is person
        ]
        before += [
            Note(Typing(room=room.name, name=person.name), key, ())
            for key, person in waiting.typing.items()
            if key in room.people
        ]
        return before, after, held


def _inner(presence: Presence, change: _Change) -> Arrival | Departure:
    if change.state == "left":
        return Departure(room=presence.room, name=presence.name, why=change.why)
    return Arrival(
        room=presence.room,
        name=presence.name,
        person=presence.person,
        role=presence.role,
        kind=presence.kind,
        formerly=presence.formerly,
        real=change.real,
    )


def away_in(room: Room, person: Person, text: str) -> Away:
    """Return whether a member of a room is away now, and if so, for which reason."""
    on = person.away is not None
    name, id_ = person.name, person.id
    return Away(room=room.name, name=name, person=id_, on=on, text=text if on else "")
