"""What holds in rooms that people in passing look after, told to other nodes and heard from them.

Nothing of it is logged (power/upkeep.py), and it is not much: so whichever node changes something
tells all of it, with the time of the change, and the latest counts everywhere. Rules name people in
passing by badges, which are of one node; other nodes are told the keys of their names.
"""

from collections.abc import Iterable, Mapping

from msgspec.json import encode
from msgspec.structs import replace

from hubbub.chat import rules as keys
from hubbub.chat.facts import fact_of
from hubbub.chat.rules import Ban, Rules
from hubbub.hub.people.enforcing import enforce
from hubbub.hub.present.far import Upkeep
from hubbub.hub.present.here import BADGE
from hubbub.hub.state import State


def told_of(state: State, changed: Mapping[str, str]) -> list[Upkeep]:
    """Return what other nodes are told of rooms, as far as they are kept in passing.

    `changed` has by whom, by the names of the rooms.
    """
    order = state.order
    return [
        Upkeep(
            room=name,
            at=order.upkept_at.get(name, 0),
            by=_key_of(state, by),
            rules=_named(rules, [_key_of(state, one) for one in rules.moderators + rules.writers]),
            bans=tuple(order.bans.of_room(name).values()),
            mutes=tuple(order.mutes.of_room(name).values()),
        )
        for name, by in changed.items()
        if (rules := order.rules.get(name)) is not None and rules.in_passing
    ]


def hear(state: State, told: Upkeep) -> None:
    """Take in what holds in a room, if that is later than what is known."""
    order, room = state.order, state.rooms.get(told.room)
    now = order.rules.get(told.room)
    if room is None or not room.people or not (now is None or now.in_passing):
        return
    if not _is_later(state, told):
        return
    order.upkept_at[told.room] = told.at
    everybody = told.rules.moderators + told.rules.writers
    rules = _named(told.rules, [_badge_of(state, one) for one in everybody])
    by = _badge_of(state, told.by)
    facts = [fact_of(keys.ROOM + room.name, rules, by=by, at=told.at)] if rules != now else []
    for family, bans, former in (
        (keys.BAN, told.bans, order.bans.of_room(room.name)),
        (keys.MUTE, told.mutes, order.mutes.of_room(room.name)),
    ):
        facts += [
            fact_of(family + id_, ban, by=by, at=told.at)
            for id_, ban in _changes({one.id: one for one in bans}, former)
        ]
    enforce(state, [order.take_unlogged(fact) for fact in facts])


def _is_later(state: State, told: Upkeep) -> bool:
    """Return whether something was changed later than what is known; of one moment, one counts."""
    at = state.order.upkept_at.get(told.room, 0)
    if told.at != at:
        return told.at > at
    known, told = told_of(state, {told.room: ""}), replace(told, by="")
    return any(encode(one) < encode(told) for one in known)


def _changes(bans: dict[str, Ban], former: dict[str, Ban]) -> Iterable[tuple[str, Ban | None]]:
    """Yield what is to stand under the ids of which something else stood so far."""
    for id_ in {**bans, **former}:
        if bans.get(id_) != former.get(id_):
            yield id_, bans.get(id_)


def _named(rules: Rules, names: list[str]) -> Rules:
    """Return rules that name people so: first the moderators, then the writers."""
    count = len(rules.moderators)
    moderators, writers = names[:count], names[count:]
    return replace(
        rules, moderators=tuple(filter(None, moderators)), writers=tuple(filter(None, writers))
    )


def _key_of(state: State, standing: str) -> str:
    """Return what stands for somebody at other nodes; empty if they are not here."""
    person = state.here.person(standing)
    if person is None:
        return ""
    return person.id or BADGE + person.key


def _badge_of(state: State, told: str) -> str:
    """Return what stands for somebody here; empty if they are not."""
    if not told.startswith(BADGE):
        return told
    person = state.here.holder(told.removeprefix(BADGE))
    return "" if person is None or person.id else state.here.standing(person)
