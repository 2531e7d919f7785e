"""What people decided about rooms and each other: the values of facts.

People stand here by their ids. Passing people have none, so nobody of them is named in a rule.
"""

import hashlib
from collections.abc import Iterable
from typing import Annotated, Final, Literal, Self

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from hubbub.chat.events import Fact
from hubbub.chat.facts import value_of
from hubbub.chat.masks import fits
from hubbub.chat.names import DEFAULT_ROOM
from hubbub.chat.retention import Retention
from hubbub.chat.roles import Kind, Role
from hubbub.chat.times import Milliseconds

SLOW_SECONDS_MAX: Final = 21_600
"""Six hours between two messages of somebody; who means more locks the room."""

REASON_CHARS_MAX: Final = 300

MEMBERS_MAX: Final = 500
"""Of a private room: its rules name all of them, and all of them are told its rules."""

TopicBy = Literal["passing", "guest", "member", "moderator", "owner"]

ROOM: Final = "room/"
BAN: Final = "ban/"
MUTE: Final = "mute/"
OPERATOR: Final = "operator/"
DOOR: Final = "door/"
ACCESS: Final = "access/"
FAMILIES: Final = (ROOM, BAN, MUTE, OPERATOR, DOOR, ACCESS)
"""Beginnings of keys: the rules of a room by its name, bans and mutes by their ids, operators by
those of the people, the door, of which there is one, and what was changed of `[access]`."""


EXEMPTIONS_MAX: Final = 100
"""Of one room: each costs whoever is banned there a look."""

Restraint = Literal["ban", "mute", "door"]
"""What may keep somebody from a room: a ban, a mute, or that only those enter who are asked in."""


class Exemption(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """For whom the bans, or the mutes, of a room do not hold, or who enters without being asked in.

    They have such a `name`, and such a user name in IRC: both are masks (chat/masks.py). `by` is
    what whoever decided it was called.
    """

    of: Restraint
    name: str
    user: str = "*"
    since: Milliseconds = 0
    by: str = ""

    @property
    def what(self) -> tuple[str, str, str]:
        """What it says, whoever decided it."""
        return self.of, self.name.lower(), self.user.lower()

    def holds(self, of: Restraint, name: str, user: str) -> bool:
        """Return whether somebody of this name and user name is exempt from this."""
        return self.of == of and fits(self.name, name) and fits(self.user, user)


class Rules(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What holds in a room. One without rules is public, and has neither owner nor moderators.

    `members` are all who are let into a private room, its owner and moderators among them; other
    rooms have none.
    `writers` may write although the room is read-only. `topic_by` is the least role that sets the
    topic, if the table of rights asks for no higher one. `revisions`: what messages said before
    they were edited can be read. `title` is what people call the room, or
    empty if they call it by its name. `retention` is what its owner asks for. While it is `held`,
    nothing that was said there is removed or changed, by whomever.

    Who comes must be invited if it is `invite_only`, or know its `key`, or there must be room, if a
    `limit` of people is set (0: none). It is `unlisted`: those who are not in it do not find it.
    `outsiders` may write there without being in it. For some, `exemptions` hold. What holds
    `in_passing` is not logged, and ends when nobody is there: the moderators of such a room decide
    everything (hub/power/upkeep.py).
    """

    owner: str = ""
    moderators: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    writers: tuple[str, ...] = ()
    private: bool = False
    read_only: bool = False
    locked: bool = False
    archived: bool = False
    slow_seconds: Annotated[int, Meta(ge=0, le=SLOW_SECONDS_MAX)] = 0
    topic_by: TopicBy = "passing"
    revisions: bool = False
    title: str = ""
    retention: Retention | None = None
    held: bool = False
    invite_only: bool = False
    key: str = ""
    limit: int = 0
    unlisted: bool = False
    outsiders: bool = False
    in_passing: bool = False
    exemptions: tuple[Exemption, ...] = ()

    @property
    def is_guarded(self) -> bool:
        """Whether not everybody may enter who sees it."""
        return bool(self.invite_only or self.key or self.limit)

    @property
    def is_closed(self) -> bool:
        """Whether what is said there is for those alone who are in it."""
        return bool(self.private or self.unlisted or self.invite_only or self.key)

    @property
    def restrain(self) -> bool:
        """Whether somebody who may come into the chatroom may be kept from writing in the room."""
        states = self.read_only or self.locked or self.archived or self.slow_seconds
        return bool(self.private or states or self.topic_by != "passing")

    def kinds(self, person: str = "") -> tuple[Kind, ...]:
        """Return what the room is, to this person: to its writers, none is read-only."""
        states = {
            Kind.READ_ONLY: self.read_only and not (person and person in self.writers),
            Kind.LOCKED: self.locked,
            Kind.ARCHIVED: self.archived,
        }
        base = Kind.PRIVATE if self.private else Kind.PUBLIC
        return (base, *(kind for kind, holds in states.items() if holds))

    def role(self, person: str, elsewhere: Role) -> Role | None:
        """Return what a person is here who is `elsewhere` in the whole chatroom.

        None if the room is private and they are not in it: not even operators see it then.
        """
        here = self._role_here(person)
        if here is None:
            return None if self.private and person not in self.members else elsewhere
        return max(here, elsewhere)

    def _role_here(self, person: str) -> Role | None:
        if not person:
            return None
        if person == self.owner:
            return Role.OWNER
        if person not in self.moderators:
            return None
        return Role.OWNER if self.in_passing else Role.MODERATOR

    def closed(self, people: Iterable[str], by: str) -> Self:
        """Return the rules of the room made private, for these people and all who have power there.

        If nobody owns it, `by` does, who closed it.
        """
        owner = self.owner or by
        members = dict.fromkeys((owner, *self.moderators, by, *people))
        return replace(self, private=True, owner=owner, members=tuple(members))

    def opened(self) -> Self:
        """Return the rules once the room is public."""
        return replace(self, private=False, members=())

    def letting_in(self, person: str) -> Self:
        """Return the rules once a person is let in, if the room is private."""
        if not self.private or person in self.members:
            return self
        return replace(self, members=(*self.members, person))

    def without(self, person: str) -> Self:
        """Return the rules once a person is gone for good; an owner is succeeded.

        By the first moderator, or in a private room else by the first member. If there is nobody,
        operators look after the room.
        """
        moderators = tuple(one for one in self.moderators if one != person)
        members = tuple(one for one in self.members if one != person)
        writers = tuple(one for one in self.writers if one != person)
        owner = self.owner
        if owner and owner == person:
            heirs = (*moderators, *members) if self.private else moderators
            owner = heirs[0] if heirs else ""
            moderators = tuple(one for one in moderators if one != owner)
        return replace(self, owner=owner, moderators=moderators, members=members, writers=writers)


CLOSED: Final = Rules(private=True, held=True)
"""What holds in a room whose rules cannot be read: it may have been private, so none are let in,
and held, so nothing goes."""


def rules_in(fact: Fact) -> Rules | None:
    """Return the rules that a fact under the key of a room gives it, None if it has none now."""
    rules = value_of(fact, Rules)
    return CLOSED if rules is None and not fact.clears and may_be_private(fact.key) else rules


def may_be_private(key: str) -> bool:
    """Return whether the fact under this key may make a room private: the lobby never is."""
    return key.startswith(ROOM) and key != ROOM + DEFAULT_ROOM


def makes_private(fact: Fact) -> bool:
    """Return whether a fact says that a room is private."""
    rules = rules_in(fact) if fact.key.startswith(ROOM) else None
    return rules is not None and rules.private


class Operator(msgspec.Struct, frozen=True, omit_defaults=True):
    """That somebody runs the server, since when, and by whose decision, as they were called."""

    since: Milliseconds
    by: str = ""


class Door(msgspec.Struct, frozen=True, omit_defaults=True):
    """That nobody new is let in, since when, and by whose decision, as they were called."""

    since: Milliseconds
    by: str = ""


class Ban(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Keeps out, or mutes, a person, those with such a name, or those at such an address.

    At least one of the three is given. `name` is a pattern (see hub/rules/targets.py), unless it is
    `exact`, or a kick's: people may be called `e*`.
    `network` is written like 203.0.113.0/24 or 2001:db8::/64. `room` is empty for the chatroom as a
    whole. `until` is 0 for good. `by` is what whoever decided it was called, `whom` what they wrote
    of whom they meant. A `kick` is a short ban, for those who are only to leave.
    """

    person: str = ""
    name: str = ""
    network: str = ""
    room: str = ""
    since: Milliseconds = 0
    until: Milliseconds = 0
    by: str = ""
    whom: str = ""
    kick: bool = False
    exact: bool = False
    reason: Annotated[str, Meta(max_length=REASON_CHARS_MAX)] = ""

    @property
    def id(self) -> str:
        """Its id: the same for bans of the same in the same room, so a later one replaces it."""
        how = "kick" * self.kick + "exact" * self.exact
        said = "\n".join((self.room, self.person, self.name, self.network, how))
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def holds(self, now: int) -> bool:
        """Return whether it still holds at `now`, in milliseconds since the epoch."""
        return not self.until or now < self.until
