"""Who has power at first, and what becomes of it, and of bans, once people or times are over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubbub.chat import events as e
from hubbub.chat import rules as keys
from hubbub.chat.facts import fact_of
from hubbub.chat.rules import Operator, Rules

if TYPE_CHECKING:
    from hubbub.hub.present.room import Room, Session
    from hubbub.hub.state import State

TIDYING_MILLISECONDS: Final = 60_000


def claim(room: Room, at: int) -> e.Fact:
    """Return the fact that a room is owned by who opened it, unless it is owned by then."""
    rules = Rules(owner=room.owner)
    return fact_of(keys.ROOM + room.name, rules, by=room.owner, at=at, expects=0)


def first_operator(state: State, session: Session, id_: str) -> list[e.Fact]:
    """Return the fact that the session's person, with this id, runs the server, if that is so.

    While nobody does, it is whoever comes first from its own machine: they could read and change
    its log anyway. A bot is for what its token says, and no more.
    """
    if state.order.operators or session.origin or _is_bot(state, id_):
        return []
    operator, at = Operator(state.at), state.at
    return [fact_of(keys.OPERATOR + id_, operator, by=id_, at=at, expects=0)]


def _is_bot(state: State, id_: str) -> bool:
    profile = state.book.profiles.get(id_)
    return profile is not None and profile.kind == "bot"


def left_behind(state: State, id_: str) -> list[e.Fact]:
    """Return the facts by which others succeed somebody who is gone for good: see `Rules.without`.

    Operators have no successors; once there is none, the first of the server's machine is one.
    """
    order = state.order
    facts = [
        _fact(state, keys.ROOM + room, order.rules[room].without(id_))
        for room in order.rooms_of.get(id_, ())
    ]
    if id_ in order.operators:
        facts.append(_fact(state, keys.OPERATOR + id_, None))
    return facts


def expired(state: State) -> list[e.Fact]:
    """Return the facts by which bans and mutes are forgotten that are over; now and then."""
    order = state.order
    if state.at < order.tidied_at + TIDYING_MILLISECONDS:
        return []
    order.tidied_at = state.at
    books = ((keys.BAN, order.bans), (keys.MUTE, order.mutes))
    return [
        _fact(state, family + id_, None) for family, bans in books for id_ in bans.expired(state.at)
    ]


def _fact(state: State, key: str, value: Rules | None) -> e.Fact:
    return fact_of(key, value, by="", at=state.at, expects=state.order.seq(key))
