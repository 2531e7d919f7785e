"""What stands under the keys of one family: looked up when it is asked for, and kept for a while.

The log has it all; here are the few hundred bytes of each that were asked for lately. That nothing
stands under a key is kept in the same way. What is *held* stays: what is said of people who are
here, and what is about to be changed. The log may have committed a change that is not applied yet,
and would tell it too early. What is held shows nothing of it, because it changes nowhere but where
facts are applied.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar

import msgspec

from hubbub.chat.errors import LogError, Refused, unreadable
from hubbub.chat.events import Fact
from hubbub.chat.facts import takes

Value = TypeVar("Value")

KEPT_MAX: Final = 4096
"""More than the members of any private room, who are told together: two megabytes."""


class Facts(Protocol):
    """What of the log is looked up at once. Raises LogError."""

    def look_up(self, keys: Sequence[str]) -> list[Fact]:
        """Return the facts that stand under these keys."""

    def led_to(self, lead: str, limit: int) -> list[Fact]:
        """Return the facts to which this leads (chat/leads.py), the `limit` newest."""

    def guests(self, limit: int) -> list[Fact]:
        """Return the facts of guests, the `limit` oldest."""


class NoFacts(Facts):
    """Those of an empty log."""

    def look_up(self, keys: Sequence[str]) -> list[Fact]:  # noqa: ARG002 (nothing stands)
        """Return nothing."""
        return []

    def led_to(self, lead: str, limit: int) -> list[Fact]:  # noqa: ARG002 (nothing stands)
        """Return nothing."""
        return []

    def guests(self, limit: int) -> list[Fact]:  # noqa: ARG002 (nothing stands)
        """Return nothing."""
        return []


class _Standing(NamedTuple, Generic[Value]):
    """What stands under a key, with its seq: 0 if nothing does. What cannot be read is no value."""

    seq: int
    value: Value | None


_NOTHING: Final[_Standing[Any]] = _Standing(0, None)
"""One for all: under the names of most people nothing stands."""


class _Held(Generic[Value]):
    """What stands under a key that is held so many times; None if it is not known yet."""

    __slots__ = ("standing", "times")

    def __init__(self, standing: _Standing[Value] | None) -> None:
        self.standing = standing
        self.times = 0


class Values(Generic[Value]):
    """What stands under the keys that begin with `family`, by what follows.

    `read` makes a value of JSON, or raises msgspec.DecodeError. What asks for a value raises
    Refused if the log cannot be read now, except where it says otherwise.
    """

    def __init__(self, facts: Facts, family: str, read: Callable[[bytes], Value]) -> None:
        self._facts = facts
        self._family = family
        self._read = read
        self._held: dict[str, _Held[Value]] = {}
        self._lately: dict[str, _Standing[Value]] = {}  # the latest last

    def get(self, key: str) -> Value | None:
        """Return what stands under a key, None if nothing does."""
        return self._standing(key).value if key else None

    def __getitem__(self, key: str) -> Value:
        if (value := self.get(key)) is None:
            raise KeyError(key)
        return value

    def __contains__(self, key: str) -> bool:
        return self.get(key) is not None

    def seq(self, key: str) -> int:
        """Return the seq of the fact that stands there, 0 if none does."""
        return self._standing(key).seq

    def told(self, key: str) -> Value | None:
        """Return what stands under a key, for telling people of it: None, too, if it is unreadable.

        It refuses nothing, so it may be asked where facts are applied and sessions end.
        """
        try:
            return self.get(key)
        except Refused:
            return None

    def is_gone(self, key: str) -> bool:
        """Return whether it is certain that nothing stands under a key. It refuses nothing."""
        try:
            return self.get(key) is None
        except Refused:
            return False

    def prepare(self, keys: Iterable[str]) -> None:
        """Look up together what will be asked for one by one. It refuses nothing."""
        asked = [key for key in dict.fromkeys(keys) if key and self._known(key) is None]
        if len(asked) > 1:
            try:
                facts = self._facts.look_up([self._family + key for key in asked])
            except LogError:
                return  # what can be read of it is read one by one
            found = {fact.key: self._standing_by(fact) for fact in facts}
            for key in asked:
                self._keep(key, found.get(self._family + key, _NOTHING))

    def keep(self, fact: Fact) -> str:
        """Keep a fact that was found standing; return its key."""
        key = fact.key.removeprefix(self._family)
        self._keep(key, self._standing_by(fact))
        return key

    def hold(self, key: str) -> None:
        """Keep what stands under a key until it is let go as often."""
        held = self._held.get(key)
        if held is None:
            held = self._held[key] = _Held(self._lately.pop(key, None))
            self.told(key)
        held.times += 1

    def let_go(self, key: str) -> None:
        """Keep what stands under a key no longer than other things."""
        held = self._held[key]
        held.times -= 1
        if not held.times:
            del self._held[key]
            if held.standing is not None:
                self._keep(key, held.standing)

    def take(self, key: str, fact: Fact) -> None:
        """Take in the next fact of the log under a key; the log itself had it before."""
        former = self._known(key)
        if former is None or fact.seq <= former.seq or not takes(fact, former.seq):
            return
        if (held := self._held.get(key)) is not None:
            held.standing = self._standing_by(fact)
        else:
            self._lately[key] = self._standing_by(fact)

    def _standing_by(self, fact: Fact) -> _Standing[Value]:
        if fact.clears:
            return _NOTHING
        try:
            return _Standing(fact.seq, self._read(fact.value))
        except msgspec.DecodeError:
            return _Standing(fact.seq, None)

    def _known(self, key: str) -> _Standing[Value] | None:
        held = self._held.get(key)
        return self._lately.get(key) if held is None else held.standing

    def _standing(self, key: str) -> _Standing[Value]:
        if (held := self._held.get(key)) is not None and held.standing is not None:
            return held.standing
        if (standing := self._lately.get(key)) is not None:
            self._lately[key] = self._lately.pop(key)
            return standing
        try:
            found = self._facts.look_up([self._family + key])
        except LogError as error:
            raise unreadable(error) from error
        standing = self._standing_by(found[0]) if found else _NOTHING
        self._keep(key, standing)
        return standing

    def _keep(self, key: str, standing: _Standing[Value]) -> None:
        """Keep what was looked up, unless it is held: then it is known what counts here."""
        if (held := self._held.get(key)) is not None:
            held.standing = held.standing or standing
            return
        self._lately.pop(key, None)
        self._lately[key] = standing
        if len(self._lately) > KEPT_MAX:
            del self._lately[next(iter(self._lately))]
