"""Being a member by a proof of the password, which is not given (SCRAM, RFC 5802).

Who has no such name, or nothing by which a proof could be checked, is challenged like all others,
and no proof is right.
"""

from typing import Final

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import WrongSecret
from hubbub.chat.grants import DECOY, Decoy
from hubbub.chat.queries import Guess, NewSecret
from hubbub.chat.scram import Verifier
from hubbub.hub.asking import Reading, write
from hubbub.hub.people import accounts
from hubbub.hub.present.room import Session
from hubbub.hub.state import State

_THE_DECOY: Final = DECOY + "salts"

WRONG_PROOF: Final = (
    "The name or the password is wrong; or you have not given the password over IRC since you "
    "chose it. Do that once, by SASL PLAIN or to NickServ."
)


def challenge(state: State, session: Session, command: c.Challenge, at: int) -> Reading:
    """Tell a session with what its password is to be proven."""
    nonce = yield NewSecret()
    assert isinstance(nonce, str)
    if state.grants.decoy is None:
        secret = yield NewSecret()
        assert isinstance(secret, str)
        yield from write(state, [state.grants.fact(_THE_DECOY, Decoy(secret), "", at)])
    _, verifier = _found(state, accounts.key_of(command.name))
    session.send(
        e.Challenge(
            nonce=nonce, salt=verifier.salt, iterations=verifier.iterations, ref=command.ref
        )
    )


def prove(state: State, session: Session, command: c.Prove, _at: int) -> Reading:
    """Make the session one of the member whose password is proven."""
    account, said = accounts.key_of(command.name), command.said.encode()
    yield Guess(account)
    id_, verifier = _found(state, account)
    if not verifier.is_proven(said, command.proof):
        raise WrongSecret(WRONG_PROOF, code="wrong_login", account=account)
    yield from accounts.be(state, session, id_, None)
    session.send(e.Proven(signature=verifier.signature(said), ref=command.ref))
    accounts.greet(state, session, None)


def _found(state: State, account: str) -> tuple[str, Verifier]:
    found = state.book.owner(account)
    verifier = None if found is None else Verifier.kept_in(found[1].password)
    if found is None or verifier is None:
        decoy = state.grants.decoy
        return "", Verifier.nobodys(f"{decoy.secret if decoy else ''} {account}")
    return found[0], verifier
