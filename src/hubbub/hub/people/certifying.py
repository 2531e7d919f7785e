"""Certificates of TLS as devices: whoever has the key of one is the member who linked it.

A certificate is named by its fingerprint, which is no secret: so it stands among the hashes of
secrets in a form that none of them has. Only the certificate that a connection shows is linked, or
counts: the handshake has proven that the peer has its key.
"""

from typing import Final

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.names import name_key
from hubbub.chat.people import new_device
from hubbub.hub.asking import Reading
from hubbub.hub.people import accounts, devices
from hubbub.hub.present.room import Session
from hubbub.hub.state import State

FORM: Final = "x509:"
SHOWN_CHARS: Final = 16
"""Of a fingerprint, in a list of devices."""


def certify(state: State, session: Session, command: c.Certify, _at: int) -> Reading:
    """Make the session one of the member who has linked its certificate."""
    hash_ = FORM + command.fingerprint
    id_ = state.book.owner_of_device(hash_)
    profile = state.book.profiles.get(id_)
    device = None if profile is None else devices.found(profile, hash_)
    if profile is None or device is None:
        raise Refused(
            "No member has linked this certificate. Log in with your password, and say "
            "/msg NickServ CERT ADD.",
            code="wrong_login",
        )
    if command.name and accounts.key_of(command.name) != name_key(profile.name):
        raise Refused(f"This certificate is not {command.name}'s.", code="wrong_login")
    yield from accounts.be(state, session, id_, device)
    accounts.greet(state, session, command.ref)


def link(state: State, session: Session, command: c.LinkCertificate, at: int) -> Reading:
    """Let the certificate that a session shows be one of its person's devices, or do without one.

    Whoever came by that comes no more, and leaves.
    """
    if not command.on:
        yield from _unlink(state, session, command)
        return
    hash_ = FORM + command.fingerprint
    profile = devices.own_profile(state, session)
    if profile.kind != "member":
        raise Refused("Register first: a certificate is a member's.", code="forbidden")
    if state.book.owner_of_device(hash_) not in ("", session.person.id):
        raise Refused(
            "Somebody else has linked this certificate. They do without it first.",
            code="forbidden",
        )
    label = f"certificate {command.fingerprint[:SHOWN_CHARS]}"
    yield from devices.adopt(state, session.person.id, new_device(hash_, at, label))
    session.confirm(command.ref)


def listed(state: State, session: Session, command: c.Certificates, _at: int) -> None:
    """Tell a session which certificates its person has linked."""
    session.send(e.Certificates(fingerprints=_linked(state, session), ref=command.ref))


def _unlink(state: State, session: Session, command: c.LinkCertificate) -> Reading:
    matching = [one for one in _linked(state, session) if one.startswith(command.fingerprint)]
    if len(matching) != 1:
        raise Refused("You have no such certificate. CERT LIST names yours.", code="forbidden")
    yield from devices.do_without(state, session, FORM + matching[0], command.ref)


def _linked(state: State, session: Session) -> list[str]:
    hashes = (one.hash for one in devices.own_profile(state, session).devices)
    return [one.removeprefix(FORM) for one in hashes if one.startswith(FORM)]
