"""Messages on their way out, and the waits between attempts to connect."""

from hypothesis import given
from hypothesis import strategies as st

from hubbub.client.outbox import Outbox, Post
from hubbub.client.retry import Backoff


def post(number: int) -> Post:
    return Post(nonce=str(number), room="lobby", text=f"text {number}")


def nonces(outbox: Outbox) -> list[int]:
    return [int(one.nonce) for one in outbox.take()]


def test_only_so_many_are_unacknowledged_at_a_time() -> None:
    outbox = Outbox(unacknowledged_max=2)
    for number in range(4):
        outbox.add(post(number))
    assert nonces(outbox) == [0, 1]
    assert nonces(outbox) == []
    assert outbox.done("0")
    assert nonces(outbox) == [2]


def test_a_lost_connection_makes_all_that_is_not_done_due_again_in_order() -> None:
    outbox = Outbox(unacknowledged_max=3)
    for number in range(5):
        outbox.add(post(number))
    nonces(outbox)
    outbox.done("1")
    outbox.rewind()
    assert len(outbox) == 4
    assert nonces(outbox) == [0, 2, 3]


def test_done_tells_whether_it_was_ours() -> None:
    assert not Outbox().done("7")


@given(st.lists(st.sampled_from(["add", "take", "done", "lose"])))
def test_the_order_of_writing_is_the_order_of_adding(steps: list[str]) -> None:
    outbox, added, written, finished = Outbox(3), 0, list[int](), set[int]()
    for step in steps:
        if step == "add":
            outbox.add(post(added))
            added += 1
        elif step == "take":
            written += nonces(outbox)
        elif step == "done" and written:
            assert outbox.done(str(written[0]))
            finished.add(written.pop(0))
        elif step == "lose":
            outbox.rewind()
            written.clear()
        assert written == sorted(written)
        assert len(outbox) == added - len(finished)
        assert not finished & set(written)


def test_waits_double_up_to_the_longest_with_jitter() -> None:
    backoff = Backoff(1, 4, jitter=lambda: 1.0)
    assert [backoff.next_seconds() for _ in range(4)] == [1, 2, 4, 4]
    backoff.reset()
    assert backoff.next_seconds() == 1
    assert Backoff(1, 4, jitter=lambda: 0.0).next_seconds() == 0.5


def test_it_gives_up_after_so_much_waiting() -> None:
    backoff = Backoff(1, 4, give_up_seconds=3, jitter=lambda: 1.0)
    assert [backoff.next_seconds() for _ in range(3)] == [1, 2, None]
