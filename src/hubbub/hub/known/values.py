"""The values of many facts, kept as the log has them: most are of people who are not here."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, Generic, TypeVar

import msgspec

from hubbub.chat.events import Fact
from hubbub.hub.known.packed import Index, Rows

Value = TypeVar("Value")

_SEQ_BYTES: Final = 8
_GONE: Final = b""


class Values(Mapping[str, Value]):
    """What stands under the keys of one family, by what follows its beginning.

    `read` makes a value of JSON, or raises msgspec.DecodeError. It does so when somebody asks for
    the value, which then stays read until it changes. What stands at the start is packed until
    then (packed.py): as objects, all would take several times as much, and the collection of
    garbage would look at each. What was packed and has changed stays there, but counts no more.

    What cannot be read is no value. But it has a seq, for it stands.
    """

    def __init__(self, read: Callable[[bytes], Value]) -> None:
        self._read = read
        self._packed = Rows()
        self._changed: dict[str, bytes] = {}
        """What came later, or counts in place of what is packed. A row is a seq, and then JSON."""
        self._asked_for: dict[str, Value] = {}

    def seq(self, key: str) -> int:
        """Return the seq of the fact that stands there, 0 if none does."""
        return int.from_bytes(self._row(key)[:_SEQ_BYTES])

    def pack(self, facts: Mapping[str, Fact]) -> range:
        """Take in facts that stand at the start; return the numbers that they have from now on."""
        first = len(self._packed)
        self._packed.add([*facts], map(_row_of, facts.values()))
        return range(first, len(self._packed))

    def sort(self) -> None:
        """Put in order what was packed, as the first look-up would."""
        self._packed.sort()

    def put(self, key: str, fact: Fact) -> None:
        """Take in a fact that stands from now on."""
        self._asked_for.pop(key, None)
        self._changed[key] = _row_of(fact)

    def drop(self, key: str) -> None:
        """Let nothing stand there any more."""
        self._asked_for.pop(key, None)
        self._changed.pop(key, None)
        if self._packed.get(key) is not None:
            self._changed[key] = _GONE

    def unchanged(self, number: int) -> str | None:
        """Return the key of what was packed under a number, None if that counts no more."""
        key = self._packed.key(number)
        return None if key in self._changed else key

    def _row(self, key: str) -> bytes:
        row = self._changed.get(key)
        return row if row is not None else self._packed.get(key) or _GONE

    def __getitem__(self, key: str) -> Value:
        value = self._asked_for.get(key)
        if value is None:
            try:
                value = self._asked_for[key] = self._read(self._row(key)[_SEQ_BYTES:])
            except msgspec.DecodeError:
                raise KeyError(key) from None
        return value

    def __iter__(self) -> Iterator[str]:
        packed = map(self.unchanged, range(len(self._packed)))
        return (key for key in (*packed, *self._changed) if key is not None and key in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _row_of(fact: Fact) -> bytes:
    return fact.seq.to_bytes(_SEQ_BYTES) + fact.value


class Leads(Generic[Value]):
    """What leads to values besides their keys: `found_by` gives it for one of them.

    What led to a packed value stays there when the value changes, and leads nowhere then.
    """

    def __init__(self, values: Values[Value], found_by: Callable[[Value], Iterable[str]]) -> None:
        self._values = values
        self._found_by = found_by
        self._packed = Index()
        self._later: dict[str, tuple[str, ...]] = {}

    def pack(self, leads: Iterable[tuple[str, int]]) -> None:
        """Take in what leads to values that are packed, by number."""
        self._packed.add(leads)

    def sort(self) -> None:
        """Put in order what was packed, as the first look-up would."""
        self._packed.sort()

    def put(self, key: str, value: Value) -> None:
        """Let a value be found that stands under `key` from now on."""
        for lead in self._found_by(value):
            self._later[lead] = (key, *self._later.get(lead, ()))

    def drop(self, key: str, value: Value) -> None:
        """Let a value be found no more."""
        for lead in self._found_by(value):
            left = tuple(one for one in self._later.pop(lead, ()) if one != key)
            if left:
                self._later[lead] = left

    def find(self, lead: str) -> list[str]:
        """Return the keys of the values to which this leads, the newest first."""
        packed = map(self._values.unchanged, self._packed.find(lead))
        keys = [*self._later.get(lead, ()), *(key for key in packed if key is not None)]
        return [key for key in keys if self._leads(lead, key)]

    def _leads(self, lead: str, key: str) -> bool:
        value = self._values.get(key)
        return value is not None and lead in self._found_by(value)

    def get(self, lead: str) -> str:
        """Return the key of the newest value to which this leads, empty if it leads to none."""
        return next(iter(self.find(lead)), "")
