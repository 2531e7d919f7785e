"""A search in steps, against pages that the test writes."""

from msgspec.structs import replace

from hubbub.chat.events import Message, Page
from hubbub.chat.queries import SearchQuery
from hubbub.log.pages import PAGE_BYTES_MAX
from hubbub.server.fairness.searching import (
    GROWTH_MAX,
    SECONDS_MAX,
    STEP_SECONDS,
    WINDOWS_AT_FIRST,
    WINDOWS_MAX,
    Search,
)

QUERY = SearchQuery(words="apple", room="lobby", limit=3)


def message(seq: int) -> Message:
    return Message(room="lobby", seq=seq, prev=0, sender="ann", at=0, text="an apple")


def step(*seqs: int, reached: int | None, more: bool = False, last: int = 99) -> Page:
    messages = [message(seq) for seq in seqs]
    return Page(room="lobby", messages=messages, more=more, last=last, reached=reached)


def found(search: Search) -> tuple[list[int], bool, int | None]:
    page = search.page()
    assert (page.room, page.last) == ("lobby", 99)
    return [one.seq for one in page.messages], page.more, page.reached


def test_it_goes_back_until_everything_was_looked_at() -> None:
    search = Search(QUERY)
    assert search.query == QUERY
    search.take(step(80, reached=70), 0.0)
    assert not search.is_done
    assert (search.query.before, search.query.limit) == (70, 2)
    search.take(step(60, reached=None, last=120), 0.0)
    assert search.is_done
    assert found(search) == ([60, 80], False, None)


def test_it_goes_back_until_there_is_more_than_enough() -> None:
    search = Search(QUERY)
    search.take(step(70, 75, 80, reached=70), 0.0)
    assert (search.is_done, search.query.limit) == (False, 1)  # is there one more?
    search.take(step(reached=40), 0.0)
    assert not search.is_done
    search.take(step(30, reached=20), 0.0)
    assert search.is_done
    assert found(search) == ([70, 75, 80], True, None)


def test_a_step_that_says_there_is_more_is_the_last() -> None:
    search = Search(QUERY)
    search.take(step(78, 79, 80, reached=None, more=True), 0.0)
    assert search.is_done
    assert found(search) == ([78, 79, 80], True, None)


def test_it_ends_where_the_page_is_full() -> None:
    search = Search(SearchQuery(words="apple", room="lobby", limit=200))
    steps = 0
    while not search.is_done:
        steps += 1
        found = replace(message(1000 - steps), text="apple " * 10_000)
        search.take(replace(step(reached=1000 - steps), messages=[found]), 0.0)
    page = search.page()
    assert len(page.messages) == steps - 1 == PAGE_BYTES_MAX // 60_000
    assert (page.more, page.reached) == (True, None)


def test_it_is_broken_off_after_a_second_of_its_own_time() -> None:
    search = Search(QUERY)
    steps = 0
    while not search.is_done:
        steps += 1
        search.take(step(reached=1000 - steps), 0.1)
    assert 0 <= steps * 0.1 - SECONDS_MAX < 0.2
    assert found(search) == ([], True, 1000 - steps)


def test_what_was_found_before_it_was_broken_off_is_given() -> None:
    search = Search(QUERY)
    search.take(step(80, reached=70), 0.1)
    assert found(search) == ([80], True, 70)


def test_steps_are_as_long_as_others_can_wait() -> None:
    search = Search(QUERY)
    windows = []
    for times in (0.0, 0.24, 0.7, 3, 3, 0.0):
        windows.append(search.windows / WINDOWS_AT_FIRST)
        search.take(step(reached=70), STEP_SECONDS * times)
    assert windows == [1, GROWTH_MAX, 2 * GROWTH_MAX, 2 * GROWTH_MAX, GROWTH_MAX, GROWTH_MAX / 2]
    for _ in range(100):
        search.take(step(reached=70), 0.0)
    assert search.windows == WINDOWS_MAX
