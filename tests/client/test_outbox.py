"""Messages on their way out, and the waits between attempts to connect."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.client import outbox as outbox_module
from hubbub.client.outbox import Outbox, Post
from hubbub.client.retry import Backoff


def post(number: int, room: str = "lobby", text: str = "") -> Post:
    return Post(nonce=str(number), room=room, text=text or f"text {number}")


def anywhere(_post: Post) -> bool:
    return True


def nonces(outbox: Outbox, may_write: Callable[[Post], bool] = anywhere) -> list[int]:
    return [int(one.nonce) for one in outbox.take(may_write)]


def filled(*posts: Post) -> Outbox:
    outbox = Outbox()
    for one in posts:
        outbox.add(one)
    return outbox


def test_only_so_many_are_unacknowledged_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_module, "UNACKNOWLEDGED_MAX", 2)
    outbox = filled(*map(post, range(4)))
    assert nonces(outbox) == [0, 1]
    assert nonces(outbox) == []
    assert outbox.done("0")
    assert nonces(outbox) == [2]


def test_only_so_many_bytes_are_unacknowledged_at_a_time() -> None:
    """So a server that reads slowly on purpose never looks to TCP like one that is dead."""
    outbox = filled(*(post(number, text="x" * 30_000) for number in range(4)))
    assert nonces(outbox) == [0, 1]
    outbox.done("0")
    assert nonces(outbox) == [2]


def test_a_message_that_is_longer_than_all_that_may_be_unacknowledged_goes_alone() -> None:
    outbox = filled(post(0, text="x" * 100_000), post(1))
    assert nonces(outbox) == [0]
    outbox.done("0")
    assert nonces(outbox) == [1]


def test_what_may_not_be_written_holds_up_its_room_and_no_other() -> None:
    outbox = filled(post(0, "a", "held"), post(1, "b"), post(2, "a"))
    assert nonces(outbox, lambda one: one.text != "held") == [1]
    assert nonces(outbox) == [0, 2]


def test_a_lost_connection_makes_all_that_is_not_done_due_again_in_order() -> None:
    outbox = filled(*map(post, range(3)))
    nonces(outbox)
    outbox.add(post(3))
    outbox.done("1")
    outbox.rewind()
    assert len(outbox) == 3
    assert nonces(outbox) == [0, 2, 3]


def test_what_was_written_on_a_lost_connection_is_doubtful_until_it_is_written_again() -> None:
    outbox = filled(post(0, "a"), post(1, "b"))
    nonces(outbox, lambda one: one.room == "a")
    assert not outbox.has_doubtful("a")
    outbox.rewind()
    assert (outbox.has_doubtful("a"), outbox.has_doubtful("b")) == (True, False)
    nonces(outbox)
    assert not outbox.has_doubtful("a")
    outbox.rewind()
    outbox.done("0")
    assert not outbox.has_doubtful("a")


def test_what_a_server_did_not_take_after_all_comes_first() -> None:
    outbox = filled(post(0), post(1))
    nonces(outbox, lambda one: one.nonce == "0")
    taken = outbox.done("0")
    assert taken is not None
    outbox.put_back([taken])
    assert nonces(outbox) == [0, 1]


def test_done_tells_whether_it_was_ours() -> None:
    assert Outbox().done("7") is None


@given(st.lists(st.sampled_from(["add", "take", "done", "settle", "lose"])))
def test_the_order_of_writing_is_the_order_of_adding(steps: list[str]) -> None:
    outbox, added, written, finished = Outbox(), 0, list[int](), set[int]()
    for step in steps:
        if step == "add":
            outbox.add(post(added))
            added += 1
        elif step == "take":
            written += nonces(outbox)
        elif step == "done" and written:
            assert outbox.done(str(written[0]))
            finished.add(written.pop(0))
        elif step == "settle" and outbox.waiting:  # it was found in the history
            nonce = outbox.waiting[-1].nonce
            assert outbox.done(nonce)
            finished.add(int(nonce))
        elif step == "lose":
            outbox.rewind()
            written.clear()
        assert written == sorted(written)
        assert len(outbox) == added - len(finished)
        assert not finished & set(written)
        assert [int(one.nonce) for one in outbox.written] == written


def test_waits_double_up_to_the_longest_with_jitter() -> None:
    backoff = Backoff(1, 4, jitter=lambda: 1.0)
    assert [backoff.next_seconds() for _ in range(4)] == [1, 2, 4, 4]
    backoff.reset()
    assert backoff.next_seconds() == 1
    assert Backoff(1, 4, jitter=lambda: 0.0).next_seconds() == 0.5


def test_it_gives_up_after_so_much_waiting() -> None:
    backoff = Backoff(1, 4, give_up_seconds=3, jitter=lambda: 1.0)
    assert [backoff.next_seconds() for _ in range(3)] == [1, 2, None]
