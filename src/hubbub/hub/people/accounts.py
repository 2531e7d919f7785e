"""Claiming a name with a password, and being the same person elsewhere by giving it.

Whether nobody has the name, or the password is wrong, is answered alike, after the same work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from hubbub.chat.errors import Refused, WrongSecret
from hubbub.chat.events import Account, Notice
from hubbub.chat.names import name_key
from hubbub.chat.passwords import allowed_password, spelled
from hubbub.chat.queries import Guess, HashPassword, VerifyPassword
from hubbub.chat.scram import Verifier
from hubbub.hub.asking import wait_while
from hubbub.hub.membership import enter_room
from hubbub.hub.people import devices, identity, ignoring, places, showing
from hubbub.hub.people.admission import welcome
from hubbub.hub.people.conversations import bring_into_unread
from hubbub.hub.people.records import change

if TYPE_CHECKING:
    from hubbub.chat import commands as c
    from hubbub.chat.people import Device, Profile
    from hubbub.hub.asking import Reading
    from hubbub.hub.present.room import Session
    from hubbub.hub.state import State

WRONG_LOGIN: Final = (
    "The name or the password is wrong. If you forgot the password, ask whoever runs the chatroom."
)


def register(state: State, session: Session, command: c.Register, at: int) -> Reading:
    """Make the session's person a member: the name is theirs for good."""
    password = allowed_password(command.password, session.name, state.guests.password_chars_min)
    if (known := state.book.profiles.get(session.person.id)) is not None:
        _check_unclaimed(known)
    elif session.format.knows_rooms and not session.format.knows_inner:
        raise Refused(
            "Say which device you are first, with 'identify'; then the name can be yours for good.",
            code="forbidden",
        )
    hash_ = yield HashPassword(password, provable=session.format.knows_inner)
    assert isinstance(hash_, str)
    onlookers = _onlookers(state, session)
    if known is not None:
        yield from change(state, session.person.id, lambda profile: _claimed(profile, hash_))
    else:
        while session.pending_bytes:  # what it said so far, it said in passing
            yield state.drafts.next_batch()
        yield from identity.become(state, session, at, password=hash_)
    _tell_account(state, session, onlookers)
    greet(state, session, command.ref)


def _check_unclaimed(profile: Profile) -> None:
    if profile.password:
        raise Refused(
            f"The name '{profile.name}' is yours already. To choose another password, change it.",
            code="forbidden",
        )


def _claimed(profile: Profile, hash_: str) -> Profile:
    _check_unclaimed(profile)  # another session may have been faster
    return replace(profile, kind="member", password=hash_)


def login(state: State, session: Session, command: c.Login, at: int) -> Reading:
    """Make the session one of the member whose name and password it gives."""
    account = key_of(command.name)
    found = state.book.owner(account)
    hash_ = "" if found is None else found[1].password
    yield Guess(account)
    is_right = yield VerifyPassword(spelled(command.password), hash_, account)
    found = state.book.owner(account)  # much may have changed meanwhile
    if not is_right or found is None or found[1].password != hash_:
        raise WrongSecret(WRONG_LOGIN, code="wrong_login", account=account)
    yield from be(state, session, found[0], devices.coming_from(session, command, at))
    if session.format.knows_inner and Verifier.kept_in(hash_) is None:
        yield from _make_provable(state, found[0], hash_, spelled(command.password))
    greet(state, session, command.ref)


def _make_provable(state: State, id_: str, hash_: str, password: str) -> Reading:
    """Keep of a password, which was just given, what a proof of it can be checked with."""
    kept = yield HashPassword(password, provable=True)
    assert isinstance(kept, str)

    def provable(now: Profile) -> Profile:
        return replace(now, password=kept) if now.password == hash_ else now

    yield from change(state, id_, provable)


def be(state: State, session: Session, id_: str, device: Device | None) -> Reading:
    """Make a session one of a person's, and the device theirs with which it came, if with one."""
    yield from wait_while(lambda: id_ in state.identifying)
    with identity.alone(state, id_):
        while session.pending_bytes:  # what it said so far, it said as another person
            yield state.drafts.next_batch()
        own, session.device = session.device, ""  # or it would end with its earlier person's
        try:
            if device is not None:
                yield from devices.adopt(state, id_, device)
            if session.person.id != id_:
                before, onlookers = session.person.key, _onlookers(state, session)
                yield from identity.come_back(state, session, id_)
                if session.person.key == before:
                    _tell_account(state, session, onlookers)
            own = "" if device is None else device.hash
        finally:
            session.device = own


class _Onlookers(NamedTuple):
    """Those who hear of somebody: because they share a room with them, or watch them from afar."""

    near: list[Session]
    far: list[Session]


def _onlookers(state: State, session: Session) -> _Onlookers:
    near = [one for one in showing.peers(state, session.person) if one is not session]
    far = [one for one in state.here.watching(session.person) if one is not session]
    return _Onlookers(near, far)


def _tell_account(state: State, session: Session, onlookers: _Onlookers) -> None:
    """Tell them as whom a session has logged in, under the name that it had before."""
    account = state.book.profiles[session.person.id].name
    for peer in onlookers.near:
        peer.send(Account(name=session.name, account=account))
    for watcher in onlookers.far:
        watcher.send(Account(name=session.name, account=account, is_far=True))


def change_password(state: State, session: Session, command: c.ChangePassword, _at: int) -> Reading:
    """Give a member another password, if they know the one that they have."""
    profile = devices.own_profile(state, session)
    if not profile.password:
        raise Refused("You have no password yet. Choose one with 'register'.", code="forbidden")
    password = allowed_password(command.new, profile.name, state.guests.password_chars_min)
    account = name_key(profile.name)
    yield Guess(account)
    if not (yield VerifyPassword(spelled(command.old), profile.password, account)):
        raise WrongSecret("That is not your password.", code="wrong_login", account=account)
    hash_ = yield HashPassword(password, provable=session.format.knows_inner)
    assert isinstance(hash_, str)
    yield from change(state, session.person.id, lambda now: replace(now, password=hash_))
    session.confirm(command.ref)


def key_of(name: str) -> str:
    """Return the key of a name that somebody gave, empty if it is none."""
    try:
        return name_key(name.strip())
    except ValueError:
        return ""


def greet(state: State, session: Session, ref: str | None) -> None:
    """Tell a session who it is now, and what waits for it.

    One that knows no rooms goes on in its own.
    """
    if session.format.gets_answers:
        told = welcome(state, session, ref)
        told.rooms = places.rooms_of(state, session)
        session.send(told)
    else:
        if session.current is not None and session.current.name not in session.members:
            enter_room(state, session, session.current, state.at)
        session.send(Notice(text=f"You are {session.name} now, and the name is yours for good."))
    ignoring.tell(state, session)
    bring_into_unread(state, session)
