"""Senders take turns: nobody's messages wait because others have said more."""

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.chat.events import Message
from hubbub.hub.flow.drafts import (
    BATCH_BYTES_MAX,
    LISTENERS_MIN,
    OBJECT_BYTES,
    STORING_LISTENERS,
    Draft,
    Drafts,
)
from hubbub.hub.present.person import Person
from hubbub.hub.present.room import Session
from hubbub.wire.framed import CLASSIC

LARGEST = 65_536


class Deaf:
    """An outlet to nobody."""

    def write(self, payload: bytes) -> None:
        assert payload

    def end(self) -> None:
        raise AssertionError("nobody leaves")


def sender(name: str) -> Session:
    return Session(Person(name), CLASSIC, Deaf(), f"secret of {name}")


def say(drafts: Drafts, session: Session, size: int, to: str = "", *, listeners: int = 0) -> None:
    event = Message(room="lobby", seq=0, prev=0, sender=session.name, at=0, text="")
    drafts.add(event, session, None, size, to=to, listeners=listeners)


def cost(batch: list[Draft]) -> int:
    return sum(draft.batch_bytes for draft in batch)


SAID = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from([1, 1000, 30_000, LARGEST]), st.integers(1, 40)),
    max_size=12,
)


@given(SAID, st.lists(SAID, max_size=4))
def test_whoever_has_a_fair_share_waiting_has_it_in_the_next_batch(
    before: list[tuple[int, int, int]], between: list[list[tuple[int, int, int]]]
) -> None:
    drafts, senders = Drafts(), [sender(f"s{number}") for number in range(10)]
    waiting: dict[Session, list[int]] = defaultdict(list)  # numbers
    costs: dict[int, int] = {}
    arrivals = [before, *between]
    while arrivals or drafts.are_waiting:
        for who, size, times in arrivals.pop(0) if arrivals else []:
            for _ in range(times):
                say(drafts, senders[who], size)
                waiting[senders[who]].append(drafts.accepted)
                costs[drafts.accepted] = size * STORING_LISTENERS // LISTENERS_MIN + OBJECT_BYTES
        batch = drafts.take()
        numbers = [draft.number for draft in batch]
        assert numbers == sorted(numbers), "in the order of acceptance"
        largest = max(costs.values(), default=1)
        assert cost(batch) < BATCH_BYTES_MAX + largest, "one batch is bounded"
        share = BATCH_BYTES_MAX // max(1, sum(map(bool, waiting.values())))
        for session, theirs in waiting.items():
            taken = [draft.number for draft in batch if draft.session is session]
            assert taken == theirs[: len(taken)], "each sender's order is kept"
            assert len(taken) == len(theirs) or sum(costs[one] for one in theirs) > share
            del theirs[: len(taken)]
        if any(waiting.values()):
            assert cost(batch) >= BATCH_BYTES_MAX, "nobody waits while there is room"
        drafts.settle()
        assert [drafts.is_settled(one) for one in numbers] == [True] * len(numbers)
        assert not any(drafts.is_settled(one) for theirs in waiting.values() for one in theirs)
    assert drafts.settled == drafts.accepted


@pytest.mark.parametrize("flooders", [1, 20, 500])
def test_an_honest_message_is_in_the_next_batch_however_much_flooders_have_said(
    flooders: int,
) -> None:
    drafts, ann = Drafts(), sender("ann")
    for number in range(flooders):
        flooder = sender(f"flooder {number}")
        for _ in range(16):
            say(drafts, flooder, LARGEST)
    drafts.take()
    drafts.settle()
    say(drafts, ann, 100)
    assert [draft.session for draft in drafts.take()].count(ann) == 1


def test_a_long_message_waits_for_one_round_of_the_others_at_most() -> None:
    drafts, ann = Drafts(), sender("ann")
    flooders = [sender(f"flooder {number}") for number in range(20)]
    for flooder in flooders:
        for _ in range(16):
            say(drafts, flooder, LARGEST)
    say(drafts, ann, LARGEST)
    before = 0
    while ann.pending_bytes:
        batch = drafts.take()
        drafts.settle()
        if ann in [draft.session for draft in batch]:
            break
        before += len(batch)
    assert before <= len(flooders)


def test_long_texts_for_many_are_committed_in_smaller_batches() -> None:
    taken: dict[int, int] = {}
    for listeners in (2, 250, 1000, 5000):
        drafts, ann = Drafts(), sender("ann")
        for _ in range(100):
            say(drafts, ann, LARGEST, listeners=listeners)
        taken[listeners] = len(drafts.take())
    assert taken == {2: 2, 250: 2, 1000: 1, 5000: 1}


def test_short_messages_share_a_batch_however_many_listen() -> None:
    drafts, ann = Drafts(), sender("ann")
    for _ in range(256):
        say(drafts, ann, 64, listeners=5000)
    assert len(drafts.take()) == 256


def test_what_few_hear_can_be_taken_before_what_many_hear() -> None:
    drafts, ann, bob = Drafts(), sender("ann"), sender("bob")
    say(drafts, ann, 100, listeners=300)  # 1
    say(drafts, bob, 100, listeners=2)
    say(drafts, ann, 100, listeners=2)  # behind 1, and nobody's order changes
    say(drafts, bob, 100, listeners=2)
    say(drafts, bob, 100, listeners=300)
    taken = []
    for for_few in (True, True, False):
        taken.append([draft.number for draft in drafts.take(for_few=for_few)])
        drafts.settle()
    assert taken == [[2, 4], [], [1, 3, 5]]
    assert drafts.settled == drafts.accepted


# A fence keeps two holders of one name apart.


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["", "x"])), max_size=20))
def test_what_concerns_a_name_is_not_taken_with_what_came_before_its_fence(
    said: list[tuple[str, str]],
) -> None:
    drafts = Drafts()
    senders = {name: sender(name) for name in "abcx"}
    for name in "abx":
        say(drafts, senders[name], 100_000)
    fence = drafts.fence("x")
    for name, to in said:
        say(drafts, senders[name], 100_000, to)
    while drafts.are_waiting:
        was_passed = drafts.settled >= fence
        batch = drafts.take()
        assert batch, "a fence never holds everything"
        for draft in batch:
            if draft.number > fence and "x" in (draft.session.person.key, draft.to):
                assert was_passed
        drafts.settle()


def test_a_name_is_concerned_until_all_that_was_said_by_or_to_it_is_settled() -> None:
    drafts, ann, bob = Drafts(), sender("ann"), sender("bob")
    say(drafts, bob, BATCH_BYTES_MAX, to="ann")
    say(drafts, bob, BATCH_BYTES_MAX, to="ann")
    say(drafts, ann, 1)
    concerned = []
    while drafts.are_waiting:
        drafts.take()
        concerned.append((drafts.concern("ann"), drafts.concern("bob"), drafts.concern("cat")))
        drafts.settle()
    assert concerned == [(True, True, False)] * 2
    assert not drafts.concern("ann")
