"""What people decided about rooms and about each other: the rules, bans and mutes that stand.

It is folded from the facts of the log, in their order, here and wherever else the log is read: so
it changes nowhere but where facts are applied.
"""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple

from msgspec.structs import replace

from hubbub.chat import rules as keys
from hubbub.chat.access import AccessChanges
from hubbub.chat.events import Fact
from hubbub.chat.facts import Standing, value_of
from hubbub.chat.names import SYSTEM_ROOM
from hubbub.chat.removal import removed_by
from hubbub.chat.rules import Ban, Door, Operator, Rules, rules_in
from hubbub.hub.rules.bans import Bans
from hubbub.hub.rules.slow_mode import SlowMode


class Decided(NamedTuple):
    """A fact that took, the rules of its room that stood before, if it is about a room's, and the
    ban or mute."""

    fact: Fact
    former: Rules | None
    ended: Ban | None = None


class Order:
    """What stands. `facts` are those that do so at the start.

    `rules` are by room; most rooms have none. `titled` are the rooms that people call otherwise, by
    their titles. `operators` are by id. `slow` and `appointed` are of this server alone; at
    its start, `slow` is told who wrote lately (`Hub.recall`).
    """

    def __init__(self, facts: Sequence[Fact] = ()) -> None:
        facts = sorted(
            (fact for fact in facts if fact.key.startswith(keys.FAMILIES)), key=attrgetter("seq")
        )
        self._standing = Standing({fact.key: fact.seq for fact in facts})
        self.rules: dict[str, Rules] = {}
        self.titled: dict[str, str] = {}
        self._restrained: set[str] = set()  # the rooms in which not everybody may do everything
        self.bans = Bans()
        self.mutes = Bans()
        self.rooms_of: dict[str, set[str]] = {}
        """Rooms by the ids of the people whom their rules name."""
        self.private_of: dict[str, set[str]] = {}
        """Private rooms by the ids of those who are let in."""
        self.unlogged: list[Fact] = []
        """Facts that hold in passing, and are about to be applied."""
        self.upkept_at: dict[str, int] = {}
        """When what holds in rooms in passing was changed last, at whatever node."""
        self.unlisted: set[str] = set()
        """Public rooms that are found by those alone who are in them."""
        self.tidied_at = 0
        self.operators: dict[str, Operator] = {}
        self.appointed = 0
        """The number of the draft that changed them last."""
        self.door: Door | None = None
        """Stands while it is locked."""
        self.access = AccessChanges()
        self.slow = SlowMode()
        for fact in facts:
            self._put(fact)
            if fact.clears:  # but it stands: what it says is lost
                self._close(fact)

    def _close(self, fact: Fact) -> None:
        """Let nobody in whom a fact that cannot be read may have kept out; operators undo it."""
        if fact.key.startswith(keys.DOOR):
            self.door = Door(fact.at)
        elif fact.key.startswith(keys.ACCESS):
            self.access = AccessChanges(enter="members")

    def restrains(self, room: str) -> bool:
        """Return whether anything may keep people from changing a room, as by speaking there."""
        # Asked for each message: this is `is_system`, and a call less.
        if room in self._restrained or room[0] == SYSTEM_ROOM:
            return True
        if self.bans.by_id and self.bans.are_of(room):  # who is there may still be banned
            return True
        return self.mutes.reach(room) if self.mutes.by_id else False

    def title(self, room: str) -> str:
        """Return what people call a room, if that is not its name."""
        rules = self.rules.get(room)
        return "" if rules is None else rules.title

    def is_private(self, room: str) -> bool:
        """Return whether only members of a room see it."""
        rules = self.rules.get(room)
        return rules is not None and rules.private

    def is_hidden(self, room: str) -> bool:
        """Return whether only those who are in a room find it in a list."""
        rules = self.rules.get(room)
        return rules is not None and (rules.private or rules.unlisted)

    def seq(self, key: str) -> int:
        """Return the seq of the fact that stands under a key, 0 if none does."""
        return self._standing.seqs.get(key, 0)

    def take(self, facts: Iterable[Fact]) -> list[Decided]:
        """Take in the next facts of the log; return those that are about order and took."""
        decided: list[Decided] = []
        for fact in facts:
            if room := removed_by(fact):
                self.remove(room)
            elif fact.key.startswith(keys.FAMILIES) and self._standing.take(fact):
                decided.append(self.take_unlogged(fact))
        return decided

    def take_unlogged(self, fact: Fact) -> Decided:
        """Take in a fact that is about order, and takes."""
        family, _, id_ = fact.key.partition("/")
        bans = {keys.BAN: self.bans, keys.MUTE: self.mutes}.get(f"{family}/")
        ended = None if bans is None else bans.by_id.get(id_)
        decided = Decided(fact, self.rules.get(fact.key.removeprefix(keys.ROOM)), ended)
        self._put(fact)
        return decided

    def remove(self, room: str) -> None:
        """Forget what was decided about a room that is gone, or kept in passing."""
        self._standing.seqs.pop(keys.ROOM + room, None)
        self.upkept_at.pop(room, None)
        self.put_rules(room, None)
        for family, bans in ((keys.BAN, self.bans), (keys.MUTE, self.mutes)):
            for id_ in list(bans.of_room(room)):
                self._standing.seqs.pop(family + id_, None)
                bans.drop(id_)

    def _put(self, fact: Fact) -> None:
        family, _, rest = fact.key.partition("/")
        match family + "/":
            case keys.ROOM:
                self.put_rules(rest, rules_in(fact))
            case keys.BAN:
                _put_in(self.bans, rest, value_of(fact, Ban))
            case keys.MUTE:
                _put_in(self.mutes, rest, value_of(fact, Ban))
            case keys.DOOR:
                self.door = value_of(fact, Door)
            case keys.ACCESS:
                self.access = value_of(fact, AccessChanges) or AccessChanges()
            case keys.OPERATOR:
                self.operators.pop(rest, None)
                if (operator := value_of(fact, Operator)) is not None:
                    self.operators[rest] = operator

    def put_rules(self, room: str, rules: Rules | None) -> None:
        """Let these rules hold in a room, or none."""
        self._restrained.discard(room)
        self.unlisted.discard(room)
        self.titled.pop(self.title(room), None)
        former = self.rules.pop(room, None)
        _unlist(self.rooms_of, _named(former), room)
        _unlist(self.private_of, _let_in(former), room)
        if rules is not None and rules.title in self.titled:
            rules = replace(rules, title="")  # of two that were given it at once, the first has it
        if rules is not None:
            self.rules[room] = rules
            if rules.title:
                self.titled[rules.title] = room
            if rules.unlisted and not rules.private:
                self.unlisted.add(room)
            if rules.restrain:
                self._restrained.add(room)
        _list(self.rooms_of, _named(rules), room)
        _list(self.private_of, _let_in(rules), room)
        if rules is None or not rules.slow_seconds:
            self.slow.end(room)


def _named(rules: Rules | None) -> set[str]:
    if rules is None:
        return set()
    return {rules.owner, *rules.moderators, *rules.members, *rules.writers} - {""}


def _let_in(rules: Rules | None) -> Iterable[str]:
    return set(rules.members) if rules is not None and rules.private else ()


def _list(rooms_of: dict[str, set[str]], ids: Iterable[str], room: str) -> None:
    for id_ in ids:
        rooms_of.setdefault(id_, set()).add(room)


def _unlist(rooms_of: dict[str, set[str]], ids: Iterable[str], room: str) -> None:
    for id_ in ids:
        rooms_of[id_].discard(room)
        if not rooms_of[id_]:
            del rooms_of[id_]


def _put_in(bans: Bans, id_: str, ban: Ban | None) -> None:
    bans.drop(id_)
    if ban is not None:
        bans.put(id_, ban)
