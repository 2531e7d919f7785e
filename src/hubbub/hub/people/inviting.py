"""Invitations: who makes them, and what becomes of whoever brings one."""

from typing import Final

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.grants import INVITATION, Invitation
from hubbub.chat.listed import InvitationSummary
from hubbub.chat.names import allowed_room
from hubbub.chat.people import hash_of, new_id
from hubbub.chat.queries import NewSecret
from hubbub.chat.roles import Role
from hubbub.hub.asking import Reading, write
from hubbub.hub.power.audit import record
from hubbub.hub.present.room import Room, Session
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import check, name_of, role_elsewhere
from hubbub.hub.state import State

INVITATIONS_MAX: Final = 1000
"""Of one person at a time."""


def invite(state: State, session: Session, command: c.Invite, at: int) -> Reading:
    """Make an invitation. Only operators invite members, whom nobody can shut out any more."""
    check(state, session, Act.INVITATIONS if command.kind == "member" else Act.INVITE, None)
    rooms = tuple(dict.fromkeys(state.name_of(allowed_room(room)) for room in command.rooms))
    for name in rooms:
        if state.order.is_private(name):
            check(state, session, Act.INVITE, state.rooms.get(name) or Room(name))
    by = session.person.id
    if len([one for one in state.grants.invitations.values() if one.by == by]) >= INVITATIONS_MAX:
        raise Refused(
            f"You have {INVITATIONS_MAX} invitations that count, and more are not allowed. Take "
            "one back first.",
            code="forbidden",
        )
    granted = Invitation(
        kind=command.kind,
        rooms=rooms,
        uses_left=command.uses,
        until=0 if command.seconds is None else at + command.seconds * 1000,
        since=at,
        by=by,
    )
    secret = yield NewSecret()
    assert isinstance(secret, str)
    hash_ = hash_of(secret)
    yield from write(state, [state.grants.fact(INVITATION + hash_, granted, by, at)])
    record(state, session, f"made an invitation as {granted.kind}, uses: {granted.uses_left}")
    about = _told(state, hash_, granted)
    session.send(e.Invitation(invitation=secret, about=about, ref=command.ref))


def list_invitations(state: State, session: Session, command: c.Invitations, _at: int) -> None:
    """Tell which invitations there are: operators all, others their own."""
    check(state, session, Act.INVITE, None)
    found, newest = list(_manageable(state, session).items()), state.limits.listed_max
    invitations = [_told(state, hash_, one) for hash_, one in found[-newest:]]
    more = len(found) > newest
    session.send(e.Invitations(invitations=invitations, more=more, ref=command.ref))


def uninvite(state: State, session: Session, command: c.Uninvite, at: int) -> Reading:
    """Take an invitation back."""
    check(state, session, Act.INVITE, None)
    found = _manageable(state, session)
    hash_ = next((one for one in found if _id_of(one) == command.invitation), None)
    if hash_ is None:
        raise Refused("You have no such invitation; perhaps it was used up, or taken back already.")
    taken_back = state.grants.fact(INVITATION + hash_, None, session.person.id, at)
    yield from write(state, [taken_back])
    record(state, session, "took an invitation back")
    session.confirm(command.ref)


def _manageable(state: State, session: Session) -> dict[str, Invitation]:
    invitations, own = state.grants.invitations, session.person.id
    if role_elsewhere(state, own) >= Role.OPERATOR:
        return invitations
    return {hash_: one for hash_, one in invitations.items() if one.by == own}


def _told(state: State, hash_: str, invitation: Invitation) -> InvitationSummary:
    return InvitationSummary(
        id=_id_of(hash_),
        kind=invitation.kind,
        rooms=list(invitation.rooms),
        uses_left=invitation.uses_left,
        until=invitation.until,
        since=invitation.since,
        by=name_of(state, invitation.by),
    )


def _id_of(hash_: str) -> str:
    return new_id(f"invitation {hash_}")
