"""What is written of people: facts, and those that time brings.

A fact expects what stands under its key at the moment. If another one comes between, it does not
take, and whoever needs it looks at the book again.
"""

from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from hubbub.chat.errors import Refused
from hubbub.chat.events import Fact
from hubbub.chat.facts import fact_of
from hubbub.chat.grants import Hook, Token
from hubbub.chat.names import name_key
from hubbub.chat.people import (
    ABOUT,
    CONVERSATION,
    IGNORE,
    NAME,
    PERSON,
    PLACE,
    READ,
    Conversation,
    Held,
    Profile,
)
from hubbub.hub.asking import Reading, write
from hubbub.hub.people import reserved
from hubbub.hub.power.succession import expired, left_behind
from hubbub.hub.present.person import Person
from hubbub.hub.state import State

DAY_MILLISECONDS: Final = 86_400_000
SEEN_MILLISECONDS: Final = 60_000
"""Somebody who comes and goes is noted no more often."""

FORGOTTEN_AT_ONCE: Final = 100
"""Guests whom one sweep forgets; the next one comes in a second."""


def fact(state: State, key: str, value: Held | Profile | Conversation | None, by: str = "") -> Fact:
    """Return what is to stand under a key, by whose doing; None clears it."""
    kept = state.conversations if key.startswith(CONVERSATION) else state.book
    return fact_of(key, value, by=by, at=state.at, expects=kept.seq(key))


def change(state: State, id_: str, alter: Callable[[Profile], Profile]) -> Reading:
    """Change what stands of a person; `alter` is called again if another change was faster.

    Raises Refused `forbidden` if they are gone.
    """
    while True:
        profile = state.book.profiles.get(id_)
        if profile is None:
            raise Refused("The chatroom does not know you any more.", code="forbidden")
        changed = fact(state, PERSON + id_, alter(profile), id_)
        yield from write(state, [changed])
        if state.book.seq(PERSON + id_) == changed.seq:
            return


def held(state: State, person: Person) -> Fact:
    """Return that a person's name is theirs."""
    return fact(state, NAME + person.key, Held(person.id), person.id)


def note_seen(state: State, person: Person, device: str = "") -> None:
    """Note that somebody who is known is here, or was until now, on a device with this hash."""
    profile = state.book.profiles.told(person.id)
    if profile is None:
        return
    here = {device, *(session.device for session in state.here.named(person.key))}
    devices = tuple(
        replace(one, seen=state.at) if one.hash in here and _is_due(state, one.seen) else one
        for one in profile.devices
    )
    if devices != profile.devices or _is_due(state, profile.seen):
        seen = replace(profile, seen=state.at, devices=devices)
        state.note(fact(state, PERSON + person.id, seen))


def _is_due(state: State, seen: int) -> bool:
    return state.at - seen >= SEEN_MILLISECONDS


def note_use(state: State, key: str, value: Hook | Token) -> None:
    """Note that a secret is used, under whose key this stands."""
    used = state.grants.use(key, value, state.at)
    if used is not None:
        state.note(used)


def sweep(state: State) -> None:
    """Note once a day who is here, and forget guests who have not been for long.

    So even after the server was killed it is known, to a day, who was here.
    """
    if state.clerk.pending_bytes:
        return  # what was noted before is not in the book yet
    if state.at >= state.noted_at + DAY_MILLISECONDS:
        state.noted_at = state.at
        for person in state.here.known():
            note_seen(state, person)
    for one in (*state.grants.expired(state.at), *expired(state)):
        state.note(one)
    try:
        _forget_guests(state)
    except Refused:
        return  # the log cannot be read now: they are forgotten later


def _forget_guests(state: State) -> None:
    due = state.at - state.guests.guest_days * DAY_MILLISECONDS
    oldest = state.book.guests(1)
    if not oldest or oldest[0][1].seen > due:
        return
    guests = state.book.guests(FORGOTTEN_AT_ONCE)
    state.book.names.prepare(name_key(profile.name) for _, profile in guests)
    for id_, profile in guests:
        if (
            profile.seen <= due
            and id_ not in state.identifying
            and state.here.person(id_) is None
            and reserved.until(state, profile) <= state.at
        ):
            for one in forgotten(state, id_, profile):
                state.note(one)


def forgotten(state: State, id_: str, profile: Profile) -> list[Fact]:
    """Return the facts by which somebody is known no more."""
    key = name_key(profile.name)
    own = [NAME + key] if state.book.names.get(key) == id_ else []
    lists = (f"{READ}{id_}/", f"{IGNORE}{id_}/", f"{ABOUT}{id_}/")
    keys = (*own, PERSON + id_, *lists, PLACE + id_)
    return [*(fact(state, one, None) for one in keys), *left_behind(state, id_)]
