"""A book that keeps next to nothing says what one says that has folded all facts, at any moment.

Facts wait, are committed, and are applied or refused in random order, while somebody asks. The log
may be ahead of what is applied, and may fail.
"""

from collections.abc import Callable
from functools import partial
from unittest import mock

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from hubbub.chat.errors import LogError, Refused
from hubbub.chat.events import Fact
from hubbub.chat.people import NAME, PERSON, Held
from hubbub.hub.known import values
from hubbub.hub.known.book import Book
from tests.hub.folded import Folded
from tests.hub.peers import now
from tests.hub.test_book import AskedLog, fact, profile

IDS = st.sampled_from("123")
NAMES = st.sampled_from(["ann", "Ann", "аnn", "b0b", "bob"])
HASHES = st.sampled_from(["x", "y"])
KEYS = IDS.map(PERSON.__add__) | NAMES.map(NAME.__add__)
PROFILES = st.builds(
    lambda name, hashes, kind: profile(name, *hashes, kind=kind),
    NAMES,
    st.lists(HASHES, unique=True, max_size=2),
    st.sampled_from(["guest", "member"]),
)


class BookMachine(RuleBasedStateMachine):
    """A log, a book on it, and what is applied so far."""

    def __init__(self) -> None:
        super().__init__()
        self.kept = mock.patch.object(values, "KEPT_MAX", 1)
        self.kept.start()
        self.log = AskedLog()
        self.book = Book(self.log)
        self.applied = Folded()
        self.waiting: list[Fact] = []
        self.committed: list[Fact] = []
        self.held: list[str] = []

    def teardown(self) -> None:
        self.kept.stop()

    @rule(key=KEYS, value=st.none() | PROFILES, id_=IDS, is_late=st.booleans())
    def note(self, key: str, value: object, id_: str, is_late: bool) -> None:
        """Let a fact wait that expects what stands, or no longer does."""
        said = None if value is None else value if key.startswith(PERSON) else Held(id_)
        if self.log.error is None:
            expects = self.book.seq(key)
            assert expects == self.applied.seq(key)
            self.book.begin(key)
            self.waiting.append(fact(key, said, expects=expects + is_late))  # type: ignore[arg-type]

    @precondition(lambda self: not self.committed)
    @rule()
    def commit(self) -> None:
        now(self.log.append(self.waiting))
        self.committed, self.waiting = self.waiting, []

    @rule()
    def apply(self) -> None:
        self.book.take(self.committed)
        self.applied.take(self.committed)
        self._settle(self.committed)
        self.committed = []

    @precondition(lambda self: not self.committed)
    @rule()
    def refuse(self) -> None:
        self._settle(self.waiting)
        self.waiting = []

    def _settle(self, facts: list[Fact]) -> None:
        for one in facts:
            self.book.end(one.key)

    @rule(fails=st.booleans())
    def read(self, fails: bool) -> None:
        self.log.error = LogError("locked") if fails else None

    @precondition(lambda self: self.log.error is None)
    @rule(id_=IDS)
    def come(self, id_: str) -> None:
        self.book.profiles.hold(id_)
        self.held.append(id_)

    @precondition(lambda self: self.held)
    @rule()
    def go(self) -> None:
        self.book.profiles.let_go(self.held.pop())

    def _ask(self, ask: Callable[[], object], expected: object) -> None:
        try:
            found = ask()
        except Refused:
            if self.log.error is None:
                raise
        else:
            assert found == expected

    @rule(id_=IDS)
    def ask_who_it_is(self, id_: str) -> None:
        expected = self.applied.profiles.get(id_)
        self._ask(lambda: self.book.profiles.get(id_), expected)
        assert self.book.profiles.told(id_) in (expected, self.log.error and None)
        if self.log.error is None:
            assert self.book.profiles.is_gone(id_) == (expected is None)

    @rule(ids=st.lists(IDS))
    def ask_for_many(self, ids: list[str]) -> None:
        self.book.profiles.prepare(ids)
        for id_ in ids:
            self._ask(partial(self.book.profiles.get, id_), self.applied.profiles.get(id_))

    @rule(key=KEYS)
    def ask_for_seq(self, key: str) -> None:
        self._ask(lambda: self.book.seq(key), self.applied.seq(key))

    @rule(name=NAMES)
    def ask_whose_it_is(self, name: str) -> None:
        self._ask(lambda: self.book.names.get(name), self.applied.names.get(name))
        alike = {one.name for one in self.applied.look_alikes(name)}
        self._ask(lambda: {one.name for one in self.book.look_alikes(name)}, alike)

    @rule(hash_=HASHES)
    def ask_for_device(self, hash_: str) -> None:
        expected = self.applied.owner_of_device(hash_)
        self._ask(lambda: self.book.owner_of_device(hash_), expected)

    @precondition(lambda self: not (self.committed or self.waiting))
    @rule(limit=st.integers(1, 3))
    def ask_for_guests(self, limit: int) -> None:
        self._ask(lambda: self.book.guests(limit), self.applied.guests()[:limit])
        assert (self.book._led, self.book._leads) == ({}, {})
        assert len(self.book.profiles._lately) <= 1
        assert self.book.profiles._held.keys() == set(self.held)


BookMachine.TestCase.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)
TestBook = BookMachine.TestCase
