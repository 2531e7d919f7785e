"""Names of people in passing, where several nodes let people in: claimed in the log.

What stands under a name is the same on every node, and of two claims the first in the log takes.
So no two people ever hold one name, wherever they are. A claim is held by the `run` of a node: one
process, from its start to its end. On a server of its own nothing is claimed, and nothing written.

A claim that nobody needs any more is cleared once all is settled that its holder said: so what the
next holder says comes after it, at whatever node. That of a node that is gone is cleared by another
(`forgo`); what then becomes of its holder, if they were there all the same, is in outdone.py.
"""

from collections.abc import Generator, Iterable
from typing import Final

from hubbub.chat.errors import Refused
from hubbub.chat.events import AnyLogged, Entry, Fact, Message
from hubbub.chat.facts import fact_of
from hubbub.chat.names import name_key
from hubbub.chat.people import NAME, Held, hash_of
from hubbub.chat.queries import Answer, Question
from hubbub.hub.asking import Reading, write
from hubbub.hub.people import reserved
from hubbub.hub.present.person import Person
from hubbub.hub.present.room import Session
from hubbub.hub.state import State

TRIES_MAX: Final = 3
"""A claim meets that of an earlier holder here, which is just being cleared."""

NEVER: Final = 2**53 - 1
"""A seq that no fact has."""


def is_elsewhere(state: State, key: str) -> bool:
    """Return whether the name with this key is claimed at another node. Raises Refused."""
    if not state.claims.run:
        return False
    held = state.book.held.get(key)
    return held is not None and held.run not in ("", state.claims.run)


def claim(
    state: State, person: Person, secrets: tuple[str, ...]
) -> Generator[Question, Answer, bool]:
    """Have a person's name logged as claimed here; return whether it is theirs.

    `secrets`: those that prove a later connection to be the same person. Raises Refused
    `log_unavailable`.
    """
    for _ in range(TRIES_MAX):
        if is_elsewhere(state, person.key) or reserved.owner(state, person.key):
            return False
        try:
            yield from _write(state, person.key, secrets)
        except Refused as error:
            raise _out_of_touch(person.name) from error
        if state.claims.are_doubtful:
            raise _out_of_touch(person.name)
        if _is_own(state, person.key):
            return True
    return False


def come_up_to_now(state: State, key: str) -> Reading:
    """Wait until this node has read all that the log has by now.

    It is a claim that cannot take. Raises Refused `log_unavailable`.
    """
    yield from write(state, [_claimed(state, key, (), expects=NEVER)])


def can_resume(state: State, key: str, secret: str) -> bool:
    """Return whether a secret proves to be the holder of a name that is claimed elsewhere."""
    held = state.book.held.get(key) if is_elsewhere(state, key) else None
    return held is not None and bool(secret) and hash_of(secret) in held.secrets


def last_holder(state: State, session: Session, secret: str) -> Person | None:
    """Return who had the name last that a session has, or wants, if `secret` was theirs.

    All nodes have the same of that from the log, since their start.
    """
    key = session.person.key
    now = state.claims.holders.get(key) if session.held else None
    holder = now or state.claims.last.get(key)
    if holder is None or hash_of(secret) not in holder.secrets:
        return None
    person = state.departed.known(session, secret) or Person(session.name, holder.since)
    person.not_own |= holder.not_own
    return person


def past(state: State, key: str) -> int:
    """Return which claim of a name was cleared last: its seq, 0 if that is not known."""
    holder = state.claims.last.get(key)
    return 0 if holder is None else holder.seq


def hear(state: State, events: Iterable[AnyLogged]) -> None:
    """Take in what is said under names that nobody holds."""
    for one in events if state.claims.last else ():
        if isinstance(one, Message) and not (one.person or one.imported):
            state.claims.posted(name_key(one.sender), one.seq)


def take_over(state: State, session: Session, secret: str) -> Generator[Question, Answer, bool]:
    """Claim a name for its holder, who comes with another connection; return whether it is theirs.

    Raises Refused `log_unavailable`; then the former secrets still prove who they are.
    """
    key, person = session.person.key, session.person
    for _ in range(TRIES_MAX):
        held = state.book.held.get(key)
        since = 0 if held is None else held.since or state.book.held.seq(key)
        yield from _write(state, key, (session.secret, secret), since)
        if state.claims.are_doubtful:
            break
        if not _is_own(state, key):
            return False
        if hash_of(session.secret) in state.book.held[key].secrets:
            person.since = since
            return True
    raise _out_of_touch(person.name)


def _out_of_touch(name: str) -> Refused:
    return Refused(
        f"Whether the name '{name}' is free cannot be found out now: this server is out of touch "
        "with the others. Connect to another one, or here in a while.",
        code="log_unavailable",
    )


def renew(state: State, session: Session) -> None:
    """Have logged what secrets prove from now on to be a session's person, who came back here."""
    person = session.person
    if state.claims.run and not person.id and _is_own(state, person.key):
        state.note(_claimed(state, person.key, session.secrets, person.since))


def release(state: State, person: Person) -> None:
    """Let others have a name in passing, once what its holder said is settled."""
    if state.claims.run and not person.id:
        newest = state.claims.released.get(person.key, 0)  # of an earlier connection of theirs
        state.claims.released[person.key] = max(newest, person.newest_draft)


def clear_released(state: State) -> None:
    """Have logged that names are free which nobody here holds any more."""
    for key, newest in list(state.claims.released.items()):
        if key in state.here or key in state.entering or key in state.kept:
            del state.claims.released[key]
        elif state.drafts.is_settled(newest):
            del state.claims.released[key]
            _clear(state, key, state.claims.run)


def not_cleared(state: State, refused: Iterable[Entry]) -> None:
    """Take in what the log did not take: names that it was to clear are cleared later."""
    for one in refused if state.claims.run else ():
        if isinstance(one, Fact) and one.key.startswith(NAME) and one.clears:
            key = one.key.removeprefix(NAME)
            if _is_own(state, key):
                state.claims.released.setdefault(key, 0)


def forgo(state: State, run: str) -> None:
    """Have logged that what the run of another node claimed is free: it is gone for good."""
    for key in state.claims.by_run.get(run, ()):
        _clear(state, key, run)


def forgo_own(state: State) -> None:
    """Have logged that all is free that is claimed here, and claim nothing more: the node stops."""
    run, state.claims.run = state.claims.run, ""
    for key in state.claims.by_run.get(run, ()):
        _clear(state, key, run)


def _clear(state: State, key: str, run: str) -> None:
    held = state.book.held.told(key)
    if held is not None and held.run == run:
        expects = state.book.held.seq(key)
        state.note(fact_of(NAME + key, None, by="", at=state.at, expects=expects))


def _is_own(state: State, key: str) -> bool:
    held = state.book.held.told(key)
    return held is not None and held.run == state.claims.run


def _write(
    state: State, key: str, secrets: tuple[str, ...], since: int = 0
) -> Generator[Question, Answer, None]:
    yield from write(state, [_claimed(state, key, secrets, since)])


def _claimed(
    state: State, key: str, secrets: tuple[str, ...], since: int = 0, expects: int | None = None
) -> Fact:
    hashes = tuple(hash_of(secret) for secret in secrets if secret)
    held = Held(run=state.claims.run, secrets=hashes, since=since)
    expects = state.book.held.seq(key) if expects is None else expects
    return fact_of(NAME + key, held, by="", at=state.at, expects=expects)
