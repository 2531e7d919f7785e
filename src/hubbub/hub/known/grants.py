"""What is granted to whoever has a secret, folded from the facts of the log, in their order."""

from collections.abc import Sequence
from typing import Final, TypeVar

from msgspec.structs import replace

from hubbub.chat import grants as keys
from hubbub.chat.events import Fact
from hubbub.chat.facts import Standing, fact_of, value_of
from hubbub.chat.grants import GRANTED, Decoy, Hook, Invitation, Recovery, Spent, Token
from hubbub.chat.removal import removed_by

Value = TypeVar("Value", Hook, Invitation, Recovery, Token)


USE_MILLISECONDS: Final = 3_600_000
"""Of what is used again and again it is logged no more often that it was."""


PAST_MAX: Final = 1000
"""Of so many invitations that count no longer it is known why, until the server stops."""


class Grants:
    """What stands, by the hashes of the secrets. `facts` are those that do so at the start."""

    def __init__(self, facts: Sequence[Fact] = ()) -> None:
        facts = [fact for fact in facts if fact.key.startswith(GRANTED)]
        self._standing = Standing({fact.key: fact.seq for fact in facts})
        self.decoy: Decoy | None = None
        self.hooks: dict[str, Hook] = {}
        self.invitations: dict[str, Invitation] = {}
        self.past: dict[str, str] = {}
        """Why the invitations count no longer that did lately, by their hashes."""
        self.recoveries: dict[str, Recovery] = {}
        self.tokens: dict[str, Token] = {}
        self._uses: dict[str, int] = {}
        self._noted: dict[str, int] = {}
        for fact in facts:
            self._put(fact)

    def take(self, facts: Sequence[Fact]) -> None:
        """Take in the next facts of the log."""
        for fact in facts:
            if room := removed_by(fact):
                self._remove_hooks(room)
            elif fact.key.startswith(GRANTED) and self._standing.take(fact):
                self._put(fact)

    def _remove_hooks(self, room: str) -> None:
        """Forget the webhooks of a room that is gone."""
        for hash_ in [hash_ for hash_, hook in self.hooks.items() if hook.room == room]:
            self._standing.seqs.pop(keys.HOOK + hash_, None)
            del self.hooks[hash_]

    def seq(self, key: str) -> int:
        """Return the seq of the fact that stands under a key, 0 if none does."""
        return self._standing.seqs.get(key, 0)

    def _put(self, fact: Fact) -> None:
        family, _, hash_ = fact.key.partition("/")
        match f"{family}/":
            case keys.DECOY:
                self.decoy = value_of(fact, Decoy)
            case keys.HOOK:
                _put_in(self.hooks, hash_, value_of(fact, Hook))
            case keys.INVITATION:
                invitation = value_of(fact, Invitation)
                if invitation is None and (former := self.invitations.get(hash_)) is not None:
                    self._note_past(hash_, former.why_not(fact.at) or "was taken back")
                _put_in(self.invitations, hash_, invitation)
            case keys.RECOVERY:
                _put_in(self.recoveries, hash_, value_of(fact, Recovery))
            case keys.TOKEN:
                _put_in(self.tokens, hash_, value_of(fact, Token))

    def _note_past(self, hash_: str, why: str) -> None:
        self.past[hash_] = why
        if len(self.past) > PAST_MAX:
            del self.past[next(iter(self.past))]

    def fact(
        self,
        key: str,
        value: Decoy | Hook | Invitation | Recovery | Spent | Token | None,
        by: str,
        at: int,
    ) -> Fact:
        """Return what is to stand under a key, by whose doing; None clears it."""
        return fact_of(key, value, by=by, at=at, expects=self.seq(key))

    def use(self, key: str, value: Hook | Token, at: int) -> Fact | None:
        """Take in that what stands under a key is used; return what to log of it, once an hour."""
        self._uses[key] = at
        if at - max(value.seen, self._noted.get(key, 0)) < USE_MILLISECONDS:
            return None
        self._noted[key] = at
        return self.fact(key, replace(value, seen=at), "", at)

    def seen(self, key: str, value: Hook | Token) -> int:
        """Return when what stands under a key was used last, 0 if never."""
        return max(value.seen, self._uses.get(key, 0))

    def expired(self, at: int) -> list[Fact]:
        """Return the facts that clear what counts no longer at `at`, in milliseconds."""
        recoveries = [one for one, value in self.recoveries.items() if at >= value.until]
        invitations = [one for one, value in self.invitations.items() if not value.holds(at)]
        over = [keys.RECOVERY + one for one in recoveries]
        over += [keys.INVITATION + one for one in invitations]
        return [self.fact(key, None, "", at) for key in over]


def _put_in(values: dict[str, Value], hash_: str, value: Value | None) -> None:
    values.pop(hash_, None)
    if value is not None:
        values[hash_] = value
