"""The devices of people: which there are, adding one, and doing without one.

A device is one person's at a time. When it is theirs no longer, the sessions that it opened end, on
every server that reads it in the log.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec.structs import replace

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.grants import TOKEN
from hubbub.chat.listed import DeviceSummary
from hubbub.chat.people import PERSON, Device, Profile, hash_of, new_device
from hubbub.hub.asking import Reading, write
from hubbub.hub.people.leaving import depart
from hubbub.hub.people.records import fact, forgotten
from hubbub.hub.present.room import Session
from hubbub.hub.state import State

DEVICES_MAX: Final = 50


def own_profile(state: State, session: Session) -> Profile:
    """Return the profile of a session's person; raise Refused `forbidden` if they are passing."""
    profile = state.book.profiles.get(session.person.id)
    if profile is None:
        raise Refused(
            "The chatroom does not know you: you are only passing. Come with a client that keeps a "
            "secret for its device, or log in.",
            code="forbidden",
        )
    return profile


def coming_from(session: Session, command: c.Link | c.Login | c.Recover, at: int) -> Device | None:
    """Return the device that a session comes from: the one it was identified by, or named now."""
    hash_ = session.device or (hash_of(command.device) if command.device else "")
    return new_device(hash_, at, command.label) if hash_ else None


def adopt(state: State, id_: str, device: Device) -> Reading:
    """Let a device be one of a person's, and nobody else's any more."""
    while (former := state.book.owner_of_device(device.hash)) != id_:
        facts = [] if not former else _without(state, former, device.hash)
        profile = state.book.profiles.get(id_)
        if profile is None:
            raise Refused("That account is gone.", code="forbidden")
        if len(profile.devices) >= DEVICES_MAX:
            raise Refused(
                f"You have {DEVICES_MAX} devices, and more are not allowed. Log one out first.",
                code="forbidden",
            )
        label = device.label or label_of(state, former, device.hash)
        more = replace(profile, devices=(*profile.devices, replace(device, label=label)))
        yield from write(state, [*facts, fact(state, PERSON + id_, more, id_)])


def label_of(state: State, id_: str, hash_: str) -> str:
    """Return what a device of somebody's is called."""
    profile = state.book.profiles.get(id_)
    return next((one.label for one in profile.devices if one.hash == hash_), "") if profile else ""


def _without(state: State, id_: str, hash_: str) -> list[e.Fact]:
    """Return that a person has one device less. A guest without any can never come back."""
    profile = state.book.profiles[id_]
    devices = tuple(one for one in profile.devices if one.hash != hash_)
    if devices or profile.kind == "member":
        return [fact(state, PERSON + id_, replace(profile, devices=devices), id_)]
    return forgotten(state, id_, profile)


def found(profile: Profile, hash_: str) -> Device | None:
    """Return the device of a person that has this hash."""
    return next((one for one in profile.devices if one.hash == hash_), None)


def listed(state: State, session: Session, command: c.Devices, _at: int) -> None:
    """Tell a session which devices its person has."""
    profile = own_profile(state, session)
    open_now = {one.device for one in state.here.named(session.person.key)}
    devices = [
        DeviceSummary(
            id=device.id,
            label=device.label,
            since=device.since,
            own=device.hash == session.device,
            here=device.hash in open_now,
            seen=0 if device.hash in open_now else device.seen or device.since,
        )
        for device in profile.devices
    ]
    session.send(e.Devices(devices=devices, ref=command.ref))


def revoke(state: State, session: Session, command: c.Revoke, _at: int) -> Reading:
    """Do without a device of the session's person."""
    profile = own_profile(state, session)
    hash_ = next((one.hash for one in profile.devices if one.id == command.device), "")
    if not hash_:
        raise Refused("You have no such device. 'devices' lists those that you have.")
    yield from do_without(state, session, hash_, command.ref)


def logout(state: State, session: Session, command: c.Logout, _at: int) -> Reading:
    """Do without the device that the session came from."""
    own_profile(state, session)
    if not session.device:  # it gave a password, and nothing of it is kept
        session.confirm(command.ref)
        _end(state, session)
    else:
        yield from do_without(state, session, session.device, command.ref)


def do_without(state: State, session: Session, hash_: str, ref: str | None) -> Reading:
    """Do without one of the devices of the session's person, by its hash."""
    id_ = session.person.id
    own, session.device = session.device, ""  # its answer comes before its end
    try:
        while state.book.owner_of_device(hash_) == id_:
            yield from write(state, _without(state, id_, hash_))
    finally:
        session.device = own
    session.confirm(ref)
    if own == hash_:
        _end(state, session)


def end_revoked(state: State, facts: Sequence[e.Fact]) -> None:
    """End the sessions of devices that are their person's no longer, after facts are applied."""
    for one in facts:
        if one.key.startswith(TOKEN):
            _end_if_revoked(state, [session for session in state.here if session.scopes])
        elif one.key.startswith(PERSON):
            person = state.here.person(one.key.removeprefix(PERSON))
            _end_if_revoked(state, () if person is None else state.here.named(person.key))


def _end_if_revoked(state: State, sessions: Iterable[Session]) -> None:
    for session in sessions:
        if session.scopes is not None:
            is_theirs = session.device in state.grants.tokens
        else:
            profile = state.book.profiles.told(session.person.id)
            devices = () if profile is None else profile.devices
            is_theirs = session.device in {device.hash for device in devices}
        if session.device and not is_theirs:
            _end(state, session)


def _end(state: State, session: Session) -> None:
    """End a session whose device is logged out, or in as somebody else, as whom it may return."""
    try:
        owner = state.book.profiles.get(state.book.owner_of_device(session.device))
    except Refused:  # the log cannot be read: it says so when they come back
        owner = None
    if owner is None:
        bye = e.Bye(reason="This device was logged out.", code="logged_out")
    else:
        bye = e.Bye(reason=f"This device was logged in as '{owner.name}'. Connect again.")
    depart(state, session)
    session.send(bye)
    session.outlet.end()
