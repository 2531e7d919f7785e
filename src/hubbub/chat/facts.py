"""Facts: when one takes, and what they say under which keys.

A fact is logged (events.py), and every reader of the log comes to the same, for whether it takes
depends on the facts before it alone: it is compared and set where it is committed, in the order of
the log.
"""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from hubbub.chat.events import NOTHING, Fact

Value = TypeVar("Value", bound=msgspec.Struct)


def takes(fact: Fact, seq: int) -> bool:
    """Return whether a fact takes if one with this seq stands under its key so far, 0 for none."""
    return fact.expects is None or fact.expects == seq


class Standing:
    """Under which keys facts stand: by key, the seq of the newest that took."""

    def __init__(self, seqs: Mapping[str, int]) -> None:
        self.seqs = dict(seqs)

    def take(self, fact: Fact) -> bool:
        """Take in the next fact of the log; return whether it takes."""
        if not takes(fact, self.seqs.get(fact.key, 0)):
            return False
        if fact.key.endswith("/"):
            assert fact.clears, "nothing stands under the beginning of keys"
            for key in [one for one in self.seqs if one.startswith(fact.key)]:
                del self.seqs[key]
        elif fact.clears:
            self.seqs.pop(fact.key, None)
        else:
            self.seqs[fact.key] = fact.seq
        return True


def fact_of(
    key: str,
    value: msgspec.Struct | Mapping[str, int] | int | None,
    *,
    by: str,
    at: int,
    expects: int | None = None,
) -> Fact:
    """Return the draft of a fact: what is to stand under a key, by whose doing; None clears it."""
    assert expects is None or expects >= 0, "logs of several nodes cannot read back another one"
    raw = NOTHING if value is None else msgspec.Raw(msgspec.json.encode(value))
    return Fact(seq=0, prev=0, sender=by, at=at, key=key, value=raw, expects=expects)


def value_of(fact: Fact, type_: type[Value]) -> Value | None:
    """Return what a fact says, None if it clears, or cannot be read."""
    if fact.clears:
        return None
    try:
        return msgspec.json.decode(fact.value, type=type_)
    except msgspec.DecodeError:
        return None
