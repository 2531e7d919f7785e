"""For those who forgot their password: a code from an operator, with which they choose another."""

from typing import Final

from msgspec.structs import replace

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.codes import RECOVERY_CHARS, new_code, shown_code, typed_code
from hubbub.chat.errors import Refused, WrongSecret
from hubbub.chat.grants import RECOVERY, Recovery
from hubbub.chat.passwords import allowed_password
from hubbub.chat.people import PERSON, hash_of
from hubbub.chat.queries import Guess, HashPassword, NewSecret
from hubbub.hub.asking import Reading, write
from hubbub.hub.membership import find_known
from hubbub.hub.people import accounts, devices
from hubbub.hub.people.records import fact
from hubbub.hub.power.audit import record
from hubbub.hub.present.room import Session
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import check, check_power
from hubbub.hub.state import State

RECOVERY_SECONDS: Final = 86_400

WRONG: Final = (
    "That code does not count for this name. It may be mistyped, used, or older than a day. Ask "
    "whoever runs the chatroom for another one."
)


def give_out(state: State, session: Session, command: c.GiveOutCode, at: int) -> Reading:
    """Give an operator a code for somebody who is known."""
    check(state, session, Act.RECOVER, None)
    id_ = find_known(state, command.name)
    check_power(state, session, id_, command.name, None)
    if state.book.profiles[id_].kind == "bot":
        raise Refused(
            f"'{command.name}' is a bot, which has no password. Make a token for it instead.",
            code="forbidden",
        )
    secret = yield NewSecret()
    assert isinstance(secret, str)
    code = new_code(secret, RECOVERY_CHARS)
    by = session.person.id
    granted = Recovery(person=id_, until=at + RECOVERY_SECONDS * 1000, by=by)
    yield from write(state, [state.grants.fact(RECOVERY + hash_of(code), granted, by, at)])
    record(state, session, f"gave out a recovery code for '{command.name}'")
    session.send(e.Code(code=shown_code(code), seconds=RECOVERY_SECONDS, ref=command.ref))


def recover(state: State, session: Session, command: c.Recover, at: int) -> Reading:
    """Choose a password for the person of this name, for whom the code was given out."""
    code = typed_code(command.code, RECOVERY_CHARS)
    password = allowed_password(command.password, command.name, state.guests.password_chars_min)
    account, key = accounts.key_of(command.name), RECOVERY + hash_of(code)
    yield Guess(account)
    _check(state, account, code, at)
    hash_ = yield HashPassword(password)
    assert isinstance(hash_, str)
    id_ = _check(state, account, code, at)  # much may have happened meanwhile
    used = state.grants.fact(key, None, id_, at)
    changed = replace(state.book.profiles[id_], kind="member", password=hash_)
    yield from write(state, [used, fact(state, PERSON + id_, changed, id_)])
    profile = state.book.profiles.get(id_)
    if profile is None or profile.password != hash_:
        raise Refused("Something else changed at the same moment. Ask for another code.")
    yield from accounts.be(state, session, id_, devices.coming_from(session, command, at))
    accounts.greet(state, session, command.ref)


def _check(state: State, account: str, code: str, at: int) -> str:
    """Return the id of the person for whom a code counts."""
    recovery = state.grants.recoveries.get(hash_of(code))
    id_ = state.book.names.get(account) or ""
    if recovery is None or at >= recovery.until or recovery.person != id_:
        raise WrongSecret(WRONG, code="wrong_code", account=account)
    return id_
