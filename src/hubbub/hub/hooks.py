"""Webhooks: secret addresses, each of which posts to one room under one name.

A webhook may what whoever made it may, at the time it is used. So one that a moderator made writes
where others cannot, until they are a moderator no longer; and a ban or mute holds for it, too.
"""

from typing import Final

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.format import Format
from hubbub.chat.grants import HOOK, Hook
from hubbub.chat.listed import HookSummary
from hubbub.chat.names import allowed_name
from hubbub.chat.people import hash_of, new_id
from hubbub.chat.queries import NewSecret
from hubbub.chat.roles import Role
from hubbub.hub.asking import Reading, write
from hubbub.hub.membership import find_room
from hubbub.hub.people.posters import check_name
from hubbub.hub.people.records import note_use
from hubbub.hub.posting import post_from_outside
from hubbub.hub.power.audit import record
from hubbub.hub.present.outlet import Outlet
from hubbub.hub.present.person import Person
from hubbub.hub.present.room import Session
from hubbub.hub.rules.access import Arrival
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import (
    check,
    check_access,
    check_entry,
    name_of,
    no_such_room,
    role_elsewhere,
)
from hubbub.hub.state import State

HOOKS_MAX: Final = 50
"""Of one room."""


def make_hook(state: State, session: Session, command: c.MakeHook, at: int) -> Reading:
    """Make a webhook that posts under a name which nobody has now."""
    room = find_room(state, session, command.room)
    check(state, session, Act.WEBHOOKS, room)
    if len(_of_room(state, room.name)) >= HOOKS_MAX:
        raise Refused(
            f"'{room.called}' has {HOOKS_MAX} webhooks, and more are not allowed. Revoke one "
            "first.",
            code="forbidden",
        )
    name = _free_name(state, session, command.name)
    by = session.person.id
    granted = Hook(room=room.name, name=name, since=at, by=by)
    secret = yield NewSecret()
    assert isinstance(secret, str)
    if room.going or state.rooms.get(room.name) is not room:
        raise no_such_room(room.name)  # it was deleted meanwhile
    hash_ = hash_of(secret)
    yield from write(state, [state.grants.fact(HOOK + hash_, granted, by, at)])
    record(state, session, f"made the webhook '{name}' of '{room.name}'")
    session.send(
        e.Hook(hook=secret, room=room.name, about=_told(state, hash_, granted), ref=command.ref)
    )


def _free_name(state: State, session: Session, raw: str) -> str:
    name = allowed_name(raw)
    try:
        check_name(state, Session(Person(name), session.format, session.outlet, ""))
    except Refused as refusal:
        if refusal.code != "name_taken":
            raise
        raise Refused(
            f"Somebody has the name '{name}', or one that looks like it. Choose another one for "
            "the webhook.",
            code="name_taken",
        ) from None
    return name


def list_hooks(state: State, session: Session, command: c.Hooks, _at: int) -> None:
    """Tell a moderator which webhooks a room has, without their secrets."""
    room = find_room(state, session, command.room)
    check(state, session, Act.WEBHOOKS, room)
    hooks = [_told(state, hash_, hook) for hash_, hook in _of_room(state, room.name).items()]
    session.send(e.Hooks(room=room.name, hooks=hooks, ref=command.ref))


def revoke_hook(state: State, session: Session, command: c.RevokeHook, at: int) -> Reading:
    """Let a webhook count no longer."""
    room = find_room(state, session, command.room)
    check(state, session, Act.WEBHOOKS, room)
    hooks = _of_room(state, room.name)
    hash_ = next((one for one in hooks if _id_of(one) == command.hook), None)
    if hash_ is None:
        raise Refused(
            f"'{room.called}' has no such webhook; perhaps it was revoked already.",
        )
    revoked = state.grants.fact(HOOK + hash_, None, session.person.id, at)
    yield from write(state, [revoked])
    record(state, session, f"revoked the webhook '{hooks[hash_].name}' of '{room.name}'")
    session.confirm(command.ref)


def _of_room(state: State, room: str) -> dict[str, Hook]:
    return {hash_: one for hash_, one in state.grants.hooks.items() if one.room == room}


def _told(state: State, hash_: str, hook: Hook) -> HookSummary:
    return HookSummary(
        id=_id_of(hash_),
        name=hook.name,
        since=hook.since,
        by=name_of(state, hook.by),
        seen=state.grants.seen(HOOK + hash_, hook),
    )


def _id_of(hash_: str) -> str:
    return new_id(f"hook {hash_}")


def hook_of(state: State, secret: str) -> Hook:
    """Return the webhook with this secret; raise Refused `no_such_hook` if there is none."""
    hook = state.grants.hooks.get(hash_of(secret))
    if hook is None:
        raise Refused(
            "There is no webhook at this address: it is mistyped, or was revoked. A moderator of "
            "the room can make another one.",
            code="no_such_hook",
        )
    return hook


def hook_poster(
    state: State, secret: str, name: str, format_: Format, outlet: Outlet, *, origin: str
) -> Session:
    """Return a session that posts for a webhook, under its name or one that is as good."""
    poster = Session(Person(name, state.last), format_, outlet, "", origin=origin)
    maker = _maker(state, hook_of(state, secret), poster)
    check_entry(state, maker, Act.JOIN, None)
    role = role_elsewhere(state, maker.person.id)
    check_access(state, Arrival(role, is_known=role is not Role.PASSING))
    check_name(state, poster)
    return poster


def post_by_hook(
    state: State,
    poster: Session,
    secret: str,
    text: str,
    at: int,
    *,
    ref: str,
    nonce: str | None,
) -> None:
    """Post to a webhook's room."""
    hook = hook_of(state, secret)
    maker = _maker(state, hook, poster)
    post_from_outside(state, poster, hook.room, text, at, ref=ref, nonce=nonce, maker=maker)
    note_use(state, HOOK + hash_of(secret), hook)


def _maker(state: State, hook: Hook, poster: Session) -> Session:
    """Return a session of whoever made a webhook, as if they posted from where it is used."""
    person = Person(hook.name, state.last, id_=hook.by)
    return Session(person, poster.format, poster.outlet, "", origin=poster.origin)
